"""A scheduler of one picture's own, watched: told after every step how far it is and what the picture will be.

Schedulers keep state, so every picture gets a fresh copy. Its `step` is the one place every pipeline of diffusers passes,
whatever its family: there the predicted clean picture is read, and for models that cannot inpaint the part to be kept is put
back, noised as far as the rest is.
"""

import functools
from collections.abc import Callable
from typing import Any

Seen = Callable[[int, int, Any], None]  # steps done, steps in all, the predicted clean latents or None


def watched(scheduler: Any, seen: Seen, mask: Any = None) -> Any:
    """A fresh copy. `mask` (1 x 1 x h x w, one where the picture is to change): keep the rest of the picture it begins from."""
    fresh = type(scheduler).from_config(scheduler.config)
    watch = _Watch(fresh, seen, mask)
    fresh.step = _instead(fresh.step, watch.step)
    if mask is not None and hasattr(fresh, "scale_noise"):
        fresh.scale_noise = _instead(fresh.scale_noise, watch.scale_noise)
    elif mask is not None:
        fresh.add_noise = _instead(fresh.add_noise, watch.add_noise)
    return fresh


def _instead(plain: Any, ours: Any) -> Any:
    """Ours with the signature of the plain one: pipelines look at it."""

    @functools.wraps(plain)
    def call(*args: Any, **kwargs: Any) -> Any:
        return ours(*args, **kwargs)

    return call


class _Watch:
    def __init__(self, scheduler: Any, seen: Seen, mask: Any) -> None:
        self._scheduler, self._seen, self._mask = scheduler, seen, mask
        self._step, self._plain = scheduler.step, getattr(scheduler, "scale_noise", None) or getattr(scheduler, "add_noise", None)
        self._flows = hasattr(scheduler, "scale_noise")  # these take the same in another order
        self._begun_from: tuple[Any, Any] | None = None  # a picture's latents and the noise on them
        self._first = -1
        self._done = 0

    def add_noise(self, original: Any, noise: Any, timesteps: Any) -> Any:
        self._begun_from = self._begun_from or (original, noise)
        return self._noised(original, noise, timesteps)

    def scale_noise(self, sample: Any, timestep: Any, noise: Any) -> Any:
        return self.add_noise(sample, noise, timestep)

    def _noised(self, original: Any, noise: Any, timesteps: Any) -> Any:
        assert self._plain is not None
        return self._plain(original, timesteps, noise) if self._flows else self._plain(original, noise, timesteps)

    def step(self, output: Any, timestep: Any, sample: Any, *args: Any, return_dict: bool = True, **kwargs: Any) -> Any:
        at = _place(self._scheduler, timestep)
        if self._first < 0:
            self._first = at
        clean = _clean_from(self._scheduler, output, timestep, sample, at)
        out = self._step(output, timestep, sample, *args, return_dict=True, **kwargs)
        for name in ("pred_original_sample", "denoised"):
            clean = getattr(out, name, None) if getattr(out, name, None) is not None else clean
        if self._begun_from is not None:
            self._put_back(out, at)
        self._done += 1
        self._seen(self._done, max(self._done, len(self._scheduler.timesteps) - self._first), clean)
        return out if return_dict else out.to_tuple()

    def _put_back(self, out: Any, at: int) -> None:
        """The part to be kept, as noisy as the rest now is; at the end, as it was."""
        original, noise = self._begun_from  # type: ignore[misc]
        if original.shape != out.prev_sample.shape:
            return
        import torch

        mask = torch.nn.functional.interpolate(self._mask, size=original.shape[-2:], mode="area").to(original)
        after = self._scheduler.timesteps[at + 1 : at + 2]
        proper = self._noised(original, noise, after) if len(after) else original
        out.prev_sample = mask * out.prev_sample + (1 - mask) * proper
        if getattr(out, "denoised", None) is not None:
            out.denoised = mask * out.denoised + (1 - mask) * original


def _place(scheduler: Any, timestep: Any) -> int:
    """Which of its timesteps this is."""
    try:
        return int((scheduler.timesteps == timestep).nonzero()[0, 0])
    except (IndexError, TypeError, RuntimeError):
        return 0


def _clean_from(scheduler: Any, output: Any, timestep: Any, sample: Any, at: int) -> Any:
    """The clean latents this step predicts, for schedulers that do not tell: from a flow, or from the noise taken for itself."""
    try:
        kind = getattr(scheduler.config, "prediction_type", None)
        if kind == "flow_prediction" or "FlowMatch" in type(scheduler).__name__:
            return sample.float() - scheduler.sigmas[at].to(sample.device) * output.float()
        kept = scheduler.alphas_cumprod[int(timestep)].to(sample.device)
        if kind == "sample":
            return output.float()
        if kind == "v_prediction":
            return kept**0.5 * sample.float() - (1 - kept) ** 0.5 * output.float()
        return (sample.float() - (1 - kept) ** 0.5 * output.float()) / kept**0.5
    except (AttributeError, IndexError, RuntimeError, TypeError):
        return None  # a preview less
