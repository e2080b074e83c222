"""From the training run to the shipped folder: python -m studio.training.explorer_folder [--run out/explorer].

Writes the averaged maker and the judge at half precision as plain arrays, the space of points with its sliders, marks of
the training pictures, what was measured, sheets of samples good and bad, and the model card.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.images.explorer.near import BITS, FAR, copies, marks_of, save
from studio.images.explorer.net import Nets
from studio.images.explorer.space import Space
from studio.training.explorer import Plan, Trainer
from studio.training.explorer_card import card_of
from studio.training.explorer_sliders import TOLD, Ways, find, told
from studio.training.explorer_world import FACTS, HELD, World, world

FOLDER = Path("assets/models/explorer-gan")
TAME = 0.7  # as pictures are usually asked for
MEASURED = 2000  # pictures, to find the sliders
READ = 6000  # training pictures, to know what latents are like


def open_run(run: Path, device: str = "cpu") -> Trainer:
    import torch

    kept = torch.load(run / "state.pt", weights_only=True, map_location=device)
    trainer = Trainer(Plan(**kept["plan"] | {"widths": tuple(kept["plan"]["widths"])}), device)
    trainer.load(run / "state.pt")
    return trainer


def read(trainer: Trainer, pictures: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The latents of pictures as the reader sees them: their middles, and how unsure it is on the whole."""
    import torch

    means, widths = [], []
    trainer.reader.eval()
    with torch.no_grad():
        for part in np.array_split(pictures, max(len(pictures) // 100, 1)):
            x = torch.from_numpy(part).permute(0, 3, 1, 2).float() / 127.5 - 1.0
            mean, log = trainer.reader(x.to(trainer.device))[0].cpu().chunk(2, 1)
            means.append(mean.numpy())
            widths.append(log.clamp(-8.0, 2.0).exp().numpy())
    return np.concatenate(means).astype(np.float64), np.concatenate(widths).mean(0)


def write_nets(trainer: Trainer, mean: Any, root: Any, ways: Ways | None, folder: Path) -> None:
    from safetensors.numpy import save as to_bytes

    from studio.training.explorer_net import plain

    ready = {name: value.numpy() for name, value in plain(trainer.mean_maker, trainer.judge).items()}
    ready |= {"space.mean": mean, "space.root": root, "space.ways": ways.ways if ways else np.zeros((0, len(mean)))}
    (folder / "model.safetensors").write_bytes(to_bytes({name: value.astype(np.float16) for name, value in ready.items()}))
    config = {
        "size": trainer.plan.size,
        "widths": list(trainer.plan.widths),
        "depth": len(trainer.plan.widths),
        "latent": trainer.plan.latent,
        "sliders": [slider._asdict() for slider in ways.sliders] if ways else [],
        "usual": {name: [round(value, 5) for value in pair] for name, pair in ways.usual.items()} if ways else {},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")


def shown(nets: Nets, points: NDArray[np.float32], tame: float = 1.0) -> NDArray[np.uint8]:
    """`points` as they are asked for, already tame unless said otherwise."""
    space = Space(nets.config | {"sliders": []}, nets.weights)
    return np.stack([nets.make(space.latent(point, tame, {})) for point in points])


def sheet(pictures: NDArray[np.uint8], across: int, path: Path) -> None:
    from PIL import Image

    rows = [np.concatenate(list(pictures[k : k + across]), 1) for k in range(0, len(pictures), across)]
    Image.fromarray(np.concatenate(rows)).save(path, quality=88, method=6)


def slider_sheet(nets: Nets, folder: Path, run: Path) -> None:
    """Every slider on two pictures, from one end to the other: what names are checked on, by looking."""
    space = Space(nets.config, nets.weights)
    for name, chosen in (
        ("named", [s for s in space.sliders if s.attribute]),
        ("forms", [s for s in space.sliders if not s.attribute]),
    ):
        rows = [
            nets.make(space.latent(space.point(seed), TAME, {slider.name: value}))
            for slider in chosen
            for seed in (3, 8)
            for value in (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)
        ]
        if rows:
            sheet(np.stack(rows), 14, (folder if name == "named" else run) / f"{name}.webp")


def measures(nets: Nets, pictures: NDArray[np.uint8], held: NDArray[np.uint8], n: int) -> dict[str, Any]:
    points = np.random.default_rng(77).standard_normal((n, nets.config["latent"])).astype(np.float32)
    made, known = shown(nets, points, TAME), marks_of(pictures)
    thumbs = {name: marks_of(some[:200]).colours / 255.0 for name, some in {"made": made, "drawn": held}.items()}
    return {
        "parameters": int(sum(value.size for name, value in nets.weights.items() if not name.startswith("space"))),
        "near copies": [copies(marks_of(made), known), n],
        "judge right": judged_right(nets, made, held),
        "as near among drawn pictures it never saw": [copies(marks_of(held), known), len(held)],
        "near means": f"at most {BITS} of 64 bits and {FAR} of the colour range apart",
        "spread": {name: round(spread(some), 4) for name, some in thumbs.items()},
    }


def judged_right(nets: Nets, made: NDArray[np.uint8], drawn: NDArray[np.uint8]) -> float:
    """How often the judge likes a drawn picture that it never saw better than a made one (half: it knows nothing)."""
    pairs = list(zip(made[:200], drawn[:200], strict=False))
    return round(float(np.mean([nets.score(two) > nets.score(one) for one, two in pairs])), 3)


def spread(thumbs: NDArray[Any]) -> float:
    """Mean distance between pictures (thumbnails, root mean square, 0 to 1)."""
    apart = np.sqrt(((thumbs[:, None] - thumbs[None]) ** 2).mean(2))
    return float(apart.sum() / (len(thumbs) * (len(thumbs) - 1)))


def best_and_worst(nets: Nets, folder: Path) -> None:
    """Of 240 unchosen pictures the first 48, and the 24 that the judge likes least."""
    points = np.random.default_rng(5).standard_normal((240, nets.config["latent"])).astype(np.float32)
    made = shown(nets, points, TAME)
    order = np.argsort([nets.score(one) for one in made])
    sheet(made[:48], 12, folder / "samples.webp")
    sheet(made[order[:24]], 12, folder / "worst.webp")


def followed(trainer: Trainer, nets: Nets, lines: dict[str, tuple[NDArray[Any], float]], n: int) -> dict[str, list[float]]:
    """Of each slider of TOLD: what share of n pictures the reader takes for such a one, at -2, 0 and 2."""
    space = Space(nets.config, nets.weights)
    out = {}
    for name, (line, least) in lines.items():
        made = [
            [nets.make(space.latent(space.point(k), TAME, {name: at})) for k in range(700, 700 + n)] for at in (-2.0, 0.0, 2.0)
        ]
        out[name] = [round(float((read(trainer, np.stack(some))[0] @ line > least).mean()), 2) for some in made]
    return out


def lines_of(latents: NDArray[np.float64], facts: NDArray[np.float32]) -> dict[str, tuple[NDArray[Any], float]]:
    """For each slider of TOLD a straight test on latents, right for as many drawn pictures with it as without."""
    off = latents - latents.mean(0)
    inverse = np.linalg.inv(off.T @ off / len(off) + 1e-3 * np.eye(off.shape[1]))
    out = {}
    for slider in TOLD:
        there = facts[:, FACTS.index(slider.name)] > 0.5
        line = inverse @ (latents[there].mean(0) - latents[~there].mean(0))
        out[slider.name] = (line, float((latents[there].mean(0) + latents[~there].mean(0)) / 2 @ line))
    return out


def write_folder(
    trainer: Trainer, drawn: World, held: NDArray[np.uint8], folder: Path, run: Path, most: int = MEASURED
) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    pictures = drawn.pictures
    latents, unsure = read(trainer, pictures[:READ])
    mean, root = latents.mean(0).astype(np.float32), np.linalg.cholesky(np.cov(latents.T) + np.diag(unsure)).astype(np.float32)
    write_nets(trainer, mean, root, None, folder)
    nets = Nets(folder)
    known = told(np.linalg.solve(root, (latents - mean).T).T, drawn.facts[:READ], FACTS)
    points = TAME * np.random.default_rng(9).standard_normal((most, trainer.plan.latent)).astype(np.float32)
    ways = find(lambda some: shown(nets, some), points, known)
    write_nets(trainer, mean, root, ways, folder)
    nets = Nets(folder)
    save(marks_of(pictures), folder / "near.safetensors")
    slider_sheet(nets, folder, run)
    best_and_worst(nets, folder)
    out = measures(nets, pictures, held, min(most, 1000)) | {"explained": ways.explained, "training pictures": len(pictures)}
    out["followed"] = followed(trainer, nets, lines_of(latents, drawn.facts[:READ]), most // 30)
    log = trainer.state["log"]
    out["judged"] = sum(b["shown"] - a["shown"] for a, b in zip([{"shown": 0}, *log], log, strict=False) if "looks" in b)
    out |= {"minutes": round(trainer.state["spent"] / 60), "shown": trainer.state["shown"], "log": log[:: max(len(log) // 30, 1)]}
    (folder / "metrics.json").write_text(json.dumps(out, indent=1) + "\n")
    (folder / "README.md").write_text(card_of(nets.config, out), "utf-8")
    return out


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studio.training.explorer_folder", description=__doc__)
    parser.add_argument("--run", type=Path, default=Path("out/explorer"))
    parser.add_argument("--pictures", type=int, default=12_000)
    parser.add_argument("--out", type=Path, default=FOLDER)
    asked = parser.parse_args()
    trainer = open_run(asked.run)
    pictures, facts = world(asked.run, asked.pictures, trainer.plan.size)
    found = write_folder(trainer, World(pictures[:-HELD], facts[:-HELD]), pictures[-HELD:], asked.out, asked.run)
    print(json.dumps({name: value for name, value in found.items() if name != "log"}, indent=1))


if __name__ == "__main__":
    main()
