"""Programs that are not ours read the same tune in our files: notes, bar lines, meters, tempo and key."""

from fractions import Fraction as F
from pathlib import Path

import pytest

from studio.music.notation.engraving import tempo_mark
from studio.music.notation.files import write_tune
from studio.music.tune import Tune
from tests import others
from tests.tunes import jig, seeded, waltz

TUNES = [jig(), waltz(), *(seeded(seed) for seed in (0, 1, 4, 8, 10, 20, 129))]  # upbeats, drums, tuplets beside beams


@pytest.mark.parametrize("program", [others.by_symusic, others.by_mido])
def test_midi(program: others.Program) -> None:
    for tune in TUNES:
        assert others.differences(tune, program(write_tune(tune, "mid")), midi=True) == []


@pytest.mark.parametrize("program", [others.by_music21, others.by_verovio])
def test_musicxml(program: others.Program) -> None:
    for tune in TUNES:
        assert others.differences(tune, program(write_tune(tune, "musicxml"))) == []


def test_musicxml_in_partitura() -> None:
    for tune in TUNES:
        pitched = tune.changed(voices=tuple(v for v in tune.voices if v.role != "drums"))
        assert others.differences(pitched, others.by_partitura(write_tune(pitched, "musicxml"))) == []


def test_abc_in_abc2midi() -> None:
    for tune in TUNES:
        whole = tune if tempo_mark(tune)[1].denominator == 1 else tune.changed(tempo=F(120))
        assert others.differences_in_abc(whole, others.by_abc2midi(write_tune(whole, "abc").decode())) == []


def test_a_difference_is_seen() -> None:
    """The comparison itself."""
    heard = others.by_symusic(write_tune(jig(), "mid"))
    assert others.differences(moved(jig()), heard, midi=True)
    assert others.differences(jig().changed(tempo=F(181)), heard, midi=True)


def moved(tune: Tune) -> Tune:
    return tune.with_melody(n.changed(pitch=n.pitch + 1) if i == 3 else n for i, n in enumerate(tune.melody.notes))


def test_note_ids_reach_the_score() -> None:
    """The cursor finds the notes of verovio's drawing by them."""
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    assert toolkit.loadData(write_tune(waltz(), "musicxml").decode())
    drawn = "".join(toolkit.renderToSVG(page + 1) for page in range(toolkit.getPageCount()))
    for v, voice in enumerate(waltz().voices):
        assert all(f'"v{v}n{i}"' in drawn for i in range(len(voice.notes)))
    assert '"v0n4-2"' in drawn  # held over the bar line


def test_mxl_in_music21(tmp_path: Path) -> None:
    import music21

    path = tmp_path / "t.mxl"
    path.write_bytes(write_tune(jig(), "mxl"))
    score = music21.converter.parse(path, forceSource=True)
    assert len(score.parts[0].recurse().getElementsByClass("Measure")) == 9
