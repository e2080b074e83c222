"""Runtime `diffusers`: any pipeline of that library that paints from words, from pictures or inside a mask, from its folder.

Pictures are made one after another, each from its own generators, so that none depends on how many were asked for; a finished
one is offered at once. Per ask a scheduler of its own, what was heard is kept, every step shows the picture it is heading for.
Stop is looked at before every block of every model. Maps of words are not made here.
"""

import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.core.ask import Ask
from studio.core.card import Card
from studio.core.engine import Engine, Place, Stop
from studio.core.errors import Refused
from studio.core.event import Event, Notice, Offer, Preview, Progress, Thing
from studio.images.ask import ASKS, FromSketchAsk, PictureAsk, RepaintAsk, WalkAsk
from studio.images.engines.diffusion.beside import Halted, Say, beside
from studio.images.painting.noise import place_on_way

if TYPE_CHECKING:
    from PIL import Image

    from studio.images.engines.diffusion.model import Model
    from studio.images.engines.diffusion.plan import Plan
    from studio.images.engines.diffusion.words import Heard

PACKAGES: tuple[str, ...] = ("torch", "diffusers", "transformers", "safetensors", "numpy", "PIL")
WORTH = 0.5  # share of the steps from which on a stopped picture is worth showing


def versions() -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in ("torch", "diffusers", "transformers", "numpy", "pillow")}


def load(card: Card, folder: Path, place: Place) -> Engine:
    from studio.images.engines.diffusion.folder import check

    check(card, folder)  # before anything large is imported
    import torch

    if place.device == "cpu":
        torch.set_num_threads(max(1, place.threads))
    from studio.images.engines.diffusion.model import Model

    return DiffusersEngine(Model(card, folder, place))


class DiffusersEngine:
    slots = 1  # two at once would take twice as long each

    def __init__(self, model: "Model") -> None:
        self._model: Model | None = model
        self.ask_types: dict[str, type[Ask]] = {task: ASKS[task] for task in model.tasks}

    def close(self) -> None:
        if self._model is not None:
            self._model.close()
        self._model = None

    def run(self, ask: Ask, stop: Stop) -> Iterator[Event]:
        from studio.images.engines.diffusion.plan import plan

        model = self._model
        if model is None or not isinstance(ask, PictureAsk) or ask.task not in self.ask_types:
            raise Refused("This model cannot do that. Choose another one for this.")
        yield Progress(fraction=0.0)
        todo = plan(ask, model.usual)
        yield from (Notice(text=text) for text in _remarks(model, ask, todo))
        yield from beside(_Painting(model, ask, todo).work, stop, model.halt)


def _remarks(model: "Model", ask: PictureAsk, todo: "Plan") -> Iterator[str]:
    """What of the ask will not be heeded."""
    above = model.family.cfg_above if model.family else 1.0
    if ask.avoid and todo.guidance <= above:
        yield f"{model.title} does not listen to what is to be avoided at guidance {todo.guidance:g}."
    if ask.maps:
        yield f"{model.title} does not show where each word acted."
    if isinstance(ask, FromSketchAsk) and ask.sketch_kind == "lines":
        yield f"{model.title} takes a sketch for colours: fill the shapes in, and it follows them better."
    if cut := model.words.not_read(ask.prompt):
        yield f"{model.title} does not read so long a prompt. It stops before: {cut[:120]}"


class _Painting:
    """One ask on its way, in the thread of `beside`."""

    def __init__(self, model: "Model", ask: PictureAsk, todo: "Plan") -> None:
        self._model, self._ask, self._plan = model, ask, todo
        self._words = self._steps = self._began = 0.0
        self._decodes: list[float] = []
        self._frames: list[Image.Image] = []
        self._done = self._of = 0
        self._clean: Any = None
        self._off: float | None = None  # from the palette asked for

    def work(self, say: Say) -> None:
        try:
            heard = self._hear()
            for index in range(self._ask.n):
                self._picture(index, heard, say)
        except Halted:
            return

    def _hear(self) -> "tuple[Heard, Heard]":
        began = time.monotonic()
        ask, words = self._ask, self._model.words
        first = words.hear(ask.prompt, ask.avoid, self._plan.guidance)
        to = ask.to_prompt if isinstance(ask, WalkAsk) else ""
        last = words.hear(to, ask.avoid, self._plan.guidance) if to else first
        self._words = time.monotonic() - began
        return first, last

    def _picture(self, index: int, heard: "tuple[Heard, Heard]", say: Say) -> None:
        from studio.images.engines.diffusion.words import between, stirred

        ask, todo = self._ask, self._plan
        self._frames, self._done, self._of = [], 0, 0
        mine = between(*heard, place_on_way(ask, index))
        mine = stirred(mine, ask.stir, ask.seed if isinstance(ask, WalkAsk) else ask.seed_of(index))
        self._began = time.monotonic()
        self._steps = 0.0

        def seen(done: int, of: int, clean: Any) -> None:
            self._seen(index, done, of, clean, say)

        try:
            new = self._model.paint(ask, index, todo, mine, seen)
        except Halted:
            self._stopped(index, say)
            raise
        except (MemoryError, RuntimeError) as error:
            if isinstance(error, MemoryError) or "memory" in str(error).lower():
                raise Refused(
                    f"There is not enough memory for pictures of {todo.width} x {todo.height}. Ask for smaller ones."
                ) from error
            raise
        self._decodes.append(time.monotonic() - self._began - self._steps)
        say(self._offer(index, self._finished(new)))
        self._progress(index + 1, 0.0, say)

    def _seen(self, index: int, done: int, of: int, clean: Any, say: Say) -> None:
        self._done, self._of, self._clean = done, of, clean
        small = self._model.looks.picture(clean, (self._plan.width, self._plan.height))
        self._steps = time.monotonic() - self._began
        self._progress(index, done / of, say)
        if small is not None:
            from studio.images.painting import previews

            if self._ask.film:
                self._frames.append(small)
            say(Preview(index=index, media_type=previews.MEDIA_TYPE, body=previews.webp(small)))
        self._model.halt.check()

    def _progress(self, index: int, share: float, say: Say) -> None:
        """Seconds left from the pace of this very ask."""
        n = self._ask.n
        decode = self._decodes[-1] if self._decodes else 0.0
        whole = self._steps * self._of / max(self._done, 1) + decode
        left = (n - index) * whole - share * (whole - decode)
        say(Progress(fraction=min(1.0, (index + 0.95 * share) / n), seconds_left=round(max(0.0, left), 2)))

    def _finished(self, new: "Image.Image") -> "Image.Image":
        """Colours held, brought to its size, the original put back around it."""
        ask, todo = self._ask, self._plan
        if ask.palette and ask.hold:
            from studio.images.palette import hold

            held = hold(new, ask.palette, ask.hold)
            new, self._off = held.picture, held.distance
        if todo.original is None:
            return new
        import numpy as np
        from PIL import Image

        from studio.images.painting.mask import pasted_back

        if new.size != todo.size:
            new = new.resize(todo.size, Image.Resampling.LANCZOS)
        return Image.fromarray(pasted_back(todo.original, np.asarray(new), todo.shares))

    def _stopped(self, index: int, say: Say) -> None:
        """A picture that was half done is shown as far as it can be told, small and soft."""
        if isinstance(self._ask, RepaintAsk) or not self._of or self._done / self._of < WORTH:
            return
        small = self._model.looks.picture(self._clean, (self._plan.width, self._plan.height))
        if small is not None:
            say(self._offer(index, small.resize(self._plan.size, 3), partial=True))

    def _offer(self, index: int, picture: "Image.Image", *, partial: bool = False) -> Offer:
        from studio.images.painting import previews

        ask, todo = self._ask, self._plan
        things = [Thing(name="body", media_type="image/png", body=_png(picture))]
        if ask.film and self._frames and not partial:
            things.append(Thing(name="film", media_type=previews.MEDIA_TYPE, body=previews.film(self._frames, picture)))
        seconds = {
            "words": self._words, "step": self._steps / max(self._done, 1), "decode": self._decodes[-1] if self._decodes else 0.0,
            "batch": 1,
        }  # fmt: skip
        facts: dict[str, Any] = {
            "size": list(picture.size), "steps": self._done, "guidance": todo.guidance, "unknown": [],
            "not_read": self._model.words.not_read(ask.prompt), "seconds": {k: round(v, 4) for k, v in seconds.items()},
        }  # fmt: skip
        if self._off is not None:
            facts["palette_distance"] = self._off
        summary = ask.prompt.strip()[:200] or "Without words"
        return Offer(index=index, seed=ask.seed_of(index), things=tuple(things), summary=summary, facts=facts, partial=partial)


def _png(picture: "Image.Image") -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=4)
    return out.getvalue()
