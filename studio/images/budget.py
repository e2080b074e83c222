"""A time budget: seconds a person will wait turned into steps, and what they will take said before it begins.

A picture's time is the words once, then for every batch its steps and its decoding; a larger batch costs more, but less than
as many small ones. All of it is learned from the pictures made on this machine, for each model, device and size of its own:
the newest measurements count, and the middle one of them, so that one slow run does no harm. Pure but for `Timings`, which
keeps them in a file.
"""

import json
import math
import os
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field, ValidationError

from studio.core.word import Word

KEPT = 12  # measurements of one model, device and size
SHARED = 1 / 3  # of a batch of one, what a second picture does not pay again; until two sizes of batch have been measured
SPREAD = 0.05  # seconds of everything else: passing the ask on, writing the picture


class Seen(Word):
    """What one run took, from the facts of its offers."""

    words: float = Field(ge=0, le=3600)
    step: float = Field(gt=0, le=3600)  # one step of the whole batch
    decode: float = Field(ge=0, le=3600)  # of the whole batch
    batch: int = Field(ge=1, le=64)

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Seen | None":
        try:
            return cls.model_validate(facts.get("seconds"))
        except ValidationError:
            return None


class Timing(Word):
    """What is known of one model on one device at one size; the newest last."""

    seen: tuple[Seen, ...] = ()

    def with_(self, one: Seen) -> "Timing":
        return Timing(seen=(*self.seen, one)[-KEPT:])

    @property
    def batch(self) -> int:
        """The largest batch the model was seen to take at once."""
        return max((one.batch for one in self.seen), default=1)

    def step(self, batch: int) -> float:
        return self._of("step", batch)

    def decode(self, batch: int) -> float:
        return self._of("decode", batch)

    def seconds(self, n: int, steps: int) -> float:
        """Of n pictures, in as few batches as the model takes."""
        sizes = [min(self.batch, n - i) for i in range(0, n, self.batch)]
        words = statistics.median(one.words for one in self.seen) if self.seen else 0.0
        return SPREAD + words + sum(steps * self.step(size) + self.decode(size) for size in sizes)

    def _of(self, name: str, batch: int) -> float:
        """The middle measurement of this batch, else a straight line through two, else the usual share of one."""
        by_batch: dict[int, list[float]] = {}
        for one in self.seen:
            by_batch.setdefault(one.batch, []).append(getattr(one, name))
        middle = {size: statistics.median(values) for size, values in by_batch.items()}
        if batch in middle or not middle:
            return middle.get(batch, 0.0)
        near = sorted(middle, key=lambda size: (abs(size - batch), size))[:2]
        if len(near) == 2:
            a, b = near
            return max(middle[a] + (middle[b] - middle[a]) / (b - a) * (batch - a), middle[a] / 4)
        return middle[near[0]] * (SHARED + (1 - SHARED) * batch) / (SHARED + (1 - SHARED) * near[0])


class Plan(NamedTuple):
    n: int
    steps: int
    batch: int
    seconds: float  # predicted
    fits: bool
    sentence: str


def plan(timing: Timing, seconds: float, n: int, least: int, most: int) -> Plan:
    """As many steps as the time allows, from `least` to `most`; where even the least do not fit, it says how long they take."""
    if not timing.seen:
        return Plan(n, least, 1, 0.0, False, "How long this model takes on this machine is not known yet.")
    steps = least
    while steps < most and timing.seconds(n, steps + 1) <= seconds:
        steps += 1
    needed = timing.seconds(n, steps)
    fits = needed <= seconds
    sentence = f"{told(n)} in about {duration(needed)}"
    if not fits:
        fewer = max((k for k in range(1, n) if timing.seconds(k, least) <= seconds), default=0)
        offer = f"; in {duration(seconds)} there is time for {fewer}" if fewer else ""
        sentence = f"{told(n)} will take about {duration(needed)}, more than the {duration(seconds)} given{offer}"
    return Plan(n, steps, min(timing.batch, n), round(needed, 3), fits, sentence + ".")


def told(n: int) -> str:
    return "1 picture" if n == 1 else f"{n} pictures"


def duration(seconds: float) -> str:
    """As one says it: 0.8 s, 4 s, 2 min."""
    if seconds < 1.95:
        return f"{max(seconds, 0.1):.1f} s"
    return f"{round(seconds)} s" if seconds < 100 else f"{round(seconds / 60)} min"


class Timings:
    """The timings of this machine, in one small file. What cannot be read there is measured again."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def of(self, card: str, device: str, size: Sequence[int]) -> Timing:
        """At this size (0, 0: the model's own); else carried over from the nearest size by its number of pixels."""
        all_ = self._read()
        own = all_.get(_key(card, device, size))
        if own is not None:
            return own
        others = {size_: timing for key, timing in all_.items() if (size_ := _size_of(key, card, device))}
        if not others:
            return Timing()
        if not math.prod(size):  # the model's own, which nobody has told: as it was seen last
            return others[next(reversed(others))]
        nearest = min(others, key=lambda one: abs(math.log(math.prod(one) / math.prod(size))))
        times = math.prod(size) / math.prod(nearest)
        scaled = (one.changed(step=one.step * times, decode=one.decode * times) for one in others[nearest].seen)
        return Timing(seen=tuple(scaled))

    def learn(self, card: str, device: str, facts: Mapping[str, Any]) -> None:
        """From the facts of an offer; offers of one run say the same, so tell it one of them."""
        seen, size = Seen.of(facts), facts.get("size")
        if seen is None or not isinstance(size, list | tuple) or len(size) != 2:
            return
        all_ = self._read()
        key = _key(card, device, size)
        all_[key] = all_.pop(key, Timing()).with_(seen)  # to the end: seen last
        text = json.dumps({name: timing.model_dump(mode="json") for name, timing in all_.items()})
        self._file.parent.mkdir(parents=True, exist_ok=True)
        beside = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        beside.write_text(text, "utf-8")
        beside.replace(self._file)

    def _read(self) -> dict[str, Timing]:
        try:
            return {key: Timing.model_validate(value) for key, value in json.loads(self._file.read_text("utf-8")).items()}
        except (OSError, ValueError, AttributeError):
            return {}


def _key(card: str, device: str, size: Sequence[int]) -> str:
    return f"{card} {device} {size[0]}x{size[1]}"


def _size_of(key: str, card: str, device: str) -> tuple[int, int] | None:
    head, _, size = key.rpartition(" ")
    if head != f"{card} {device}":
        return None
    width, _, height = size.partition("x")
    return (int(width), int(height)) if width.isdigit() and height.isdigit() and int(width) and int(height) else None
