"""Small picture models for tests: a pipeline of each family with seeded random weights, saved in the ordinary diffusers form.

They paint coloured clouds, but always the same, of full contrast, and different for every seed and prompt. Sizes follow the
small configurations of the libraries' own tests. The autoencoders shrink by eight as the real ones do, and as with those a
latent goes with the colour of its place.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.core.card import Card, Source
from studio.core.engine import Place
from studio.images.engines import diffusers
from studio.images.engines.diffusers import DiffusersEngine
from studio.images.engines.diffusion.folder import quiet

SIDE = 64  # pixels of the pictures they were "trained" on
LETTERS = "abcdefghijklmnopqrstuvwxyz"
FAMILIES = ("sd1", "sd2", "sdxl", "turbo", "flux", "z-image")
OTHERS = ("sd3", "lcm", "inpaint")  # and: few steps and no inpainting of its own; nine channels, for inpainting alone
CLASSES = {
    "sd1": "StableDiffusionPipeline", "sd2": "StableDiffusionPipeline", "sdxl": "StableDiffusionXLPipeline",
    "turbo": "StableDiffusionPipeline", "flux": "FluxPipeline", "z-image": "ZImagePipeline",
    "sd3": "StableDiffusion3Pipeline", "lcm": "LatentConsistencyModelPipeline", "inpaint": "StableDiffusionInpaintPipeline",
}  # fmt: skip


def saved(folder: Path, family: str) -> Path:
    """The folder of a small model; made once."""
    made = folder / f"tiny-{family}"
    if not (made / "model_index.json").exists():
        import diffusers as library
        import torch

        quiet()
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(7)
            pipe = getattr(library, CLASSES[family])(**_PARTS[family]())
        _contrast(pipe)
        pipe.save_pretrained(made)
    return made


def _contrast(pipe: Any) -> None:
    """Random decoders paint nearly one grey, and random U-Nets whisper: both are made to use their range."""
    import torch

    vae = pipe.vae.eval()
    with torch.no_grad():
        _plain(vae)
        noise = torch.randn(1, vae.config.latent_channels, 8, 8, generator=torch.Generator().manual_seed(1))
        plain = vae.decode(noise).sample
        vae.decoder.conv_out.weight *= 0.45 / plain.std()
        vae.decoder.conv_out.bias.zero_()
        if (unet := getattr(pipe, "unet", None)) is not None:
            unet.conv_out.weight *= 6.0


def _plain(vae: Any) -> None:
    """Blocks that pass on what they get: what is left is one layer in and one out, at every place alike."""
    import torch

    for name, module in vae.named_modules():
        if name.endswith(("conv2", "to_out.0")):
            torch.nn.init.zeros_(module.weight)
            torch.nn.init.zeros_(module.bias)
        elif name.endswith(("samplers.0.conv", "conv_shortcut")):
            torch.nn.init.dirac_(module.weight)
            torch.nn.init.zeros_(module.bias)
        elif name.endswith(("conv_in", "conv_out")):
            module.weight *= torch.nn.functional.pad(torch.ones(1, 1), (1, 1, 1, 1))  # its own place alone


def _vae(channels: int, **more: Any) -> Any:
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(8, 8, 16, 16), in_channels=3, out_channels=3, latent_channels=channels, layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4, norm_num_groups=4,
        sample_size=SIDE, **more,
    )  # fmt: skip


def _unet(cross: int = 32, **more: Any) -> Any:
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        **{
            "block_out_channels": (16, 32), "layers_per_block": 1, "sample_size": SIDE // 8, "in_channels": 4, "out_channels": 4,
            "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"), "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
            "cross_attention_dim": cross, "attention_head_dim": 4, "norm_num_groups": 4, **more,
        }
    )  # fmt: skip


def _clip(projection: bool = False) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    ends = len(_clip_words()) - 1
    config = CLIPTextConfig(
        bos_token_id=ends - 1, eos_token_id=ends, pad_token_id=ends, hidden_size=32, intermediate_size=37, num_attention_heads=4,
        num_hidden_layers=2, vocab_size=ends + 1, projection_dim=32, max_position_embeddings=77, hidden_act="gelu",
    )  # fmt: skip
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(config)


def _clip_words() -> dict[str, int]:
    pieces = [*LETTERS, *(f"{letter}</w>" for letter in LETTERS), "<|startoftext|>", "<|endoftext|>"]
    return {piece: i for i, piece in enumerate(pieces)}


def _clip_tokenizer() -> Any:
    from transformers import CLIPTokenizer

    return CLIPTokenizer(vocab=_clip_words(), merges=[], model_max_length=77)


def _t5() -> tuple[Any, Any]:
    from transformers import T5Config, T5EncoderModel, T5Tokenizer

    vocab = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((letter, -3.0) for letter in LETTERS)]
    words = T5Tokenizer(vocab=vocab, extra_ids=0, model_max_length=512)
    config = T5Config(
        d_model=32, d_ff=37, d_kv=8, num_heads=4, num_layers=2, vocab_size=len(words), feed_forward_proj="gated-gelu"
    )  # fmt: skip
    return words, T5EncoderModel(config)


def _qwen() -> tuple[Any, Any]:
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import Qwen2Tokenizer, Qwen3Config, Qwen3Model

    vocab = {letter: i for i, letter in enumerate(sorted(ByteLevel.alphabet()))} | {"<|endoftext|>": 256}
    words = Qwen2Tokenizer(vocab=vocab, merges=[], model_max_length=512)
    words.chat_template = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
    config = Qwen3Config(
        hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=2,
        vocab_size=len(words), head_dim=8,
    )  # fmt: skip
    return words, Qwen3Model(config)


def _sd(scheduler: Any, **unet: Any) -> dict[str, Any]:
    return {
        "unet": _unet(**unet), "vae": _vae(4), "text_encoder": _clip(), "tokenizer": _clip_tokenizer(), "scheduler": scheduler,
        "safety_checker": None, "feature_extractor": None, "requires_safety_checker": False,
    }  # fmt: skip


_BETAS: dict[str, Any] = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "num_train_timesteps": 1000}


_SIXTEEN: dict[str, Any] = {
    "shift_factor": 0.1159,
    "scaling_factor": 0.3611,
    "use_quant_conv": False,
    "use_post_quant_conv": False,
}


def _sd1() -> dict[str, Any]:
    from diffusers import PNDMScheduler

    return _sd(PNDMScheduler(skip_prk_steps=True, steps_offset=1, set_alpha_to_one=False, **_BETAS))


def _sd2() -> dict[str, Any]:
    from diffusers import DDIMScheduler

    kind = DDIMScheduler(prediction_type="v_prediction", steps_offset=1, clip_sample=False, set_alpha_to_one=False, **_BETAS)
    return _sd(kind, use_linear_projection=True)


def _turbo() -> dict[str, Any]:
    from diffusers import EulerAncestralDiscreteScheduler

    return _sd(EulerAncestralDiscreteScheduler(timestep_spacing="trailing", steps_offset=1, **_BETAS), use_linear_projection=True)


def _sdxl() -> dict[str, Any]:
    from diffusers import EulerDiscreteScheduler

    unet = _unet(
        cross=64, addition_embed_type="text_time", addition_time_embed_dim=8, transformer_layers_per_block=(1, 1),
        projection_class_embeddings_input_dim=80, use_linear_projection=True,
    )  # fmt: skip
    return {
        "unet": unet, "vae": _vae(4, scaling_factor=0.13025), "text_encoder": _clip(), "tokenizer": _clip_tokenizer(),
        "text_encoder_2": _clip(projection=True), "tokenizer_2": _clip_tokenizer(),
        "scheduler": EulerDiscreteScheduler(timestep_spacing="leading", steps_offset=1, **_BETAS), "add_watermarker": False,
    }  # fmt: skip


def _flux() -> dict[str, Any]:
    from diffusers import FlowMatchEulerDiscreteScheduler, FluxTransformer2DModel

    words, t5 = _t5()
    transformer = FluxTransformer2DModel(
        patch_size=1, in_channels=64, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=32, pooled_projection_dim=32, axes_dims_rope=[4, 4, 8], guidance_embeds=False,
    )  # fmt: skip
    return {
        "transformer": transformer, "vae": _vae(16, **_SIXTEEN),
        "text_encoder": _clip(), "tokenizer": _clip_tokenizer(), "text_encoder_2": t5, "tokenizer_2": words,
        "scheduler": FlowMatchEulerDiscreteScheduler(shift=1.0),
    }  # fmt: skip


def _z_image() -> dict[str, Any]:
    from diffusers import FlowMatchEulerDiscreteScheduler, ZImageTransformer2DModel

    words, qwen = _qwen()
    transformer = ZImageTransformer2DModel(
        in_channels=16, dim=32, n_layers=1, n_refiner_layers=1, n_heads=2, n_kv_heads=2, cap_feat_dim=16,
        axes_dims=[8, 4, 4], axes_lens=[1024, 64, 64],
    )  # fmt: skip
    return {
        "transformer": transformer, "vae": _vae(16, **_SIXTEEN),
        "text_encoder": qwen, "tokenizer": words, "scheduler": FlowMatchEulerDiscreteScheduler(shift=3.0),
    }  # fmt: skip


def _sd3() -> dict[str, Any]:
    from diffusers import FlowMatchEulerDiscreteScheduler, SD3Transformer2DModel

    words, t5 = _t5()
    transformer = SD3Transformer2DModel(
        sample_size=SIDE // 8, patch_size=1, in_channels=16, out_channels=16, num_layers=1, attention_head_dim=8,
        num_attention_heads=4, caption_projection_dim=32, joint_attention_dim=32, pooled_projection_dim=64,
    )  # fmt: skip
    return {
        "transformer": transformer, "vae": _vae(16, **_SIXTEEN), "scheduler": FlowMatchEulerDiscreteScheduler(shift=3.0),
        "text_encoder": _clip(projection=True), "tokenizer": _clip_tokenizer(), "text_encoder_2": _clip(projection=True),
        "tokenizer_2": _clip_tokenizer(), "text_encoder_3": t5, "tokenizer_3": words,
    }  # fmt: skip


def _lcm() -> dict[str, Any]:
    from diffusers import LCMScheduler

    return _sd(LCMScheduler(**_BETAS), time_cond_proj_dim=32)


def _inpaint() -> dict[str, Any]:
    from diffusers import DDIMScheduler

    return _sd(DDIMScheduler(steps_offset=1, clip_sample=False, **_BETAS), in_channels=9)


_PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "sd1": _sd1, "sd2": _sd2, "sdxl": _sdxl, "turbo": _turbo, "flux": _flux, "z-image": _z_image, "sd3": _sd3, "lcm": _lcm, "inpaint": _inpaint,
}  # fmt: skip


def changed(folder: Path, part: str, **values: Any) -> None:
    """Writes other values into a part's configuration; `part` is a file of the model folder."""
    path = folder / part
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), "utf-8")


def card(folder: Path, **options: str | int | float | bool) -> Card:
    return Card(
        id=folder.name, title=f"Tiny {folder.name}", medium="picture", tasks=("paint",), runtime="diffusers", licence="mit", size=0,
        source=Source(kind="folder", where=str(folder)), memory=1 << 28, options={"side": SIDE, **options},
    )  # fmt: skip


def engine(folder: Path, memory: int = 1 << 30, **options: str | int | float | bool) -> DiffusersEngine:
    place = Place(device="cpu", threads=1, memory=memory)
    made = diffusers.load(card(folder, **options), folder, place)
    assert isinstance(made, DiffusersEngine)
    return made
