"""Runtime `painter`: the embedded painter, on a processor.

Pictures are painted one after another, each alone through the net: a picture of a batch is the same, to the pixel, as the same
seed alone, the first is there early, and Stop is looked at between steps of some hundredths of a second. It paints about
128 x 128 pixels; what is asked larger is enlarged. Words it does not know are told, never guessed at.
"""

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.core.ask import Ask
from studio.core.card import Card
from studio.core.engine import Engine, Place, Stop
from studio.core.errors import LoadFailed, Refused
from studio.core.event import Event, Notice, Offer, Preview, Progress, Thing
from studio.images.ask import ASKS, PictureAsk, WalkAsk

if TYPE_CHECKING:
    from PIL import Image

    from studio.images.nearness import Nearness
    from studio.images.painter.pipeline import Given, Heard, PainterPipeline, Step
    from studio.images.painter.plan import Plan

PACKAGES: tuple[str, ...] = ("torch", "diffusers", "safetensors", "numpy", "PIL")
TASKS = ("paint", "from-sketch", "restyle", "repaint", "walk")
NEEDED = ("model_index.json", "codec/config.json", "net/config.json", "reader/config.json", "scheduler/scheduler_config.json")
WORTH = 0.5  # share of the steps from which on a stopped picture is worth showing
PREVIEW_EVERY = 0.07  # seconds


def versions() -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in ("torch", "diffusers", "numpy", "pillow")}


def load(card: Card, folder: Path, place: Place) -> Engine:
    for name in NEEDED:
        if not (folder / name).is_file():
            raise LoadFailed(f"{card.title} is not complete: {name} is missing in {folder}. Get the model again.")
    import diffusers
    import torch

    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    torch.set_num_threads(max(1, min(2, place.threads)))
    from studio.images.nearness import Nearness
    from studio.images.painter.pipeline import PainterPipeline

    try:
        pipe = PainterPipeline.from_pretrained(folder, torch_dtype=torch.float32, low_cpu_mem_usage=False, local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise LoadFailed(f"{card.title} could not be read: {str(error)[:200]} Get the model again.") from error
    return PainterEngine(pipe, Nearness.read(folder / "nearest.safetensors"))


class PainterEngine:
    slots = 1

    def __init__(self, pipe: "PainterPipeline", nearness: "Nearness | None") -> None:
        self._pipe: PainterPipeline | None = pipe
        self._nearness = nearness
        self.ask_types: dict[str, type[Ask]] = {task: ASKS[task] for task in TASKS}

    def close(self) -> None:
        self._pipe = None

    def run(self, ask: Ask, stop: Stop) -> Iterator[Event]:
        pipe = self._pipe
        if pipe is None or not isinstance(ask, PictureAsk) or ask.task not in self.ask_types:
            raise Refused("The painter cannot do that. Choose another model for this.")
        yield Progress(fraction=0.0)
        from studio.images.painter.plan import given, plan

        todo = plan(pipe, ask)
        yield from (Notice(text=text) for text in remarks(pipe, ask, todo))
        began = time.monotonic()
        work = _Painting(pipe, self._nearness, ask, todo, given(pipe, ask, todo))
        work.words = time.monotonic() - began
        for index in range(ask.n):
            if stop.is_set():
                return
            yield from work.picture(index, stop)


def remarks(pipe: "PainterPipeline", ask: PictureAsk, todo: "Plan") -> Iterator[str]:
    """What of the ask will not be heeded."""
    said = " ".join([ask.prompt, ask.to_prompt if isinstance(ask, WalkAsk) else ""])
    read = pipe.read(said)
    if read.unknown:
        yield f"The painter does not know: {', '.join(read.unknown[:12])}. It paints from the other words."
    if rest := pipe.read(ask.prompt).left_out:
        yield f"The painter takes {pipe.reader.config['most']} words. It leaves out: {', '.join(rest[:12])}."
    if todo.size[0] > 8 * todo.wide or todo.size[1] > 8 * todo.high:
        own, (width, height) = f"{8 * todo.wide} x {8 * todo.high}", todo.size
        yield f"The painter paints {own} pixels; the picture is enlarged to {width} x {height}."


@dataclass
class _Painting:
    """One ask on its way."""

    pipe: "PainterPipeline"
    nearness: "Nearness | None"
    ask: PictureAsk
    todo: "Plan"
    given: "Given"
    words: float = 0.0  # seconds
    pace: list[float] = field(default_factory=list)  # seconds of each finished picture

    def picture(self, index: int, stop: Stop) -> Iterator[Event]:
        """All events of one picture."""
        pipe, todo, ask = self.pipe, self.todo, self.ask
        began = shown = time.monotonic()
        shown -= PREVIEW_EVERY
        frames: list[Image.Image] = []
        looks: list[Any] = []
        last: Step | None = None
        without = pipe.hear(ask.avoid, ask.palette)
        way = pipe.painted(
            self._noise(index), self._heard(index), without, self.given, todo.steps, todo.guidance, todo.two, watch=ask.maps
        )
        for last in way:
            looks.append(last.looks)
            now = time.monotonic()
            if ask.film or now - shown >= PREVIEW_EVERY:
                shown = now
                small = pipe.coloured(last.clean).resize((8 * todo.wide, 8 * todo.high), 3)
                frames.append(small)
                yield Preview(index=index, media_type="image/webp", body=_webp(small))
            yield self._progress(index, last.done / last.of, now - began)
            if stop.is_set() and last.done < last.of:
                if last.done / last.of >= WORTH and todo.original is None:
                    yield self._offer(index, pipe.decoded(last.clean), {"steps": last.done}, partial=True)
                return
        if last is None:
            return
        steps = time.monotonic()
        made = self._finished(pipe.decoded(last.latent))
        done = time.monotonic()
        self.pace.append(done - began)
        seconds = {"words": self.words, "step": (steps - began) / last.done, "decode": done - steps, "batch": 1}
        facts = {"steps": last.done, "seconds": {k: round(v, 4) for k, v in seconds.items()}}
        yield self._offer(index, made, facts, extra=self._extra(looks, frames, made))
        yield self._progress(index + 1, 0.0, 0.0)

    def _noise(self, index: int) -> Any:
        import torch

        from studio.images.painting.noise import gaussian, start

        shape = (1, self.pipe.codec.config["channels"], self.todo.high, self.todo.wide)
        return torch.from_numpy(start(self.ask, index, lambda seed: gaussian(seed, shape))).to(self.pipe.device)

    def _heard(self, index: int) -> "Heard":
        """The words of this picture: on its way between two, stirred when asked."""
        import torch

        from studio.images.painter.pipeline import Heard
        from studio.images.painting.noise import place_on_way, stirred

        ask, pipe = self.ask, self.pipe
        heard: Heard = pipe.hear(ask.prompt, ask.palette)
        if isinstance(ask, WalkAsk) and ask.to_prompt:
            heard = pipe.between(heard, pipe.hear(ask.to_prompt, ask.palette), place_on_way(ask, index))
        if ask.stir:
            seed = ask.seed if isinstance(ask, WalkAsk) else ask.seed_of(index)
            heard = Heard(torch.from_numpy(stirred(heard.states.cpu().numpy(), ask.stir, seed)).to(pipe.device), heard.there)
        return heard

    def _progress(self, index: int, share: float, spent: float) -> Progress:
        n = self.ask.n
        whole = sum(self.pace) / len(self.pace) if self.pace else spent / max(share, 0.01)
        left = max(0.0, (n - index - share) * whole)
        return Progress(fraction=min(1.0, (index + 0.97 * share) / n), seconds_left=round(left, 2))

    def _finished(self, new: "Image.Image") -> "Image.Image":
        """Colours held, brought to its size, the original put back around it."""
        from PIL import Image

        ask, todo = self.ask, self.todo
        if ask.palette and ask.hold:
            from studio.images.palette import hold

            new = hold(new, ask.palette, ask.hold).picture
        if new.size != todo.size:
            new = new.resize(todo.size, Image.Resampling.LANCZOS)
        if todo.original is None or todo.shares is None:
            return new
        import numpy as np

        from studio.images.painting.mask import pasted_back

        return Image.fromarray(pasted_back(todo.original, np.asarray(new), todo.shares))

    def _extra(self, looks: list[Any], frames: "list[Image.Image]", made: "Image.Image") -> tuple[Thing, ...]:
        from studio.images.painting import previews

        out = []
        if self.ask.film:
            out.append(Thing(name="film", media_type=previews.MEDIA_TYPE, body=previews.film(frames, made)))
        words = self.pipe.read(self.ask.prompt).words
        if self.ask.maps and words:
            out.append(Thing(name="maps", media_type="image/png", body=_maps(looks, len(words), self.todo)))
        return tuple(out)

    def _offer(
        self, index: int, picture: "Image.Image", facts: dict[str, Any], *, partial: bool = False, extra: tuple[Thing, ...] = ()
    ) -> Offer:
        ask = self.ask
        read = self.pipe.read(ask.prompt)
        facts |= {"size": list(picture.size), "guidance": self.todo.guidance, "sampler": "Euler", "unknown": list(read.unknown)}
        if any(thing.name == "maps" for thing in extra):
            facts["words"] = list(read.words)
        if self.nearness is not None:
            facts["nearest"] = self.nearness.of(picture).told()
        body = Thing(name="body", media_type="image/png", body=_png(picture))
        summary = ask.prompt.strip()[:200] or "Without words"
        return Offer(index=index, seed=ask.seed_of(index), things=(body, *extra), summary=summary, facts=facts, partial=partial)


def _maps(looks: list[Any], count: int, todo: "Plan") -> bytes:
    """Grey tiles, one word below another."""
    from PIL import Image

    from studio.images.painter.pipeline import word_maps

    tiles = word_maps(looks, count, todo.high, todo.wide).reshape(count * todo.high, todo.wide)
    grey = Image.fromarray(tiles.mul(255).round().byte().numpy())
    return _png(grey.resize((grey.width * 4, grey.height * 4), Image.Resampling.BICUBIC))


def _png(picture: "Image.Image") -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=4)
    return out.getvalue()


def _webp(picture: "Image.Image") -> bytes:
    from studio.images.painting.previews import webp

    return webp(picture)
