"""From the best checkpoint to the shipped folder: python -m studio.training.melody_folder DATA [--run out/melody].

Writes the weights at half precision, the symbols, what was measured (metrics.json), what people's tunes are like
(human.json: shares, bands and headings of held-out tunes, no notes) and the model card. The half of the held-out tunes
that chose the checkpoint and the half nobody looked at are told apart.
"""

import argparse
import json
import random
import statistics
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from studio.core.errors import Refused
from studio.music.ask import MOST_BARS, SketchAsk
from studio.music.habits import Habits, habits_of, usual
from studio.music.melody import symbols as s
from studio.training.melody import held_out_loss, load_lessons
from studio.training.ngram import NGram
from studio.training.samples import body, full_heading
from studio.training.tunes import Lesson

FOLDER = Path("assets/models/melody-mini")
ORDERS = (3, 5)
LEAST = 20  # tunes of one mode or meter, before something is said of it
DRAWS = 2000


def write_weights(best: Path, folder: Path) -> None:
    import numpy as np
    from safetensors.numpy import load_file, save

    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: value.astype(np.float16) for name, value in load_file(best / "model.safetensors").items()}
    (folder / "model.safetensors").write_bytes(save(weights))
    config = json.loads((best / "config.json").read_text()) | {"dtype": "float16"}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (folder / "symbols.json").write_text(json.dumps(list(s.NAMES), indent=0) + "\n")


def losses(folder: Path, known: Sequence[Lesson], held: Sequence[Lesson]) -> dict[str, Any]:
    """Nats a symbol of the shipped weights and of n-gram models over the same symbols of the same tunes."""
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder, dtype="float32")
    chose, unseen = list(held[::2]), list(held[1::2])
    out: dict[str, Any] = {"model, all": held_out_loss(model, list(held))}
    out |= {"model, half that chose it": held_out_loss(model, chose), "model, half not looked at": held_out_loss(model, unseen)}
    texts = [full_heading(lesson) + body(lesson)[0] + [s.END] for lesson in known]
    for order in ORDERS:
        grams = NGram(texts, order, len(s.NAMES))
        total, count = 0.0, 0
        for lesson in held:
            head = full_heading(lesson)
            loss, n = grams.loss((head + body(lesson)[0] + [s.END])[:1000], len(head))
            total, count = total + loss, count + n
        out[f"{order}-gram, all"] = total / count
        out["symbols"] = count
    return {name: round(value, 4) for name, value in out.items()}


def human(known: Sequence[Lesson], held: Sequence[Lesson]) -> dict[str, Any]:
    """What is usual, the bands in which 95 of 100 held-out tunes lie, the same for means, and headings to ask again."""
    tunes = [lesson.tune for lesson in known]
    steps, lengths = usual(tunes)
    modes, meters = Counter(t.key.mode for t in tunes), Counter(str(t.meter) for t in tunes)
    steps = {name: value for name, value in steps.items() if modes[name] >= LEAST}  # type: ignore[index]
    lengths = {name: value for name, value in lengths.items() if meters[name] >= LEAST}
    usable = [lesson for lesson in held if lesson.tune.key.mode in steps and str(lesson.tune.meter) in lengths]
    asked = [(heading_of(lesson), lesson) for lesson in usable]
    found = [habits_of(lesson.tune, steps, lengths) for _, lesson in asked]
    like = [habits_of(lesson.tune, steps, lengths) for heading, lesson in asked if heading]
    return {
        "steps": steps,
        "lengths": lengths,
        "bands": {name: band([getattr(h, name) for h in found]) for name in Habits.model_fields},
        "bands of means": {name: mean_band([getattr(h, name) for h in like]) for name in Habits.model_fields},
        "headings": [heading for heading, _ in asked if heading],
    }


def heading_of(lesson: Lesson) -> dict[str, Any] | None:
    """The request that this tune would answer; None for one with sections of unlike lengths."""
    tune = lesson.tune
    first = 1 if tune.pickup else 0
    sizes = [section.bars - (first if k == 0 else 0) for k, section in enumerate(tune.sections)]
    if len(set(sizes)) > 1 or len(sizes) > 6 or not 4 <= sum(sizes) <= MOST_BARS:
        return None
    labels = [section.label for section in tune.sections]
    form = "".join(label + ("'" if label in labels[:k] else "") for k, label in enumerate(labels))
    key, meter = tune.key.model_dump(), tune.meter.model_dump()
    fields = {"key": key, "meter": meter, "bars": sum(sizes), "form": form, "kind": lesson.kind}
    try:
        SketchAsk.model_validate(fields)
    except (ValueError, Refused):
        return None
    return fields


def band(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [round(ordered[int(share * (len(ordered) - 1))], 4) for share in (0.025, 0.975)]


def mean_band(values: Sequence[float]) -> list[float]:
    """Where the mean of as many tunes of this sort lies, 95 times of 100."""
    chance = random.Random(0)
    return band([statistics.fmean(chance.choices(values, k=len(values))) for _ in range(DRAWS)])


CARD = """---
license: apache-2.0
library_name: transformers
pipeline_tag: text-generation
tags: [music, symbolic, melody]
---

# Melody mini

A small Llama-style model ({parameters:,} parameters, {layers} layers of {width}) that writes one-voice tunes in {vocabulary}
symbols: exact lengths, pitches counted from the tonic, bars with how many are left, sections with how alike they are. The
studio plays it under a grammar, so that bars, scale, range, form and cadences hold by construction. The folder opens with
`transformers.AutoModelForCausalLM`; the studio reads it in plain numpy.

## What it was trained on
{tunes:,} tunes, in every key at once (pitches are relative), half of the samples with bars to fill in:

| source | tunes | licence |
|---|---|---|
{sources}

Tunes from collections with unclear or share-alike terms were left out, and so was everything derived from The Session.
Attribution for Ceol Rince na hÉireann: D. Diamond, A. Shahid et al. (Polifonia), after Bill Black's transcriptions of
Breandán Breathnach's collection (CC BY 4.0).

## What was measured
Loss in nats a symbol on {held} held-out tunes ({symbols:,} symbols), none of which shares a fifth of its runs with a training
tune. One half of them chose the checkpoint, the other was looked at once:

| | loss |
|---|---|
{losses}

Training: {minutes} minutes on two processor cores, {rounds} rounds through the tunes, dropout 0.1.
`python -m tests.bench music` prints what its takes are like.

## What it cannot do
One voice, at most 64 bars, no lyrics, no dynamics. It knows reels, jigs, hornpipes, airs, songs of the 19th century and hymns,
and nothing newer; phrygian, lydian and locrian, 5/4 and 7/8 were rare or absent, and its tunes there are the grammar's more than
its own. It has no idea of a whole: sections are alike because the request says so. Like every model this small it is often merely
correct. Each take is compared with the training tunes, and what it shares is shown.

## Making it again
`python -m studio.training.melody DATA --minutes {minutes}` and `python -m studio.training.melody_folder DATA`, with DATA a folder
of `tunes.jsonl.xz` and `heldout.jsonl.xz` (one tune a line: ABC body, key, meter, kind, source, licence).
"""


def write_card(folder: Path, metrics: dict[str, Any], known: Sequence[Lesson], licences: dict[str, str]) -> None:
    config = json.loads((folder / "config.json").read_text())
    counts = Counter(lesson.source for lesson in known)
    sources = "\n".join(f"| {name} | {n:,} | {licences[name]} |" for name, n in counts.most_common())
    table = "\n".join(f"| {name} | {value:.3f} |" for name, value in metrics["loss"].items() if name != "symbols")
    text = CARD.format(
        parameters=metrics["parameters"], layers=config["num_hidden_layers"], width=config["hidden_size"],
        vocabulary=len(s.NAMES), tunes=len(known), sources=sources, held=metrics["held-out tunes"],
        symbols=metrics["loss"]["symbols"], losses=table, minutes=metrics["minutes"], rounds=metrics["rounds"],
    )  # fmt: skip
    (folder / "README.md").write_text(text, "utf-8")


def licences_of(data: Path) -> dict[str, str]:
    from studio.training.tunes import read_rows

    return {str(row["source"]): str(row["licence"]) for row in read_rows(data / "tunes.jsonl.xz")}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studio.training.melody_folder", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--run", type=Path, default=Path("out/melody"))
    parser.add_argument("--out", type=Path, default=FOLDER)
    asked = parser.parse_args()
    known = load_lessons(asked.data / "tunes.jsonl.xz", asked.run / "lessons.pickle")
    held = load_lessons(asked.data / "heldout.jsonl.xz", asked.run / "heldout.pickle")
    write_weights(asked.run / "best", asked.out)
    log = json.loads((asked.run / "log.json").read_text())
    best = min(log, key=lambda line: line["held_out"])
    from safetensors.numpy import load_file

    metrics = {
        "parameters": sum(value.size for value in load_file(asked.out / "model.safetensors").values()),
        "training tunes": len(known),
        "held-out tunes": len(held),
        "minutes": round(best["seconds"] / 60),
        "rounds": best["round"],
        "loss": losses(asked.out, known, held),
        "log": log,
    }
    (asked.out / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n")
    (asked.out / "human.json").write_text(json.dumps(human(known, held), indent=0) + "\n")
    write_card(asked.out, metrics, known, licences_of(asked.data))
    print(json.dumps(metrics["loss"], indent=1))


if __name__ == "__main__":
    main()
