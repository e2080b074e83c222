"""Trains the small text model: python -m studio.training.writer DATA [--minutes 600] [--threads 1] [--out out/writer].

One resumable command from the books to a folder in transformers form. It keeps its state every few minutes, also when it
is asked to end, and the same command goes on in the middle of a round. Minutes are minutes of processor time (of the clock on
a graphics card): a busy machine makes the run longer, not worse. The learning rate stays flat for the first half of
the given time and then falls to nothing, so that a run can be made longer or shorter at any time before its half. What is
judged and kept is a running mean of the weights, which is good at every moment, not only at the end. Half of the held-out
passages choose the checkpoint; the other half is looked at by `writer_folder` alone.

With a graphics card: the same command with --gpu, in as many runs of ten minutes as there are
(`--gpu --out out/writer-gpu --minutes 28 --stop-after 9`: the schedule is of 28 minutes, this run ends after nine).
"""

import argparse
import contextlib
import copy
import json
import math
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.training import quick
from studio.training import writer_words as w
from studio.training.passages import Corpus, about, chosen_books, corpus, rarity_of, read_books, stretches
from studio.training.writer_samples import CONTEXT, Maker, Span, plan

# Widths are multiples of 32, so that every row can be cut into the blocks of the usual 4- and 8-bit forms.
SHAPES: dict[str, dict[str, Any]] = {
    "cpu": {
        "hidden_size": 256,
        "num_hidden_layers": 6,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "intermediate_size": 704,
    },
    "gpu": {
        "hidden_size": 512,
        "num_hidden_layers": 9,
        "num_attention_heads": 8,
        "num_key_value_heads": 8,
        "intermediate_size": 1536,
    },
}
ROOM = {"cpu": 8192, "gpu": 65536}  # pieces in a batch
WARM = {"cpu": 2048, "gpu": 32768}  # pieces at a time: what fits a processor's cache runs a fifth faster
DROP = {"cpu": 0.0, "gpu": 0.1}  # a fast card sees the books dozens of times
PEAK = 3e-3
MEAN = 0.998  # of the running mean of the weights, a step
SAVE_EVERY, WATCH_EVERY = 240.0, 900.0  # seconds
LEARNED_FROM = 150_000  # paragraphs
WINDOW = 990
WATCHED = 6  # windows of each held-out book


def prepare(data: Path, out: Path) -> tuple[Corpus, Corpus, Any]:
    """The tokenizer, the training corpus and the held-out one; made once."""
    folder = out / "tokenizer"
    if not (out / "held.npz").exists():
        books = chosen_books(data / "books.jsonl.xz")
        texts = [p for _, parts in books for part in parts for p in part.paragraphs]
        if not (folder / "tokenizer.json").exists():
            w.save(w.learn(random.Random(0).sample(texts, min(len(texts), LEARNED_FROM))), folder)
        tokenizer = w.load(folder)
        made = corpus(books, tokenizer)
        made.rarity.update(rarity_of(texts))
        made.save(out / "corpus.npz")
        held = [(about(row), stretches(row["text"])) for row in read_books(data / "heldout.jsonl.xz")]
        corpus(held, tokenizer).save(out / "held.npz")
        print(
            f"{len(books)} books, {len(texts):,} paragraphs, {sum(map(len, texts)):,} characters, {len(made.pieces):,} pieces",
            flush=True,
        )
    return Corpus.load(out / "corpus.npz"), Corpus.load(out / "held.npz"), w.load(folder)


def windows(held: Corpus, tokenizer: Any, half: int, most: int | None = WATCHED) -> list[tuple[list[int], int]]:
    """Windows of held-out text with how many characters each is; every second window is of the other half."""
    head = [tokenizer.token_to_id(w.STORY), tokenizer.token_to_id(w.TEXT)]
    out = []
    for number in range(len(held.books)):
        found: list[list[int]] = []
        for start, end, book, _, _ in held.stretches.tolist():
            if book == number:
                found += [held.pieces[at : min(at + WINDOW, end)].tolist() for at in range(start, end - 200, WINDOW)]
        found = found[half::2]
        if most:
            found = found[:: max(1, len(found) // most)][:most]
        out += [(head + one, len(tokenizer.decode(one))) for one in found]
    return out


def make_model(shape: str, tokenizer: Any) -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(), max_position_embeddings=CONTEXT, tie_word_embeddings=True,
        pad_token_id=tokenizer.token_to_id(w.PAD), bos_token_id=tokenizer.token_to_id(w.STORY),
        eos_token_id=tokenizer.token_to_id(w.END), initializer_range=0.02, **SHAPES[shape],
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    if DROP[shape]:
        for layer in model.model.layers:
            for part in (layer.self_attn, layer.mlp):
                part.register_forward_hook(_dropper(DROP[shape]))
    return model


def _dropper(drop: float) -> Any:
    import torch

    def hook(module: Any, _: Any, out: Any) -> Any:
        if isinstance(out, tuple):
            return (torch.nn.functional.dropout(out[0], drop, module.training), *out[1:])
        return torch.nn.functional.dropout(out, drop, module.training)

    return hook


def optimizers_of(model: Any) -> list[Any]:
    """Muon for the matrices inside (a step of it is worth about one and a half of Adam's), Adam for the rest."""
    import torch

    inside = [p for n, p in model.named_parameters() if p.dim() == 2 and "embed" not in n]
    table = [p for n, p in model.named_parameters() if p.dim() == 2 and "embed" in n]
    gains = [p for p in model.parameters() if p.dim() < 2]
    return [
        torch.optim.Muon(inside, lr=PEAK, weight_decay=0.1, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(
            [{"params": table, "weight_decay": 0.05}, {"params": gains, "weight_decay": 0.0}],
            lr=PEAK,
            betas=(0.9, 0.95),
            fused=True,
        ),
    ]


def loss_of(model: Any, batch: list[tuple[list[int], int]], pad: int) -> tuple[Any, int]:
    """Summed loss and how many pieces it is over."""
    import torch

    width = max(len(x) for x, _ in batch)
    device = next(model.parameters()).device
    ids = torch.tensor([x + [pad] * (width - len(x)) for x, _ in batch], device=device)
    wanted = torch.tensor([[-100] * k + x[k:] + [-100] * (width - len(x)) for x, k in batch], device=device)[:, 1:].flatten()
    with torch.autocast(device.type, dtype=torch.bfloat16):
        hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1].flatten(0, 1)
        kept = wanted >= 0
        if device.type == "cpu":
            return quick.cross_entropy(hidden[kept], model.lm_head.weight, wanted[kept]), int(kept.sum())
        logits = model.lm_head(hidden[kept])
    return torch.nn.functional.cross_entropy(logits.float(), wanted[kept], reduction="sum"), int(kept.sum())


def bits_per_character(model: Any, texts: list[tuple[list[int], int]], pad: int) -> float:
    import torch

    model.eval()
    total, characters = 0.0, 0
    with torch.no_grad():
        for at in range(0, len(texts), 4):
            some = texts[at : at + 4]
            total += float(loss_of(model, [(ids, 2) for ids, _ in some], pad)[0])
            characters += sum(n for _, n in some)
    model.train()
    return total / math.log(2) / characters


def rate_at(share: float, step: int) -> float:
    """Warm for 200 steps, flat for half of the time, then down in a straight line."""
    return PEAK * min(1.0, (step + 1) / 200) * min(1.0, max(0.01, 2.0 * (1.0 - share)))


class Run:
    """One training run with everything that must survive its end."""

    def __init__(self, data: Path, out: Path, minutes: float, shape: str, threads: int = 1) -> None:
        import torch

        self.out, self.minutes, self.shape, self.threads = out, minutes, shape, threads
        out.mkdir(parents=True, exist_ok=True)
        self.corpus, held, self.tokenizer = prepare(data, out)
        self.maker = Maker(self.corpus, self.tokenizer)
        self.watched = windows(held, self.tokenizer, 0)
        self.pad = self.tokenizer.token_to_id(w.PAD)
        self.model = make_model(shape, self.tokenizer).to("cuda" if torch.cuda.is_available() else "cpu")
        if not torch.cuda.is_available():
            quick.use_attention(self.model)
        self.mean = copy.deepcopy(self.model)
        self.optimizers = optimizers_of(self.model)
        self.state: dict[str, Any] = {"spent": 0.0, "step": 0, "round": 0, "at": 0, "pieces": 0, "best": math.inf, "log": []}
        self.stop = False
        saved = out / "state.pt"
        if saved.exists():
            kept = torch.load(saved, weights_only=True, map_location=next(self.model.parameters()).device)
            self.model.load_state_dict(kept["model"])
            self.mean.load_state_dict(kept["mean"])
            for optimizer, one in zip(self.optimizers, kept["optimizers"], strict=True):
                optimizer.load_state_dict(one)
            self.state = kept["state"]
        print(
            f"{sum(p.numel() for p in self.model.parameters()):,} parameters, {len(self.corpus.pieces):,} pieces a round",
            flush=True,
        )

    def save(self) -> None:
        import torch

        kept = {
            "model": self.model.state_dict(), "mean": self.mean.state_dict(), "state": self.state,
            "optimizers": [one.state_dict() for one in self.optimizers],
        }  # fmt: skip
        torch.save(kept, self.out / "state.new")
        (self.out / "state.new").replace(self.out / "state.pt")  # a kill while writing must not cost the run

    def batches(self) -> Iterator[list[Span]]:
        """From where the run was, round after round."""
        while True:
            chance = random.Random(1000 + self.state["round"])
            for number, batch in enumerate(plan(self.corpus, chance, ROOM[self.shape])):
                if number >= self.state["at"]:
                    self.state["at"] = number + 1
                    yield batch
            self.state["round"] += 1
            self.state["at"] = 0

    def step(self, batch: list[Span]) -> tuple[float, int]:
        import torch

        rate = rate_at(min(self.state["spent"] / (self.minutes * 60), 1.0), self.state["step"])
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate
        made = [self.maker.sample(span) for span in batch]
        count = sum(len(ids) - known for ids, known in made)
        total = 0.0
        at_once = max(1, WARM[self.shape] // max(len(ids) for ids, _ in made))
        for at in range(0, len(made), at_once):
            loss, _ = loss_of(self.model, made[at : at + at_once], self.pad)
            (loss / count).backward()
            total += float(loss.detach())
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.state["step"] += 1
        self.state["pieces"] += count
        keep = min(MEAN, (1 + self.state["step"]) / (20 + self.state["step"]))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.mean.parameters()), list(self.model.parameters()), 1.0 - keep)
        return total, count

    def report(self, loss: float, count: int, seconds: float) -> None:
        watched = bits_per_character(self.mean, self.watched, self.pad)
        line = {
            "round": self.state["round"], "step": self.state["step"], "seconds": round(self.state["spent"]),
            "pieces": self.state["pieces"], "train": round(loss / max(count, 1), 4), "held_out": round(watched, 4),
            "speed": round(count / max(seconds, 1e-6)),
        }  # fmt: skip
        self.state["log"].append(line)
        if watched < self.state["best"]:
            self.state["best"] = watched
            self.mean.save_pretrained(self.out / "best")
            w.save(self.tokenizer, self.out / "best")
        (self.out / "log.json").write_text(json.dumps(self.state["log"], indent=1))
        print(line, flush=True)

    def clock(self) -> float:
        """Seconds of work: on a shared processor the time it was really given, else the schedule would run away from it."""
        return time.monotonic() if self.shape == "gpu" else time.process_time() / self.threads

    def train(self, stop_after: float) -> None:
        began, saved = self.clock(), time.monotonic()
        before = watched = self.state["spent"]
        loss, count = 0.0, 0
        self.model.train()
        for batch in self.batches():
            one, n = self.step(batch)
            loss, count = loss + one, count + n
            self.state["spent"] = before + self.clock() - began
            spent = self.state["spent"]
            last = self.stop or spent >= self.minutes * 60 or spent - before >= stop_after * 60
            if last or spent - watched >= WATCH_EVERY:
                self.report(loss, count, spent - watched)
                loss, count = 0.0, 0
                began = self.clock() - (spent - before)  # looking is not training
                watched = spent
            if last or time.monotonic() - saved >= SAVE_EVERY:
                self.save()
                saved = time.monotonic()
            if last:
                return


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(prog="python -m studio.training.writer", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--minutes", type=float, default=600, help="of processor time, for the whole schedule, over all runs")
    parser.add_argument("--stop-after", type=float, default=math.inf, help="minutes of this run, on the same clock")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--shape", choices=sorted(SHAPES), default="cpu")
    parser.add_argument("--gpu", action="store_const", const="gpu", dest="shape", help="the same as --shape gpu")
    parser.add_argument("--out", type=Path, default=Path("out/writer"))
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    run = Run(asked.data, asked.out, asked.minutes, asked.shape, asked.threads)

    def end(*_: object) -> None:
        run.stop = True

    for name in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(ValueError):
            signal.signal(name, end)
    run.train(asked.stop_after)


if __name__ == "__main__":
    main()
