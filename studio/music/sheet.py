"""Sheet: a tune on the table, with who made each bar of its melody and each of its tracks. Drafts and working copies are sheets.

Blame is found by comparing notes before and after, never by trusting what somebody says they changed.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Literal, Self

from pydantic import Field, model_validator

from studio.core.ledger import Ledger, Maker, Span
from studio.core.word import Word
from studio.core.work import WRITTEN
from studio.music.ask import LockOf
from studio.music.check import bar_notes
from studio.music.tune import Tune

SHEET_TYPE = WRITTEN["tune"]
Blame = tuple[Maker, str | None]  # who, and the offer it came from
Whose = Callable[[int, int | None], Blame]  # of a bar now, and the bar it was


class Track(Word):
    """Who made a voice other than the melody."""

    name: str
    maker: Maker
    offer: str | None = None


class BarLock(Word):
    """What of a bar must not change: all of it, or one side of its melody."""

    bar: int = Field(ge=0)
    what: Literal["all"] | LockOf


class Heard(Word):
    """The recording a tune was hummed in."""

    sha256: str
    offset: float = 0.0  # seconds of the recording before the tune begins
    unsure: tuple[int, ...] = ()  # notes of the melody that were hard to hear, until they are edited


class Sheet(Word):
    tune: Tune
    bars: Ledger = Ledger()  # one unit a bar
    tracks: tuple[Track, ...] = ()
    locks: tuple[BarLock, ...] = ()
    heard: Heard | None = None

    @model_validator(mode="after")
    def _covers(self) -> Self:
        if len(self.bars) != len(self.tune.bars):
            raise ValueError(f"the ledger knows {len(self.bars)} of {len(self.tune.bars)} bars")
        return self

    def changed_by_person(self, tune: Tune, maker: Maker = "human") -> "Sheet":
        """Another tune in place of this one, changed by hand: bars of models become edited ones."""
        blames = blames_of(self.bars)

        def whose(i: int, before: int | None) -> Blame:
            if before is None:
                return maker, None
            old, offer = blames[before]
            return ("model-edited", offer) if old in ("model", "model-edited") else (maker, None)

        return self._with(tune, whose, (maker, None))

    def changed_by_model(self, tune: Tune, offer: str) -> "Sheet":
        """Another tune in place of this one, as a model offered it."""
        return self._with(tune, lambda i, before: ("model", offer), ("model", offer))

    def _with(self, tune: Tune, whose: Whose, track: Blame) -> "Sheet":
        found = matching(self.tune, tune)
        blames = blames_of(self.bars)
        new = [blames[j] if j is not None and same else whose(i, j) for i, (j, same) in enumerate(found)]
        known = {t.name: t for t in self.tracks}
        before = {voice.name: voice.notes for voice in self.tune.voices}
        others = [voice for voice in tune.voices if voice is not tune.melody]
        fresh = {v.name: Track(name=v.name, maker=track[0], offer=track[1]) for v in others}
        tracks = [known.get(v.name, fresh[v.name]) if before.get(v.name) == v.notes else fresh[v.name] for v in others]
        locks = tuple(lock for lock in self.locks if lock.bar < len(tune.bars))
        return Sheet(tune=tune, bars=ledger_of(new), tracks=tuple(tracks), locks=locks, heard=self.heard)


def new_sheet(tune: Tune, maker: Maker, offer: str | None = None, heard: Heard | None = None) -> Sheet:
    tracks = tuple(Track(name=v.name, maker=maker, offer=offer) for v in tune.voices if v is not tune.melody)
    return Sheet(tune=tune, bars=ledger_of([(maker, offer)] * len(tune.bars)), tracks=tracks, heard=heard)


def blames_of(ledger: Ledger) -> list[Blame]:
    return [(span.maker, span.offer) for span in ledger.spans for _ in range(span.length)]


def ledger_of(blames: Sequence[Blame]) -> Ledger:
    runs = [(blame, len(list(run))) for blame, run in groupby(blames)]
    return Ledger(spans=tuple(Span(length=n, maker=maker, offer=offer) for (maker, offer), n in runs))


def matching(before: Tune, after: Tune) -> list[tuple[int | None, bool]]:
    """For every bar now: the bar it was, and whether its melody is the same. Bars put in or taken out shift those behind."""
    old = [bar_notes(before, i) for i in range(len(before.bars))]
    new = [bar_notes(after, i) for i in range(len(after.bars))]
    shift = len(new) - len(old)
    head = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    out: list[tuple[int | None, bool]] = []
    for i, notes in enumerate(new):
        if shift and i >= head:
            j: int | None = i - shift if i - shift >= head else None
        else:
            j = i
        out.append((j, j is not None and 0 <= j < len(old) and old[j] == notes))
    return out


def comped(base: Sheet, takes: Mapping[str, Tune], picks: Mapping[int, str]) -> Sheet:
    """Bars of the melody from several offers laid into the base: `picks` says for a bar which offer it comes from."""
    notes = list(base.tune.melody.notes)
    for bar, offer in sorted(picks.items()):
        start, end = base.tune.starts[bar], base.tune.starts[bar + 1]
        take = takes[offer].melody.notes
        kept = []
        for note in notes:
            if note.start < start < note.end:
                note = note.changed(length=start - note.start)
            if not start <= note.start < end:
                kept.append(note)
        inside = [n.changed(length=min(n.end, end) - n.start) for n in take if start <= n.start < end]
        notes = sorted([*kept, *inside], key=lambda n: (n.start, n.pitch))
    tune = base.tune.with_melody(notes)
    blames = blames_of(base.bars)
    for bar, offer in picks.items():
        blames[bar] = ("model", offer)
    return base.changed(tune=tune, bars=ledger_of(blames))
