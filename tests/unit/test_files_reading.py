"""Manuscripts as other programs write them: encodings, headings, tracked changes, what cannot come along."""

import io
import time
from typing import Any

import docx
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from studio.core.errors import Refused
from studio.writing.files.reading import MOST_BYTES, read_manuscript
from studio.writing.files.writing import MEDIA_TYPES, write_manuscript
from tests.hostile_manuscripts import epub, odt, packed
from tests.manuscripts import novel

SAID = "“Ça va?” she asked — ‘oui’, naïvely…"


def shape(data: bytes, name: str = "") -> list[tuple[str, list[str]]]:
    return [(c.title, [s.text for s in c.scenes]) for c in read_manuscript(data, name).manuscript.chapters]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, newline: str) -> None:
    text = "\n\n".join([SAID, "Once upon a time there was a harbour."] * 3).replace("\n", newline)
    read = read_manuscript(text.encode(encoding), "The Harbour.txt")
    assert read.manuscript.title == "The Harbour"
    assert read.manuscript.scenes[0].text.split("\n\n") == [SAID, "Once upon a time there was a harbour."] * 3
    guessed = {"cp1252": "Windows-1252", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}.get(encoding)
    assert (guessed is None and not read.notices) or (guessed is not None and guessed in read.notices[0])


def test_a_few_broken_letters_in_utf8_are_no_reason_to_guess() -> None:
    read = read_manuscript((SAID * 20).encode() + b"\xff end")
    assert read.manuscript.scenes[0].text.startswith(SAID)
    assert "1 letters" in read.notices[0]


def test_whose_text_it_is() -> None:
    for maker in ("human", "pasted"):
        manuscript = read_manuscript(b"One.\n\nTwo.", "", maker).manuscript  # type: ignore[arg-type]
        assert manuscript.scenes[0].ledger.shares() == {maker: 1.0}
    assert read_manuscript(b"One.").manuscript.scenes[0].ledger.shares() == {"human": 1.0}


def test_plain_text_chapters_and_scenes() -> None:
    text = "A dedication.\n\nChapter 1\n\nOne.\n\n* * *\n\nTwo.\n\nCHAPTER TWENTY-ONE: The Gauge\n\nChapter 9 was dull.\n\n#\n\nThree.\n\nEpilogue\n\nEnd."
    assert shape(text.encode()) == [
        ("", ["A dedication."]), ("Chapter 1", ["One.", "Two."]), ("CHAPTER TWENTY-ONE: The Gauge", ["Chapter 9 was dull.", "Three."]), ("Epilogue", ["End."])
    ]  # fmt: skip


def test_parts_stay_in_the_title_of_their_first_chapter() -> None:
    text = "Part One\n\nChapter 1\n\nA.\n\nChapter 2\n\nB.\n\nPart Two\n\nChapter 3\n\nC."
    assert [title for title, _ in shape(text.encode())] == ["Part One: Chapter 1", "Chapter 2", "Part Two: Chapter 3"]


def test_lines_broken_at_a_fixed_width_are_joined() -> None:
    lines = [
        "It was the sort of evening on which the tide came in late and nobody on",
        "the quay had thought to light the lamps before the fog reached the wall,",
        "so the boats went round.",
    ]
    read = read_manuscript(("\n".join(lines) + "\n\n").encode() * 4)
    assert read.manuscript.scenes[0].text.split("\n\n") == [" ".join(lines)] * 4
    assert "fixed width" in read.notices[0]


def test_verse_keeps_its_lines_and_rare_gaps_begin_scenes() -> None:
    verse = "The tide is high,\nthe lamp is low.\n\nWho goes by?\nI do not know."
    assert shape(verse.encode()) == [("", [verse])]
    long = "She walked along the wall until the light was gone, counting each of the steps that she had cut there years ago."
    read = read_manuscript(f"{long}\n{long}\n{long}\n{long}\n\n{long}\n{long}\n{long}".encode())
    assert [s.text.count(long) for s in read.manuscript.scenes] == [4, 3]
    assert "beginnings of scenes" in read.notices[0]


def test_markdown_of_others() -> None:
    text = "# The Gauge\n\n## One\n\nShe _ran_ and __hid__, snake_case, 3 \\* 4 &mdash; [a](b).\nSame line.\n\n---\n\nLater.\n\n### A scene\n\nHere.\n\nTwo\n===\n\nEnd."
    manuscript = read_manuscript(text.encode(), "x.md").manuscript
    assert manuscript.title == "x"  # two headings are as high as the first
    text = text.replace("Two\n===", "## Two")
    manuscript = read_manuscript(text.encode(), "x.md").manuscript
    assert manuscript.title == "The Gauge"
    assert [(c.title, [(s.title, s.text) for s in c.scenes]) for c in manuscript.chapters] == [
        ("One", [("", "She *ran* and **hid**, snake_case, 3 * 4 — [a](b).\n\nSame line."), ("", "Later."), ("A scene", "Here.")]), ("Two", [("", "End.")])
    ]  # fmt: skip


def test_head_of_markdown() -> None:
    read = read_manuscript(b"---\ntitle: The Gauge\nauthor: 'A. B.'\ntags:\n  - x\n---\n\n# One\n\nText.")
    assert (read.manuscript.title, read.manuscript.author, shape(b"---\n\nText.\n\n---\n\nMore.", "a.md")) == (
        "The Gauge", "A. B.", [("", ["Text.", "More."])]
    )  # fmt: skip


def word(build: Any) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    build(document)
    document.save(out)
    return out.getvalue()


def test_word_by_another_program() -> None:
    def build(document: Any) -> None:
        document.core_properties.title, document.core_properties.author = "The Gauge", "A. B."
        document.add_heading("One", 1)
        p = document.add_paragraph("She ")
        p.add_run("ran ").italic = True
        p.add_run("far").bold = True
        p.add_run(".\tNow")
        p.add_run().add_break()
        p.add_run("a new line")
        p.add_run().add_break(WD_BREAK.PAGE)
        document.add_paragraph("* * *").alignment = 1
        document.add_paragraph(SAID)
        document.add_paragraph("in a list", style="List Number")
        document.add_heading("A scene", 2)
        document.add_paragraph("Later.")
        document.add_heading("Two", 1)
        document.add_table(1, 2).cell(0, 1).text = "in a cell"

    read = read_manuscript(word(build), "file.docx")
    assert (read.manuscript.title, read.manuscript.author) == ("The Gauge", "A. B.")
    assert [(c.title, [(s.title, s.text) for s in c.scenes]) for c in read.manuscript.chapters] == [
        ("One", [("", "She *ran* **far**. Now\na new line"), ("", f"{SAID}\n\nin a list"), ("A scene", "Later.")]), ("Two", [("", "in a cell")])
    ]  # fmt: skip
    assert any("Tables" in notice for notice in read.notices)


def test_word_without_headings_by_its_lines_and_gaps() -> None:
    def build(document: Any) -> None:
        for text in ("Chapter One", "a", "b", "c", "", "d", "e", "f", "g", "Chapter Two", "h"):
            document.add_paragraph(text)

    assert shape(word(build)) == [("Chapter One", ["a\n\nb\n\nc", "d\n\ne\n\nf\n\ng"]), ("Chapter Two", ["h"])]


def test_tracked_changes_are_accepted_and_said() -> None:
    def build(document: Any) -> None:
        who = 'w:id="1" w:author="E" w:date="2020-01-01T00:00:00Z"'
        p = document.add_paragraph("The ")
        p._p.append(parse_xml(f"<w:del {nsdecls('w')} {who}><w:r><w:delText>old </w:delText></w:r></w:del>"))
        p._p.append(parse_xml(f"<w:ins {nsdecls('w')} {who}><w:r><w:t>new</w:t></w:r></w:ins>"))
        p.add_run(" tide,")
        p._p.get_or_add_pPr().append(parse_xml(f"<w:rPr {nsdecls('w')}><w:del {who}/></w:rPr>"))
        document.add_paragraph(" joined.")
        moved = document.add_paragraph("Stays.")
        moved._p.append(parse_xml(f"<w:moveFrom {nsdecls('w')} {who}><w:r><w:t>gone</w:t></w:r></w:moveFrom>"))

    read = read_manuscript(word(build))
    assert read.manuscript.scenes[0].text == "The new tide, joined.\n\nStays."
    assert "Tracked changes were taken as accepted (4 of them)." in read.notices


def test_what_cannot_come_along_is_said() -> None:
    def build(document: Any) -> None:
        p = document.add_paragraph("Text")
        document.add_comment(p.runs[0], "why?", "E")
        for inside in (
            '<w:footnoteReference w:id="2"/>',
            "<w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t>",
            '<w:footnoteReference w:id="3"/>',
        ):
            p._p.append(parse_xml(f"<w:r {nsdecls('w')}>{inside}</w:r>"))
        box = "<w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent>"
        p._p.append(parse_xml(f"<w:r {nsdecls('w')}><w:pict>{box}</w:pict></w:r>"))

    read = read_manuscript(word(build))
    assert read.manuscript.scenes[0].text == "Text"
    assert read.notices == (
        "Left out, as a manuscript has no place for them: 2 footnotes, 1 comment, 1 text box, 1 hidden passage.",
    )


def test_open_document() -> None:
    spaces = 'xmlns:style="urn:s" xmlns:fo="urn:f"'
    styles = f'<style:style style:name="T1" {spaces}><style:text-properties fo:font-style="italic"/></style:style>'
    body = (
        '<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:h text:outline-level="1">One</text:h>'
        '<text:p>She <text:span text:style-name="T1">ran</text:span><text:s text:c="2"/>on.<text:note><text:p>n</text:p></text:note></text:p>'
        "<text:p>***</text:p><text:p>a<text:line-break/>b</text:p>"
    )
    read = read_manuscript(odt(styles + body))
    assert [(c.title, [s.text for s in c.scenes]) for c in read.manuscript.chapters] == [("One", ["She *ran*  on.", "a\nb"])]
    assert read.notices == (
        "Tracked changes were taken as accepted (1 of them).", "Left out, as a manuscript has no place for them: 1 footnote."
    )  # fmt: skip


def test_web_page_and_book_of_others() -> None:
    page = (
        b"<!doctype html><html><head><title>The Gauge</title><script>var p = '<p>no</p>'</script><style>p{}</style></head><body><nav>Menu</nav>"
        b"<h2>One</h2><p>She <i>ran</i> &amp; hid<br>there.<p>Open<!-- <p>no --> end.<hr><div>Later&nbsp;on <img src=x alt=\"a > b\"> it<sup>"
        b"<a epub:type='noteref' href='#n'>1</a></sup> was.</div><h2>Two</h2><p>End.</p><aside epub:type=\"footnote\"><p>note</p></aside></body></html>"
    )
    want = [("One", ["She *ran* & hid\nthere.\n\nOpen end.", "Later\u00a0on it was."]), ("Two", ["End."])]
    read = read_manuscript(page)
    assert [(c.title, [s.text for s in c.scenes]) for c in read.manuscript.chapters] == want
    assert read.manuscript.title == "The Gauge"
    assert any("2 footnotes, 1 picture" in notice for notice in read.notices)
    book = read_manuscript(epub(page))
    assert [(c.title, [s.text for s in c.scenes]) for c in book.manuscript.chapters] == want


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_a_novel_is_read_soon(form: Any) -> None:
    """120,000 words; by the processor's time, as other work may go on beside this."""
    written = write_manuscript(novel(), form)
    began = time.process_time()
    manuscript = read_manuscript(written, f"x.{form}").manuscript
    assert time.process_time() - began < 1.5
    assert 120_000 <= sum(len(scene.text.split()) for scene in manuscript.scenes) <= 120_200
    assert len(manuscript.chapters) == 40 + (form == "txt")  # there the title stands before the first chapter, as text


def test_what_is_refused_says_what_to_do() -> None:
    for data, said in (
        (b"{\\rtf1 hello}", "save it as docx"), (b"%PDF-1.4", "save it as docx"), (b"a" * (MOST_BYTES + 1), "without pictures"),
        (packed({"x.txt": b"x"}), "Unpack it"), ("Вечер над морем. ".encode("cp1251"), "UTF-8"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=said):
            read_manuscript(data, "x.docx")
