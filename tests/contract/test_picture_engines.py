"""The runtime `diffusers` on a small pipeline of every family, each saved in the ordinary form and loaded as any folder is."""

import io
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.core.ask import Ask
from studio.core.engine import Engine
from studio.core.errors import LoadFailed, Refused
from studio.core.event import Event, Notice, Offer, Preview, Progress
from studio.core.given import Given, filled, givens, named
from studio.images.ask import ASKS, FromSketchAsk, PaintAsk, PictureAsk, RepaintAsk, RestyleAsk, WalkAsk
from studio.images.engines.diffusers import DiffusersEngine
from studio.images.engines.diffusion.folder import check
from studio.images.painting.families import tasks_of
from tests import picture_models as pm
from tests.picture_models import FAMILIES, OTHERS, SIDE, saved

PROMPT, STEPS = "a red house by the sea", 2
Loaded = Callable[[str], DiffusersEngine]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="module")
def loaded(folder: Path) -> Iterator[Loaded]:
    """Every family's model, loaded when it is first asked for and shared by all tests."""
    made: dict[str, DiffusersEngine] = {}

    def get(family: str) -> DiffusersEngine:
        if family not in made:
            made[family] = pm.engine(saved(folder, family))
        return made[family]

    yield get
    for engine in made.values():
        engine.close()


@pytest.fixture(scope="module", params=FAMILIES)
def each(request: pytest.FixtureRequest, loaded: Loaded) -> DiffusersEngine:
    return loaded(request.param)


def ask(kind: type[PictureAsk] = PaintAsk, **more: Any) -> Any:
    return kind(**{"prompt": PROMPT, "seed": 5, "n": 1, "steps": STEPS, **more})


def offers(engine: Engine, asked: Ask) -> list[Offer]:
    return [event for event in engine.run(asked, threading.Event()) if isinstance(event, Offer)]


def body(offer: Offer) -> bytes:
    return offer.things[0].body


def pixels(offer: Offer) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(body(offer)))).astype(int)


def given(picture: Image.Image) -> Given:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return Given.of(out.getvalue(), "image/png")


def photo(width: int = 72, height: int = 56) -> Image.Image:
    """A picture of its own size, which none of the models paints."""
    out = Image.radial_gradient("L").resize((width, height)).convert("RGB")
    out.paste((200, 30, 40), (10, 10, 30, 30))
    return out


def middle(width: int = 72, height: int = 56) -> Image.Image:
    out = Image.new("L", (width, height))
    out.paste(255, (30, 20, 50, 40))
    return out


def every_task(engine: DiffusersEngine, **more: Any) -> list[PictureAsk]:
    more = {"seed": 11, **more}
    asked = [
        ask(**more),
        ask(FromSketchAsk, sketch=given(photo()), **more),
        ask(RestyleAsk, picture=given(photo()), change=0.7, **more),
        ask(RepaintAsk, picture=given(photo()), mask=given(middle()), **more),
        ask(WalkAsk, to_prompt="a blue cat", to_seed=9, **more),
    ]
    return [one for one in asked if one.task in engine.ask_types]


# the same pictures as plain calls, alone or among others, again and again


def plain(folder: Path, family: str, **more: Any) -> np.ndarray:
    """What the library itself paints, called as its manual says."""
    import diffusers
    import torch

    pipe = diffusers.DiffusionPipeline.from_pretrained(saved(folder, family), local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    drawn = torch.Generator("cpu").manual_seed(6)
    return np.asarray(pipe(PROMPT, width=SIDE, height=SIDE, num_inference_steps=STEPS, generator=drawn, **more).images[0]).astype(
        int
    )


@pytest.mark.parametrize("family", [*FAMILIES, "sd3", "lcm"])
def test_a_picture_is_what_a_plain_call_paints(loaded: Loaded, folder: Path, family: str) -> None:
    more = {} if family == "flux" else {"negative_prompt": "rain"}
    if family == "lcm":
        more = {}
    ours = offers(loaded(family), ask(n=2, guidance=3.0, avoid=more.get("negative_prompt", "")))[1]
    assert (pixels(ours) == plain(folder, family, guidance_scale=3.0, **more)).all()


def test_every_task_gives_pictures_that_a_recipe_gives_again_alone(each: DiffusersEngine) -> None:
    """Two of a batch; the second again, alone, after the others, from plain data with the files it began from put back."""
    assert set(each.ask_types) == set(ASKS) - {"explore"}
    for task in every_task(each):
        many = offers(each, task.changed(n=2))
        assert [one.seed for one in many] == [11, 12]
        assert body(many[0]) != body(many[1])
        for offer in many:
            picture = Image.open(io.BytesIO(body(offer)))
            assert (picture.format, picture.mode, offer.things[0].media_type) == ("PNG", "RGB", "image/png")
            assert offer.facts["size"] == list(picture.size)
            assert np.asarray(picture).std() > 8
        alone = task.changed(n=2) if isinstance(task, WalkAsk) else task.changed(n=1, seed=12)
        written = named(alone).dumps()
        assert len(written) < 2000
        again = filled(type(task).loads(written), {one.sha256: one.body for one in givens(task).values()})
        assert body(offers(each, again)[-1]) == body(many[1]), task.task


def test_its_schedule_and_its_weights_stay_as_they_were(loaded: Loaded) -> None:
    each = loaded("turbo")
    pipe = each._model._pipe  # type: ignore[union-attr]
    before = {name: str(value) for name, value in vars(pipe.scheduler).items()}
    weights = [
        float(value.double().sum())
        for part in pipe.components.values()
        if hasattr(part, "parameters")
        for value in part.parameters()
    ]
    for task in every_task(each):
        offers(each, task)
    assert {name: str(value) for name, value in vars(pipe.scheduler).items()} == before
    assert weights == [
        float(value.double().sum())
        for part in pipe.components.values()
        if hasattr(part, "parameters")
        for value in part.parameters()
    ]


# what is asked for


def test_a_picture_made_from_a_picture_depends_on_it(loaded: Loaded) -> None:
    first, other = (offers(loaded("turbo"), ask(RestyleAsk, picture=given(one)))[0] for one in (photo(), photo().rotate(180)))
    assert body(first) != body(other)
    assert first.facts["size"][0] > first.facts["size"][1]  # the model's own area, in the shape of the picture


def test_repainting_changes_nothing_outside_the_border(each: DiffusersEngine) -> None:
    """On a picture of a size the model cannot have, and with a mask at half of it."""
    picture = photo(75, 61)
    task = ask(RepaintAsk, picture=given(picture), mask=given(middle(38, 31)), feather=5, n=2)
    for offer in offers(each, task):
        changed = (pixels(offer) != np.asarray(picture)).any(-1)
        assert changed.shape == (61, 75)
        ys, xs = np.nonzero(changed)
        grown = 5 + 2  # and what enlarging a mask blurs
        assert (xs.min() >= 58 - grown, xs.max() <= 74, ys.min() >= 38 - grown, ys.max() <= 60) == (True,) * 4
        assert changed[45:55, 62:70].mean() > 0.9


@pytest.mark.parametrize(
    "kind", ["LCMScheduler", "EulerAncestralDiscreteScheduler", "DDIMScheduler", "FlowMatchEulerDiscreteScheduler"]
)
def test_a_model_that_cannot_inpaint_keeps_the_rest_by_its_latents(kind: str) -> None:
    import diffusers
    import torch

    from studio.images.engines.diffusion.watch import watched

    drawn = torch.Generator().manual_seed(1)
    original, noise = torch.randn(2, 1, 4, 8, 8, generator=drawn)
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., 16:40, 16:40] = 1
    told: list[Any] = []
    scheduler = watched(getattr(diffusers, kind)(), lambda done, of, clean: told.append((done, of)), mask)
    scheduler.set_timesteps(4)
    begin = scheduler.scale_noise if hasattr(scheduler, "scale_noise") else scheduler.add_noise
    latents = (
        begin(original, scheduler.timesteps[:1], noise)
        if begin.__name__ == "scale_noise"
        else begin(original, noise, scheduler.timesteps[:1])
    )
    for timestep in scheduler.timesteps:
        latents = scheduler.step(torch.randn(latents.shape, generator=drawn), timestep, latents, return_dict=False)[0]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert torch.equal(latents[..., :2, :], original[..., :2, :])
    assert torch.equal(latents[..., 5:], original[..., 5:])
    assert not torch.equal(latents[..., 2:5, 2:5], original[..., 2:5, 2:5])


def _through_the_autoencoder(model: Any, picture: Image.Image) -> np.ndarray:
    import torch

    asked = torch.tensor(np.asarray(picture) / 127.5 - 1).float().permute(2, 0, 1)[None]
    with torch.no_grad():
        seen = model._pipe.vae.decode(model._pipe.vae.encode(asked).latent_dist.mode()).sample
    return ((seen[0].permute(1, 2, 0) / 2 + 0.5).clamp(0, 1) * 255).round().int().numpy()


@pytest.mark.parametrize("family", ["turbo", "flux"])  # one of them adds noise at every step
def test_a_variation_lies_between_two_seeds_and_is_theirs_at_the_ends(loaded: Loaded, family: str) -> None:
    each = loaded(family)
    base, own = (body(offers(each, ask(seed=seed))[0]) for seed in (1, 5))
    ends = [body(offers(each, ask(base=1, drift=drift))[0]) for drift in (0.0, 1.0)]
    assert ends == [base, own]
    near, far = (pixels(offers(each, ask(base=1, drift=drift))[0]) for drift in (0.15, 0.7))
    from_base = Image.open(io.BytesIO(base))
    assert 0 < np.abs(near - np.asarray(from_base)).mean() < np.abs(far - np.asarray(from_base)).mean()


def test_a_walk_leads_from_picture_to_picture(each: DiffusersEngine) -> None:
    way = offers(each, ask(WalkAsk, n=3, to_prompt="a blue cat and a long road", to_seed=9))
    assert body(way[0]) == body(offers(each, ask())[0])
    assert body(way[2]) == body(offers(each, ask(prompt="a blue cat and a long road", seed=9))[0])
    between = [np.abs(pixels(way[1]) - pixels(way[end])).mean() for end in (0, 2)]
    assert max(between) < np.abs(pixels(way[0]) - pixels(way[2])).mean() * 1.05


@pytest.mark.parametrize("family", ["sdxl", "flux", "z-image"])
def test_stirred_words_change_the_picture_more_the_more_they_are_stirred(loaded: Loaded, family: str) -> None:
    each = loaded(family)
    still, little, much = (pixels(offers(each, ask(stir=stir))[0]) for stir in (0.0, 0.1, 1.0))
    assert 0 < np.abs(little - still).sum() < np.abs(much - still).sum()


def test_size_steps_and_guidance_are_heeded(each: DiffusersEngine) -> None:
    (wide,) = offers(each, ask(width=96, height=64, steps=4))
    assert (wide.facts["size"], wide.facts["steps"] in (4, 5)) == ([96, 64], True)  # one family's schedule takes one more
    if each._model.family.words and "negative_prompt_embeds" in each._model.family.words:  # type: ignore[union-attr]
        bodies = {
            body(offers(each, ask(**more))[0])
            for more in ({"guidance": 6.0}, {"guidance": 2.0}, {"guidance": 6.0, "avoid": "rain"})
        }
        assert len(bodies) == 3


def test_what_is_not_asked_for_is_as_its_makers_recommend(loaded: Loaded) -> None:
    usual = {family: loaded(family)._model.usual for family in FAMILIES}  # type: ignore[union-attr]
    assert {family: (one.steps, one.guidance) for family, one in usual.items()} == {
        "sd1": (30, 7.5), "sd2": (30, 7.5), "sdxl": (30, 6.0), "turbo": (2, 0.0), "flux": (4, 0.0), "z-image": (8, 0.0),
    }  # fmt: skip
    (own,) = offers(loaded("turbo"), ask(steps=0))
    assert (own.facts["size"], own.facts["steps"], own.facts["guidance"]) == ([SIDE, SIDE], 2, 0.0)


def test_colours_are_held(loaded: Loaded) -> None:
    colours = ("#102040", "#e0c080")
    held = offers(loaded("sd1"), ask(palette=colours, hold=1.0))[0]
    assert held.facts["palette_distance"] >= 0
    assert body(held) != body(offers(loaded("sd1"), ask())[0])


def test_remarks_say_what_is_not_heeded(loaded: Loaded) -> None:
    def remarks(family: str, asked: Ask) -> str:
        return " ".join(event.text for event in loaded(family).run(asked, threading.Event()) if isinstance(event, Notice))

    assert remarks("turbo", ask()) == ""
    assert "avoided" in remarks("turbo", ask(avoid="rain", guidance=0.0))
    assert "where each word" in remarks("turbo", ask(maps=True))
    assert "fill the shapes" in remarks("turbo", ask(FromSketchAsk, sketch=given(photo()), sketch_kind="lines"))
    cut = remarks("turbo", ask(prompt="a long road " * 12))
    assert "so long a prompt" in cut
    assert cut.endswith("a long road")


def test_broken_files_and_foreign_tasks_are_refused(loaded: Loaded) -> None:
    broken = Given.of(b"\x89PNG\r\n\x1a\n no picture", "image/png")
    for asked in (ask(RestyleAsk, picture=broken), ask(RepaintAsk, picture=given(photo()), mask=broken)):
        with pytest.raises(Refused, match=r"\w{3,} .*\.$"):
            offers(loaded("turbo"), asked)
    with pytest.raises(Refused, match="Brush"):
        offers(loaded("turbo"), ask(RepaintAsk, picture=given(photo()), mask=given(Image.new("L", (72, 56)))))
    with pytest.raises(Refused, match="Choose another"):
        offers(loaded("inpaint"), ask())


# while it works


def test_every_step_is_shown_and_told(each: DiffusersEngine) -> None:
    events = list(each.run(ask(n=2, film=True), threading.Event()))
    offer = next(event for event in events if isinstance(event, Offer))
    shown = [event for event in events if isinstance(event, Preview)]
    assert len(shown) == 2 * offer.facts["steps"]
    for preview in shown:
        small = Image.open(io.BytesIO(preview.body))
        assert (small.format, preview.media_type) == ("WEBP", "image/webp")
        assert len(preview.body) < 4000
    told = [event for event in events if isinstance(event, Progress)]
    assert [one.fraction for one in told] == sorted(one.fraction for one in told)
    assert told[-1].fraction == 1.0
    assert all(one.seconds_left is not None for one in told[1:])
    assert events.index(offer) < events.index(next(event for event in shown if event.index == 1))  # finished ones at once
    film = Image.open(io.BytesIO(offer.things[1].body))
    assert (offer.things[1].name, film.n_frames) == ("film", offer.facts["steps"] + 1)
    assert set(offer.facts["seconds"]) == {"words", "step", "decode", "batch"}


@pytest.mark.parametrize("family", [*FAMILIES, "lcm"])
def test_the_last_step_predicts_the_finished_picture(loaded: Loaded, family: str) -> None:
    """Whatever the schedule: what was shown as the clean picture is what is then decoded."""
    from studio.images.engines.diffusion.plan import plan

    model = loaded(family)._model
    assert model is not None
    told: list[Any] = []
    task = ask(steps=4)
    heard = model.words.hear(PROMPT, "", 0.0 if family == "z-image" else 1.0)
    done = model.paint(
        task, 0, plan(task.changed(guidance=0.0), model.usual), heard, lambda i, n, clean: told.append((i, n, clean))
    )
    assert [one[0] for one in told] == list(range(1, told[-1][1] + 1))
    vae, latents = model._pipe.vae, told[-1][2]
    if family == "flux":
        from studio.images.engines.diffusion.looks import _unpacked

        latents = _unpacked(latents, (SIDE, SIDE))
    import torch

    with torch.no_grad():
        seen = vae.decode(latents / vae.config.scaling_factor + (vae.config.shift_factor or 0.0)).sample[0]
    shown = ((seen.permute(1, 2, 0) / 2 + 0.5).clamp(0, 1) * 255).round().int().numpy()
    assert np.abs(shown - np.asarray(done).astype(int)).mean() < 3


def test_previews_have_the_colours_of_what_the_autoencoder_paints(each: DiffusersEngine) -> None:
    import torch

    model = each._model
    assert model is not None
    vae = model._pipe.vae
    asked = torch.tensor(np.asarray(photo(128, 128)) / 127.5 - 1).float().permute(2, 0, 1)[None]
    with torch.no_grad():
        latents = vae.encode(asked).latent_dist.mode()
    scaled = (latents - (vae.config.shift_factor or 0.0)) * vae.config.scaling_factor
    if model.family is not None and model.family.packed:
        from diffusers import FluxPipeline

        scaled = FluxPipeline._pack_latents(scaled, 1, scaled.shape[1], 16, 16)
    preview = model.looks.picture(scaled, (128, 128))
    assert preview is not None
    small, whole = (
        np.asarray(one.resize((16, 16), Image.Resampling.BOX)).astype(float)
        for one in (preview, Image.fromarray(_through_the_autoencoder(model, photo(128, 128)).astype(np.uint8)))
    )
    assert np.corrcoef(small.ravel(), whole.ravel())[0, 1] > 0.95


def test_words_are_encoded_once(each: DiffusersEngine) -> None:
    model = each._model
    assert model is not None
    heard: list[int] = []
    hook = model._pipe.text_encoder.register_forward_pre_hook(lambda *_: heard.append(1))

    def encoded(**more: Any) -> int:
        heard.clear()
        offers(each, ask(steps=1, prompt="a tower at noon", **more))
        return len(heard)

    try:
        assert encoded(guidance=0.0) == 1
        assert encoded(guidance=0.0, n=2, seed=77, width=96, base=3, stir=0.2) == 0
        assert encoded(guidance=0.0, avoid="rain") == 0  # not heard, so nothing new
        if model.family is not None and model.family.cfg_above < 1e9:
            assert encoded(guidance=5.0, avoid="rain") == 2
            assert encoded(guidance=4.0, avoid="rain") == 0
            assert encoded(guidance=4.0, avoid="fog") == 2
    finally:
        hook.remove()


# stop


def slow(engine: DiffusersEngine, seconds: float) -> Callable[[], None]:
    """Every block of the model takes this long; what undoes it."""
    pipe = engine._model._pipe  # type: ignore[union-attr]
    blocks = [
        module
        for module in pipe.components.get("unet", pipe.components.get("transformer")).modules()
        if next(module.children(), None)
    ]
    hooks = [block.register_forward_pre_hook(lambda *_: time.sleep(seconds)) for block in blocks]
    return lambda: [hook.remove() for hook in hooks] and None


@pytest.mark.parametrize("family", ["turbo", "flux", "z-image"])
def test_stop_ends_a_step_that_takes_seconds(loaded: Loaded, family: str) -> None:
    each = loaded(family)
    undo = slow(each, 0.06)
    stop = threading.Event()
    try:
        events = each.run(ask(n=4, prompt="never heard before", steps=2), stop)
        next(events)
        threading.Timer(0.3, stop.set).start()
        began = time.monotonic()
        rest = list(events)
        assert 0.25 < time.monotonic() - began < 0.3 + 0.2 + 0.3
        assert not [event for event in rest if isinstance(event, Offer)]
    finally:
        undo()
    assert len(offers(each, ask())) == 1  # and it goes on as if nothing had been


def test_what_is_finished_stays_and_what_is_half_done_is_shown(loaded: Loaded) -> None:
    engine, stop = loaded("turbo"), threading.Event()
    got: list[Event] = []
    for event in engine.run(ask(n=3, steps=4), stop):
        got.append(event)
        second = [one for one in got if isinstance(one, Preview) and one.index == 1]
        if len(second) == 3:
            stop.set()
    whole, part = (one for one in got if isinstance(one, Offer))
    assert (whole.index, whole.partial, part.index, part.partial) == (0, False, 1, True)
    assert part.facts["steps"] == 3
    assert Image.open(io.BytesIO(body(part))).size == (SIDE, SIDE)


def test_an_iterator_that_is_dropped_ends_its_work(loaded: Loaded) -> None:
    before = threading.active_count()
    events = loaded("turbo").run(ask(n=8), threading.Event())
    for _ in range(4):
        next(events)
    events.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


def test_errors_of_a_pipeline_come_out_where_it_was_asked(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = loaded("turbo")
    monkeypatch.setattr(engine._model, "paint", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        list(engine.run(ask(), threading.Event()))

    def too_large(*_: object) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")

    monkeypatch.setattr(engine._model, "paint", too_large)
    with pytest.raises(Refused, match="not enough memory for pictures of 64 x 64"):
        list(engine.run(ask(), threading.Event()))


# folders


def test_tasks_of_a_folder_are_those_it_plays(loaded: Loaded, folder: Path) -> None:
    for family in (*FAMILIES, *OTHERS):
        assert set(tasks_of(saved(folder, family))) == set(loaded(family).ask_types)


def test_a_family_that_is_not_listed_is_played_as_the_library_knows_it(folder: Path, tmp_path: Path) -> None:
    made = copy(saved(folder, "sd1"), tmp_path)
    pm.changed(made, "model_index.json", _class_name="StableDiffusionPAGPipeline")
    engine = pm.engine(made)
    assert set(engine.ask_types) == set(ASKS) - {"explore"}
    for task in every_task(engine, avoid="rain"):
        if not isinstance(task, WalkAsk):
            assert len(offers(engine, task)) == 1
    with pytest.raises(Refused, match="walk from words to words"):
        offers(engine, ask(WalkAsk, n=3, to_prompt="a cat"))
    assert len(offers(engine, ask(WalkAsk, n=3))) == 3


def test_inpainting_weights_repaint_and_nothing_else(loaded: Loaded) -> None:
    engine = loaded("inpaint")
    assert set(engine.ask_types) == {"repaint"}
    picture = photo()
    (offer,) = offers(engine, ask(RepaintAsk, picture=given(picture), mask=given(middle()), feather=0))
    same = (pixels(offer) == np.asarray(picture)).all(-1)
    assert same[np.asarray(middle()) == 0].all()
    assert same[np.asarray(middle()) > 0].mean() < 0.1


def test_a_folder_as_its_makers_published_it_years_ago_is_enough(folder: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    made = copy(saved(folder, "turbo"), tmp_path)
    pm.changed(made, "model_index.json", safety_checker=["stable_diffusion", "StableDiffusionSafetyChecker"])
    pm.changed(made, "model_index.json", feature_extractor=["transformers", "CLIPFeatureExtractor"])
    told = json.loads((made / "tokenizer" / "tokenizer.json").read_text())
    (made / "tokenizer" / "tokenizer.json").unlink()
    (made / "tokenizer" / "vocab.json").write_text(json.dumps(told["model"]["vocab"]))
    (made / "tokenizer" / "merges.txt").write_text("#version: 0.2\n")
    for path in [*made.glob("*/*.safetensors")]:
        short = {name: value.to(torch.float16) for name, value in load_file(path).items()}
        save_file(short, path.with_suffix(".fp16.safetensors"), metadata={"format": "pt"})
        path.unlink()
    engine = pm.engine(made)
    assert engine._model is not None
    assert engine._model._pipe.unet.dtype == torch.float32
    ours, whole = (pixels(offers(one, ask())[0]) for one in (engine, pm.engine(saved(folder, "turbo"))))
    assert np.abs(ours - whole).mean() < 4  # the words are the same ones
    tight = pm.engine(made, memory=1 << 20)
    assert tight._model is not None
    assert tight._model._pipe.unet.dtype == torch.bfloat16  # where 32 bits do not fit
    assert len(offers(tight, ask())) == 1


def copy(made: Path, to: Path) -> Path:
    return Path(shutil.copytree(made, to / made.name))


def _without(name: str) -> Callable[[Path], None]:
    return lambda made: shutil.rmtree(made / name) if (made / name).is_dir() else (made / name).unlink()


def _pickled(made: Path) -> None:
    (made / "unet" / "diffusion_pytorch_model.safetensors").rename(made / "unet" / "diffusion_pytorch_model.bin")


def _a_part_short(made: Path) -> None:
    (made / "unet" / "diffusion_pytorch_model.safetensors.index.json").write_text('{"weight_map": {"a": "part-2.safetensors"}}')


def _own_code(made: Path) -> None:
    pm.changed(made, "model_index.json", unet=["mine", "MyModel"])
    (made / "unet" / "mine.py").write_text("raise SystemExit")


def _torn(made: Path) -> None:
    path = made / "vae" / "diffusion_pytorch_model.safetensors"
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (_without("model_index.json"), "no readable model_index"),
        (_without("unet"), "its unet is missing"),
        (_without("tokenizer"), "its tokenizer is missing"),
        (_without("vae/config.json"), "its vae has no readable config"),
        (_without("unet/diffusion_pytorch_model.safetensors"), "its unet has no weights"),
        (_pickled, "can hold code"),
        (_a_part_short, "unet/part-2.safetensors is missing"),
        (_own_code, "code of its own"),
        (_torn, "no picture model"),
        (lambda made: pm.changed(made, "model_index.json", _class_name="NoSuchPipeline"), "no picture model"),
        (lambda made: pm.changed(made, "model_index.json", _class_name="StableDiffusionLatentUpscalePipeline"), "Choose another"),
    ],
)
def test_a_folder_that_cannot_be_played_says_why(folder: Path, tmp_path: Path, harm: Callable[[Path], None], says: str) -> None:
    made = copy(saved(folder, "turbo"), tmp_path)
    check(pm.card(made), made)
    harm(made)
    with pytest.raises(LoadFailed, match=says) as failed:
        pm.engine(made)
    assert str(failed.value).endswith(".")
