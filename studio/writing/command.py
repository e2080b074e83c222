"""python -m studio write | plot: offers on the command line, from the same models and registry as the page's.

All offers grow at the same time; where the output is a terminal they are shown growing, else each is printed when it is done.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Any, TextIO, get_args

import typer
from pydantic import ValidationError

from studio.core.ask import Ask
from studio.core.errors import Refused
from studio.core.event import Delta, Event, Notice, Offer, Preview
from studio.hosts.stop import StopFlag
from studio.registry.registry import Registry
from studio.writing.ask import ASKS, Genre, Part
from studio.writing.plot.plot import PLOT_TYPE, Plot, Structure

OWNER = "command line"
TASKS = ("continue", "fill", "spark", "describe", "dialogue", "rewrite", "expand", "summarise")


def add_to(app: typer.Typer, open_registry: Callable[[], AbstractContextManager[Registry]]) -> None:
    @app.command()
    def write(
        text: Annotated[str, typer.Argument(help="the text so far, or a file's name; - reads the standard input")] = "",
        task: Annotated[str, typer.Option(help=", ".join(TASKS))] = "continue",
        offers: Annotated[int, typer.Option(min=1, max=8)] = 3,
        words: Annotated[int, typer.Option(help="about how long each offer is to be")] = 60,
        seed: Annotated[int, typer.Option(help="the same seed gives the same offers")] = 1,
        after: Annotated[str, typer.Option(help="fill: what comes after")] = "",
        passage: Annotated[str, typer.Option(help="rewrite, expand, summarise: the passage")] = "",
        manner: Annotated[str, typer.Option(help="rewrite: shorter, longer, simpler, show, warmer ...")] = "reword",
        subject: Annotated[str, typer.Option(help="describe: the thing")] = "",
        speakers: Annotated[str, typer.Option(help="dialogue: two names with a comma between")] = "",
        note: Annotated[str, typer.Option(help="a note to the model")] = "",
        genre: Annotated[str | None, typer.Option(help=", ".join(get_args(Genre)))] = None,
        boldness: Annotated[float, typer.Option(min=0, max=1)] = 0.5,
        ban: Annotated[list[str] | None, typer.Option(help="a phrase that must not come; may be given often")] = None,
        model: Annotated[str | None, typer.Option(help="a model of the catalogue; the embedded one when left out")] = None,
    ) -> None:
        """Write on: some offers for the next passage, a gap, a description or a dialogue."""
        parts = [Part(kind="note", text=note)] if note else []
        parts += [Part(kind="before", text=_text(text))] if text else []
        parts += [Part(kind="after", text=after)] if after else []
        fields: dict[str, Any] = {
            "n": offers, "words": words, "seed": seed, "parts": parts, "genre": genre, "boldness": boldness, "bans": ban or (),
        }  # fmt: skip
        own: dict[str, dict[str, Any]] = {
            "rewrite": {"passage": passage, "manner": manner}, "expand": {"passage": passage}, "summarise": {"passage": passage},
            "describe": {"subject": subject}, "dialogue": {"speakers": [name.strip() for name in speakers.split(",")]},
        }  # fmt: skip
        ask = make_ask(task, fields | own.get(task, {}))
        with open_registry() as registry:
            show(run(registry, ask, model), ask.n, sys.stdout)

    @app.command()
    def plot(
        premise: Annotated[str, typer.Argument(help="what it is about; may be left out")] = "",
        offers: Annotated[int, typer.Option(min=1, max=8)] = 3,
        structure: Annotated[str, typer.Option(help=", ".join(get_args(Structure)))] = "three acts",
        genre: Annotated[str | None, typer.Option(help=", ".join(get_args(Genre)))] = None,
        names: Annotated[str, typer.Option(help="people who must be in it, with commas between")] = "",
        seed: Annotated[int, typer.Option(help="the same seed gives the same plots")] = 1,
        model: Annotated[str | None, typer.Option(help="a model of the catalogue; the embedded one when left out")] = None,
    ) -> None:
        """Plot: some story ideas with beats, people, stakes and a twist."""
        people = [name.strip() for name in names.split(",") if name.strip()]
        fields = {"premise": premise, "n": offers, "structure": structure, "genre": genre, "names": people, "seed": seed}
        ask = make_ask("plot", fields)
        with open_registry() as registry:
            show(run(registry, ask, model), ask.n, sys.stdout)


def make_ask(task: str, fields: dict[str, Any]) -> Ask:
    if task not in ASKS:
        raise Refused(f"There is no task {task}. Choose from {', '.join(TASKS)}.")
    try:
        return ASKS[task].model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the ask"
        raise Refused(f"{where}: {first['msg']}. See `python -m studio --help`.") from None


def run(registry: Registry, ask: Ask, model: str | None) -> Iterator[Event]:
    with registry.lease(ask.task, OWNER, model, medium=ask.medium) as lease:
        yield from lease.run(ask, StopFlag())


def show(events: Iterator[Event], count: int, out: TextIO) -> None:
    growing = out.isatty()
    lines = [""] * count
    texts: list[str] = []
    for event in events:
        if isinstance(event, Notice):
            print(event.text, file=sys.stderr)
        elif isinstance(event, Offer):
            _finished(event, lines, growing, out)
            texts.append(told(event))
        elif growing and isinstance(event, Delta | Preview):
            lines[event.index] = event.text if isinstance(event, Delta) else Plot.loads(event.body).logline
            _redraw(lines, out)
    if len(texts) > 1:
        from studio.writing.likeness.spread import spread

        print(spread(texts).sentence, file=out)


def _finished(offer: Offer, lines: list[str], growing: bool, out: TextIO) -> None:
    if growing:  # the growing lines make room for what is done
        out.write("\x1b[0J")
    lines[offer.index] = ""
    print(f"--- {offer.index + 1} (seed {offer.seed}) ---\n{told(offer)}\n", file=out)
    if (near := offer.facts.get("near")) and near.get("sentence"):
        print(f"    {near['sentence']}\n", file=out)
    if growing:
        _redraw(lines, out)


def told(offer: Offer) -> str:
    body = offer.things[0]
    if body.media_type == PLOT_TYPE:
        from studio.writing.plot.text import markdown

        return markdown(Plot.loads(body.body))
    return body.body.decode()


def _redraw(lines: list[str], out: TextIO) -> None:
    """The newest words of every unfinished offer, one line each; the cursor goes back to the first."""
    width = shutil.get_terminal_size().columns
    for number, line in enumerate(lines):
        head = f"{number + 1}: "
        out.write(f"\x1b[2K{head}{' '.join(line.split())[-(width - len(head) - 1) :]}\n")
    out.write(f"\x1b[{len(lines)}A")
    out.flush()


def _text(given: str) -> str:
    if given == "-":
        return sys.stdin.read()
    path = Path(given)
    try:
        return path.read_text("utf-8") if len(given) < 240 and path.is_file() else given
    except (OSError, UnicodeDecodeError):
        raise Refused(f"{given} cannot be read as text. Give a plain text file in UTF-8.") from None
