"""Files that do harm or are no manuscripts: each is refused with a sentence, soon and without much memory."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import Refused
from studio.writing.files.reading import read_manuscript
from studio.writing.files.writing import MEDIA_TYPES, write_manuscript
from tests.hostile_manuscripts import HOSTILE, MOST_MB, MOST_SECONDS, Hostile, write_all
from tests.manuscripts import seeded

SHORT = [hostile for hostile in HOSTILE if not hostile.long]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return measure_hostile(tmp_path_factory.mktemp("hostile"), SHORT)


def measure_hostile(folder: Path, chosen: Sequence[Hostile]) -> dict[str, dict[str, Any]]:
    """By name: what came of it. All are read by one process that this one only watches."""
    write_all(folder, chosen)
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile_manuscripts", str(folder)], capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(zip((hostile.name for hostile in chosen), json.loads(done.stdout), strict=True))


def faults(outcome: dict[str, dict[str, Any]], chosen: Sequence[Hostile], seconds: str = "seconds") -> list[str]:
    """In words. Time is counted on the clock, or in a busy house by the processor (`cpu_seconds`)."""
    out = []
    for hostile in chosen:
        got = outcome[hostile.name]
        if got["said"].startswith("crashed") or (hostile.refused and got["said"] == "read"):
            out.append(f"{hostile.name}: {got['said']}")
        if got["said"].startswith("refused") and not _is_sentence(got["said"].removeprefix("refused: ")):
            out.append(f"{hostile.name} is answered with: {got['said']}")
        if got[seconds] > MOST_SECONDS or got["mb"] > MOST_MB:
            out.append(f"{hostile.name}: {got[seconds]:.2f} s, {got['mb']:.0f} MB")
    return out


def _is_sentence(text: str) -> bool:
    return text.endswith(".") and text[0].isupper() and 30 < len(text) < 300 and "Error" not in text and "Traceback" not in text


def test_every_hostile_file(outcome: dict[str, dict[str, Any]]) -> None:
    assert len(SHORT) >= 60
    assert faults(outcome, SHORT, "cpu_seconds") == []


def test_the_list_is_what_it_says(outcome: dict[str, dict[str, Any]]) -> None:
    """Entities are refused as such and not because a file happens to be broken; bombs before they unpack."""
    for name in ("docx: billion laughs", "docx: external entity", "docx: parameter entity", "odt: billion laughs"):
        assert "defines entities" in outcome[name]["said"]
    for name in ("docx: bomb", "docx: bomb in the styles", "epub: bomb"):
        assert "unpacks to far more" in outcome[name]["said"]
        assert outcome[name]["mb"] < 5
    assert "locked by its seller" in outcome["epub: locked"]["said"]
    assert "save it as docx" in outcome["RTF"]["said"]
    assert outcome["text called docx"]["said"] == "read"


GOOD = [write_manuscript(seeded(seed).manuscript, form) for seed in (7, 8) for form in MEDIA_TYPES]
PIECES = st.one_of(
    st.binary(max_size=8), st.sampled_from([b"0", b"<", b"&", b"*", b"\\", b"<w:p>", b"PK\x03\x04", b"\n---\n", b"# ", b'"'])
)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_good_files_gone_bad_are_read_or_refused(data: st.DataObject) -> None:
    """Nothing but Refused comes out, and what is read can be written."""
    file = data.draw(st.sampled_from(GOOD))
    for _ in range(data.draw(st.integers(1, 4))):
        at, gone = data.draw(st.integers(0, len(file))), data.draw(st.integers(0, 20))
        file = file[:at] + data.draw(PIECES) + file[at + gone :]
    try:
        read = read_manuscript(file, data.draw(st.sampled_from(["x.md", "x.txt", "x.docx", ""])))
    except Refused:
        return
    write_manuscript(read.manuscript, "md")
