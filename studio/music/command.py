"""python -m studio sketch: takes of a new tune as files, from the same model and registry as the page's."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from pydantic import ValidationError

from studio.core.errors import Refused
from studio.core.event import Offer
from studio.hosts.stop import StopFlag
from studio.music.ask import Kind, SketchAsk
from studio.music.theory import Key, Mode, read_meter
from studio.music.tune import Tune
from studio.registry.registry import Registry

OWNER = "command line"
FORMS = ("mid", "musicxml", "abc", "wav", "flac", "ogg", "mp3")
KINDS = ", ".join(get_args(Kind))


def add_to(app: typer.Typer, open_registry: Callable[[], AbstractContextManager[Registry]]) -> None:
    @app.command()
    def sketch(
        key: Annotated[str, typer.Option(help="the tonic: C, F#, Bb ...")] = "D",
        mode: Annotated[str, typer.Option(help=", ".join(get_args(Mode)))] = "major",
        meter: Annotated[str, typer.Option(help="2/4, 3/4, 4/4, 6/8, 9/8 ...")] = "4/4",
        bars: Annotated[int, typer.Option(help="without the upbeat, 1 to 64")] = 16,
        form: Annotated[str, typer.Option(help="sections by letters: AABA, AABB, ABA' (a dash is another ending)")] = "AABA",
        tempo: Annotated[float, typer.Option(help="quarter notes a minute")] = 100,
        kind: Annotated[str | None, typer.Option(help=KINDS)] = None,
        takes: Annotated[int, typer.Option(min=1, max=8)] = 4,
        seed: Annotated[int, typer.Option(help="the same seed gives the same takes")] = 1,
        colour: Annotated[str, typer.Option(help="strict, colour or free: how far notes may leave the scale")] = "strict",
        out: Annotated[Path, typer.Option(help="the folder to write to")] = Path("takes"),
        forms: Annotated[str, typer.Option(help=f"which files: {', '.join(FORMS)}")] = "mid,musicxml,abc,wav",
        model: Annotated[str | None, typer.Option(help="a model of the catalogue; the embedded one when left out")] = None,
    ) -> None:
        """Sketch a melody: some takes of a tune, as MIDI, MusicXML, ABC and sound."""
        fields = {"bars": bars, "form": form, "tempo": Fraction(tempo).limit_denominator(100), "n": takes, "seed": seed}
        ask = make_ask(key, mode, meter, kind=kind, colour=colour, **fields)
        wanted = _forms(forms)
        out.mkdir(parents=True, exist_ok=True)
        with open_registry() as registry:
            for offer in offers(registry, ask, model):
                tune = Tune.loads(offer.things[0].body).changed(title=f"Take {offer.index + 1}", composer="Tandem")
                written = write_take(out, offer, tune, wanted)
                _tell(offer, written)


def make_ask(key: str, mode: str, meter: str, **fields: Any) -> SketchAsk:
    try:
        return SketchAsk(key=Key(tonic=key, mode=mode), meter=read_meter(meter), **fields)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"])) or "the key"
        raise Refused(f"{name}: {first['msg'].removeprefix('Value error, ')}. See `python -m studio sketch --help`.") from None
    except ValueError as error:
        raise Refused(f"{error}. See `python -m studio sketch --help`.") from None


def offers(registry: Registry, ask: SketchAsk, model: str | None) -> Iterator[Offer]:
    with registry.lease(ask.task, OWNER, model, medium=ask.medium) as lease:
        for event in lease.run(ask, StopFlag()):
            if isinstance(event, Offer):
                yield event.model_copy(update={"recipe": lease.recipe(ask, event.index, event.seed)})


def write_take(out: Path, offer: Offer, tune: Tune, forms: Sequence[str]) -> list[Path]:
    from studio.music.notation.files import write_tune
    from studio.music.sound.files import Form as SoundForm
    from studio.music.sound.sound import sound_of

    written = []
    for form in forms:
        path = out / f"take-{offer.index + 1}.{form}"
        body = sound_of(tune, form) if form in get_args(SoundForm) else write_tune(tune, form)  # type: ignore[arg-type]
        path.write_bytes(body)
        written.append(path)
    recipe = out / f"take-{offer.index + 1}.recipe.json"
    recipe.write_bytes(offer.recipe.dumps() if offer.recipe else b"{}")
    return [*written, recipe]


def _forms(text: str) -> list[str]:
    wanted = [form.strip().lower() for form in text.split(",") if form.strip()]
    unknown = [form for form in wanted if form not in FORMS]
    if unknown or not wanted:
        raise Refused(f"There is no form {', '.join(unknown) or 'named'}. Choose from {', '.join(FORMS)}.")
    return wanted


def _tell(offer: Offer, written: Sequence[Path]) -> None:
    print(f"Take {offer.index + 1} (seed {offer.seed}): {offer.summary}")
    for line in offer.facts.get("report", ()):
        print(f"  {'kept ' if line['kept'] else 'MISSED'} {line['what']}: {line['got']}")
    if near := offer.facts.get("near"):
        shared = f"nearest tune: {near['title']}, {near['share']:.0%} of the runs shared"
        print(f"  {shared if near['title'] else 'no run shared with a known tune'}")
    print(f"  {', '.join(path.name for path in written)}")
