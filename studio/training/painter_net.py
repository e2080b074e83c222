"""The second part of the painter: its reader and net, learned on latents made once.

Every picture is learned with its words (one in ten without) and, at times, with its palette, its colours seen coarsely,
its lines, or a part of it: so that sketching, palettes and repainting come with the same weights. A flow in a straight
line from noise to picture; the loss is of its direction.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from studio.images.painter.words import Vocabulary, learned
from studio.training.painter_codec import bytes_of, sheet, tensor_of
from studio.training.painter_run import Run
from studio.training.pictures import Item, Pictures

BATCH = {"cpu": 32, "cuda": 512}
KEEP = {"cpu": 0.997, "cuda": 0.9995}  # of the running mean of the weights, a step
SHAPES: dict[str, dict[str, Any]] = {
    "cpu": {"fine": 64, "coarse": 192, "depth": 3},
    "gpu": {"fine": 128, "coarse": 320, "depth": 6},
    "trial": {"fine": 32, "coarse": 64, "depth": 1},  # to see in seconds that everything runs
}
SHARES = {"scene": 0.8, "object": 0.12, "art": 0.08}
COARSE = {"ink": 0.25, "pencil": 0.25, "mosaic": 0.25, "woodcut": 0.25, "pixel": 0.5, "stained glass": 0.6}  # fine textures
KINDS = {"objects": 0.06, "pattern": 0.15, "still life": 0.2, "room": 0.4, "garden": 0.5, "street": 0.6}  # landscapes above all
OFTEN = frozenset(
    {"red apple", "green apple", "cactus", "sunflower", "tulip", "rose", "mushroom", "castle", "house", "umbrella", "strawberry",
     "lemon", "banana", "watermelon", "cherries", "tangerine", "pear", "evergreen tree", "deciduous tree", "palm tree",
     "mountain", "snow-capped mountain", "volcano", "rainbow", "sun",
     "crescent moon", "full moon", "cloud", "snowman", "sailboat", "fish",
     "tropical fish", "whale", "octopus", "snail", "turtle", "penguin", "owl", "fox", "cat", "dog", "rabbit", "bear", "butterfly",
     "bird", "duck", "lady beetle", "elephant", "balloon", "rocket", "bus", "automobile", "hot beverage", "teapot", "cupcake",
     "doughnut", "birthday cake", "carrot", "tomato", "star", "lotus", "potted plant", "four leaf clover", "tent", "crown"}
)  # fmt: skip
RARELY = 0.12  # the other objects: a narrow painter paints better
SHOWN = (
    "red apple, flat style", "a fox, soft vector", "mountains at sunset, flat poster", "a sailing boat on the sea, watercolour",
    "pine forest in the snow, pastel", "lake in the morning, digital painting", "a yellow sunflower on a blue ground",
    "castle, 3d render", "sand dunes at night, flat", "a green tree, glossy cartoon", "pink mushroom on cream",
    "neon mountains by night", "the sea at sunset, oil painting", "blue bird, sticker", "a rainbow over hills, flat poster",
    "stained glass of a lake", "purple mountains, pixel art", "a red house in the snow", "autumn forest, watercolour",
    "cactus, flat style", "orange fish on teal", "village beside a river, oil painting", "hot air balloon, soft vector",
    "moon over the sea by night",
)  # fmt: skip


def lines_of(picture: Any) -> Any:
    """Where its lines are: edges of the picture at four places in every square of eight, 0 to 255, [4, h / 8, w / 8]."""
    import torch

    grey = torch.from_numpy(np.array(picture)).float()
    across, down = torch.zeros_like(grey), torch.zeros_like(grey)
    across[:, 1:-1] = (grey[:, 2:] - grey[:, :-2]).abs()
    down[1:-1] = (grey[2:] - grey[:-2]).abs()
    ink = torch.maximum(across, down).amax(-1).sub(24).clamp_(0, 100) * 2.55
    ink = torch.nn.functional.avg_pool2d(ink[None, None], 4)
    return torch.nn.functional.pixel_unshuffle(ink, 2)[0].byte().numpy()


def palette_of(picture: Any) -> Any:
    """Five colours, most of it first."""
    few = Image.fromarray(picture).resize((48, 48), Image.Resampling.BOX).quantize(5, Image.Quantize.MEDIANCUT)
    counts = sorted(few.getcolors() or [], reverse=True)
    table = np.array(few.getpalette(), np.uint8).reshape(-1, 3)
    rows = [table[int(index)] for _, index in counts]  # type: ignore[call-overload]
    return np.stack((rows * 5)[:5])


def prepare(pictures: Pictures, out: Path, device: str) -> tuple[Any, Any, Any]:
    """Latents, lines and palettes of all pictures; made once for every pile of pictures by the finished codec."""
    import torch

    from studio.images.painter.codec import Codec

    codec = Codec.from_pretrained(out / "codec").eval().to(device)
    folder = out / "latents"
    folder.mkdir(exist_ok=True)
    made = []
    for name, pile in zip(pictures.names, pictures.piles, strict=True):
        if not (folder / f"{name}.npz").exists():
            latents = []
            with torch.no_grad(), torch.autocast(device, torch.bfloat16):
                for at in range(0, len(pile), 64):
                    latents.append(codec.encode(tensor_of(pile[at : at + 64]).to(device)).half().cpu().numpy())
            lines = np.stack([lines_of(one) for one in pile])
            palettes = np.stack([palette_of(np.ascontiguousarray(one)) for one in pile])
            np.savez(folder / f"{name}.new.npz", latents=np.concatenate(latents), lines=lines, palettes=palettes)
            (folder / f"{name}.new.npz").replace(folder / f"{name}.npz")
            print(name, "prepared", flush=True)
        made.append(np.load(folder / f"{name}.npz"))
    latents, lines, palettes = (
        torch.from_numpy(np.concatenate([one[key] for one in made])) for key in ("latents", "lines", "palettes")
    )
    return latents, lines, palettes


def weight_of(item: Item) -> float:
    """How often a picture is shown beside others of its sort."""
    if item.held:
        return 0.0
    if item.sort == "scene":
        return COARSE.get(item.style, 1.0) * KINDS.get(item.concept, 1.0)
    return RARELY if item.sort == "object" and item.concept not in OFTEN else 1.0


def chances(items: tuple[Item, ...]) -> Any:
    """How often each picture is shown: the shares of the sorts, evened over concepts within the objects."""
    plain = np.array([weight_of(item) for item in items])
    for sort, share in SHARES.items():
        here = np.array([item.sort == sort for item in items])
        if plain[here].sum():
            plain[here] *= share / plain[here].sum()
    return plain / plain.sum()


class Both:
    """Reader and net as one thing to be trained."""

    def __new__(cls, shape: str) -> Any:
        from torch import nn

        from studio.images.painter.net import PainterNet
        from studio.images.painter.reader import Reader

        return nn.ModuleDict({"reader": Reader(), "net": PainterNet(**SHAPES[shape])})


class Lessons:
    """Batches: latents, words, palettes and what else is given."""

    def __init__(self, pictures: Pictures, made: tuple[Any, Any, Any], vocabulary: Vocabulary, device: str) -> None:
        import torch

        self.latents, self.lines, self.palettes = made
        self.device = device
        self.chance = np.random.default_rng()
        self.odds = chances(pictures.items)
        self.held = np.array([at for at, item in enumerate(pictures.items) if item.held])
        rows = [vocabulary.read(item.caption).ids for item in pictures.items]
        self.ids = torch.full((len(rows), 24), -1)
        for at, row in enumerate(rows):
            self.ids[at, : len(row)] = torch.tensor(row)

    def batch(self, chosen: Any, chance: np.random.Generator) -> tuple[Any, ...]:
        """Latents, ids, palettes and what is given of each."""
        import torch

        latents = self.latents[chosen].float().to(self.device)
        ids, palette = self.ids[chosen].clone(), self.palettes[chosen].float() / 255
        ids[torch.from_numpy(chance.random(len(chosen)) < 0.1)] = -1
        palette[torch.from_numpy(chance.random(len(chosen)) < 0.65)] = -1
        longest = max(1, int((ids >= 0).sum(1).max()))
        given = torch.zeros(len(chosen), 16, *latents.shape[2:], device=self.device)
        for at, kind in enumerate(chance.choice(4, len(chosen), p=[0.64, 0.14, 0.11, 0.11])):
            if kind == 1:
                given[at, :8], given[at, 13] = coarsely(latents[at], grid := int(chance.choice([2, 4, 8]))), grid / 8
            elif kind == 2:
                given[at, 9:13], given[at, 14] = self.lines[chosen[at]].float().to(self.device) / 255, 1.0
            elif kind == 3:
                known = torch.from_numpy(known_part(chance, *latents.shape[2:])).to(self.device)
                given[at, :8], given[at, 8], given[at, 15] = latents[at] * known, known, 1.0
        return latents, ids[:, :longest].to(self.device), palette.to(self.device), given


def coarsely(latent: Any, grid: int) -> Any:
    """A latent as seen from afar: the means of a grid of so many squares a side."""
    from torch.nn.functional import adaptive_avg_pool2d, interpolate

    return interpolate(adaptive_avg_pool2d(latent[None], grid), size=latent.shape[1:], mode="nearest")[0]


def known_part(chance: np.random.Generator, high: int, wide: int) -> Any:
    """1 where a picture is known: all but a box, or one side of it."""
    known = np.ones((high, wide), np.float32)
    if chance.random() < 0.3:
        cut = int(chance.integers(high // 4, 3 * high // 4))
        known[(slice(cut, None), slice(None)) if chance.random() < 0.5 else (slice(None), slice(cut, None))] = 0
        return known if chance.random() < 0.5 else np.ascontiguousarray(known[::-1, ::-1])
    h, w = chance.integers(high // 4, high, 2)
    y, x = chance.integers(0, high - h + 1), chance.integers(0, wide - w + 1)
    known[y : y + h, x : x + w] = 0
    return known


class NetTraining:
    name, peak = "net", 3e-3

    def __init__(self, pictures: Pictures, out: Path, minutes: float, device: str, shape: str) -> None:
        import torch

        from studio.images.painter.codec import Codec

        torch.manual_seed(0)
        self.out, self.device = out, device
        made = prepare(pictures, out, device)
        kept = out / "vocabulary.json"
        before = json.loads(kept.read_text()) if kept.exists() else []
        self.vocabulary = learned([item.caption for item in pictures.items if not item.held], before=before)
        kept.write_text(json.dumps(self.vocabulary.words))
        self.lessons = Lessons(pictures, made, self.vocabulary, device)
        self.codec = Codec.from_pretrained(out / "codec").eval().to(device)
        self.run = Run(out, self.name, Both(shape).to(device), minutes, self.peak, KEEP[device], device, muon=True)
        self.size = BATCH[device]
        print(len(pictures), "pictures,", len(self.vocabulary), "words", flush=True)
        torch.manual_seed(self.run.state["step"])

    def direction(self, both: Any, batch: tuple[Any, ...], noise: Any, moment: Any) -> tuple[Any, Any]:
        """What the net says and what is true."""
        import torch

        latents, ids, palette, given = batch
        t = moment[:, None, None, None]
        noisy = (1 - t) * latents + t * noise
        with torch.autocast(self.device, torch.bfloat16):
            words, there = both["reader"](ids, palette)
            said = both["net"](noisy, moment, words, there, given)
        return said.float(), noise - latents

    def step(self) -> tuple[Any, int]:
        import torch

        lessons = self.lessons
        chosen = lessons.chance.choice(len(lessons.odds), self.size, p=lessons.odds)
        batch = lessons.batch(chosen, lessons.chance)
        moment = torch.sigmoid(torch.randn(self.size, device=self.device) + 0.3)
        said, true = self.direction(self.run.model, batch, torch.randn_like(batch[0]), moment)
        return ((said - true) ** 2).mean(), self.size

    def look(self, mean: Any) -> dict[str, float]:
        """Loss on held-out pictures at fixed moments and noise, and a sheet of what was asked for."""
        import torch

        chance, torch_chance = np.random.default_rng(5), torch.Generator().manual_seed(5)
        chosen = self.lessons.held[:: max(1, len(self.lessons.held) // 256)][:256]
        total = []
        for at in range(0, len(chosen), 64):
            batch = self.lessons.batch(chosen[at : at + 64], chance)
            noise = torch.randn(batch[0].shape, generator=torch_chance).to(self.device)
            moment = torch.linspace(0.05, 0.98, len(noise), device=self.device)
            said, true = self.direction(mean, batch, noise, moment)
            total.append(float(((said - true) ** 2).mean()))
        sheet(self.paint(mean, SHOWN), 8).save(self.out / f"{self.name}-{self.run.state['spent'] / 60:04.0f}.png")
        return {"held": sum(total) / len(total)}

    def paint(self, both: Any, asked: tuple[str, ...], steps: int = 16) -> Any:
        """Pictures from words, plainly."""
        import torch

        ids = torch.full((len(asked), 24), -1)
        for at, text in enumerate(asked):
            row = self.vocabulary.read(text).ids
            ids[at, : len(row)] = torch.tensor(row)
        palette = torch.full((len(asked), 5, 3), -1.0, device=self.device)
        x = torch.randn(len(asked), 8, 16, 16, generator=torch.Generator().manual_seed(3)).to(self.device)
        given = torch.zeros(len(asked), 16, 16, 16, device=self.device)
        times = [2.0 * t / (1 + t) for t in np.linspace(1, 0, steps + 1)]
        for now, then in zip(times[:-1], times[1:], strict=True):
            moment = torch.full((len(asked),), now, device=self.device)
            x = x + (then - now) * self.guided(both, x, moment, ids.to(self.device), palette, given, 3.0)
        return bytes_of(self.codec.decode(x).cpu())

    def guided(self, both: Any, x: Any, moment: Any, ids: Any, palette: Any, given: Any, guidance: Any) -> Any:
        """The direction with the words, taken further away from the one without them."""
        import torch

        two = torch.cat([ids, torch.full_like(ids, -1)])
        with torch.autocast(self.device, torch.bfloat16):
            words, there = both["reader"](two, torch.cat([palette, palette]))
            said = both["net"](torch.cat([x, x]), torch.cat([moment, moment]), words, there, torch.cat([given, given])).float()
        yes, no = said.chunk(2)
        return no + guidance * (yes - no)


def train_net(pictures: Pictures, out: Path, minutes: float, device: str, stop_after: float, shape: str) -> None:
    work = NetTraining(pictures, out, minutes, device, shape)
    work.run.train(work.step, work.look, stop_after)
