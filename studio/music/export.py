"""A tune as files to take away, one by one or all in a zip with a README and the recipe."""

import io
import json
import re
import zipfile
from typing import Any, Literal, get_args

from studio.core.errors import Refused
from studio.core.ledger import Maker
from studio.core.recipe import Recipe
from studio.core.work import Draft
from studio.music.notation.files import MEDIA_TYPES as NOTES
from studio.music.notation.files import Form as NoteForm
from studio.music.notation.files import write_tune
from studio.music.sheet import Sheet
from studio.music.sound.files import MEDIA_TYPES as SOUNDS
from studio.music.sound.files import Form as SoundForm
from studio.music.sound.sound import sound_of
from studio.music.tune import Tune

Form = Literal["mid", "musicxml", "mxl", "abc", "json", "wav", "flac", "ogg", "mp3", "zip"]
IN_ZIP: tuple[Form, ...] = ("mid", "musicxml", "abc", "wav", "flac", "ogg", "mp3", "json")
MEDIA_TYPES: dict[str, str] = {"zip": "application/zip"}
MEDIA_TYPES.update({str(form): kind for kinds in (NOTES, SOUNDS) for form, kind in kinds.items()})
MAKERS: dict[Maker, str] = {
    "human": "by a person", "model": "by a model, as offered", "model-edited": "by a model, edited by a person",
    "human-rewritten": "by a person, rewritten by a model", "pasted": "from an imported file",
}  # fmt: skip
WHEN = (1980, 1, 1, 0, 0, 0)  # the same tune gives the same zip


def file_name(tune: Tune, form: str) -> str:
    """Plain letters everywhere; the tempo is in the name because loops are chosen by it."""
    slug = re.sub(r"[^a-z0-9]+", "-", tune.title.lower()).strip("-")[:60] or "tune"
    return f"{slug}-{round(float(tune.tempo))}bpm.{form}"


def exported(sheet: Sheet, form: str, *, loop: bool = False, chords: bool = True, drafts: tuple[Draft, ...] = ()) -> bytes:
    if form not in get_args(Form):
        raise Refused(f"There is no form {form[:20]}. Choose one of {', '.join(get_args(Form))}.")
    if form == "zip":
        return zipped(sheet, loop=loop, chords=chords, drafts=drafts)
    return _one(sheet, form, loop=loop, chords=chords)


def _one(sheet: Sheet, form: str, *, loop: bool, chords: bool) -> bytes:
    if form in get_args(SoundForm):
        sounding = chords and not any(voice.role == "chords" for voice in sheet.tune.voices)
        sound: SoundForm = form  # type: ignore[assignment]
        return sound_of(sheet.tune, sound, loop=loop, chords=sounding and bool(sheet.tune.chords), comment=made_by(sheet))
    notes: NoteForm = form  # type: ignore[assignment]
    return write_tune(sheet.tune, notes)


def zipped(sheet: Sheet, *, loop: bool, chords: bool, drafts: tuple[Draft, ...]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for form in IN_ZIP:
            if form == "mp3" and loop:
                continue  # it cannot go round without a gap
            _add(out, file_name(sheet.tune, form), _one(sheet, form, loop=loop, chords=chords))
        _add(out, "recipe.json", json.dumps(recipes(drafts), indent=1, ensure_ascii=False).encode())
        _add(out, "README.txt", readme(sheet, loop=loop).encode())
    return file.getvalue()


def _add(out: zipfile.ZipFile, name: str, body: bytes) -> None:
    out.writestr(zipfile.ZipInfo(name, WHEN), body, zipfile.ZIP_DEFLATED)


def recipes(drafts: tuple[Draft, ...]) -> list[dict[str, Any]]:
    """How the tune came to be, oldest first: enough to make each offer again."""
    made: list[dict[str, Any]] = []
    for draft in drafts:
        recipe: Recipe | None = draft.recipe
        made.append(
            {
                "draft": draft.id, "made": draft.created.isoformat(), "by": draft.origin, "what": draft.summary,
                "parents": list(draft.parents), "recipe": recipe.model_dump(mode="json") if recipe else None,
            }
        )  # fmt: skip
    return made


def made_by(sheet: Sheet) -> str:
    shares = sheet.bars.shares()
    parts = [f"{share:.0%} of the bars {MAKERS[maker]}" for maker, share in sorted(shares.items(), key=lambda x: -x[1])]
    return "Made in Tandem: " + ", ".join(parts)


def readme(sheet: Sheet, *, loop: bool) -> str:
    tune = sheet.tune
    lines = [
        tune.title, "=" * len(tune.title), "",
        f"{tune.key}, {tune.meter}, {len(tune.bars)} bars,",
        f"{float(tune.tempo):g} quarter notes a minute, {tune.seconds:.1f} seconds.",
        made_by(sheet) + ".", "",
        "mid       for a sequencer", "musicxml  for a notation program", "abc       as text", "wav, flac, ogg, mp3  to listen",
        "json      for Tandem itself", "recipe.json  how each draft was made: model, request, seed, versions", "",
        "The sound files go round without a seam." if loop else "The sound files ring out at the end.", "",
    ]  # fmt: skip
    return "\n".join(lines)
