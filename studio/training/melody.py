"""Trains the melody model: python -m studio.training.melody DATA [--minutes 60] [--out out/melody].

One resumable command from the corpus to a folder in transformers form. The learning rate falls over the time that is
given, so that the run ends well whatever the machine; after a break the same command goes on where it was. Half of the
held-out tunes decide when to stop, the other half is never looked at before the end.
"""

import argparse
import json
import math
import pickle
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.music.melody import symbols as s
from studio.training.samples import body, full_heading, sample, share_of
from studio.training.tunes import Lesson, lessons

SHAPE = {"hidden_size": 192, "num_hidden_layers": 6, "num_attention_heads": 6, "intermediate_size": 512}
BATCH = 4096  # symbols
PEAK = 1.5e-3
DROP = 0.1


def load_lessons(path: Path, cache: Path) -> list[Lesson]:
    if not cache.exists():
        found, lost = lessons(path)
        print(f"{path.name}: {len(found)} tunes, left out: {dict(lost)}", flush=True)
        cache.write_bytes(pickle.dumps(found))
    known: list[Lesson] = pickle.loads(cache.read_bytes())
    return known


def make_model(drop: float) -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(s.NAMES), max_position_embeddings=1024, tie_word_embeddings=True,
        pad_token_id=s.PAD, bos_token_id=s.TUNE, eos_token_id=s.END, initializer_range=0.04, **SHAPE,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    for layer in model.model.layers:
        for part in (layer.self_attn, layer.mlp):
            part.register_forward_hook(_dropper(drop))
    return model


def _dropper(drop: float) -> Any:
    """Dropout from a bank of ready-made masks: drawing fresh ones took a fifth of the time on a processor."""
    import torch

    bank = ((torch.rand(1 << 22) >= drop) / (1.0 - drop)).to(torch.bfloat16)

    def hook(module: Any, _: Any, out: Any) -> Any:
        if not module.training:
            return out
        first = out[0] if isinstance(out, tuple) else out
        start = random.randrange(len(bank) - first.numel())
        dropped = first * bank[start : start + first.numel()].view_as(first)
        return (dropped, *out[1:]) if isinstance(out, tuple) else dropped

    return hook


def batches(known: list[Lesson], chance: random.Random) -> Iterator[list[tuple[list[int], int]]]:
    """One round through the corpus, in batches of samples of like length."""
    chosen = [lesson for lesson in known for _ in range(int(share_of(lesson) + chance.random()))]
    made = sorted((sample(lesson, chance) for lesson in chosen), key=lambda x: len(x[0]) + chance.random() * 20)
    out: list[list[tuple[list[int], int]]] = [[]]
    for one in made:
        if out[-1] and (len(out[-1]) + 1) * len(one[0]) > BATCH:
            out.append([])
        out[-1].append(one)
    chance.shuffle(out)
    yield from out


def loss_of(model: Any, batch: list[tuple[list[int], int]]) -> tuple[Any, int]:
    """Summed loss and how many symbols it is over."""
    import torch

    width = max(len(x) for x, _ in batch)
    ids = torch.tensor([x + [s.PAD] * (width - len(x)) for x, _ in batch])
    wanted = torch.tensor([[-100] * k + x[k:] + [-100] * (width - len(x)) for x, k in batch])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(input_ids=ids, use_cache=False).logits[:, :-1]
    flat = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), wanted[:, 1:].flatten(), reduction="sum")
    return flat, int((wanted[:, 1:] >= 0).sum())


def held_out_loss(model: Any, known: list[Lesson]) -> float:
    """Nats a symbol over whole tunes, read from left to right with their full heading."""
    import torch

    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for lesson in known:
            head = full_heading(lesson)
            text = (head + body(lesson)[0] + [s.END])[:1000]
            loss, n = loss_of(model, [(text, len(head))])
            total, count = total + float(loss), count + n
    model.train()
    return total / count


def train(data: Path, out: Path, minutes: float, threads: int) -> None:
    import torch

    torch.set_num_threads(threads)
    out.mkdir(parents=True, exist_ok=True)
    known = load_lessons(data / "tunes.jsonl.xz", out / "lessons.pickle")
    held = load_lessons(data / "heldout.jsonl.xz", out / "heldout.pickle")
    model = make_model(DROP)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters", flush=True)
    decay = [p for p in model.parameters() if p.dim() > 1]
    rest = [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}], lr=PEAK, betas=(0.9, 0.97), fused=True
    )
    state: dict[str, Any] = {"spent": 0.0, "step": 0, "round": 0, "best": math.inf, "log": []}
    saved = out / "state.pt"
    if saved.exists():
        kept = torch.load(saved, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        state = kept["state"]
    began = time.monotonic() - state["spent"]
    model.train()
    seen, loss_sum = 0, 0.0
    while state["spent"] < minutes * 60:
        chance = random.Random(1000 + state["round"])
        for batch in batches(known, chance):
            share = min(state["spent"] / (minutes * 60), 1.0)
            rate = PEAK * min(1.0, (state["step"] + 1) / 200) * (1.0 - 0.98 * share)
            for group in optimizer.param_groups:
                group["lr"] = rate
            loss, count = loss_of(model, batch)
            optimizer.zero_grad(set_to_none=True)
            (loss / count).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            seen, loss_sum = seen + count, loss_sum + float(loss.detach())
            state["step"] += 1
            state["spent"] = time.monotonic() - began
            if state["spent"] >= minutes * 60:
                break
        state["round"] += 1
        _report(model, held, state, loss_sum / max(seen, 1), out)
        seen, loss_sum = 0, 0.0
        torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "state": state}, saved)


def _report(model: Any, held: list[Lesson], state: dict[str, Any], loss: float, out: Path) -> None:
    watched = held_out_loss(model, held[::2])
    line = {"round": state["round"], "step": state["step"], "seconds": round(state["spent"]), "train": loss, "held_out": watched}
    state["log"].append(line)
    if watched < state["best"]:
        state["best"] = watched
        model.save_pretrained(out / "best")
    (out / "log.json").write_text(json.dumps(state["log"], indent=1))
    print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studio.training.melody", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("out/melody"))
    asked = parser.parse_args()
    train(asked.data, asked.out, asked.minutes, asked.threads)


if __name__ == "__main__":
    main()
