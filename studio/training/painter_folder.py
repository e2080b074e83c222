"""From what was trained to the shipped folder: python -m studio.training.painter_folder out/pictures [--run out/painter].

An ordinary diffusers folder at half precision, the colours of previews, the index of near copies (hashes, no pictures), what
was measured, and the model card. Samples in `samples/` are painted by the folder itself, good ones and bad ones alike.
"""

import argparse
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from studio.training.painter_codec import sheet, tensor_of
from studio.training.painter_net import Both
from studio.training.pictures import Pictures

FOLDER = Path("assets/models/painter-mini")
STEPS, GUIDANCE, SHIFT = 16, 3.0, 2.0
GOOD = (
    "mountains at sunset, flat poster", "a sailing boat on the sea, watercolour", "pine forest in the snow, pastel",
    "lake in the morning, digital painting", "desert at dusk, paper cut", "the sea by night, neon",
    "birch forest in autumn, oil painting", "field of flowers, watercolour", "rainbow over hills, flat poster",
    "snowy mountains, pixel art", "stained glass of a lake", "purple sky, soft pastel",
)  # fmt: skip
HARD = (
    "red apple, flat style", "a fox, soft vector", "three boats", "portrait of a woman", "the word hello",
    "a blue tree beside a red house",
)  # fmt: skip


def pipeline_of(run: Path, shape: str) -> Any:
    """The trained parts as one pipeline; the mean of the weights, not the last ones."""
    import torch
    from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler

    from studio.images.painter.codec import Codec
    from studio.images.painter.pipeline import PainterPipeline
    from studio.images.painter.reader import Reader

    codec = Codec.from_pretrained(run / "codec").eval()
    both = Both(shape)
    distilled = (run / "guide.pt").exists()
    kept = torch.load(run / ("guide.pt" if distilled else "net.pt"), weights_only=True, map_location="cpu")
    both.load_state_dict(kept["mean"])
    words = json.loads((run / "vocabulary.json").read_text())
    reader = Reader(words=words)
    reader.load_state_dict(both["reader"].state_dict())
    scheduler = FlowMatchEulerDiscreteScheduler(shift=SHIFT)
    pipe = PainterPipeline(codec, reader.eval(), both["net"].eval(), scheduler, distilled, STEPS, GUIDANCE)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def colours_of(codec: Any, pictures: Any) -> list[list[float]]:
    """The matrix (9 x 3) from a latent place to its colour, 0 to 1, by least squares over pictures."""
    import torch

    with torch.no_grad():
        latents = codec.encode(tensor_of(pictures)).permute(0, 2, 3, 1).reshape(-1, codec.config["channels"]).numpy()
    means = pictures.reshape(len(pictures), 16, 8, 16, 8, 3).mean((2, 4)).reshape(-1, 3) / 255
    known = np.hstack([latents, np.ones((len(latents), 1))])
    matrix = np.linalg.lstsq(known, means, rcond=None)[0]
    return [[round(float(x), 5) for x in row] for row in matrix]


def fidelity(codec: Any, pictures: Any) -> float:
    """PSNR of pictures through the codec and back, in dB."""
    import torch

    wanted = tensor_of(pictures)
    with torch.no_grad():
        made = codec.decode(codec.encode(wanted)).clamp(-1, 1)
    error = ((made - wanted) ** 2).mean((1, 2, 3)).clamp_min(1e-6)
    return float((20 * math.log10(2) - 10 * error.log10()).mean())


def index_of(pictures: Pictures) -> Any:
    """What near copies are looked up in: all pictures that were learned from."""
    from studio.images.nearness import Nearness

    return Nearness.learned(Image.fromarray(pictures.picture(at)) for at, item in enumerate(pictures.items) if not item.held)


def write(run: Path, pictures: Pictures, folder: Path, shape: str) -> None:
    import torch

    pipe = pipeline_of(run, shape)
    chance = np.random.default_rng(9)
    some = np.stack([pictures.picture(at) for at in chance.choice(len(pictures), 256, replace=False)])
    held = [at for at, item in enumerate(pictures.items) if item.held]
    log = json.loads((run / "net.json").read_text())[-1]
    metrics = {
        "parameters": {name: sum(p.numel() for p in getattr(pipe, name).parameters()) for name in ("codec", "reader", "net")},
        "codec_psnr_held": {
            sort: round(fidelity(pipe.codec, np.stack([pictures.picture(at) for at in of[:: max(1, len(of) // 96)][:96]])), 2)
            for sort in ("scene", "object", "art")
            if (of := [at for at in held if pictures.items[at].sort == sort])
        },
        "net": {key: log[key] for key in ("step", "minutes", "seen", "loss", "held")},
        "pictures": dict(Counter(item.sort for item in pictures.items)),
        "words": len(pipe.vocabulary),
    }
    pipe.register_to_config(colours=colours_of(pipe.codec, some))
    folder.mkdir(parents=True, exist_ok=True)
    pipe.to(torch.float16).save_pretrained(folder, safe_serialization=True)
    index_of(pictures).write(folder / "nearest.safetensors")
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n")
    samples(folder)
    card(folder, metrics)


def samples(folder: Path) -> None:
    """Two sheets, made by the folder as it ships: what it does well, and what it does not."""
    import torch

    from studio.images.painter.pipeline import PainterPipeline

    pipe = PainterPipeline.from_pretrained(folder, torch_dtype=torch.float32, low_cpu_mem_usage=False, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    (folder / "samples").mkdir(exist_ok=True)
    for name, asked in (("often-good", GOOD), ("often-bad", HARD)):
        made = [pipe(text, generator=torch.Generator().manual_seed(seed)).images[0] for text in asked for seed in (1, 2)]
        sheet(np.stack([np.asarray(one) for one in made]), 12).save(folder / "samples" / f"{name}.webp", quality=82)


def card(folder: Path, metrics: dict[str, Any]) -> None:
    from string import Template

    text = Template((Path(__file__).parent / "painter_card.md").read_text())
    config = json.loads((folder / "reader" / "config.json").read_text())
    count, quality, net = metrics["pictures"], metrics["codec_psnr_held"], metrics["net"]
    (folder / "README.md").write_text(
        text.substitute(
            codec=f"{metrics['parameters']['codec']:,}",
            reader=f"{metrics['parameters']['reader']:,}",
            net=f"{metrics['parameters']['net']:,}",
            scenes=f"{count.get('scene', 0):,}",
            objects=f"{count.get('object', 0):,}",
            art=f"{count.get('art', 0):,}",
            minutes=net["minutes"],
            seen=f"{net['seen']:,}",
            held=net["held"],
            words=metrics["words"],
            psnr=", ".join(f"{name}s {value} dB" for name, value in quality.items()),
            vocabulary=", ".join(sorted(config["words"])),
            good="; ".join(GOOD),
            hard="; ".join(HARD),
        )  # fmt: skip
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studio.training.painter_folder", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that studio.training.pictures made")
    parser.add_argument("--run", type=Path, default=Path("out/painter"))
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--gpu", action="store_const", const="gpu", default="cpu", dest="shape")
    asked = parser.parse_args()
    write(asked.run, Pictures.load(asked.data), asked.folder, asked.shape)


if __name__ == "__main__":
    main()
