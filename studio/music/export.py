"""A tune as files to take away, one by one or all in a zip with a README and the recipe."""

import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Sequence
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
from studio.music.sound.files import check_form, encode
from studio.music.sound.sound import sound_of
from studio.music.sound.synth import check, render
from studio.music.tune import Tune

Form = Literal["mid", "musicxml", "mxl", "abc", "json", "wav", "flac", "ogg", "mp3", "zip"]
IN_ZIP: dict[Form, str] = {
    "mid": "for a sequencer", "musicxml": "for a notation program", "abc": "as text", "wav": "sound, exact",
    "flac": "sound, exact, half the size", "ogg": "sound, small", "mp3": "sound, small, plays everywhere",
    "json": "for Tandem itself",
}  # fmt: skip
MEDIA_TYPES: dict[str, str] = {"zip": "application/zip"}
MEDIA_TYPES.update({str(form): kind for kinds in (NOTES, SOUNDS) for form, kind in kinds.items()})
MAKERS: dict[Maker, str] = {
    "human": "by a person", "model": "by a model, as offered", "model-edited": "by a model, edited by a person",
    "human-rewritten": "by a person, rewritten by a model", "pasted": "from an imported file",
}  # fmt: skip
LETTERS = str.maketrans({"ß": "ss", "ø": "o", "Ø": "o", "æ": "ae", "Æ": "ae", "ł": "l", "Ł": "l", "đ": "d", "ð": "d", "þ": "th"})
RATE = 44100
WHEN = (1980, 1, 1, 0, 0, 0)  # the same tune gives the same zip


def file_name(tune: Tune, form: str) -> str:
    """Plain letters everywhere; the tempo is in the name because loops are chosen by it."""
    plain = unicodedata.normalize("NFKD", tune.title.translate(LETTERS)).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "tune"
    return f"{slug}-{round(float(tune.tempo))}bpm.{form}"


def exported(sheet: Sheet, form: str, *, loop: bool = False, chords: bool = True, drafts: tuple[Draft, ...] = ()) -> bytes:
    if form not in get_args(Form):
        raise Refused(f"There is no form {form[:20]}. Choose one of {', '.join(get_args(Form))}.")
    if form == "zip":
        return zipped(sheet, loop=loop, chords=chords, drafts=drafts)
    return _one(sheet, form, loop=loop, chords=chords)


def _one(sheet: Sheet, form: str, *, loop: bool, chords: bool) -> bytes:
    if form in get_args(SoundForm):
        sound: SoundForm = form  # type: ignore[assignment]
        return sound_of(sheet.tune, sound, loop=loop, chords=chords and chords_sound(sheet.tune), comment=made_by(sheet))
    notes: NoteForm = form  # type: ignore[assignment]
    return write_tune(sheet.tune, notes)


def chords_sound(tune: Tune) -> bool:
    """Whether there are chord symbols that no track plays already."""
    return bool(tune.chords) and not any(voice.role == "chords" and voice.notes for voice in tune.voices)


def zipped(sheet: Sheet, *, loop: bool, chords: bool, drafts: tuple[Draft, ...]) -> bytes:
    tune, file = sheet.tune, io.BytesIO()
    chords = chords and chords_sound(tune)
    forms = [form for form in IN_ZIP if not (form == "mp3" and loop)]  # which cannot go round without a gap
    check_form("wav", RATE, loop=loop)
    check(tune, RATE)
    audio = render(tune, rate=RATE, loop=loop, chords=chords)  # once for all forms of sound
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for form in forms:
            if form in get_args(SoundForm):
                sound: SoundForm = form  # type: ignore[assignment]
                body = encode(audio, sound, RATE, title=tune.title, artist=tune.composer, comment=made_by(sheet))
            else:
                body = _one(sheet, form, loop=loop, chords=chords)
            _add(out, file_name(tune, form), body)
        _add(out, "recipe.json", json.dumps(recipes(drafts), indent=1, ensure_ascii=False).encode())
        _add(out, "README.txt", readme(sheet, forms, loop=loop, chords=chords).encode())
    return file.getvalue()


def _add(out: zipfile.ZipFile, name: str, body: bytes) -> None:
    entry = zipfile.ZipInfo(name, WHEN)
    entry.create_system, entry.external_attr = 3, 0o644 << 16  # on every system, or unpacked files cannot be read
    out.writestr(entry, body, zipfile.ZIP_DEFLATED)


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
    shares = sorted(sheet.bars.shares().items(), key=lambda share: -share[1])
    if len(shares) == 1:
        return f"Made in Tandem: the melody {MAKERS[shares[0][0]]}"
    counts = [f"{round(share * len(sheet.bars))} {MAKERS[maker]}" for maker, share in shares]
    return f"Made in Tandem: of {len(sheet.bars)} bars of the melody " + ", ".join(counts)


def readme(sheet: Sheet, forms: Sequence[Form], *, loop: bool, chords: bool) -> str:
    tune = sheet.tune
    tracks = [f"{track.name}: {MAKERS[track.maker]}." for track in sheet.tracks]
    names = {file_name(tune, form): IN_ZIP[form] for form in forms}
    names["recipe.json"] = "how each draft was made: model, request, seed, versions"
    wide = max(map(len, names))
    sound = "The sound files go round without a seam." if loop else "The sound files ring out at the end."
    lines = [
        tune.title, "=" * len(tune.title), *([tune.composer] if tune.composer else []), "",
        f"{tune.key}, {tune.meter}, {len(tune.bars)} bars,",
        f"{float(tune.tempo):g} quarter notes a minute, {tune.seconds:.1f} seconds.", "",
        made_by(sheet) + ".", *tracks, "",
        *(f"{name:{wide}}  {what}" for name, what in names.items()), "",
        sound + (" The chord symbols sound in them." if chords else ""),
        *(["There is no MP3: it adds silence at both ends, so that a loop would stumble."] if loop else []), "",
    ]  # fmt: skip
    return "\n".join(lines)
