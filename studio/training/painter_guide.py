"""The third part of the painter: guidance learned into the net, so that a step needs one look instead of two.

The finished net, looking twice, is the teacher; its copy learns to say the same at once for any strength from 1 to 6.
"""

from pathlib import Path
from typing import Any

from studio.training.painter_net import Both, NetTraining
from studio.training.pictures import Pictures


class GuideTraining(NetTraining):
    name, peak = "guide", 1e-3

    def __init__(self, pictures: Pictures, out: Path, minutes: float, device: str, shape: str) -> None:
        import torch

        super().__init__(pictures, out, minutes, device, shape)
        taught = torch.load(out / "net.pt", weights_only=True, map_location=device)["mean"]
        self.teacher = Both(shape).to(device).eval()
        self.teacher.load_state_dict(taught)
        if not self.run.state["step"]:
            self.run.model.load_state_dict(taught)
            self.run.mean.load_state_dict(taught)

    def step(self) -> tuple[Any, int]:
        import torch

        lessons = self.lessons
        latents, ids, palette, given = lessons.batch(
            lessons.chance.choice(len(lessons.odds), self.size, p=lessons.odds), lessons.chance
        )
        moment = torch.sigmoid(torch.randn(self.size, device=self.device) + 0.3)
        strength = 1 + 5 * torch.rand(self.size, device=self.device)
        t = moment[:, None, None, None]
        noisy = (1 - t) * latents + t * torch.randn_like(latents)
        with torch.no_grad():
            wanted = super().guided(self.teacher, noisy, moment, ids, palette, given, strength[:, None, None, None])
        return ((self.guided(self.run.model, noisy, moment, ids, palette, given, strength) - wanted) ** 2).mean(), self.size

    def guided(self, both: Any, x: Any, moment: Any, ids: Any, palette: Any, given: Any, guidance: Any) -> Any:
        import torch

        strength = torch.as_tensor(guidance, device=x.device).expand(len(x))
        with torch.autocast(self.device, torch.bfloat16):
            words, there = both["reader"](ids, palette)
            return both["net"](x, moment, words, there, given, strength).float()


def train_guide(pictures: Pictures, out: Path, minutes: float, device: str, stop_after: float, shape: str) -> None:
    work = GuideTraining(pictures, out, minutes, device, shape)
    work.run.train(work.step, work.look, stop_after)
