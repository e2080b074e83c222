"""A judge for the painter: a small net that tells kind and style of pictures, learned on procedural scenes nobody trained on."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

FIRST, LEARNED, TRIED = 5_000_000, 2000, 400  # seeds far from those the painter saw
STYLES = ("digital painting", "flat", "watercolour", "oil", "pastel", "paper cut", "neon", "stained glass", "ink", "pixel")
KINDS = ("sky", "mountains", "sea", "lake", "forest", "desert", "field", "city", "castle", "flowers")


@dataclass(frozen=True)
class Asked:
    words: str
    kind: str
    style: str
    colour: str


@dataclass(frozen=True)
class Judge:
    net: Any
    kind: float  # how often it is right about true renders, of 1
    style: float

    def tell(self, pictures: Any) -> list[tuple[str, str]]:
        import torch

        with torch.no_grad():
            out = self.net(_input(pictures))
        kinds, styles = out[:, : len(KINDS)].argmax(1).tolist(), out[:, len(KINDS) :].argmax(1).tolist()
        return [(KINDS[k], STYLES[s]) for k, s in zip(kinds, styles, strict=True)]


def _input(pictures: Any) -> Any:
    import torch

    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


def renders(first: int, count: int) -> list[tuple[Any, str, str]]:
    """Scenes of the kinds and styles that are judged, with both."""
    from studio.training.scenes import make

    made = (make(seed, 128) for seed in range(first, first + 3 * count))
    fitting = (
        (s.picture, s.parts["kind"], s.parts["style"]) for s in made if s.parts["kind"] in KINDS and s.parts["style"] in STYLES
    )
    return [one for one, _ in zip(fitting, range(count), strict=False)]


@cache
def judge() -> Judge:
    """Learned on renders squeezed through the painter's codec, so that it does not tell by what no painter of ours can make."""
    import torch
    from torch import nn

    from tests.painters import parts

    torch.manual_seed(0)
    codec = parts()[0].codec
    data = renders(FIRST, LEARNED)
    x = _input([p for p, _, _ in data])
    with torch.no_grad():
        x = torch.cat([codec.decode(codec.encode(some)).clamp(-1, 1) for some in x.split(32)])
    y = torch.tensor([(KINDS.index(k), STYLES.index(s)) for _, k, s in data])

    def stage(into: int, out: int) -> Any:
        return nn.Sequential(nn.Conv2d(into, out, 3, 2, 1), nn.BatchNorm2d(out), nn.ReLU())

    net = nn.Sequential(
        stage(3, 24), stage(24, 48), stage(48, 96), stage(96, 128), nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Dropout(0.3),
        nn.Linear(2048, len(KINDS) + len(STYLES)),
    )  # fmt: skip
    rounds, learn = 12, torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=0.05)
    cut = len(x) - 300
    falling = torch.optim.lr_scheduler.OneCycleLR(learn, 4e-3, rounds * (cut // 32 + 1))
    for _ in range(rounds):
        for some in torch.randperm(cut).split(32):
            out = net(x[some])
            loss = nn.functional.cross_entropy(out[:, : len(KINDS)], y[some, 0]) + nn.functional.cross_entropy(
                out[:, len(KINDS) :], y[some, 1]
            )
            learn.zero_grad()
            loss.backward()
            learn.step()
            falling.step()
    net.eval()
    with torch.no_grad():
        out = net(x[cut:])
    right = (
        (out[:, : len(KINDS)].argmax(1) == y[cut:, 0]).float().mean(),
        (out[:, len(KINDS) :].argmax(1) == y[cut:, 1]).float().mean(),
    )
    return Judge(net, float(right[0]), float(right[1]))


def asked() -> list[Asked]:
    """400 prompts of kind, style and a main colour."""
    chance = np.random.default_rng(4)
    colours = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "white", "brown")
    said = {"sky": "wide sky", "flowers": "flowers", "field": "a field", "city": "a city", "castle": "a castle"}
    out = []
    for _ in range(TRIED):
        kind, style, colour = (str(chance.choice(of)) for of in (KINDS, STYLES, colours))
        out.append(Asked(f"{said.get(kind, kind)}, {style}, mostly {colour}", kind, style, colour))
    return out


def shows(picture: Any, colour: str) -> bool:
    """Is it among the colours that take up most of it?"""
    from studio.training.scenes.grammar import measured

    near = {
        "pink": {"pink", "red", "purple"},
        "orange": {"orange", "brown"},
        "brown": {"brown", "orange"},
        "white": {"white", "grey", "cream"},
    }
    return bool(set(measured(picture)[0]) & near.get(colour, {colour}))
