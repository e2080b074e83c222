"""TextEngine: plays asks for words on a TextModel. From ask to context, prompt, calls and offers; the same for every runtime.

What a person sees while it works is Deltas with the text so far; an offer is cut at the end of a sentence and carries what
went into the prompt and how near it is to known books. Nothing of an ask stays behind.
"""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from studio.core.ask import Ask
from studio.core.card import Card
from studio.core.engine import Stop
from studio.core.errors import Refused
from studio.core.event import Delta, Event, Notice, Offer, Progress, Thing
from studio.writing.ask import ASKS, Part, PlotAsk, WeighAsk, WriteAsk
from studio.writing.bans import Bans
from studio.writing.bans import write as write_without
from studio.writing.context.fit import Fitted, fit
from studio.writing.likeness.nearness import known_books, near_books
from studio.writing.likeness.repeats import near_passage
from studio.writing.model import Call, Said, Samplers, TextModel
from studio.writing.prompts import Told, speech_of
from studio.writing.prompts.parts import before_of, ended

NOTHING = "The model had nothing to say here. Ask again with another seed, or give it a little more text to go on from."
LEAST_ROOM = 48  # pieces that must be left for the parts, else the model is too small for the ask


class Wanted(NamedTuple):
    """One offer in the making."""

    told: Told
    call: Call


class TextEngine:
    def __init__(self, model: TextModel, card: Card, folder: Path | None = None) -> None:
        self.model, self.card, self.folder = model, card, folder
        self.slots = max(1, model.slots // 4)  # an ask is mostly three or four calls
        able = {task: kind for task, kind in ASKS.items() if task in card.tasks}
        if not model.weighs:
            able.pop("weigh", None)
        self.ask_types: dict[str, type[Ask]] = able
        self._speech = speech_of(model.dialect)
        if card.source.kind == "embedded":  # read before the first offer needs it, which may be one that was stopped
            threading.Thread(target=_read_ahead, args=("plot" in able,), name="read ahead", daemon=True).start()

    def close(self) -> None:
        self.model.close()

    def run(self, ask: Ask, stop: Stop) -> Iterator[Event]:
        if ask.task not in self.ask_types:
            raise Refused(f"{self.card.title} cannot do this. Choose another model for it.")
        yield Progress(fraction=0.0)
        if isinstance(ask, PlotAsk):
            from studio.writing.plot.play import play

            yield from play(ask, self.model, stop)
        elif isinstance(ask, WeighAsk):
            from studio.writing.weigh import weighed

            told, _ = self._prepared(ask, 0)
            yield weighed(self.model, ask, told.prompt)
        else:
            assert isinstance(ask, WriteAsk)
            yield from self._written(ask, stop)

    # words

    def _written(self, ask: WriteAsk, stop: Stop) -> Iterator[Event]:
        wanted: list[Wanted] = []
        fitted: Fitted | None = None
        for index in range(ask.n):
            told, fitted = self._prepared(ask, index, fitted)
            wanted.append(Wanted(told, self._call(ask, told, index)))
        assert fitted is not None
        yield from (Notice(level="warning", text=text) for text in fitted.warnings)
        bans = Bans(ask.bans)
        share, some = [0.0] * ask.n, False
        for said in write_without(self.model, [one.call for one in wanted], bans, stop):
            one = wanted[said.call]
            share[said.call] = 1.0 if said.end else min(0.99, said.pieces / one.call.most)
            if not said.end:
                yield Delta(index=said.call, text=one.told.text(said.text))
            elif (offer := self._offer(ask, one, said, fitted)) is not None:
                yield offer
                some = True
            yield Progress(fraction=sum(share) / ask.n)
        if not some and not stop.is_set():
            yield Notice(level="warning", text=NOTHING)

    def _prepared(self, ask: WriteAsk, index: int, before: Fitted | None = None) -> tuple[Told, Fitted]:
        """What offer `index` is asked with. What fits is the same for all offers of an ask."""
        fitted = before or self._fitted(ask)
        return self._speech.tell(ask, fitted.parts, index), fitted

    def _fitted(self, ask: WriteAsk) -> Fitted:
        answer = _most(ask.words, 1.7)
        own = self.model.count(getattr(ask, "passage", "") + getattr(ask, "about", "") + ask.start)
        room = self.model.context - answer - own - self._speech.extra
        room = min(room, ask.context) if ask.context else room
        if room < LEAST_ROOM:
            raise Refused(
                f"{self.card.title} holds about {self.model.context * 3 // 4:,} words at once; this needs more. "
                "Choose a shorter passage, ask for fewer words, or take a model with more room."
            )
        usable = tuple(self._speech.brief(part) for part in ask.parts if part.kind in self._speech.uses)
        left_out = tuple(part for part in ask.parts if part.kind not in self._speech.uses and part.text.strip())
        return _unread(fit(usable, room, self.model.count, each=self._speech.each), left_out)

    def _call(self, ask: WriteAsk, told: Told, index: int) -> Call:
        words = ask.words + len(getattr(ask, "passage", "").split()) * (ask.task in ("rewrite", "expand"))
        return Call(
            prompt=told.prompt, most=_most(words, told.pieces), seed=ask.seed_of(index), samplers=samplers_of(ask, self.card),
            stops=told.stops,
        )  # fmt: skip

    def _offer(self, ask: WriteAsk, one: Wanted, said: Said, fitted: Fitted) -> Offer | None:
        """None when nothing was said: that is not worth offering."""
        whole = said.text if said.end == "stop" and one.told.shape in ("passage", "whole") else ended(said.text, one.told.shape)
        text = one.told.text(whole or said.text)
        if not whole.strip():
            return None
        facts: dict[str, Any] = {"context": fitted.report.model_dump(mode="json"), "words": len(text.split())}
        if ask.levers:
            facts["lever"] = ask.levers[said.call % len(ask.levers)]
        if self.card.source.kind == "embedded":
            facts["near"] = near_books(text)
        if (echo := near_passage(text, before_of(fitted.parts)))["spans"]:
            facts["echo"] = echo
        return Offer(
            index=said.call,
            seed=ask.seed_of(said.call),
            things=(Thing(name="body", media_type="text/plain", body=text.encode()),),
            summary=" ".join(text.split())[:120],
            facts=facts,
            partial=said.end == "cancelled",
        )


def _read_ahead(plots: bool) -> None:
    known_books()
    if plots:
        from studio.writing.likeness.meaning import meaning
        from studio.writing.plot.draw import all_traits

        all_traits()
        meaning()


def _most(words: int, pieces: float) -> int:
    return int(words * pieces) + 12


def _unread(fitted: Fitted, left_out: tuple[Part, ...]) -> Fitted:
    return fitted.with_unread(left_out) if left_out else fitted


def samplers_of(ask: WriteAsk, card: Card) -> Samplers:
    """From careful (0) to daring (1), around what suits the model; what the person set holds."""
    bold = ask.boldness
    heat = float(card.options.get("temperature", 0.8))
    made = Samplers(
        temperature=heat * (0.6 + 0.8 * bold),
        min_p=float(card.options.get("min_p", 0.05)) * (1.5 - bold),
        xtc_probability=max(0.0, bold - 0.4) * 0.8,
        dry_multiplier=0.8,
        repeat_penalty=float(card.options.get("repeat_penalty", 1.0)),
    )
    return made.changed(**{name: value for name, value in ask.sampling.model_dump().items() if value is not None})
