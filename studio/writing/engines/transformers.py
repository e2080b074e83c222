"""Runtime `transformers`: any causal language model of the hub, from its safetensors folder, on processor or accelerator.

Calls go side by side in a decode loop of our own (`rows/`); a call gives the same text alone or among others. Code that
comes with a model is never run and nothing is fetched. Grammars are not followed: `gguf` does that.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from studio.core.card import Card
from studio.core.engine import Engine, Place, Stop
from studio.core.errors import LoadFailed, Refused, first_line, load_failed
from studio.writing.engines.rows.words import Stream, Words
from studio.writing.model import Call, Dialect, Prompt, Said, Weighed
from studio.writing.sampling import Repetition, chance, choose
from studio.writing.stops import cut

if TYPE_CHECKING:
    import numpy as np

    from studio.writing.sampling import Scores

End = Literal["", "stop", "length", "cancelled"]
PACKAGES: tuple[str, ...] = ("torch", "transformers", "safetensors", "numpy")
SLOTS = 8
CONTEXT = {"cpu": 4096}  # on a processor more than this takes minutes to read, whatever the model could
CONTEXT_FAST = 16_384
STEP = {"cpu": 64}  # pieces of a prompt read in one pass: stop is looked at in between, and kept prompts are cut there
STEP_FAST = 512
LARGE = 200_000_000  # bytes of weights


def versions() -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in ("torch", "transformers", "tokenizers")}


def load(card: Card, folder: Path, place: Place) -> Engine:
    from studio.writing.play import TextEngine

    return TextEngine(load_model(card, folder, place), card, folder)


def load_model(card: Card, folder: Path, place: Place) -> "TransformersModel":
    if not list(folder.glob("*.safetensors")):
        raise LoadFailed(f"{card.title} has no weights in safetensors form in its folder. Get the model again.")
    import torch

    if place.device == "cpu":
        # A power of two: long vectors are then cut where their last bits do not depend on the row they stand in.
        torch.set_num_threads(1 << (max(1, place.threads).bit_length() - 1))
    words, model = _words(card, folder), _weights(card, folder, place)
    return TransformersModel(card, words, model, place)


def _words(card: Card, folder: Path) -> Words:
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False, use_fast=True)
    except Exception as error:
        raise LoadFailed(f"The words of {card.title} cannot be read ({first_line(error)}). Get the model again.") from error
    if getattr(tokenizer, "backend_tokenizer", None) is None:
        raise LoadFailed(f"{card.title} has no tokenizer.json, so its words cannot be read here. Choose another form of it.")
    return Words(tokenizer)


def _weights(card: Card, folder: Path, place: Place) -> Any:
    from transformers import AutoConfig, AutoModelForCausalLM

    safe: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        config = AutoConfig.from_pretrained(folder, **safe)
        dtype = _dtype(config.dtype, sum(path.stat().st_size for path in folder.glob("*.safetensors")), place)
        model = AutoModelForCausalLM.from_pretrained(folder, config=config, use_safetensors=True, dtype=dtype, **safe)
        return model.eval().requires_grad_(False).to(place.device)
    except Exception as error:
        raise load_failed(card.title, error, "is not a language model that this version of transformers can load") from error


def _dtype(stored: Any, size: int, place: Place) -> Any:
    """On a processor 32 bits: few have arithmetic for shorter numbers, and without it they take more than twice the time. Where
    there is, large weights that were stored in 16 bits are played so: half the time (123 M numbers, measured) and memory."""
    import torch

    if place.device == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if place.device == "mps":
        return torch.float16
    short = stored == torch.bfloat16 and size > LARGE and _short_arithmetic()
    return torch.bfloat16 if short else torch.float32


def _short_arithmetic() -> bool:
    import torch

    told = torch.backends.cpu.get_cpu_capability()
    flags = Path("/proc/cpuinfo")
    known = flags.read_text("utf-8", errors="replace") if flags.exists() else ""
    return "AVX512" in told and (" avx512_bf16" in known or " amx_bf16" in known)


def dialect_of(card: Card, template: bool) -> Dialect:
    said = card.options.get("dialect", "chat" if template else "base")
    if said == "chat" and not template:
        raise LoadFailed(f'{card.title} has no chat template. Write `dialect = "base"` into its card\'s options.')
    for one in get_args(Dialect):
        if said == one:
            return one  # type: ignore[no-any-return]
    raise LoadFailed(f"The card of {card.title} names the dialect `{said}`. There are {', '.join(get_args(Dialect))}.")


@dataclass
class _Going:
    """One call on its way."""

    number: int
    call: Call
    prompt: list[int]
    most: int
    rolls: "np.random.Generator"
    said_before: Repetition
    stream: Stream
    row: Any = None
    scores: Any = None  # of the next piece
    text: str = ""
    pieces: list[int] = field(default_factory=list)

    def said(self, shown: str, end: End = "") -> Said:
        return Said(self.number, shown, len(self.pieces), end)


class TransformersModel:
    """A TextModel over weights in this process."""

    slots = SLOTS
    grammar = False
    weighs = True

    def __init__(self, card: Card, words: Words, model: Any, place: Place) -> None:
        from studio.writing.engines.rows import alone, ragged

        self._title, self._words = card.title, words
        self.dialect = dialect_of(card, words.has_template)
        config = model.config.get_text_config()
        longest = int(getattr(config, "max_position_embeddings", 0) or 2048)
        self.context = min(longest, int(card.options.get("context", CONTEXT.get(place.device, CONTEXT_FAST))))
        self._ends = words.ends | _numbers(getattr(model.generation_config, "eos_token_id", None))
        # The embedded writer's control symbols are for asking; it must not say them.
        self._mute = [id for id in words.symbol_ids if id not in self._ends] if self.dialect == "mini" else []
        own = str(model.config._attn_implementation)
        ragged.register()
        self.beside = ragged.agrees(model)  # do calls go side by side?
        if self.beside:
            self._player: Any = ragged.Ragged(model, STEP.get(place.device, STEP_FAST), _keep(model, place))
        else:
            model.set_attn_implementation(own)
            self._player = alone.Alone(model)

    def count(self, text: str) -> int:
        return len(self._words.pieces(text))

    def write(self, calls: Sequence[Call], stop: Stop) -> Iterator[Said]:
        going = [self._begun(number, call) for number, call in enumerate(calls)]
        read = self._read(going, stop)
        while going:
            if stop.is_set() or not read:
                yield from (one.said(one.text, "cancelled") for one in going)
                return
            said = [self._piece(one) for one in going]
            yield from said
            going = [one for one, last in zip(going, said, strict=True) if not last.end]
            if going and not stop.is_set():
                scores = self._player.next([one.row for one in going], [one.pieces[-1] for one in going])
                for one, its in zip(going, scores, strict=True):
                    one.scores = its

    def weigh(self, prompt: Prompt, passage: str, others: int) -> list[Weighed]:
        before, after = self._words.prompt(prompt), self._words.pieces(passage)
        self._check_room(len(before) + len(after) - 1)
        stream, out = self._words.stream(before), list[Weighed]()
        for scores in self._player.all_scores(before + after[:-1], len(before) - 1) if after else ():
            for row in scores:
                out.append(self._weighed(row, after[len(out)], others, stream))
        return out

    def close(self) -> None:
        self._player.close()

    # one call

    def _begun(self, number: int, call: Call) -> _Going:
        ids = self._words.prompt(call.prompt)
        self._check_room(len(ids))
        most = max(0, min(call.most, self.context - len(ids)))
        before = Repetition(call.samplers, ids, most, self._words.breaks)
        return _Going(number, call, ids, most, chance(call.seed), before, self._words.stream(ids))

    def _check_room(self, pieces: int) -> None:
        if pieces >= self.context:
            raise Refused(
                f"The text has {pieces:,} pieces and {self._title} holds {self.context:,} at once. "
                "Give it less to read, or choose a model with more room."
            )

    def _read(self, going: Sequence[_Going], stop: Stop) -> bool:
        """Every prompt, each only once."""
        texts: dict[tuple[int, ...], Any] = {}
        for one in going:
            key = tuple(one.prompt)
            text = texts.get(key) or self._player.read(one.prompt, stop)
            if text is None:
                return False
            texts[key] = text
            one.row, one.scores = self._player.fork(text, one.most), text.scores.copy()
        return True

    def _piece(self, one: _Going) -> Said:
        """The next piece of a call, and how far the call is with it."""
        if one.most < 1:
            return one.said("", "length")
        scores = one.scores
        scores[self._mute] = -math.inf
        if not one.pieces:
            scores[self._words.begins(one.call.never)] = -math.inf
        one.said_before.weaken(scores)
        piece = choose(scores, one.call.samplers, one.rolls)
        if piece in self._ends:
            return one.said(one.text, "stop")
        one.pieces.append(piece)
        one.said_before.add(piece)
        one.text += one.stream.add(piece)
        shown, ended = cut(one.text, one.call.stops)
        if ended:
            return one.said(shown, "stop")
        return one.said(one.text, "length") if len(one.pieces) >= one.most else one.said(shown)

    def _weighed(self, scores: "Scores", piece: int, others: int, stream: Stream) -> Weighed:
        import numpy as np

        wide = scores.astype(np.float64)
        top = float(wide.max())
        logs = wide - top - math.log(float(np.exp(wide - top).sum()))
        best = np.argpartition(-logs, min(others, len(logs) - 1))[: others + 1]
        ranked = [int(other) for other in best[np.argsort(-logs[best], kind="stable")] if other != piece][:others]
        told = tuple((self._words.text(other), float(logs[other])) for other in ranked)
        return Weighed(stream.add(piece), min(0.0, float(logs[piece])), told)


def _numbers(ids: int | list[int] | None) -> frozenset[int]:
    return frozenset() if ids is None else frozenset([ids] if isinstance(ids, int) else ids)


def _keep(model: Any, place: Place) -> int:
    """Bytes for prompts that were read: a part of what the weights leave over."""
    return max(64_000_000, (place.memory - int(model.get_memory_footprint())) // 4)
