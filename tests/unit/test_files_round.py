"""Manuscripts written and read again, and written files under programs that are not ours."""

import io
import re
import zipfile
from typing import Any

import docx
import mammoth
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from studio.core.errors import Refused
from studio.writing.files.layout import DISCLOSURE, Layout
from studio.writing.files.reading import read_manuscript
from studio.writing.files.text import clean, is_break, marked, paragraphs, runs
from studio.writing.files.writing import MEDIA_TYPES, file_name, write_manuscript
from studio.writing.manuscript.manuscript import Chapter, Manuscript, Scene, by_hand
from tests.manuscripts import seeded

SEEDS = range(24)
XHTML = "{http://www.w3.org/1999/xhtml}"
EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
ANY = st.characters(exclude_categories=["Cs"])
WILD = st.lists(
    st.one_of(
        st.text(ANY, max_size=12),
        st.sampled_from(
            [
                "\n",
                "\n\n",
                "* * *",
                "---",
                "#",
                "# A",
                "***",
                "*a*",
                "**b",
                "\\",
                "\\\n",
                "_",
                "<",
                "&amp;",
                "1.",
                "=",
                "~~~",
                "•",
                "`",
                "[x](y)",
            ]
        ),
    ),
    max_size=14,
).map("".join)
SCENES = st.builds(lambda title, text: (title, text), st.one_of(st.just(""), st.text(ANY, max_size=20)), WILD)
BOOKS = st.lists(
    st.tuples(st.one_of(st.sampled_from(["", "1", "2", "# #", "*x*"]), st.text(ANY, max_size=20)), st.lists(SCENES, max_size=3)),
    max_size=4,
)
LAYOUTS = st.builds(
    Layout,
    scene_titles=st.booleans(),
    disclosed=st.sampled_from(["end", "beginning"]),
    disclosure=st.sampled_from(["", "By hand.\n\nAll of it."]),
)


def book(chapters: list, title: str = "", author: str = "") -> Manuscript:
    return Manuscript(
        title=title,
        author=author,
        chapters=tuple(
            Chapter(
                id=f"c{i}",
                title=name,
                scenes=tuple(Scene(id=f"s{i}-{j}", title=t, text=x, ledger=by_hand(x)) for j, (t, x) in enumerate(scenes)),
            )
            for i, (name, scenes) in enumerate(chapters)
        ),
    )


def texts(manuscript: Manuscript) -> list[tuple[str, list[str]]]:
    found = [(chapter.title, [scene.text for scene in chapter.scenes if scene.text]) for chapter in manuscript.chapters]
    return [(title or (str(i) if len(found) > 1 else ""), scenes) for i, (title, scenes) in enumerate(found, 1)]


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@settings(max_examples=120, deadline=None)
@given(chapters=BOOKS, title=st.text(ANY, max_size=20), layout=LAYOUTS)
def test_markdown_is_the_same_after_reading(chapters: list, title: str, layout: Layout) -> None:
    written = write_manuscript(book(chapters, title), "md", layout)
    try:
        read = read_manuscript(written, "any.md").manuscript
    except Refused:
        assert not any(paragraphs(text) for _, scenes in chapters for _, text in scenes)
        return
    assert write_manuscript(read, "md", layout) == written


@settings(max_examples=100, deadline=None)
@example(text="*===*")
@given(text=WILD)
def test_a_paragraph_of_anything_survives_markdown_and_word(text: str) -> None:
    wanted = "\n\n".join(one for one in paragraphs(text) if one)
    for form in ("md", "docx"):
        bare = [one and "".join(run.text for run in runs(one)) for one in paragraphs(text)]
        if form == "docx" and any(one is None or is_break(one) for one in (*paragraphs(text), *bare)):
            continue  # Word has no sign that says: these stars, slanted or not, are text
        if wanted:
            read = read_manuscript(write_manuscript(book([("A", [("", text)])]), form)).manuscript
            assert "\n\n".join(scene.text for scene in read.scenes) == wanted


@settings(max_examples=100, deadline=None)
@given(text=WILD)
def test_runs_are_the_line_and_cleaning_is_done_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    etree.fromstring(f"<a>{once.replace('&', '&amp;').replace('<', '&lt;').replace(']]>', '')}</a>")
    for line in once.split("\n"):
        assert "".join("*" * run.marks + run.text + "*" * run.marks for run in runs(line)) == line
        assert marked(runs(line)) == line
    again = paragraphs("\n\n".join(one for one in paragraphs(text) if one))
    assert again == [one for one in paragraphs(text) if one]


@pytest.mark.parametrize("form", ["md", "docx"])
def test_chance_manuscripts_read_as_they_were_written(form: Any) -> None:
    for seed in SEEDS:
        story = seeded(seed)
        written = write_manuscript(story.manuscript, form)
        if not story.chapters:
            with pytest.raises(Refused, match="no text"):
                read_manuscript(written)
            continue
        read = read_manuscript(written)
        assert texts(read.manuscript) == [(title, ["\n\n".join(s) for s in scenes]) for title, scenes in story.chapters], seed
        assert (read.manuscript.title, read.manuscript.author) == (story.manuscript.title, story.manuscript.author)
        assert write_manuscript(read.manuscript, form) == written
        assert not read.notices


@pytest.mark.parametrize("form", ["epub", "html"])
def test_pages_read_as_they_were_written_but_for_spaces(form: Any) -> None:
    for seed in SEEDS[:10]:
        story = seeded(seed)
        if story.chapters:
            read = read_manuscript(write_manuscript(story.manuscript, form)).manuscript
            wanted = [
                (re.sub(" +", " ", title), [re.sub(" {2,}", " ", "\n\n".join(s)) for s in scenes])
                for title, scenes in story.chapters
            ]
            assert texts(read) == wanted, seed


def test_word_files_hold_the_text_for_python_docx_and_mammoth() -> None:
    for seed in SEEDS[:10]:
        story = seeded(seed)
        data = write_manuscript(story.manuscript, "docx")
        shown = docx.Document(io.BytesIO(data)).paragraphs
        lines = [line for paragraph in shown for line in paragraph.text.split("\n") if line]
        assert lines == story.lines(), seed
        assert [p.text for p in shown if p.style.name == "Heading 1"] == [title for title, _ in story.plain if title]
        assert [p.text for p in shown if p.style.name == "Scene Break"] == ["* * *"] * sum(
            max(0, len(scenes) - 1) for _, scenes in story.plain
        )
        raw = mammoth.extract_raw_text(io.BytesIO(data))
        assert raw.value.replace("\n", "") == "".join(story.lines()), seed


def test_word_styles_and_emphasis() -> None:
    layout = Layout(disclosure="Written by hand.", scene_titles=True)
    data = write_manuscript(book([("One", [("", "She *ran* **far**."), ("Later", "שלום עולם")])], "T", "A"), "docx", layout)
    document = docx.Document(io.BytesIO(data))
    assert [(p.style.name, p.text) for p in document.paragraphs] == [
        ("Title", "T"), ("Author", "A"), ("Heading 1", "One"), ("First Paragraph", "She ran far."), ("Heading 2", "Later"),
        ("First Paragraph", "שלום עולם"), ("Heading 1", DISCLOSURE), ("First Paragraph", "Written by hand."),
    ]  # fmt: skip
    assert [(r.text, bool(r.italic), bool(r.bold)) for r in document.paragraphs[3].runs if r.text.strip(" .")] == [
        ("She ", False, False), ("ran", True, False), ("far", False, True)
    ]  # fmt: skip
    assert document.paragraphs[5].runs[0].font.rtl
    assert (document.core_properties.title, document.core_properties.author) == ("T", "A")


def test_epub_is_well_formed_linked_and_has_no_id_twice() -> None:
    for seed in SEEDS[:10]:
        files = unzipped(write_manuscript(seeded(seed).manuscript, "epub", Layout(disclosure="By hand.")))
        assert next(iter(files)) == "mimetype"
        pages = {name: etree.fromstring(body) for name, body in files.items() if name.endswith((".xhtml", ".opf", ".xml"))}
        package = pages["EPUB/package.opf"]
        items = {item.get("id"): item.get("href") for item in package.iter("{http://www.idpf.org/2007/opf}item")}
        assert {f"EPUB/{name}" for name in items.values()} | {"mimetype", "META-INF/container.xml", "EPUB/package.opf"} == set(
            files
        )
        assert all(ref.get("idref") in items for ref in package.iter("{http://www.idpf.org/2007/opf}itemref"))
        for name, page in pages.items():
            ids = [e.get("id") for e in page.iter() if e.get("id")]
            assert len(ids) == len(set(ids)), name
        links = list(pages["EPUB/nav.xhtml"].iter(f"{XHTML}a"))
        assert links
        assert all(f"EPUB/{a.get('href')}" in files and a.text.strip() for a in links)


def test_epub_cover_and_right_to_left() -> None:
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (60, 90), "navy").save(picture, "PNG")
    story = book([("א", [("", "שלום")])], "שם")
    files = unzipped(write_manuscript(story, "epub", Layout(cover=picture.getvalue(), language="he")))
    assert files["EPUB/cover.png"] == picture.getvalue()
    assert b'properties="cover-image"' in files["EPUB/package.opf"]
    assert b'page-progression-direction="rtl"' in files["EPUB/package.opf"]
    assert b'dir="rtl"' in files["EPUB/chapter-0001.xhtml"]
    for wrong in (b"GIF89a" + bytes(50), b"\x89PNG\r\n\x1a\nbroken", b"<svg onload='alert(1)'/>"):
        with pytest.raises(Refused, match="PNG or JPEG"):
            write_manuscript(story, "epub", Layout(cover=wrong))


PAYLOADS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</title><script>alert(1)</script>", "</style><script>alert(1)</script>",
    "\" onmouseover=\"alert(1)", "' autofocus onfocus='alert(1)", "]]><script>alert(1)</script>", "<svg/onload=alert(1)>", "javascript:alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "<iframe srcdoc='<script>alert(1)</script>'>", "<!--><script>alert(1)</script>-->",
)  # fmt: skip
KNOWN = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "nav", "ol", "li", "a", "section", "h1", "h2", "h3", "p", "hr", "br", "em",
    "strong", "link",
}  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_stay_text(payload: str) -> None:
    """Every place that holds words of a person, in every form that a browser may show."""
    story = book([(payload, [(payload, f"{payload}\n\n*{payload}*")])] * 1 + [("B", [("", payload)])], payload, payload)
    layout = Layout(disclosure=payload, scene_titles=True, identifier=payload)
    page = etree.HTML(write_manuscript(story, "html", layout).decode())
    book_pages = [
        etree.fromstring(body)
        for name, body in unzipped(write_manuscript(story, "epub", layout)).items()
        if name.endswith(".xhtml")
    ]
    for tree in (page, *book_pages):
        for element in tree.iter():
            assert etree.QName(element).localname in KNOWN
            names = {etree.QName(name).localname for name in element.attrib}
            assert names <= {
                "lang",
                "dir",
                "charset",
                "http-equiv",
                "content",
                "name",
                "class",
                "id",
                "href",
                "aria-label",
                "role",
                "type",
                "rel",
                "hidden",
            }
            assert not element.get("href", "").startswith("javascript")
        assert payload in "".join(tree.itertext())
    markdown = write_manuscript(story, "md", layout).decode().split("\n---\n", 1)[1]
    assert not re.search(r"(?<!\\)<", markdown)
    from markdown_it import MarkdownIt

    shown = etree.HTML("<body>" + MarkdownIt("commonmark").render(markdown) + "</body>")
    assert {element.tag for element in shown.iter()} <= {"html", "body", "h1", "h2", "p", "em", "hr"}


def test_the_page_asks_nobody() -> None:
    page = write_manuscript(seeded(3).manuscript, "html").decode()
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert "@import" not in page
    assert "url(" not in page


def test_the_same_bytes_every_time() -> None:
    story = seeded(5).manuscript
    for form in MEDIA_TYPES:
        assert write_manuscript(story, form) == write_manuscript(Manuscript.loads(story.dumps()), form)


def test_disclosure_stands_where_it_is_asked_for_and_is_left_out_on_reading() -> None:
    story = book([("One", [("", "Text.")]), ("Two", [("", "More.")])], "T")
    for form in ("md", "docx", "epub", "html"):
        for where in ("end", "beginning"):
            layout = Layout(disclosure="A model offered *some* words.", disclosed=where)
            read = read_manuscript(write_manuscript(story, form, layout))
            assert texts(read.manuscript) == [("One", ["Text."]), ("Two", ["More."])]
            assert any(DISCLOSURE in notice for notice in read.notices)
    lines = write_manuscript(story, "txt", Layout(disclosure="D.", disclosed="beginning")).decode().split()
    assert lines.index("D.") < lines.index("Text.")


def test_names_of_files() -> None:
    assert file_name(Manuscript(title="Über die Straße / ../x"), "epub") == "uber-die-strasse-x.epub"
    assert file_name(Manuscript(title="第三章"), "md") == "manuscript.md"
    with pytest.raises(Refused, match="no form pdf"):
        write_manuscript(Manuscript(), "pdf")  # type: ignore[arg-type]
