"""A deterministic fake runtime for text, pictures and tunes: set speed, set size, set misbehaviour. Tests only.

A card's options say how it behaves: `updates` (how many), `rate` (a second; 0 = as fast as it can), `slots`,
`load_seconds`, `hold_mb`, and to misbehave `fail_load`, `crash_load`, `crash_at`, `hang_at`, `gobble_at` (an update
number) and `silent_at` (sleeps 3 s without looking at stop).
"""

import hashlib
import io
import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from studio.core.ask import Ask, Medium
from studio.core.card import Card, Source
from studio.core.engine import Place, Stop
from studio.core.errors import LoadFailed, Refused
from studio.core.event import Delta, Event, Offer, Preview, Progress, Thing

if TYPE_CHECKING:
    from studio.registry import Registry

RUNTIMES = {"fake": "tests.fakes"}
PACKAGES: tuple[str, ...] = ("pydantic",)
WORDS = ("a", "an", "old", "small", "bright", "river", "night", "garden", "door", "song", "light", "walks", "hears", "over")


class TextAsk(Ask):
    medium: Literal["text"] = "text"
    task: str = "write"
    prompt: str = "Once"
    words: int = 0  # how many; 0 = the card's `updates`


class PictureAsk(Ask):
    medium: Literal["picture"] = "picture"
    task: str = "paint"
    prompt: str = "a garden"
    side: int = 32


class TuneAsk(Ask):
    medium: Literal["tune"] = "tune"
    task: str = "compose"
    key: str = "C"


ASKS: dict[str, type[Ask]] = {"text": TextAsk, "picture": PictureAsk, "tune": TuneAsk}


def versions() -> dict[str, str]:
    return {"fake": "1.0"}


def load(card: Card, folder: Path, place: Place) -> "FakeEngine":
    time.sleep(float(card.options.get("load_seconds", 0)))
    if card.options.get("fail_load"):
        raise LoadFailed(f"{card.title} is a fake that fails to load. Choose another.")
    if card.options.get("crash_load"):
        os._exit(3)
    return FakeEngine(card)


class FakeEngine:
    def __init__(self, card: Card) -> None:
        self._options = dict(card.options)
        self._medium = card.medium
        self.ask_types = {ASKS[card.medium].model_fields["task"].default: ASKS[card.medium]}
        self.slots = int(card.options.get("slots", 1))
        self._held = bytearray(b"\x01") * (int(card.options.get("hold_mb", 0)) << 20)

    def close(self) -> None:
        self._held = bytearray()

    def run(self, ask: Ask, stop: Stop) -> Iterator[Event]:
        if getattr(ask, "prompt", "x") == "" or getattr(ask, "key", "C") not in "CDEFGAB":
            raise Refused("This ask is empty. Say what you want.")
        updates = getattr(ask, "words", 0) or int(self._options.get("updates", 20))
        rate = float(self._options.get("rate", 0))
        yield Progress(fraction=0.0)
        start = time.monotonic()
        for k in range(1, updates + 1):
            if not _until(start + k / rate if rate else 0.0, stop):
                yield from (self._offer(ask, i, k - 1, partial=True) for i in range(ask.n) if k > 1)
                return
            self._misbehave(k)
            for i in range(ask.n):
                yield self._so_far(ask, i, k)
            yield Progress(fraction=k / updates)
        yield from (self._offer(ask, i, updates, partial=False) for i in range(ask.n))

    def _misbehave(self, k: int) -> None:
        if k == self._options.get("crash_at"):
            os._exit(9)
        if k == self._options.get("silent_at"):
            time.sleep(3)
        if k == self._options.get("gobble_at"):
            hoard = [bytearray(64 << 20) for _ in range(1000)]
            del hoard
        while k == self._options.get("hang_at"):
            time.sleep(0.05)

    def _so_far(self, ask: Ask, index: int, k: int) -> Event:
        if self._medium == "text":
            return Delta(index=index, text=make_text(ask.seed_of(index), k))
        media_type, body = self._make(ask, index, k)
        return Preview(index=index, media_type=media_type, body=body)

    def _make(self, ask: Ask, index: int, k: int) -> tuple[str, bytes]:
        seed = ask.seed_of(index)
        if isinstance(ask, PictureAsk):
            return "image/png", make_picture(seed, k, ask.side)
        if isinstance(ask, TuneAsk):
            return "application/json", make_tune(seed, k)
        return "text/plain", make_text(seed, k).encode()

    def _offer(self, ask: Ask, index: int, k: int, *, partial: bool) -> Offer:
        media_type, body = self._make(ask, index, k)
        thing = Thing(name="body", media_type=media_type, body=body)
        summary = make_text(ask.seed_of(index), min(k, 6))
        return Offer(index=index, seed=ask.seed_of(index), things=(thing,), summary=summary, partial=partial)


def _until(moment: float, stop: Stop) -> bool:
    """Waits for a moment; False as soon as stop is set."""
    while not stop.is_set():
        left = moment - time.monotonic()
        if left <= 0:
            return True
        time.sleep(min(left, 0.02))
    return False


def make_text(seed: int, words: int) -> str:
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) for _ in range(words))


def make_tune(seed: int, notes: int) -> bytes:
    chance = random.Random(seed)
    return json.dumps([[60 + chance.randrange(12), k * 0.5, 0.5] for k in range(notes)]).encode()


def make_picture(seed: int, step: int, side: int) -> bytes:
    from PIL import Image

    colour = hashlib.sha256(f"{seed}/{step}".encode()).digest()
    gradient = Image.linear_gradient("L").resize((side, side))
    picture = Image.merge("RGB", [gradient.point(lambda v, c=c: (v + c) % 256) for c in colour[:3]])
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


def fake_card(medium: Medium = "text", id: str = "", **options: Any) -> Card:
    """`memory` among the options is the card's; the others are the engine's."""
    name = {"text": "Fake Writer", "picture": "Fake Painter", "tune": "Fake Composer"}[medium]
    memory = int(options.pop("memory", 64 << 20))
    return Card(
        id=id or name.lower().replace(" ", "-"),
        title=name if not id else f"{name} {id}",
        medium=medium,
        tasks=(ASKS[medium].model_fields["task"].default,),
        runtime="fake",
        source=Source(kind="embedded", where="fake"),
        revision="1",
        licence="none",
        size=0,
        memory=memory,
        options=options,
    )


def fake_cards(**options: Any) -> tuple[Card, ...]:
    """One of each medium."""
    return tuple(fake_card(medium, **options) for medium in ("text", "picture", "tune"))


def fake_registry(
    tmp_path: Path,
    host_kind: Literal["process", "thread"] = "thread",
    cards: tuple[Card, ...] | None = None,
    budget: int = 4 << 30,
    grace: float = 5.0,
    offline: bool = False,
    **options: Any,
) -> "Registry":
    """A registry of fakes in a folder of its own; `options` go to the default cards. Close it."""
    from studio.hosts import host_maker
    from studio.registry import Registry, Shelf, runtime_finder

    (tmp_path / "assets" / "fake").mkdir(parents=True, exist_ok=True)
    return Registry(
        shelf=Shelf(cards if cards is not None else fake_cards(**options)),
        host_maker=host_maker(host_kind, grace),
        budget=budget,
        device="cpu",
        offline=offline,
        models_dir=tmp_path / "models",
        assets_dir=tmp_path / "assets",
        find_runtime=runtime_finder(RUNTIMES),
        threads=1,
    )


def write_catalog(data_dir: Path, **options: Any) -> None:
    """A user catalogue of the three fakes, for a whole studio; its finder must know RUNTIMES."""
    folder = data_dir / "fake-model"
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for card in fake_cards(**{"rate": 20, "updates": 40, **options}):
        lines += [
            f"[{card.id}]",
            f'title = "{card.title}"',
            f'medium = "{card.medium}"',
            f'tasks = ["{card.tasks[0]}"]',
            'runtime = "fake"',
            f"source = {{ kind = \"folder\", where = {json.dumps(str(folder))} }}",
            'licence = "none"',
            "size = 0",
            f"memory = {card.memory}",
            "options = { " + ", ".join(f"{k} = {json.dumps(v)}" for k, v in card.options.items()) + " }",
            "",
        ]
    (data_dir / "catalog.toml").write_text("\n".join(lines), "utf-8")
