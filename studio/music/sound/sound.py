"""A tune as a sound file, in one call: played by the built-in synthesiser, or by a soundfont where the machine has one.

The same tune and wishes give the same bytes every time with the built-in synthesiser (between kinds of processor the
last bit may differ, as numpy rounds differently there); with a soundfont they depend on the installed player.
What cannot be done is refused with a sentence (`Refused`), before work begins if that is known.
"""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from studio.core.errors import Refused
from studio.music.sound import space
from studio.music.sound.accompany import Manner, accompaniment, manner_of
from studio.music.sound.dsp import Audio, frames_of, rise
from studio.music.sound.files import Bits, Form, check_form, encode
from studio.music.sound.synth import FADE, RING, SHARES, TAIL, check, chosen, render
from studio.music.tune import Bar, Tune, Voice

MAX_VOICES = 32  # as many as a tune can hold


def sound_of(
    tune: Tune,
    form: Form,
    *,
    bits: Bits = 16,
    loop: bool = False,
    voices: Sequence[str] | None = None,
    chords: Manner | bool = False,
    font: Path | None = None,
    rate: int = 44100,
    comment: str = "",
) -> bytes:
    """The file's bytes. `voices` by name, all when None; `chords` adds the chord symbols; `bits` counts for WAV and FLAC.

    A loop is as long as the tune to the frame and goes round without a seam; MP3 cannot do that and is refused.
    """
    check_form(form, rate, loop=loop)
    check(tune, rate)
    if font is None:
        audio = render(tune, rate=rate, loop=loop, voices=voices, chords=chords)
    else:
        heard = chosen(tune, voices)
        if chords:
            heard.append(accompaniment(tune, manner_of(chords)))
        audio = _with_font(tune, heard, font, rate, loop=loop)
    return encode(audio, form, rate, bits=bits, title=tune.title, artist=tune.composer, comment=comment)


def _with_font(tune: Tune, heard: Sequence[Voice], font: Path, rate: int, *, loop: bool) -> Audio:
    from studio.music.notation.write_midi import write_midi
    from studio.music.sound.fonts import render_with_font

    if len(heard) > MAX_VOICES:
        raise Refused(f"A soundfont plays up to {MAX_VOICES} voices. Leave one out, or the chord symbols.")
    silence = Bar(length=Fraction(TAIL) * tune.tempo / 240, meter=tune.meter)  # or the player stops before the ring is over
    voices = tuple(_in_its_place(voice) for voice in heard) or (Voice(),)
    longer = tune.changed(voices=voices, bars=(*tune.bars, silence), sections=(), chords=())
    made = render_with_font(write_midi(longer), font, rate=rate).T
    frames = round(tune.length * 240 * rate / tune.tempo)
    mix = np.zeros((2, frames + frames_of(TAIL if loop else RING, rate)), np.float32)
    made = made[:, : mix.shape[1]]
    mix[:, : made.shape[1]] = made
    if loop:
        mix = space.wrap(mix, max(1, frames))
    else:
        fade = rise(frames_of(FADE, rate))[::-1]
        mix[:, -len(fade) :] *= fade
    space.normalise(mix)
    return np.ascontiguousarray(mix.T)


def _in_its_place(voice: Voice) -> Voice:
    """As loud beside the others as the built-in synthesiser has it: players square what MIDI calls velocity."""
    share = SHARES[voice.role] ** 0.5
    return voice.changed(notes=tuple(note.changed(velocity=max(1, round(note.velocity * share))) for note in voice.notes))
