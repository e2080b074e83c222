"""Writes a Word document (docx): title page, chapters as Heading 1 on new pages, scene breaks, page numbers, real styles.

python-docx would write it too, but not the same bytes twice, and slowly for a novel; the few parts needed are written here.
"""

from studio.writing.files.layout import Block, Layout, Part, parts
from studio.writing.files.text import one_line, rightward, runs
from studio.writing.files.zipped import DECLARATION, safe, zipped
from studio.writing.manuscript.manuscript import Manuscript

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_BREAK = "* * *"


def write_docx(manuscript: Manuscript, layout: Layout) -> bytes:
    title, author = one_line(manuscript.title), one_line(manuscript.author)
    body = [_paragraph("Title", title)] if title else []
    body += [_paragraph("Author", author)] if author else []
    for part in parts(manuscript, layout):
        body += _part(part, new_page=bool(body))
    return zipped(
        (
            ("[Content_Types].xml", _CONTENT_TYPES),
            ("_rels/.rels", _RELATIONS),
            ("docProps/core.xml", _core(title, author, layout)),
            ("docProps/app.xml", _APP),
            ("word/document.xml", _document("".join(body))),
            ("word/_rels/document.xml.rels", _DOCUMENT_RELATIONS),
            ("word/styles.xml", _styles(layout.language)),
            ("word/settings.xml", _SETTINGS),
            ("word/footer1.xml", _FOOTER),
        )
    )


def _part(part: Part, new_page: bool) -> list[str]:
    out = [_paragraph("Heading1", part.title)] if part.title else []
    first, page = True, new_page and not part.title
    for block in part.blocks:
        style = {"scene": "Heading2", "break": "SceneBreak"}.get(block.kind, "FirstParagraph" if first else "BodyText")
        out.append(_paragraph(style, block.text if block.kind != "break" else _BREAK, block, page))
        first, page = block.kind != "paragraph", False
    return out


def _paragraph(style: str, text: str, block: Block | None = None, new_page: bool = False) -> str:
    right = rightward(text)
    about = f'<w:pStyle w:val="{style}"/>' + "<w:pageBreakBefore/>" * new_page + "<w:bidi/>" * right
    prose = block is not None and block.kind == "paragraph"
    body = "<w:r><w:br/></w:r>".join(_line(line, right, prose) for line in text.split("\n"))
    return f"<w:p><w:pPr>{about}</w:pPr>{body}</w:p>"


def _line(line: str, right: bool, prose: bool) -> str:
    """In titles asterisks are letters."""
    out = []
    for text, marks in runs(line) if prose else [(line, 0)]:
        looks = "<w:b/><w:bCs/>" * (marks >> 1) + "<w:i/><w:iCs/>" * (marks & 1) + "<w:rtl/>" * right
        out.append(f'<w:r>{f"<w:rPr>{looks}</w:rPr>" if looks else ""}<w:t xml:space="preserve">{safe(text)}</w:t></w:r>')
    return "".join(out)


def _document(body: str) -> str:
    page = (
        '<w:sectPr><w:footerReference w:type="default" r:id="rId3"/><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="709" w:footer="709" w:gutter="0"/>'
        "<w:titlePg/></w:sectPr>"
    )
    return f'{DECLARATION}<w:document {_W} xmlns:r="{_R}"><w:body>{body or "<w:p/>"}{page}</w:body></w:document>'


def _style(key: str, name: str, about: str = "", looks: str = "", based: str = "Normal", after: str = "") -> str:
    links = (f'<w:basedOn w:val="{based}"/>' if based else "") + (f'<w:next w:val="{after}"/>' if after else "")
    default = ' w:default="1"' if key == "Normal" else ""
    shape = (f"<w:pPr>{about}</w:pPr>" if about else "") + (f"<w:rPr>{looks}</w:rPr>" if looks else "")
    return f'<w:style w:type="paragraph"{default} w:styleId="{key}"><w:name w:val="{name}"/>{links}<w:qFormat/>{shape}</w:style>'


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _styles(language: str) -> str:
    font = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="Times New Roman"/>'
    centred = '<w:jc w:val="center"/>'
    apart = '<w:keepNext/>{more}<w:spacing w:before="{before}" w:after="{after}"/>'
    title = f'<w:spacing w:before="4000" w:after="480"/>{centred}'
    chapter = apart.format(more="<w:pageBreakBefore/>", before=1200, after=720) + centred + '<w:outlineLvl w:val="0"/>'
    scene = apart.format(more="", before=480, after=240) + '<w:outlineLvl w:val="1"/>'
    styles = (
        _style("Normal", "Normal", based=""),
        _style("BodyText", "Body Text", '<w:spacing w:line="360" w:lineRule="auto"/><w:ind w:firstLine="567"/>'),
        _style("FirstParagraph", "First Paragraph", '<w:ind w:firstLine="0"/>', based="BodyText", after="BodyText"),
        _style("SceneBreak", "Scene Break", apart.format(more="", before=240, after=240) + centred, after="FirstParagraph"),
        _style("Title", "Title", title, _size(56), after="Author"),
        _style("Author", "Author", centred, _size(32)),
        _style("Heading1", "heading 1", chapter, _size(36), after="FirstParagraph"),
        _style("Heading2", "heading 2", scene, "<w:i/><w:iCs/>" + _size(26), after="FirstParagraph"),
        _style("Footer", "footer", centred),
    )
    looks = f'<w:rPrDefault><w:rPr>{font}{_size(24)}<w:lang w:val="{language}"/></w:rPr></w:rPrDefault>'
    return f"{DECLARATION}<w:styles {_W}><w:docDefaults>{looks}<w:pPrDefault/></w:docDefaults>{''.join(styles)}</w:styles>"


def _core(title: str, author: str, layout: Layout) -> str:
    when = "".join(
        f'<dcterms:{what} xsi:type="dcterms:W3CDTF">{layout.made}</dcterms:{what}>' for what in ("created", "modified")
    )
    return (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{safe(title)}</dc:title><dc:creator>{safe(author)}</dc:creator><dc:language>{layout.language}</dc:language>"
        f"{when}</cp:coreProperties>"
    )


def _relations(*rows: tuple[str, str]) -> str:
    links = "".join(f'<Relationship Id="rId{i}" Type="{kind}" Target="{target}"/>' for i, (kind, target) in enumerate(rows, 1))
    return f'{DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


_RELATIONS = _relations(
    (f"{_R}/officeDocument", "word/document.xml"),
    (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
    (f"{_R}/extended-properties", "docProps/app.xml"),
)
_DOCUMENT_RELATIONS = _relations(
    (f"{_R}/styles", "styles.xml"), (f"{_R}/settings", "settings.xml"), (f"{_R}/footer", "footer1.xml")
)
_OVERRIDES = {
    "word/document.xml": f"{_TYPE}.document.main+xml",
    "word/styles.xml": f"{_TYPE}.styles+xml",
    "word/settings.xml": f"{_TYPE}.settings+xml",
    "word/footer1.xml": f"{_TYPE}.footer+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
}
_CONTENT_TYPES = (
    f'{DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    + "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in _OVERRIDES.items())
    + "</Types>"
)
_APP = (
    f'{DECLARATION}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>Tandem</Application></Properties>"
)
_SETTINGS = (
    f'{DECLARATION}<w:settings {_W}><w:compat><w:compatSetting w:name="compatibilityMode" '
    'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>'
)
_FOOTER = (
    f'{DECLARATION}<w:ftr {_W}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    '<w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:ftr>'
)
