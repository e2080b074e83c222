"""Tunes as files to take away: every form is opened by a program that is not ours; the zip holds what its README says."""

import io
import json
import wave
import zipfile
from datetime import UTC, datetime
from functools import cache

import miniaudio
import pytest
import tinytag

from studio.core.errors import Refused
from studio.core.recipe import Recipe
from studio.core.work import Draft
from studio.music.export import IN_ZIP, MEDIA_TYPES, exported, file_name, made_by
from studio.music.notation.files import read_tune
from studio.music.sheet import Sheet, new_sheet
from studio.music.tune import Chord, Note, Tune, Voice
from tests import others
from tests.tunes import jig, seeded, waltz

TUNE = jig().with_voice(Voice(name="Low", role="bass", instrument="bass", notes=(Note(start=0, length=jig().length, pitch=38),)))
SOUND = ("wav", "flac", "ogg", "mp3")
RATE = 44100


def sheet(tune: Tune = TUNE) -> Sheet:
    """Offered by a model, then two bars changed by hand."""
    notes = list(tune.melody.notes)
    notes[1], notes[6] = notes[1].changed(pitch=64), notes[6].changed(pitch=64)
    return new_sheet(tune, "model", "offer-1").changed_by_person(tune.with_melody(notes))


SHEET = sheet()


@cache
def made(form: str, *, loop: bool = False, chords: bool = True) -> bytes:
    return exported(SHEET, form, loop=loop, chords=chords, drafts=DRAFTS)


RECIPE = Recipe(model="melody-mini", revision="1", runtime="r", weights="0" * 64, ask={"task": "sketch"}, index=0, seed=7)
DRAFTS = tuple(
    Draft(
        id=f"{i}" * 8, owner="ann", piece="p", parents=("0" * 8,) if i else (), parts=(), origin="model" if not i else "person",
        recipe=None if i else RECIPE, offer=None, summary=f"Draft {i} of Übung", created=datetime(2026, 3, 1 + i, tzinfo=UTC),
    )
    for i in range(2)
)  # fmt: skip


def test_notes_are_read_by_other_programs() -> None:
    for program in (others.by_symusic, others.by_mido):
        assert others.differences(SHEET.tune, program(made("mid")), midi=True) == []
    for form in ("musicxml", "mxl"):
        data = made(form)
        if form == "mxl":
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                data = packed.read("tune.musicxml")
        assert others.differences(SHEET.tune, others.by_music21(data)) == []
    assert others.differences_in_abc(SHEET.tune, others.by_abc2midi(made("abc").decode())) == []
    assert Tune.loads(made("json")) == SHEET.tune


def decoded(data: bytes) -> miniaudio.DecodedSoundFile:
    return miniaudio.decode(data, output_format=miniaudio.SampleFormat.SIGNED16, nchannels=2, sample_rate=RATE)


@pytest.mark.parametrize("form", SOUND)
def test_sound_is_played_by_other_programs(form: str) -> None:
    heard = decoded(made(form))
    assert SHEET.tune.seconds < heard.num_frames / RATE < SHEET.tune.seconds + 6  # it rings out
    assert max(heard.samples) > 20_000
    tags = tinytag.TinyTag.get(filename=f"tune.{form}", file_obj=io.BytesIO(made(form)))
    assert (tags.title, tags.comment) == ("The Test Jig", made_by(SHEET))


def test_a_loop_is_as_long_as_the_tune() -> None:
    with wave.open(io.BytesIO(made("wav", loop=True))) as sound:
        assert sound.getnframes() == round(SHEET.tune.seconds * RATE)
    assert decoded(made("flac", loop=True)).num_frames == round(SHEET.tune.seconds * RATE)


def test_an_mp3_loop_is_refused_before_any_work() -> None:
    with pytest.raises(Refused, match="MP3 adds silence"):
        exported(SHEET, "mp3", loop=True)


def test_chord_symbols_sound_unless_a_track_plays_them() -> None:
    assert made("wav") != made("wav", chords=False)
    part = SHEET.tune.with_voice(Voice(name="Pad", role="chords", instrument="pad", notes=(Note(start=0, length=1, pitch=60),)))
    played = new_sheet(part, "human")
    assert exported(played, "wav") == exported(played, "wav", chords=False)
    silent = new_sheet(part.with_voice(part.voices[-1].changed(notes=())), "human")  # a track that plays nothing hides nothing
    assert exported(silent, "wav") != exported(silent, "wav", chords=False)
    bare = new_sheet(SHEET.tune.changed(chords=()), "human")
    assert exported(bare, "wav") == exported(bare, "wav", chords=False)


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        assert all(entry.external_attr >> 16 == 0o644 and entry.create_system == 3 for entry in packed.infolist())
        return {name: packed.read(name) for name in packed.namelist()}


def test_the_zip_holds_every_form_and_each_is_the_one_given_alone() -> None:
    files = unpacked(made("zip"))
    assert set(files) == {*(file_name(TUNE, form) for form in IN_ZIP), "recipe.json", "README.txt"}
    for form in IN_ZIP:
        assert files[file_name(TUNE, form)] == made(form), form
    assert set(IN_ZIP) <= set(MEDIA_TYPES)


def test_the_zip_of_a_loop_has_no_mp3_and_says_why() -> None:
    files = unpacked(made("zip", loop=True))
    assert not any(name.endswith(".mp3") for name in files)
    text = files["README.txt"].decode()
    assert "go round without a seam" in text
    assert "There is no MP3" in text
    assert ".mp3" not in text
    assert files[file_name(TUNE, "ogg")] == made("ogg", loop=True)


def test_the_readme_is_true() -> None:
    files = unpacked(made("zip"))
    text = files["README.txt"].decode()
    for said in (
        "The Test Jig", "trad.", "D dorian, 6/8, 9 bars,", "180 quarter notes a minute", f"{SHEET.tune.seconds:.1f} seconds",
        "7 by a model, as offered", "2 by a model, edited by a person", "Low: by a model, as offered.",
        "ring out at the end. The chord symbols sound in them.",
    ):  # fmt: skip
        assert said in text, said
    listed = {line.split()[0] for line in text.splitlines() if "." in line.split("  ")[0] and "  " in line}
    assert listed == set(files) - {"README.txt"}
    assert "chord symbols" not in unpacked(made("zip", chords=False))["README.txt"].decode()


def test_the_recipe_tells_how_each_draft_was_made() -> None:
    told = json.loads(unpacked(made("zip"))["recipe.json"])
    assert [draft["what"] for draft in told] == ["Draft 0 of Übung", "Draft 1 of Übung"]
    assert (told[0]["recipe"]["seed"], told[0]["recipe"]["model"], told[1]["recipe"]) == (7, "melody-mini", None)
    assert told[1]["parents"] == [DRAFTS[0].id]


@pytest.mark.parametrize("form", ["mid", "mxl", "ogg", "zip"])
def test_the_same_tune_gives_the_same_bytes(form: str) -> None:
    assert exported(SHEET, form, drafts=DRAFTS) == made(form)


def test_who_made_it() -> None:
    assert made_by(new_sheet(TUNE, "human")) == "Made in Tandem: the melody by a person"
    assert made_by(SHEET) == "Made in Tandem: of 9 bars of the melody 7 by a model, as offered, 2 by a model, edited by a person"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("The Test Jig", "the-test-jig"), ("Été à la mer", "ete-a-la-mer"), ("Straße / Øster", "strasse-oster"), ("猫の歌", "tune"),
        ("../../etc/passwd", "etc-passwd"), ('a"b\r\nc: d', "a-b-c-d"), ("", "tune"), ("x" * 200, "x" * 60), ("con?", "con"),
        ("a" * 59 + " b", "a" * 59),
    ],
)  # fmt: skip
def test_names_are_plain(title: str, name: str) -> None:
    assert file_name(TUNE.changed(title=title), "mid") == f"{name}-180bpm.mid"


def test_unknown_forms_are_refused() -> None:
    with pytest.raises(Refused, match="no form exe"):
        exported(SHEET, "exe")


def test_any_tune_leaves_in_every_form_of_notes_and_comes_back() -> None:
    for tune in (waltz(), *(seeded(i) for i in range(8))):
        for form in ("mid", "musicxml", "mxl", "abc", "json"):
            back = read_tune(exported(new_sheet(tune, "human"), form))
            assert [len(v.notes) for v in back.voices] == [len(v.notes) for v in tune.voices if v.notes], (tune.title, form)


def test_a_chord_that_nobody_knows_how_to_sound_does_not_stop_an_export() -> None:
    tune = TUNE.changed(chords=(Chord(start=0, root="Cb", quality="m7b5", bass="F#"),))
    assert decoded(exported(new_sheet(tune, "human"), "wav")).num_frames
