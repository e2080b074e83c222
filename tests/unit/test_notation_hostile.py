"""Files that do harm: each is refused with a sentence, soon and without much memory."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import Refused
from studio.music.notation.files import MEDIA_TYPES, read_tune, write_tune
from tests.hostile_tunes import HOSTILE, MOST_MB, MOST_SECONDS, write_all
from tests.tunes import FIXED


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return measure_hostile(tmp_path_factory.mktemp("hostile"))


def measure_hostile(folder: Path) -> dict[str, dict[str, Any]]:
    """By name: what came of it. All are read by one process that this one only watches."""
    write_all(folder)
    done = subprocess.run([sys.executable, "-m", "tests.hostile_tunes", str(folder)], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(zip((hostile.name for hostile in HOSTILE), json.loads(done.stdout), strict=True))


def faults(outcome: dict[str, dict[str, Any]], seconds: str = "seconds") -> list[str]:
    """In words. Time is counted on the clock, or in a busy house by the processor (`cpu_seconds`)."""
    out = []
    for hostile in HOSTILE:
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
    assert len(HOSTILE) >= 40
    assert faults(outcome, "cpu_seconds") == []


def test_the_list_is_what_it_says(outcome: dict[str, dict[str, Any]]) -> None:
    """Entities are refused as such and not because a file happens to be broken; bombs before they unpack."""
    for name in ("xml: billion laughs", "xml: external entity", "xml: parameter entity", "xml: quadratic entity"):
        assert "defines entities" in outcome[name]["said"]
    assert "unpacks to far more" in outcome["mxl: bomb"]["said"]
    assert outcome["mxl: bomb"]["mb"] < 5


GOOD = [write_tune(make(), form) for make in FIXED for form in MEDIA_TYPES]
PIECES = st.one_of(st.binary(max_size=8), st.sampled_from([b"0", b"99999", b"-", b"/", b"|:", b":|", b"(3", b"<", b"&", b"1e9"]))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_good_files_gone_bad_are_read_or_refused(data: st.DataObject) -> None:
    """Nothing but Refused comes out, and what is read can be written."""
    file = data.draw(st.sampled_from(GOOD))
    for _ in range(data.draw(st.integers(1, 4))):
        at, gone = data.draw(st.integers(0, len(file))), data.draw(st.integers(0, 20))
        file = file[:at] + data.draw(PIECES) + file[at + gone :]
    try:
        tune = read_tune(file)
    except Refused:
        return
    for form in MEDIA_TYPES:
        write_tune(tune, form)
