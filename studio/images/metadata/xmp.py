"""XMP, as far as we use it: the recipe, and the IPTC word for how a picture came about.

Only our own two fields are looked for, so the packet is never parsed as XML.
"""

import re
from html import unescape
from typing import Literal
from xml.sax.saxutils import escape

SourceType = Literal["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"]
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
MOST = 4 << 20
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:tandem="urn:tandem:1">
{fields}</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
_RECIPE = re.compile(r"<tandem:recipe>([^<]*)</tandem:recipe>")
_SOURCE = re.compile(rf"DigitalSourceType(?:>|=\"|\s+rdf:resource=\"){re.escape(SOURCE_TYPES)}(\w{{1,60}})")


def packet(recipe: str = "", source: SourceType | None = None) -> str:
    fields = f"<tandem:recipe>{escape(recipe)}</tandem:recipe>\n" if recipe else ""
    if source:
        fields += f"<Iptc4xmpExt:DigitalSourceType>{SOURCE_TYPES}{source}</Iptc4xmpExt:DigitalSourceType>\n"
    return _PACKET.format(fields=fields) if fields else ""


def recipe_in(xmp: str) -> str:
    found = _RECIPE.search(xmp) if len(xmp) < MOST else None
    return unescape(found[1]) if found else ""


def source_in(xmp: str) -> str:
    """The last part of the IPTC address, also of other programs; nothing where none is said."""
    found = _SOURCE.search(xmp) if len(xmp) < MOST else None
    return found[1] if found else ""
