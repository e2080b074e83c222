"""The built-in instruments as single notes for the page's sampler, so that it plays at once and sounds as the files do.

    python -m studio.music.sound.samples assets/sounds

writes one mono Ogg Vorbis file an instrument, its notes one after the other, and `samples.json`:

    {"rate": 32000, "velocity": 80, "instruments": {"flute": {
        "release": 0.11,   seconds a note fades after its end
        "loudness": 1.2,   gain of a note = its "gain" * (velocity / 100) ** loudness
        "lowest": 55, "highest": 103,   where every pitch has a sample at most 3 semitones away
        "notes": [{"pitch": 57, "file": "flute.ogg", "start": 0.05, "length": 1.6,
                   "loop_start": 0.9, "loop_end": 1.5, "gain": 0.36}]}}}

Times are seconds; `start` counts in the file, the others from `start`; what does not sustain has no loop. Drums have a
note for each General MIDI number from 35 to 81, several of which may be the same sound. Room, shares of the roles and
the end of an open hat under a closed one are left to the player.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from studio.music.sound.drums import hit
from studio.music.sound.dsp import Audio, damp, frames_of, rise
from studio.music.sound.files import encode
from studio.music.sound.instruments import INSTRUMENTS
from studio.music.sound.synth import DRUM_LEVEL, DRUM_LOUDNESS

RATE = 32000
VELOCITY = 80  # a middling stroke; the player makes it louder and softer, not brighter
STEP = 5  # semitones from sample to sample
GAP = 0.05  # seconds of silence before each note: codecs smear a little
PEAK = 0.7
QUALITY = 0.25  # about 45 kbit/s
DRUMS = range(35, 82)
DRUM_SECONDS = 1.4
SOUNDS = (36, 38, 42, 44, 46, 49, 51, 53, 41, 43, 45, 47, 48, 50, 37, 39, 56, 58, 60, 61, 63, 64, 70, 75, 76, 77, 80, 81)


@dataclass(frozen=True)
class Reach:
    """Where an instrument sounds like itself, and how long its samples are."""

    lowest: int
    highest: int
    seconds: float
    loop: float = 0.0  # the earliest start of a loop; 0 where nothing sustains
    blend: float = 0.0  # seconds in which the end of the loop turns into what comes before its start


REACHES: Mapping[str, Reach] = MappingProxyType({
    "plucked": Reach(36, 91, 1.8),
    "flute": Reach(55, 103, 1.6, 0.65, 0.06),
    "organ": Reach(33, 103, 1.4, 0.35, 0.10),
    "bass": Reach(24, 62, 1.6),
    "pad": Reach(36, 91, 1.9, 0.60, 0.25),
})  # fmt: skip


def build(folder: Path) -> dict[str, Any]:
    """Writes the files into `folder` and returns what stands in the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    instruments = {}
    for name in (*REACHES, "drums"):
        audio, told = drum_kit() if name == "drums" else notes_of(name)
        (folder / f"{name}.ogg").write_bytes(encode(audio, "ogg", RATE, title=f"Tandem: {name}", quality=QUALITY))
        instruments[name] = told
    manifest = {"rate": RATE, "velocity": VELOCITY, "instruments": instruments}
    (folder / "samples.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def notes_of(name: str) -> tuple[Audio, dict[str, Any]]:
    instrument, reach = INSTRUMENTS[name], REACHES[name]
    sounds, told = [], []
    for pitch in pitches(reach):
        sound = _note(name, pitch)
        entry: dict[str, Any] = {"pitch": pitch}
        if reach.loop:
            sound, start, end = looped(sound, frames_of(reach.loop, RATE), frames_of(reach.blend, RATE))
            entry |= {"loop_start": _seconds(start), "loop_end": _seconds(end)}
        sounds.append(sound)
        told.append(entry)
    audio, notes = _row(name, sounds, told, instrument.level)
    return audio, {
        "release": instrument.release, "loudness": instrument.loudness,
        "lowest": reach.lowest, "highest": reach.highest, "notes": notes,
    }  # fmt: skip


def drum_kit() -> tuple[Audio, dict[str, Any]]:
    strokes = [hit(number, VELOCITY / 127, RATE)[: frames_of(DRUM_SECONDS, RATE)] for number in SOUNDS]
    for stroke in strokes:
        _fade(stroke, 0.25 * len(stroke) / RATE)
    audio, notes = _row("drums", strokes, [{"pitch": number} for number in SOUNDS], DRUM_LEVEL)
    known = {note["pitch"]: note for note in notes}
    every = [known[_like(number)] | {"pitch": number} for number in DRUMS]
    return audio, {"release": 0.0, "loudness": DRUM_LOUDNESS, "lowest": DRUMS[0], "highest": DRUMS[-1], "notes": every}


def pitches(reach: Reach) -> Iterator[int]:
    """Every fifth semitone; none of the reach is further than three from one of them."""
    pitch = reach.lowest + STEP // 2
    while pitch < reach.highest + STEP // 2 - 1:
        yield pitch
        pitch += STEP


def looped(sound: Audio, earliest: int, blend: int) -> tuple[Audio, int, int]:
    """The sound with a seamless loop in it, and where that starts and ends.

    The end is fixed; the start is where what came before resembles it most. Before the end the sound turns into what
    comes before the start, and behind the end it goes on as behind the start, dying, so that codecs see no edge."""
    end = len(sound) - blend
    target = sound[end - blend : end].astype(np.float64)
    field = sound[earliest - blend : end - frames_of(0.3, RATE)].astype(np.float64)
    power = np.convolve(field * field, np.ones(blend), "valid")
    likeness = np.correlate(field, target, "valid") / np.sqrt(np.maximum(power, 1e-12))
    start = earliest + int(np.argmax(likeness))
    out, ramp = sound.copy(), rise(blend)
    out[end - blend : end] = sound[end - blend : end] * (1 - ramp) + sound[start - blend : start] * ramp
    out[end:] = sound[start : start + blend] * damp(blend)
    return out, start, end


def _note(name: str, pitch: int) -> Audio:
    """One note at the middling strength, started and (where it does not sustain) ended as the player would."""
    instrument, reach = INSTRUMENTS[name], REACHES[name]
    sound: Audio = instrument.body(pitch, VELOCITY / 127, frames_of(reach.seconds, RATE), RATE).mean(axis=0)
    attack = frames_of(instrument.attack, RATE)
    sound[:attack] *= rise(attack)
    if not reach.loop:
        _fade(sound, 0.4)
    return sound


def _fade(sound: Audio, seconds: float) -> None:
    end = damp(frames_of(seconds, RATE), ease=2.0)
    sound[-len(end) :] *= end


def _row(name: str, sounds: Sequence[Audio], told: Sequence[dict[str, Any]], level: float) -> tuple[Audio, list[dict[str, Any]]]:
    """All sounds one after the other, each as loud as the file can hold; the gain makes up for it."""
    still = np.zeros(frames_of(GAP, RATE), np.float32)
    parts, notes, at = [], [], 0
    for sound, entry in zip(sounds, told, strict=True):
        peak = float(np.abs(sound).max())
        parts += [still, sound * np.float32(PEAK / peak)]
        at += len(still)
        place = {"file": f"{name}.ogg", "start": _seconds(at), "length": _seconds(len(sound))}
        notes.append({"pitch": entry["pitch"], **place, **entry, "gain": round(level * peak / PEAK, 4)})
        at += len(sound)
    return np.concatenate([*parts, still]), notes


def _seconds(frames: int) -> float:
    return round(frames / RATE, 6)


def _like(number: int) -> int:
    """The recorded sound that a drum number gets."""
    if number in SOUNDS:
        return number
    same = {35: 36, 40: 38, 52: 49, 55: 49, 57: 49, 59: 51, 62: 63}
    return same.get(number, 70)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m studio.music.sound.samples FOLDER")
    build(Path(sys.argv[1]))
