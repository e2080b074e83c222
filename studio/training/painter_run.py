"""What both parts of the painter's training share: a run that keeps its state, its running mean of the weights and its time.

Minutes are minutes of processor time on a processor (a busy machine makes a run longer, not worse) and of the clock on a card.
"""

import contextlib
import copy
import json
import math
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SAVE_EVERY, LOOK_EVERY = 150.0, 180.0  # seconds of work


def optimizers_of(model: Any, peak: float, muon: bool) -> list[Any]:
    """Adam, or Muon for the flat matrices inside (a step of it is worth about one and a half) and Adam for the rest."""
    import torch

    def inside(name: str, p: Any) -> bool:
        return p.dim() == 2 and not any(word in name for word in ("table", "place", "nothing", "enter", "leave"))

    flat = [p for n, p in model.named_parameters() if muon and inside(n, p)]
    heavy = [p for n, p in model.named_parameters() if p.dim() >= 2 and "straight" not in n and not (muon and inside(n, p))]
    light = [p for n, p in model.named_parameters() if (p.dim() < 2 or "straight" in n) and not (muon and inside(n, p))]
    groups = [{"params": heavy, "weight_decay": 0.02}, {"params": light, "weight_decay": 0.0}]
    adam = torch.optim.AdamW(groups, lr=peak, betas=(0.9, 0.98), fused=True)
    return [torch.optim.Muon(flat, lr=peak, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"), adam] if flat else [adam]


class Run:
    """`step()` gives a loss to go back from; `look(mean model)` writes sample sheets and gives figures."""

    def __init__(
        self, out: Path, name: str, model: Any, minutes: float, peak: float, keep: float, device: str, muon: bool = False
    ) -> None:
        import torch

        self.out, self.name, self.model, self.minutes, self.peak, self.keep, self.device = (
            out,
            name,
            model,
            minutes,
            peak,
            keep,
            device,
        )
        out.mkdir(parents=True, exist_ok=True)
        self.mean = copy.deepcopy(model).eval()
        self.optimizers = optimizers_of(model, peak, muon)
        self.state: dict[str, Any] = {"spent": 0.0, "step": 0, "seen": 0, "log": []}
        self.stop = False
        saved = out / f"{name}.pt"
        if saved.exists():
            kept = torch.load(saved, weights_only=True, map_location=device)
            self.model.load_state_dict(kept["model"])
            self.mean.load_state_dict(kept["mean"])
            for mine, theirs in zip(self.optimizers, kept["optimizers"], strict=True):
                mine.load_state_dict(theirs)
            self.state = kept["state"]
        for one in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(ValueError):
                signal.signal(one, self._end)
        print(
            f"{name}: {sum(p.numel() for p in model.parameters()):,} parameters, {self.state['spent'] / 60:.1f} minutes done",
            flush=True,
        )

    def _end(self, *_: object) -> None:
        self.stop = True

    @property
    def share(self) -> float:
        return min(1.0, float(self.state["spent"]) / (self.minutes * 60))

    def rate(self) -> float:
        """Warm for 100 steps, flat until 60 % of the time, then down along a half cosine."""
        late = max(0.0, (self.share - 0.6) / 0.4)
        return float(self.peak * min(1.0, (self.state["step"] + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * late))))

    def save(self) -> None:
        import torch

        kept = {
            "model": self.model.state_dict(),
            "mean": self.mean.state_dict(),
            "optimizers": [one.state_dict() for one in self.optimizers],
            "state": self.state,
        }
        torch.save(kept, self.out / f"{self.name}.new")
        (self.out / f"{self.name}.new").replace(self.out / f"{self.name}.pt")  # a kill while writing must not cost the run

    def clock(self) -> float:
        return time.process_time() if self.device == "cpu" else time.monotonic()

    def _advance(self, loss: Any) -> None:
        import torch

        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = self.rate()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.state["step"] += 1
        keep = min(self.keep, (1 + self.state["step"]) / (10 + self.state["step"]))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.mean.parameters()), list(self.model.parameters()), 1.0 - keep)
            for mine, theirs in zip(self.mean.buffers(), self.model.buffers(), strict=True):
                mine.copy_(theirs)

    def train(
        self, step: Callable[[], tuple[Any, int]], look: Callable[[Any], dict[str, float]], stop_after: float = math.inf
    ) -> None:
        """Until the minutes of the schedule or of this run (`stop_after`) are over."""
        began, saved, before = self.clock(), time.monotonic(), float(self.state["spent"])
        looked, total, count, seen = before, 0.0, 0, 0
        self.model.train()
        while not (self.stop or self.share >= 1.0 or self.state["spent"] - before >= stop_after * 60):
            loss, number = step()
            self._advance(loss)
            total, count, seen = total + float(loss.detach()), count + 1, seen + number
            self.state["spent"], self.state["seen"] = before + self.clock() - began, self.state["seen"] + number
            if self.state["spent"] - looked >= LOOK_EVERY:
                self._report(total / count, seen / (self.state["spent"] - looked), look)
                looked, total, count, seen = self.state["spent"], 0.0, 0, 0
                began = self.clock() - (looked - before)  # looking is not training
            if time.monotonic() - saved >= SAVE_EVERY:
                self.save()
                saved = time.monotonic()
        self._report(total / max(1, count), 0.0, look)
        self.save()

    def _report(self, loss: float, speed: float, look: Callable[[Any], dict[str, float]]) -> None:
        import torch

        self.model.eval()
        with torch.no_grad():
            figures = look(self.mean)
        self.model.train()
        line = {
            "step": self.state["step"],
            "minutes": round(self.state["spent"] / 60, 1),
            "seen": self.state["seen"],
            "loss": round(loss, 5),
        }
        line |= {"speed": round(speed, 1)} | {k: round(v, 5) for k, v in figures.items()}
        self.state["log"].append(line)
        (self.out / f"{self.name}.json").write_text(json.dumps(self.state["log"], indent=1))
        print(time.strftime("%H:%M"), line, flush=True)
