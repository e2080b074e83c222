"""Trains the harmoniser: python -m studio.training.harmony DATA --out assets/models/harmony-mini.

One resumable command, the same numbers for the same seed: the hymns are dealt into folds by tune name; each member of
the ensemble learns on all folds but one and stops when that one no longer gets better. The chords each member gives the
fold it never saw decide how strongly habits of succession pull, so the held-out hymns play no part in it.
Finished members wait in --work. About two minutes on two cores.
"""

import argparse
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from studio.music.harmony.harmonise import default_method
from studio.music.harmony.scores import WEIGHTS, Array, Method, best_path, emission, features, load, minor, network
from studio.music.harmony.vocabulary import TRAINED, triad
from studio.training.harmony_figures import METHODS, agreement, chord_fit, gain, measure
from studio.training.hymns import Hymn, read_hymns
from studio.training.tunes import lessons

FOLDS, HIDDEN, DROP, ROUNDS, PATIENCE = 5, 64, 0.4, 120, 15
N = len(TRAINED)
TRIADS = sorted({triad(sign) for sign in TRAINED})
TRIAD_OF = np.array([TRIADS.index(triad(sign)) for sign in TRAINED])


def folds(hymns: Sequence[Hymn], seed: int) -> list[list[Hymn]]:
    """All settings of one tune in one fold."""
    names = sorted({hymn.name for hymn in hymns})
    random.Random(seed).shuffle(names)
    return [[hymn for hymn in hymns if names.index(hymn.name) % FOLDS == k] for k in range(FOLDS)]


def counted(hymns: Iterable[Hymn], smooth: float = 4.0) -> dict[str, Array]:
    """Tables of the counting harmoniser, smoothed: notes by chord, chord after chord, chords that close."""
    notes, steps, closing = np.zeros((2, N, 12)), np.zeros((2, N, N)), np.zeros((2, 2, N))
    for hymn in hymns:
        mode, rows = minor(hymn.tune.key), features(hymn.slots, hymn.tune.key)
        for i, (slot, sign) in enumerate(zip(hymn.slots, hymn.labels, strict=True)):
            if sign < 0:
                continue
            notes[mode, sign] += rows[i, :12]
            if slot.closes:
                closing[mode, int(slot.closes == "end"), sign] += 1
            if i and hymn.labels[i - 1] >= 0:
                steps[mode, hymn.labels[i - 1], sign] += 1
    chords = notes.sum(axis=2)
    prior = (chords + 0.05) / (chords + 0.05).sum(axis=1, keepdims=True)
    follow = (steps + smooth * prior[:, None]) / (steps.sum(axis=2, keepdims=True) + smooth)
    close = (closing + smooth * prior[:, None]) / (closing.sum(axis=2, keepdims=True) + smooth)
    tables = {
        "emission": np.log(_notes_of_chords(notes)),
        "prior": np.log(prior),
        "transition": np.log(follow) - np.log(prior[:, None]),
        "closing": np.log(close) - np.log(prior[:, None]),
    }
    return {f"counted.{name}": table.astype(np.float32) for name, table in tables.items()}


def _notes_of_chords(notes: Any) -> Any:
    """P(degree | chord): what was counted, leaning on all chords of the quality (by interval) where it was rare."""
    by_interval = {quality: np.full(12, 0.3) for _, quality in TRAINED}
    for i, (root, quality) in enumerate(TRAINED):
        by_interval[quality] += np.roll(notes[:, i].sum(axis=0), -root)
    out = np.zeros_like(notes)
    for i, (root, quality) in enumerate(TRAINED):
        like = np.roll(by_interval[quality] / by_interval[quality].sum(), root)
        out[:, i] = (notes[:, i] + 6 * like) / (notes[:, i].sum(axis=1, keepdims=True) + 6)
    return out


def make_net(width: int) -> Any:
    import torch

    class Net(torch.nn.Module):  # type: ignore[misc]  # torch is not typed here
        def __init__(self) -> None:
            super().__init__()
            self.drop = torch.nn.Dropout(DROP)
            self.gru = torch.nn.GRU(width, HIDDEN, batch_first=True, bidirectional=True)
            self.out = torch.nn.Linear(2 * HIDDEN, N)

        def forward(self, x: Any) -> Any:
            noisy = torch.nn.functional.dropout(x, 0.15, self.training)
            return self.out(self.drop(self.gru(noisy)[0]))

    return Net()


def loss_of(net: Any, lessons: Sequence[tuple[Any, Any]]) -> Any:
    """Mean of two losses: the exact chord, and its triad, which matters more to the ear."""
    import torch

    x = torch.nn.utils.rnn.pad_sequence([x for x, _ in lessons], batch_first=True)
    want = torch.nn.utils.rnn.pad_sequence([y for _, y in lessons], batch_first=True, padding_value=-1)
    log_p = net(x).log_softmax(-1)[want >= 0]
    want = want[want >= 0]
    one_hot = torch.nn.functional.one_hot(torch.tensor(TRIAD_OF), len(TRIADS)).float()
    triads = (log_p.exp() @ one_hot).clamp_min(1e-9).log()
    nll = torch.nn.functional.nll_loss
    return (nll(log_p, want) + nll(triads, torch.tensor(TRIAD_OF)[want])) / 2


def train_member(learned: Sequence[Hymn], unseen: Sequence[Hymn], seed: int) -> dict[str, Array]:
    import torch

    torch.manual_seed(seed)
    chance = random.Random(seed)
    hymns, held = ([(torch.tensor(features(h.slots, h.tune.key)), torch.tensor(h.labels)) for h in g] for g in (learned, unseen))
    net = make_net(held[0][0].shape[1])
    adam = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.02)
    best, kept, waited = 9e9, {}, 0
    for _ in range(ROUNDS):
        net.train()
        order = sorted(chance.sample(hymns, len(hymns)), key=lambda lesson: len(lesson[1]) + 12 * chance.random())
        batches = [order[i : i + 8] for i in range(0, len(order), 8)]
        for batch in chance.sample(batches, len(batches)):
            adam.zero_grad()
            loss_of(net, batch).backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            adam.step()
        net.eval()
        with torch.no_grad():
            now = float(loss_of(net, held))
        waited += 1
        if now < best - 1e-4:
            best, waited = now, 0
            kept = {name: tensor.detach().numpy().copy() for name, tensor in net.state_dict().items()}
        if waited > PATIENCE:
            break
    print(f"member {seed}: {best:.4f} on its fold", flush=True)
    return kept


def _tune_pull(dealt: list[list[Hymn]], members: list[dict[str, Array]]) -> dict[str, Array]:
    """How strongly succession pulls, and how sharp counted notes are: by what fits hymns the tables never saw."""
    best: dict[Method, tuple[float, float, float]] = {"network": (-1, 0, 0), "counted": (-1, 0, 0)}
    tables = [counted(h for j, part in enumerate(dealt) for h in part if j != k) for k in range(FOLDS)]
    rows: dict[tuple[int, int], Array] = {}
    for k, part in enumerate(dealt):
        own = {f"network.0.{name}": tensor for name, tensor in members[k].items()}
        rows |= {(k, i): network(features(h.slots, h.tune.key), own) for i, h in enumerate(part)}
    tries: list[tuple[Method, float, float]] = [("network", 0.0, p) for p in (0.0, 0.1, 0.2, 0.3, 0.45, 0.6)]
    tries += [("counted", s, p) for s in (0.7, 1.0, 1.5, 2.0, 3.0, 4.0) for p in (0.3, 0.6, 0.8, 1.0, 1.2)]
    for method, sharp, pull in tries:
        total = 0.0
        for k, part in enumerate(dealt):
            t = {**tables[k], "counted.sharpness": np.array([sharp], dtype=np.float32)}
            step = [t["counted.transition"][m] * np.float32(pull) for m in (0, 1)]
            paths = [
                best_path(
                    rows[k, i] if method == "network" else emission(h.slots, h.tune.key, method, t), step[minor(h.tune.key)]
                )
                for i, h in enumerate(part)
            ]
            total += agreement(part, paths)["triad"] * sum(len(h.slots) for h in part)
        best[method] = max(best[method], (total, sharp, pull))
    print({m: (round(t / sum(len(h.slots) for p in dealt for h in p), 4), s, p) for m, (t, s, p) in best.items()}, flush=True)
    return {
        "counted.sharpness": np.array([best["counted"][1]], dtype=np.float32),
        "pull.counted": np.array([best["counted"][2]], dtype=np.float32),
        "pull.network": np.array([best["network"][2]], dtype=np.float32),
    }


def train(data: Path, out: Path, work: Path, seed: int = 0) -> None:
    import torch
    from safetensors.numpy import load_file, save

    torch.set_num_threads(1)
    hymns, held = read_hymns(data / "chorales.jsonl.xz"), read_hymns(data / "chorales-heldout.jsonl.xz")
    work.mkdir(parents=True, exist_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    dealt = folds(hymns, seed)
    members: list[dict[str, Array]] = []
    for k in range(FOLDS):
        path = work / f"member-{HIDDEN}-{seed}-{k}.safetensors"
        if not path.exists():
            path.write_bytes(save(train_member([h for j in range(FOLDS) if j != k for h in dealt[j]], dealt[k], seed + k)))
        members.append(load_file(path))
    weights: dict[str, Array] = {**counted(hymns), **_tune_pull(dealt, members)}
    weights |= {f"network.{k}.{name}": tensor.astype(np.float16) for k, m in enumerate(members) for name, tensor in m.items()}
    (out / WEIGHTS).write_bytes(save(weights))
    load.cache_clear()
    found = measure(held, load(out))
    better = max(METHODS, key=lambda method: found[method]["triad"])
    config = {"default": better, "hidden": HIDDEN, "members": FOLDS, "seed": seed}
    (out / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    default_method.cache_clear()
    metrics = {
        "hymns_learned_from": len(hymns), "hymns_held_out": len(held), "default": better,
        "held_out": {m: {k: round(v, 4) for k, v in row.items()} for m, row in found.items()},
        "network_over_counted": gain(held, load(out), seed),
        "first_beats": chord_fit([lesson.tune for lesson in lessons(data / "heldout.jsonl.xz")[0]], held),
    }  # fmt: skip
    (out / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n")
    print(json.dumps(metrics, indent=1), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studio.training.harmony", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with chorales.jsonl.xz, chorales-heldout.jsonl.xz, heldout.jsonl.xz")
    parser.add_argument("--out", type=Path, default=Path("assets/models/harmony-mini"))
    parser.add_argument("--work", type=Path, default=Path("out/harmony"), help="where finished members wait")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    train(asked.data, asked.out, asked.work, asked.seed)


if __name__ == "__main__":
    main()
