"""How latents look: a matrix from latents to colours, fitted to a pipeline's own autoencoder when it is loaded.

Both halves of the autoencoder are asked once, on one small picture of patches. Autoencoders of films and of other shapes are
left alone: their models are shown without previews.
"""

from typing import TYPE_CHECKING, Any

from studio.images.painting import previews

if TYPE_CHECKING:
    from PIL import Image

CELLS = 12  # latents across the picture that is fitted on: a real autoencoder takes a second or two for it on a processor
LEAST = 64  # pixels of the longer side of a preview


class Looks:
    """`picture` of the latents a scheduler has in hand; None where they cannot be shown."""

    def __init__(self, pipe: Any, packed: bool) -> None:
        self._packed = packed
        self._matrix = _fitted(pipe)

    def picture(self, latents: Any, size: tuple[int, int]) -> "Image.Image | None":
        """`size`: width and height of the picture in the making; rows of patches do not tell it."""
        from PIL import Image

        if self._matrix is None or latents is None:
            return None
        one = latents[:1].detach().float().cpu()
        if self._packed and one.ndim == 3:
            one = _unpacked(one, size)
        if one is None or one.ndim != 4 or one.shape[1] + 1 != len(self._matrix):
            return None
        small = previews.picture(one[0].numpy(), self._matrix)
        scale = -(-LEAST // max(small.size))
        return small.resize((small.width * scale, small.height * scale), Image.Resampling.BICUBIC) if scale > 1 else small


def _unpacked(rows: Any, size: tuple[int, int]) -> Any:
    """Rows of 2 x 2 patches back in their places; None if they are no such rows of this size."""
    _, count, channels = rows.shape
    across = round((count * size[0] / size[1]) ** 0.5)
    if not across or count % across or channels % 4:
        return None
    tiles = rows.view(1, count // across, across, channels // 4, 2, 2).permute(0, 3, 1, 4, 2, 5)
    return tiles.reshape(1, channels // 4, count // across * 2, across * 2)


def _fitted(pipe: Any) -> Any:
    import torch

    vae = getattr(pipe, "vae", None)
    factor = int(getattr(pipe, "vae_scale_factor", 8))
    if vae is None or getattr(vae.config, "latents_mean", None) is not None:
        return None
    picture = previews.patchwork(CELLS * factor)
    asked = torch.from_numpy(picture * 2 - 1).permute(2, 0, 1)[None].to(vae.device, vae.dtype)
    wide = getattr(vae.config, "force_upcast", False) and vae.dtype == torch.float16
    try:
        with torch.no_grad():
            if wide:  # this one overflows in 16 bits
                vae.to(torch.float32)
                asked = asked.float()
            told = vae.encode(asked)
            latents = told.latent_dist.mode() if hasattr(told, "latent_dist") else told[0]
            seen = vae.decode(latents).sample
    except Exception:  # an autoencoder of another kind: nothing but the previews depends on it
        return None
    finally:
        if wide:
            vae.to(torch.float16)
    shift = getattr(vae.config, "shift_factor", None) or 0.0
    scaled = (latents - shift) * float(vae.config.scaling_factor)
    colours = (seen[0].float().permute(1, 2, 0) / 2 + 0.5).clamp(0, 1)
    return previews.fit(scaled[0].float().cpu().numpy(), colours.cpu().numpy())
