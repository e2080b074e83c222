"""From the best checkpoint to the shipped folder: python -m studio.training.writer_folder DATA [--run out/writer].

Writes the weights at half precision, the tokenizer, the list of control symbols, what was measured and the model card.
The half of the held-out passages that chose the checkpoint and the half nobody looked at are told apart. With --samples
it only writes takes to read (out/writer/samples.md); the ones picked out by hand, good and bad, stand in `samples.json`
in the folder and are quoted in the card.
"""

import argparse
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

from studio.training import writer_words as w
from studio.training import yardsticks
from studio.training.passages import SCOPE, Corpus, read_books
from studio.training.writer import WINDOW, bits_per_character, prepare, windows

FOLDER = Path("assets/models/writer-mini")
ASKED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("genre:fantasy", "form:opening", "tense:past", "view:third"), "<|words|> lantern, harbour, Edith<|text|>"),
    (("genre:mystery", "form:dialogue", "tense:past", "view:first"), "<|words|> key, staircase<|text|>"),
    (("genre:science-fiction", "form:scene", "tense:past", "view:third"), "<|words|> machine, Captain, signal<|text|>"),
    (("genre:children", "form:opening", "tense:past", "view:third", "ease:plain"), "<|words|> rabbit, kitchen<|text|>"),
    (("genre:horror", "form:description", "tense:past", "view:first"), "<|text|>"),
    (("genre:comedy", "form:dialogue", "tense:past", "view:third"), "<|text|>"),
    (("form:opening",), "<|plot|> A young clockmaker finds a letter that was never meant for her.<|text|>"),
    (("view:third", "tense:past"), "<|text|>The door had not been opened for eleven years. Martha put the key into the lock and"),
    (
        ("view:third", "tense:past", "length:sentence"),
        "<|prefix|>“You cannot stay here,” said the old man.<|suffix|> Anna picked up her bag and went out into the rain."
        "<|middle|>",
    ),
    (
        ("view:first", "tense:past", "length:paragraph"),
        "<|prefix|>We had been walking since dawn, and the river was still below us.<|suffix|>\n\nBy nightfall there were only"
        " three of us left.<|middle|>",
    ),
)


def write_weights(best: Path, folder: Path) -> None:
    import numpy as np
    from safetensors.numpy import load_file, save

    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: value.astype(np.float16) for name, value in load_file(best / "model.safetensors").items()}
    (folder / "model.safetensors").write_bytes(save(weights, {"format": "pt"}))
    config = json.loads((best / "config.json").read_text()) | {"dtype": "float16"}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    w.save(w.load(best), folder)
    groups = {"genre": w.GENRES, "form": w.FORMS, "tense": w.TENSES, "view": w.VIEWS, "ease": w.EASES, "length": w.LENGTHS}
    (folder / "controls.json").write_text(json.dumps(groups, indent=1) + "\n")


def read_model(folder: Path) -> Any:
    from transformers import AutoModelForCausalLM

    from studio.training import quick

    model = AutoModelForCausalLM.from_pretrained(folder, dtype="float32")
    quick.use_attention(model)
    return model


def sliding_bits(model: Any, held: Corpus, tokenizer: Any) -> float:
    """Bits per character of all held-out text, every piece with half a window or more before it, but for beginnings."""
    import torch

    head = [tokenizer.token_to_id(w.STORY), tokenizer.token_to_id(w.TEXT)]
    total, characters = 0.0, 0
    model.eval()
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for start, end, *_ in held.stretches.tolist():
            characters += len(tokenizer.decode(held.pieces[start:end].tolist()))
            done = start
            while done < end:
                first = max(start, done - WINDOW // 2)
                last = min(first + WINDOW, end)
                ids = torch.tensor([head + held.pieces[first:last].tolist()])
                logits = model(input_ids=ids, use_cache=False).logits[0, done - first + 1 : -1].float()
                wanted = ids[0, done - first + 2 :]
                total += float(torch.nn.functional.cross_entropy(logits, wanted, reduction="sum"))
                done = last
    return total / math.log(2) / characters


def texts_of(held: Corpus, tokenizer: Any) -> list[str]:
    return [tokenizer.decode(held.pieces[start:end].tolist()) for start, end, *_ in held.stretches.tolist()]


def measured(run: Path, folder: Path, known: Corpus, held: Corpus, tokenizer: Any) -> dict[str, float]:
    """Bits per character: the shipped weights and what they are compared with, on the same text."""
    model = read_model(folder)
    pad = tokenizer.token_to_id(w.PAD)
    out = {"writer-mini": sliding_bits(model, held, tokenizer)}
    for half, name in enumerate(("half that chose it", "half not looked at")):
        out[f"writer-mini, windows of the {name}"] = bits_per_character(model, windows(held, tokenizer, half, None), pad)
    kept = run / "yardsticks.json"  # a quarter of an hour, and always the same
    if not kept.exists():
        kept.write_text(json.dumps(yardsticks.all_of(texts_of(known, tokenizer), texts_of(held, tokenizer)), indent=1))
    return {name: round(value, 4) for name, value in (out | json.loads(kept.read_text())).items()}


def held_sample(data: Path, each: int = 1300) -> str:
    """A page from the middle of each held-out book that is free everywhere: by it a quick form of the weights is judged."""
    pages = []
    for row in read_books(data / "heldout.jsonl.xz"):
        if row["pd_scope"] == "us+life70":
            text = row["text"]
            start = text.index("\n\n", len(text) // 2) + 2
            pages.append(text[start : text.index("\n\n", start + each)])
    return "\n\n".join(pages) + "\n"


def takes(best: Path, path: Path, each: int = 2, pieces: int = 160) -> None:
    """Takes to read: min-p sampling as the studio does it, fixed seeds."""
    import torch

    model, tokenizer = read_model(best), w.load(best)
    model.set_attn_implementation("sdpa")  # the fast one is for whole texts only
    end, lines = tokenizer.token_to_id(w.END), []
    for controls, rest in ASKED:
        ask = w.STORY + "".join(f"<|{c}|>" for c in controls) + rest
        ids = torch.tensor([tokenizer.encode(ask, add_special_tokens=False).ids] * each)
        torch.manual_seed(7)
        made = model.generate(
            ids, max_new_tokens=pieces, do_sample=True, temperature=0.9, min_p=0.06, repetition_penalty=1.05,
            eos_token_id=end, pad_token_id=tokenizer.token_to_id(w.PAD),
        )  # fmt: skip
        lines += [f"## {ask}", ""]
        lines += [tokenizer.decode(row[ids.shape[1] :].tolist(), skip_special_tokens=True) + "\n\n---" for row in made]
    path.write_text("\n".join(lines) + "\n", "utf-8")


CARD = """---
license: apache-2.0
language: en
library_name: transformers
pipeline_tag: text-generation
tags: [fiction, fill-in-the-middle]
---

# Writer mini

A small Llama-style model ({parameters:,} parameters, {layers} layers of {width}, {vocabulary:,} byte-level pieces, context
1,024) that goes on with English fiction, and fills in what is missing between two passages. It was trained from nothing by
this project and ships inside the studio. The folder opens with `transformers.AutoModelForCausalLM` and `AutoTokenizer`.

## How to ask it
    <|story|> [genre] [form] [tense] [view] [ease] [<|words|> a, b] [<|plot|> one sentence] <|text|>text so far
    <|story|> ... [length] <|prefix|>text before<|suffix|>text after<|middle|>

Controls are written `<|genre:fantasy|>`; `controls.json` lists them. Any may be left out; their order is the one above
(several genres may stand one after another). What separates two parts (a space, an empty line) belongs to the later one:
text so far ends without a space. Curly quotation marks (“ ” ‘ ’) and — dashes are what it knows; plain ones should be turned
before and back after. A fill ends with `<|end|>`; so does a chapter.

## What it was trained on
{books} books of {authors} authors from Standard Ebooks, {words:,} words ({pieces:,} pieces a round), {scope}. The editions
are CC0-1.0; the texts are believed to be in the public domain in the USA and where copyright lasts for seventy years after
the death of author and translator. Of authors with more than 600,000 words a random share of chapters was taken. Paragraphs
with ethnic slurs were left out by a list (it is short and not complete), headings became control symbols, half of the
samples are fill-in-the-middle. Form, tense, point of view and ease were estimated by counting words, and are wrong now and
then.

Genres (books): {genres}.

## What was measured
Bits per character (lower is better) on the {held} held-out books, {characters:,} characters; none of their authors was
trained on. Every second window of 990 pieces helped to choose the checkpoint, the others were looked at once. The first line
reads the whole text with at least half a window of context; the packers read it in one go, cold and after the training text.

| | bits per character |
|---|---|
{losses}

Training: {minutes} minutes, {seen:,} pieces ({rounds:.1f} rounds), one core of a processor at bfloat16.

## What it cannot do
It is small: sentences mostly hold, paragraphs drift, plots do not exist. It forgets names and mixes up who speaks,
contradicts what stood a page before, and knows nothing of the world since about 1930. It writes like its books, which are
mostly British and American and of 1810-1930: their manners, their men in most of the acting parts, and their view of women,
classes and peoples are in it, also where no listed word is. It follows no instructions; the control symbols are habits, not
orders. Do not take what it says for fact. What it shares with the training text is looked up in an index of eight-word runs
and shown.

## Samples, as they came
{samples}

## Making it again
`python -m studio.training.writer DATA --minutes {minutes}` and `python -m studio.training.writer_folder DATA`, with DATA a
folder of `books.jsonl.xz` and `heldout.jsonl.xz` (one book a line). With a graphics card: the first with `--gpu`.
"""


def write_card(folder: Path, metrics: dict[str, Any], known: Corpus) -> None:
    config = json.loads((folder / "config.json").read_text())
    genres = Counter(g for book in known.books for g in book.genres)
    picked = folder / "samples.json"
    samples = json.loads(picked.read_text("utf-8")) if picked.exists() else []
    shown = "\n\n".join(f"**{s['verdict']}** (`{s['ask']}`)\n\n> " + s["text"].replace("\n", "\n> ") for s in samples)
    text = CARD.format(
        parameters=metrics["parameters"], layers=config["num_hidden_layers"], width=config["hidden_size"],
        vocabulary=config["vocab_size"], books=len(known.books), authors=len({b.author for b in known.books}),
        words=metrics["words"], pieces=len(known.pieces), scope="of the part that is free in life+70 countries" if SCOPE else "",
        genres=", ".join(f"{g} {n}" for g, n in genres.most_common()), held=metrics["held-out books"],
        characters=metrics["held-out characters"], minutes=metrics["minutes"], seen=metrics["pieces seen"],
        rounds=metrics["pieces seen"] / len(known.pieces), samples=shown or "(none picked yet)",
        losses="\n".join(f"| {name} | {value:.3f} |" for name, value in metrics["bits per character"].items()),
    )  # fmt: skip
    (folder / "README.md").write_text(text, "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studio.training.writer_folder", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--run", type=Path, default=Path("out/writer"))
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--samples", action="store_true", help="only write takes to read")
    asked = parser.parse_args()
    if asked.samples:
        takes(asked.run / "best", asked.run / "samples.md")
        return
    known, held, tokenizer = prepare(asked.data, asked.run)
    write_weights(asked.run / "best", asked.out)
    (asked.out / "held.txt").write_text(held_sample(asked.data), "utf-8")
    log = json.loads((asked.run / "log.json").read_text())
    best = min(log, key=lambda line: line["held_out"])
    from safetensors.numpy import load_file

    texts = texts_of(known, tokenizer)
    metrics = {
        "parameters": sum(value.size for value in load_file(asked.out / "model.safetensors").values()),
        "books": len(known.books),
        "words": sum(len(text.split()) for text in texts),
        "held-out books": sum(1 for _ in read_books(asked.data / "heldout.jsonl.xz")),
        "held-out characters": sum(map(len, texts_of(held, tokenizer))),
        "minutes": round(best["seconds"] / 60),
        "pieces seen": best["pieces"],
        "bits per character": measured(asked.run, asked.out, known, held, tokenizer),
        "log": log,
    }
    (asked.out / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n")
    write_card(asked.out, metrics, known)
    print(json.dumps(metrics["bits per character"], indent=1))


if __name__ == "__main__":
    main()
