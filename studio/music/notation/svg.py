"""A tune as engraved pages of SVG, by Verovio from our own MusicXML. Notes keep their ids: `v0n12` is note 12 of voice 0."""

import threading
from pathlib import Path

from studio.core.errors import Refused
from studio.music.notation.write_musicxml import write_musicxml
from studio.music.tune import Tune

NARROWEST, WIDEST = 280, 2400
LEAST = 650  # of its own units on a line, for a bar of sixteenths
LOWEST = 400
HIGHEST = 60_000  # of its own units
MOST_BARS = 400
_LOCK = threading.Lock()  # the engraver keeps one state for the whole process


def score_of(tune: Tune, width: int = 1000, scale: int = 40, height: int = 0) -> list[str]:
    """One SVG a page, as wide as asked (in pixels) and as high as it needs, or at most as `height` says."""
    if len(tune.bars) > MOST_BARS:
        raise Refused(f"The score shows up to {MOST_BARS} bars. Export MusicXML and open it in a notation program.")
    import verovio  # a C++ library

    width = min(max(width, NARROWEST), WIDEST)
    scale = min(scale, width * 100 // LEAST)
    high = min(round(max(height, LOWEST) * 100 / scale), HIGHEST) if height else HIGHEST
    with _LOCK:
        verovio.enableLog(verovio.LOG_ERROR)
        verovio.setDefaultResourcePath(str(Path(verovio.__file__).parent / "data"))  # it forgets this in other threads
        engraver = verovio.toolkit()
        engraver.resetXmlIdSeed(1)
        engraver.setOptions(
            {
                "pageWidth": round(width * 100 / scale), "pageHeight": high, "scale": scale, "adjustPageHeight": True,
                "pageMarginLeft": 20, "pageMarginRight": 20, "pageMarginTop": 20, "pageMarginBottom": 20,
                "header": "none", "footer": "none", "breaks": "auto", "svgViewBox": True, "spacingStaff": 8, "spacingSystem": 10,
                "svgFormatRaw": True,
            }
        )  # fmt: skip
        if not engraver.loadData(write_musicxml(tune).decode()):
            raise Refused("This tune could not be engraved. The piano roll and the other exports still work.")
        return [engraver.renderToSVG(page) for page in range(1, engraver.getPageCount() + 1)]
