"""Trains the explorer: python -m studio.training.explorer [--minutes 60] [--threads 1] [--out out/explorer] [--gpu].

A VAE-GAN, since a plain GAN needs far more pictures than a processor can show it: a reader turns pictures into latents and
the maker turns them back (so it knows the whole world within minutes), while a judge makes both the copies and fresh
pictures look like drawn ones. Nothing depends on the time given: the same command goes on where it was, for as long as
one likes. The pictures come from explorer_world; `--gpu` takes 128 px, wider nets and larger batches.
"""

import argparse
import json
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from studio.training.explorer_world import HELD, world


@dataclass(frozen=True)
class Plan:
    """Shape and pace. Weights of the losses are for pictures in -1 to 1."""

    widths: tuple[int, ...] = (192, 144, 80, 40)  # of the maker, from 4 x 4 to half of the picture
    latent: int = 64
    batch: int = 16
    rate: float = 1e-3
    judge_rate: float = 1e-3
    warm: int = 70_000  # pictures before the judge has a say
    calm: float = 0.4  # of the rates from then on: what is known is not to be shaken
    looks: float = 0.06  # weight of the judge's word
    match: float = 2.0  # weight of seeing in a copy what the judge saw in its original
    plainness: float = 0.1  # weight of the latents' distance from a normal distribution
    keep: float = 0.998  # of the averaged maker

    @property
    def size(self) -> int:
        return int(8 * 2 ** (len(self.widths) - 1))


GPU = Plan(widths=(384, 288, 192, 128, 64), latent=96, batch=128, warm=400_000, keep=0.9995)


class Trainer:
    """The nets, their optimisers and how far they are."""

    def __init__(self, plan: Plan, device: str = "cpu") -> None:
        import torch

        from studio.training.explorer_net import Eye, Maker

        torch.manual_seed(1)
        self.plan, self.device = plan, device
        place: dict[str, Any] = {"device": device, "memory_format": torch.channels_last}
        self.maker, self.mean_maker = (Maker(plan.widths, plan.latent).to(**place) for _ in range(2))
        self.mean_maker.load_state_dict(self.maker.state_dict())
        self.mean_maker.eval().requires_grad_(False)
        self.judge = Eye(plan.widths, 1, judge=True).to(**place)
        self.reader = Eye(plan.widths, 2 * plan.latent, judge=False).to(**place)
        making = [*self.maker.parameters(), *self.reader.parameters()]
        self.optimizers = {
            "making": torch.optim.Adam(making, plan.rate, (0.5, 0.99), fused=True),
            "judge": torch.optim.Adam(self.judge.parameters(), plan.judge_rate, (0.5, 0.99), fused=True),
        }
        self.moments = {"mean": torch.zeros(plan.latent), "spread": torch.eye(plan.latent)}  # of the latents, running
        self.state: dict[str, Any] = {"spent": 0.0, "shown": 0, "log": []}

    def step(self, real: Any) -> dict[str, float]:
        """One batch of pictures in -1 to 1."""
        import torch
        from torch.nn import functional as F

        plan, judged = self.plan, self.state["shown"] >= self.plan.warm
        for name, rate in (("making", plan.rate), ("judge", plan.judge_rate)):
            self.optimizers[name].param_groups[0]["lr"] = rate * (plan.calm if judged else 1.0)
        mean, log = self.see(self.reader, real)[0].chunk(2, 1)
        log = log.clamp(-8.0, 2.0)
        latent = mean + torch.randn_like(mean) * (0.5 * log).exp()
        self._follow(latent.detach())
        made = self.draw(torch.cat([latent, self.fresh(len(real) // 2 if judged else 0)]))
        copy = made[: len(real)]
        kl = 0.5 * (mean**2 + log.exp() - 1.0 - log).sum(1).mean() / real[0].numel()
        parts = {"copy": likeness(copy, real), "kl": kl}
        loss = parts["copy"] + plan.plainness * kl
        if judged:
            seen_real, seen_copy, word = self._watch(real, made)
            parts["match"] = sum(F.l1_loss(a, b) for a, b in zip(seen_copy, seen_real, strict=True)) / len(seen_real)
            parts["looks"] = -word.mean()
            heard = min((self.state["shown"] - plan.warm) / (0.25 * plan.warm + 1), 1.0)  # a judge that has seen nothing is not
            loss = loss + heard * (plan.match * parts["match"] + plan.looks * parts["looks"])
        _descend(self.optimizers["making"], loss)
        if judged:
            parts |= self._teach_judge(real, made.detach())
        self._average()
        self.state["shown"] += len(real)
        return {name: float(value.detach()) for name, value in parts.items()}

    def draw(self, latent: Any) -> Any:
        """Pictures in -1 to 1. Halves are twice as fast as floats where a processor knows them, and enough for training."""
        import torch

        with torch.autocast(self.device, torch.bfloat16):
            logits = self.maker(latent)
        return torch.sigmoid(logits.float()) * 2.0 - 1.0

    def see(self, eye: Any, pictures: Any) -> tuple[Any, list[Any]]:
        import torch

        with torch.autocast(self.device, torch.bfloat16):
            said, seen = eye(pictures)
        return said.float(), [one.float() for one in seen]

    def _watch(self, real: Any, made: Any) -> tuple[list[Any], list[Any], Any]:
        """What the judge sees in originals and their copies, moved alike, and its word on all that was made."""
        import torch

        n = len(real)
        self.judge.requires_grad_(False)
        both = disturbed(torch.cat([made, real]))
        with torch.no_grad():
            _, seen_real = self.see(self.judge, both[len(made) :])
        word, seen = self.see(self.judge, both[: len(made)])
        self.judge.requires_grad_(True)
        return seen_real, [one[:n] for one in seen], word

    def _teach_judge(self, real: Any, made: Any) -> dict[str, Any]:
        import torch

        word, _ = self.see(self.judge, disturbed(torch.cat([real, made])))
        good, bad = torch.relu(1.0 - word[: len(real)]).mean(), torch.relu(1.0 + word[len(real) :]).mean()
        _descend(self.optimizers["judge"], good + bad)
        return {"judge good": good, "judge bad": bad}

    def fresh(self, n: int) -> Any:
        """Latents drawn from what latents are like."""
        import torch

        root = torch.linalg.cholesky(self.moments["spread"] + 1e-3 * torch.eye(self.plan.latent))
        return (self.moments["mean"] + torch.randn(n, self.plan.latent) @ root.T).to(self.device)

    def _follow(self, latent: Any) -> None:
        latent = latent.cpu()
        off = latent - self.moments["mean"]
        self.moments["mean"].lerp_(latent.mean(0), 0.01)
        self.moments["spread"].lerp_(off.T @ off / len(off), 0.01)

    def _average(self) -> None:
        import torch

        keep = min(self.plan.keep, 0.5 + self.state["shown"] / 20_000)
        with torch.no_grad():
            for one, other in zip(self.mean_maker.state_dict().values(), self.maker.state_dict().values(), strict=True):
                if one.is_floating_point():
                    one.lerp_(other, 1.0 - keep)
                else:
                    one.copy_(other)

    def save(self, path: Path) -> None:
        import torch

        nets = {name: getattr(self, name).state_dict() for name in ("maker", "mean_maker", "judge", "reader")}
        optimizers = {name: one.state_dict() for name, one in self.optimizers.items()}
        kept = {"nets": nets, "optimizers": optimizers, "moments": self.moments, "state": self.state, "plan": asdict(self.plan)}
        part = path.with_suffix(".part")
        torch.save(kept, part)
        part.replace(path)

    def load(self, path: Path) -> None:
        import torch

        kept = torch.load(path, weights_only=True, map_location=self.device)
        for name, state in kept["nets"].items():
            getattr(self, name).load_state_dict(state)
        for name, one in self.optimizers.items():
            one.load_state_dict(kept["optimizers"][name])
        self.moments, self.state = {name: value.cpu() for name, value in kept["moments"].items()}, kept["state"]


def likeness(copy: Any, real: Any) -> Any:
    """Distance of colours, and of edges: edges alone are what a plain distance blurs."""
    from torch.nn import functional as F

    down = F.l1_loss(copy.diff(dim=2), real.diff(dim=2))
    across = F.l1_loss(copy.diff(dim=3), real.diff(dim=3))
    return F.l1_loss(copy, real) + 0.5 * (down + across)


def disturbed(pictures: Any) -> Any:
    """What the judge sees is moved a little, the same way for all, so that it cannot learn the pictures by heart."""
    import torch
    from torch.nn import functional as F

    high = pictures.shape[2]
    reach = high // 8
    y, x = (int(v) for v in torch.randint(0, 2 * reach + 1, (2,)))
    brighter = float(torch.rand(()) - 0.5) * 0.3
    return F.pad(pictures + brighter, (reach, reach, reach, reach), mode="replicate")[:, :, y : y + high, x : x + high]


def _descend(optimizer: Any, loss: Any) -> None:
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


def batch_of(pictures: Any, n: int, device: str) -> Any:
    """Random pictures in -1 to 1, every other one mirrored by chance."""
    import torch

    some = torch.from_numpy(pictures[torch.randint(0, len(pictures), (n,)).sort().values.numpy()])
    some = some.permute(0, 3, 1, 2).to(device).float() / 127.5 - 1.0
    turn = torch.rand(n, 1, 1, 1, device=device) < 0.5
    return torch.where(turn, some.flip(3), some).contiguous(memory_format=torch.channels_last)


def sheet(trainer: Trainer, pictures: Any, path: Path, n: int = 12) -> None:
    """Three rows of drawn pictures each above their copies, then five of fresh ones."""
    import torch
    from PIL import Image

    real = batch_of(pictures, n * 2, trainer.device)
    trainer.reader.eval()
    with torch.no_grad():
        copies = trainer.mean_maker(trainer.reader(real)[0][:, : trainer.plan.latent])
        fresh = trainer.mean_maker(trainer.fresh(n * 5))
    trainer.reader.train()
    shown = [real / 2 + 0.5, torch.sigmoid(copies), torch.sigmoid(fresh)]
    rows = [shown[0][:n], shown[1][:n], shown[0][n:], shown[1][n:], *shown[2].split(n)]
    whole = torch.cat([torch.cat(list(row), 2) for row in rows], 1)
    Image.fromarray((whole * 255).round().byte().permute(1, 2, 0).cpu().numpy()).save(path)


@dataclass(frozen=True)
class Until:
    """When to stop: minutes spent or pictures shown, of all runs together; and how many seconds to be silent between."""

    minutes: float
    shown: float = math.inf
    every: float = 120.0

    def over(self, state: dict[str, Any]) -> bool:
        return bool(state["spent"] >= self.minutes * 60 or state["shown"] >= self.shown)


def train(out: Path, until: Until, plan: Plan, device: str, pictures: Any) -> Trainer:
    """Goes on where it was; writes state.pt, log.json and a sheet now and then."""
    trainer = Trainer(plan, device)
    if (out / "state.pt").exists():
        trainer.load(out / "state.pt")
    state, began = trainer.state, time.monotonic() - trainer.state["spent"]
    told, sums, steps = state["spent"], {}, 0  # type: float, dict[str, float], int
    while not until.over(state):
        for name, value in trainer.step(batch_of(pictures, plan.batch, device)).items():
            sums[name] = sums.get(name, 0.0) + value
        steps += 1
        state["spent"] = time.monotonic() - began
        if state["spent"] - told >= until.every or until.over(state):
            means = {name: round(value / steps, 5) for name, value in sums.items()}
            state["log"].append({"seconds": round(state["spent"]), "shown": state["shown"]} | means)
            print(state["log"][-1], flush=True)
            trainer.save(out / "state.pt")
            (out / "log.json").write_text(json.dumps(state["log"], indent=1))
            sheet(trainer, pictures, out / "sheet.png")
            told, sums, steps = state["spent"], {}, 0
    return trainer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studio.training.explorer", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="processes that draw the world, once")
    parser.add_argument("--pictures", type=int, default=12_000)
    parser.add_argument("--out", type=Path, default=Path("out/explorer"))
    parser.add_argument("--gpu", action="store_true", help="128 px and wider nets, on a graphics card")
    asked = parser.parse_args()
    plan, device = (GPU, "cuda") if asked.gpu else (Plan(), "cpu")
    asked.out.mkdir(parents=True, exist_ok=True)
    import torch

    torch.set_num_threads(asked.threads)
    drawn = world(asked.out, asked.pictures, plan.size, asked.workers)
    train(asked.out, Until(asked.minutes), plan, device, drawn.pictures[:-HELD])


if __name__ == "__main__":
    main()
