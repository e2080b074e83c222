"""Jam: call and response while the beat goes on. A played call in, an answer of as many bars out, as a job like any other.

The page keeps the time; here is only what has to be recorded. A whole jam becomes one tune in which the bars of the
person are theirs and those of the model are the model's, taken from the offers and never from the page.
"""

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, ValidationError

from studio.core.errors import NotFound, Refused, StudioError
from studio.core.event import Offer, Thing
from studio.core.word import Word
from studio.music.ask import AnswerAsk
from studio.music.asking import SEEDS, sentence
from studio.music.notation.roll import TICKS, one_line, to_roll
from studio.music.room import Room
from studio.music.sheet import SHEET_TYPE, Blame, Sheet, ledger_of
from studio.music.theory import Key, Meter, read_meter
from studio.music.tune import Note, Tune, Voice, plain_bars, skyline
from studio.sessions.store import Store
from studio.workbench import Workbench

JSON = dict[str, Any]
W = TypeVar("W", bound=Word)
MOST_ROUNDS = 64
Played = Annotated[tuple[tuple[int, int, int, int], ...], Field(max_length=600)]  # as in a roll, from the start of the call


class Frame(Word):
    """What stays the same from round to round."""

    key: Key = Key()
    meter: Annotated[Meter, BeforeValidator(lambda text: read_meter(str(text)[:8]))] = Meter()
    tempo: Fraction = Field(default=Fraction(100), ge=30, le=300)
    bars: int = Field(default=2, ge=1, le=4)
    grid: Literal["1/8", "1/12", "1/16", "1/24", "1/32"] = "1/16"

    def notes(self, played: Sequence[tuple[int, int, int, int]]) -> tuple[Note, ...]:
        """What was played, on the grid and inside its bars."""
        grid, end = Fraction(self.grid), self.meter.length * self.bars
        notes = []
        for start, length, pitch, velocity in played:
            begin = max(round(Fraction(start, TICKS) / grid) * grid, Fraction(0))
            stop = min(max(round(Fraction(start + length, TICKS) / grid) * grid, begin + grid), end)
            if begin < stop:
                notes.append(Note(start=begin, length=stop - begin, pitch=pitch, velocity=velocity))
        return one_line(notes)

    def tune(self, notes: Sequence[Note], turns: int = 1) -> Tune:
        bars = plain_bars(self.meter, self.bars * turns)
        return Tune(title="Jam", key=self.key, tempo=self.tempo, bars=bars, voices=(Voice(notes=tuple(notes)),))


class Call(Frame):
    played: Played
    rhythm: bool = False
    seed: int | None = Field(default=None, ge=0, lt=2**53)


class Round(Word):
    played: Played = ()
    offer: str | None = Field(default=None, max_length=80)


class Whole(Frame):
    rounds: tuple[Round, ...] = Field(min_length=1, max_length=MOST_ROUNDS)


class Jam:
    def __init__(self, store: Store, workbench: Workbench) -> None:
        self._store = store
        self._workbench = workbench

    def ready(self, owner: str, session: str) -> JSON:
        """Loads the model beforehand, so that the first answer is as quick as the others."""
        self._store.session(owner, session)
        with self._workbench.registry.lease("answer", owner, medium="tune") as lease:
            return {"model": lease.card.title}

    def answer(self, owner: str, session: str, data: Mapping[str, Any]) -> JSON:
        self._store.session(owner, session)
        call = _read(Call, data)
        played = call.notes(call.played)
        if not played:
            raise Refused("Nothing was played in your bars. Play a few notes, and the model answers.")
        seed = random.SystemRandom().randrange(SEEDS) if call.seed is None else call.seed
        offer = self._offer(AnswerAsk(tune=call.tune(skyline(played)), rhythm=call.rhythm, n=1, seed=seed), owner, session)
        answer = call.tune(last_bars(Tune.loads(offer.things[0].body), call.bars))
        return {"offer": offer.id, "roll": to_roll(answer)}

    def _offer(self, ask: AnswerAsk, owner: str, session: str) -> Offer:
        """Its piece is none: the jam is on no table until it is kept."""
        with self._workbench.run(ask, owner, session) as running:
            offers = [event for event in running if isinstance(event, Offer)]  # to the end: else the job would count as stopped
        if not offers:
            raise StudioError("The model gave no answer. Play your bars again.")
        return offers[0]

    def keep(self, owner: str, session: str, data: Mapping[str, Any]) -> JSON:
        """All rounds as one tune on a table of its own."""
        self._store.session(owner, session)
        jam = _read(Whole, data)
        turns: list[tuple[Sequence[Note], Blame]] = []
        for one in jam.rounds:
            turns.append((jam.notes(one.played), ("human", None)))
            if one.offer:
                turns.append((self._answered(owner, session, one.offer, jam), ("model", one.offer)))
        sheet = Sheet(tune=_joined(jam, turns), bars=ledger_of([blame for _, blame in turns for _ in range(jam.bars)]))
        piece = self._store.create_piece(owner, session, "tune", "tune", "Jam").id
        copy = self._store.working(owner, piece)
        body = Thing(name="body", media_type=SHEET_TYPE, body=sheet.dumps())
        count = len(jam.rounds)
        summary = f"A jam of {count} round{'' if count == 1 else 's'}, {jam.bars} bar{'' if jam.bars == 1 else 's'} each"
        draft = self._store.keep(owner, piece, [body], origin="mixed", summary=summary)
        for offer in dict.fromkeys(one.offer for one in jam.rounds if one.offer):
            self._store.choose(owner, offer, "mixed", draft.id)
        self._store.adopt(owner, copy.id, draft.id)
        return Room(self._store).open(owner, piece)

    def _answered(self, owner: str, session: str, offer: str, jam: Whole) -> tuple[Note, ...]:
        record = self._store.offer(owner, offer)
        if record.session != session or record.recipe.ask["task"] != "answer":
            raise NotFound("That answer belongs to another jam. Play a new one.")
        tune = Tune.loads(self._store.body(owner, record.parts[0].sha256)[0])
        if tune.meter != jam.meter or len(tune.bars) != 2 * jam.bars:
            raise Refused("Only rounds of one length and meter make one tune. Start a new jam after changing them.")
        return last_bars(tune, jam.bars)


def last_bars(tune: Tune, count: int) -> tuple[Note, ...]:
    """The melody of the last bars, from their own start."""
    first = tune.starts[-1 - count]
    return tuple(note.changed(start=note.start - first) for note in tune.melody.notes if note.start >= first)


def _joined(jam: Whole, turns: Sequence[tuple[Sequence[Note], Blame]]) -> Tune:
    length = jam.meter.length * jam.bars
    notes = [note.changed(start=note.start + i * length) for i, (played, _) in enumerate(turns) for note in played]
    if not notes:
        raise Refused("Nothing was played yet. Play a round first.")
    return jam.tune(notes, len(turns))


def _read(kind: type[W], data: Mapping[str, Any]) -> W:
    try:
        return kind.model_validate(dict(data))
    except ValidationError as error:
        raise Refused(sentence(error)) from None
