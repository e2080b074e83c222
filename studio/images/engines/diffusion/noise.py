"""Every random number of a picture, from generators of its own on the processor.

A plain picture uses its seed's generator as every other program does. A variation or a step of a walk stands between two
seeds: then *each* draw of the pipeline (the noise it begins from, what its scheduler adds at every step, what the autoencoder
adds to a picture given) is taken from both generators and mixed, whatever the family. At either end it is that seed's picture.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from studio.images.ask import PictureAsk, WalkAsk
from studio.images.painting import noise


def generator(seed: int) -> Any:
    import torch

    return torch.Generator("cpu").manual_seed(seed)


def seeds_of(ask: PictureAsk, index: int) -> tuple[int, ...]:
    """The seeds offer `index` draws from, each once."""
    own = ask.seed if isinstance(ask, WalkAsk) else ask.seed_of(index)
    all_ = [own, *([ask.base] if ask.base is not None else []), *([ask.to_seed] if isinstance(ask, WalkAsk) else [])]
    return tuple(dict.fromkeys(all_))


def drawing(ask: PictureAsk, index: int) -> tuple[Any, AbstractContextManager[Any]]:
    """The generator to give a pipeline, and what must surround its call."""
    seeds = seeds_of(ask, index)
    given = generator(seeds[0])
    if len(seeds) == 1:
        return given, nullcontext()
    return given, _mixed(given, {seed: generator(seed) for seed in seeds}, lambda draw: noise.start(ask, index, draw))


def _mixed(given: Any, generators: dict[int, Any], mix: Callable[["noise.Draw"], "noise.Floats"]) -> AbstractContextManager[Any]:
    """While it is on, what is drawn from `given` in this thread is drawn from all generators and mixed."""
    import torch
    from torch.overrides import TorchFunctionMode

    class Mixed(TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            kwargs = kwargs or {}
            if func is not torch.randn or kwargs.get("generator") is not given:
                return func(*args, **kwargs)
            drawn = {seed: func(*args, **{**kwargs, "generator": one}) for seed, one in generators.items()}
            like = next(iter(drawn.values()))
            return torch.from_numpy(mix(lambda seed: drawn[seed].float().cpu().numpy())).to(like)

    return Mixed()
