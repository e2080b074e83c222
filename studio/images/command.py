"""python -m studio paint: pictures from words as PNG files that say how they were made, with a contact sheet.

The same models and registry as the page's. With --seconds, what this machine was seen to take chooses the steps; where nothing
is known yet, one picture is made first to measure it.
"""

import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from studio.core.errors import Refused
from studio.core.event import Notice, Offer, Preview, Progress
from studio.hosts.stop import StopFlag
from studio.images.ask import PaintAsk
from studio.images.budget import Timings, plan
from studio.images.colours import HEX
from studio.registry.registry import Registry
from studio.registry.resident import Lease

if TYPE_CHECKING:
    from PIL.Image import Image

OWNER = "command line"
LEAST, MOST = 4, 50  # steps, for models whose card says nothing
QUICK = 1.0  # seconds


def add_to(app: typer.Typer, open_registry: Callable[[], AbstractContextManager[Registry]], timings: Callable[[], Path]) -> None:
    @app.command()
    def paint(
        prompt: Annotated[str, typer.Argument(help="what is to be seen, in words")],
        n: Annotated[int, typer.Option("--n", min=1, max=16, help="how many pictures")] = 6,
        seconds: Annotated[float | None, typer.Option(min=0.1, help="how long you want to wait")] = None,
        steps: Annotated[int, typer.Option(min=0, max=150, help="instead of seconds; 0: as the model likes")] = 0,
        style: Annotated[str, typer.Option(help="a manner of painting: watercolour, ink, woodcut ...")] = "",
        avoid: Annotated[str, typer.Option(help="what must not be in it")] = "",
        palette: Annotated[str, typer.Option(help="colours like #1b2a41,#e07a5f, or a picture to take them from")] = "",
        hold: Annotated[float, typer.Option(min=0, max=1, help="how firmly the palette is held")] = 0.5,
        size: Annotated[str, typer.Option(help="192x128, or one number; the model's own when left out")] = "",
        seed: Annotated[int, typer.Option(help="the same seed gives the same pictures")] = 1,
        out: Annotated[Path, typer.Option(help="the folder to write to")] = Path("pictures"),
        bare: Annotated[bool, typer.Option("--bare", help="say nothing in the files of how they were made")] = False,
        model: Annotated[str | None, typer.Option(help="a model of the catalogue; the readiest when left out")] = None,
    ) -> None:
        """Paint: some pictures from words."""
        width, height = sides_of(size)
        ask = make_ask(
            prompt=f"{prompt.strip()}, {style.strip()}" if style.strip() else prompt.strip(), avoid=avoid, n=n, seed=seed,
            steps=steps, width=width, height=height, palette=colours_of(palette), hold=hold,
        )  # fmt: skip
        out.mkdir(parents=True, exist_ok=True)
        with open_registry() as registry, registry.lease(ask.task, OWNER, model, medium=ask.medium) as lease:
            painter = Painter(lease, Timings(timings()), device_of(registry, lease))
            if seconds is not None:
                ask = painter.within(ask, seconds)
            finish(painter.pictures(ask, out, bare), out)


def make_ask(**fields: Any) -> PaintAsk:
    try:
        return PaintAsk(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the ask"
        raise Refused(f"{where}: {first['msg'].removeprefix('Value error, ')}. See `python -m studio paint --help`.") from None


def sides_of(size: str) -> tuple[int, int]:
    parts = size.lower().split("x") if size else ["0"]
    if len(parts) > 2 or not all(part.strip().isdigit() for part in parts):
        raise Refused(f"{size} is no size. Write it like 192x128, or one number for a square.")
    return int(parts[0]), int(parts[-1])


def colours_of(palette: str) -> tuple[str, ...]:
    """Colours as they are written, or those of a picture."""
    words = tuple(word.strip().lower() for word in palette.split(",") if word.strip())
    if all(HEX.fullmatch(word) for word in words):
        return words
    if not (path := Path(palette)).is_file():
        raise Refused(f"{palette} is no palette. Write colours like #1b2a41,#e07a5f, or name a picture file.")
    from studio.images.opening import open_picture
    from studio.images.palette import extract

    return extract(open_picture(path.read_bytes(), most_side=256))


def device_of(registry: Registry, lease: Lease) -> str:
    return next((one.device for one in registry.status().cards if one.card.id == lease.card.id), "") or "cpu"


class Painter:
    """One leased model, what it was seen to take, and the telling of what it does."""

    def __init__(self, lease: Lease, timings: Timings, device: str) -> None:
        self._lease = lease
        self._timings = timings
        self._device = device

    def within(self, ask: PaintAsk, seconds: float) -> PaintAsk:
        """The ask with as many steps as there is time for."""
        options = self._lease.card.options
        least, most = int(options.get("least_steps", LEAST)), int(options.get("most_steps", MOST))
        size = (ask.width, ask.height)
        if not (known := self._timings.of(self._lease.card.id, self._device, size)).seen:
            print("Measuring what this model takes on this machine ...", file=sys.stderr)
            self._measure(ask.changed(n=1, steps=least))
            known = self._timings.of(self._lease.card.id, self._device, size)
        chosen = plan(known, seconds, ask.n, least, most)
        print(f"{chosen.sentence} {chosen.steps} steps each.", file=sys.stderr)
        return ask.changed(steps=chosen.steps)

    def _measure(self, ask: PaintAsk) -> None:
        """One picture; where that is quickly done some more, since the first run of a model is slower than all others."""
        start = time.monotonic()
        for _ in range(4):
            for _ in self._offers(ask):
                pass
            if time.monotonic() - start > QUICK:
                break

    def pictures(self, ask: PaintAsk, out: Path, bare: bool) -> "Iterator[tuple[Path, Image]]":
        """Each picture's file as soon as it is finished."""
        from PIL import Image

        from studio.images.metadata import strip, write_metadata

        start = time.monotonic()
        for offer in self._offers(ask):
            recipe = self._lease.recipe(ask, offer.index, offer.seed)
            path = out / f"picture-{offer.index + 1}.png"
            body = offer.things[0].body
            path.write_bytes(strip(body) if bare else write_metadata(body, recipe, offer.facts))
            taken = time.monotonic() - start
            print(f"picture {offer.index + 1} of {ask.n}, {taken:.1f} s: {path} (seed {offer.seed}){_remarks(offer)}", flush=True)
            yield path, Image.open(io.BytesIO(body))

    def _offers(self, ask: PaintAsk) -> Iterator[Offer]:
        """Tells how far it is meanwhile, where somebody watches."""
        growing, told = sys.stderr.isatty(), None
        for event in self._lease.run(ask, StopFlag()):
            if isinstance(event, Notice):
                print(event.text, file=sys.stderr)
            elif isinstance(event, Offer) and not event.partial:
                if (seconds := event.facts.get("seconds")) != told:  # pictures of one batch tell the same
                    self._timings.learn(self._lease.card.id, self._device, event.facts)
                told = seconds
                yield event
            elif growing and isinstance(event, Progress | Preview):
                _tell(event)


def finish(made: "Iterator[tuple[Path, Image]]", out: Path) -> None:
    """The contact sheet, and how far apart the pictures are."""
    from studio.images.sheet import contact_sheet
    from studio.images.spread import spread

    pairs = list(made)
    if not pairs:
        raise Refused("The model made no picture. Try other words or another model.")
    pictures = [picture for _, picture in pairs]
    contact_sheet(pictures, [path.stem for path, _ in pairs]).save(out / "sheet.png")
    print(f"All together: {out / 'sheet.png'}")
    if len(pictures) > 1:
        print(spread(pictures).sentence)


def _remarks(offer: Offer) -> str:
    unknown = offer.facts.get("unknown") or ()
    return f"; words it does not know: {', '.join(unknown)}" if unknown else ""


def _tell(event: Progress | Preview) -> None:
    if isinstance(event, Progress):
        left = f", {event.seconds_left:.0f} s left" if event.seconds_left is not None else ""
        print(f"\x1b[2K{event.stage} {event.fraction:.0%}{left}", end="\r", file=sys.stderr, flush=True)
