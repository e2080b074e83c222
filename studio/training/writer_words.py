"""The words of the small text model: a byte-level BPE of 8,192 pieces and the control symbols it is asked with.

The rule that cuts text before the merges is the one that other runtimes know by the name `qwen2`, and the empty line
between paragraphs is one piece of its own, so that a paragraph can be cut off anywhere without changing its pieces.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from studio.writing.prompts.symbols import (
    CONTROLS,
    EASES,
    END,
    FORMS,
    GENRES,
    LENGTHS,
    MIDDLE,
    PAD,
    PLOT,
    PREFIX,
    STORY,
    SUFFIX,
    TENSES,
    TEXT,
    VIEWS,
    WORDS,
    control,
)  # fmt: skip

__all__ = [
    "CONTROLS", "EASES", "END", "FORMS", "GENRES", "LENGTHS", "MIDDLE", "PAD", "PLOT", "PREFIX", "STORY", "SUFFIX", "TENSES",
    "TEXT", "VIEWS", "WORDS", "control",
]  # fmt: skip

SIZE = 8192
BREAK = "\n\n"
CUT = (
    r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def learn(texts: Iterable[str]) -> Any:
    """A tokenizer learned from paragraphs; the control symbols come first, then the empty line, then the pieces."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(CUT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE,
        special_tokens=[*CONTROLS, BREAK],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(texts, trainer)
    # The empty line is ordinary text to whoever reads it: it must survive when control symbols are left out.
    kept = json.loads(made.to_str())
    for one in kept["added_tokens"]:
        one["special"] = one["content"] != BREAK
    made = Tokenizer.from_str(json.dumps(kept))
    assert made.token_to_id(BREAK) == len(CONTROLS)
    return made


def save(tokenizer: Any, folder: Path) -> None:
    """In the form that `AutoTokenizer.from_pretrained` opens."""
    from transformers import PreTrainedTokenizerFast

    whole = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=STORY, eos_token=END, pad_token=PAD, model_max_length=1024,
        additional_special_tokens=[c for c in CONTROLS if c not in (PAD, STORY, END)], clean_up_tokenization_spaces=False,
    )  # fmt: skip
    whole.save_pretrained(folder)


def load(folder: Path) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(folder / "tokenizer.json"))
