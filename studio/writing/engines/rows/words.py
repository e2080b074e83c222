"""The words of a model from the hub: from prompts to pieces and back. Needs a fast tokenizer (tokenizer.json)."""

import threading
from typing import Any

from studio.writing.model import Prompt
from studio.writing.sampling import BREAKERS


class Words:
    def __init__(self, tokenizer: Any) -> None:
        from tokenizers import Tokenizer

        self._template = tokenizer
        self._reads = tokenizer.backend_tokenizer  # control symbols are read as such
        self._plain = Tokenizer.from_str(self._reads.to_str())
        self._plain.encode_special_tokens = True  # here they are ordinary text
        for one in (self._reads, self._plain):
            one.no_truncation()
            one.no_padding()
        special = {id: token.content for id, token in tokenizer.added_tokens_decoder.items() if token.special}
        self.symbol_ids, self.symbols = list(special), list(special.values())
        self.has_template = bool(getattr(tokenizer, "chat_template", None))
        self._last: int | None = tokenizer.eos_token_id
        self.ends = frozenset() if self._last is None else frozenset([self._last])
        self._breaks: dict[int, bool] = {}
        self._lock = threading.Lock()  # a chat template keeps things while it is filled in

    def pieces(self, text: str) -> list[int]:
        """Of plain text, with nothing added."""
        ids: list[int] = self._plain.encode(text, add_special_tokens=False).ids
        return ids

    def prompt(self, prompt: Prompt) -> list[int]:
        if prompt.turns:
            ids: list[int] = self._reads.encode(self._filled(prompt) + prompt.start, add_special_tokens=False).ids
        else:
            reader = self._reads if prompt.symbols else self._plain
            ids = reader.encode(prompt.text + prompt.start, add_special_tokens=True).ids
            if ids and ids[-1] == self._last and not prompt.symbols:
                ids = ids[:-1]  # some tokenizers end every text
        return ids or self.pieces("\n")

    def _filled(self, prompt: Prompt) -> str:
        """The turns in the model's own template; what people wrote cannot end a turn."""
        from jinja2 import TemplateError

        turns = [{"role": role, "content": self._harmless(text)} for role, text in prompt.turns]
        with self._lock:
            try:
                return self._fill(turns)
            except TemplateError:  # some know no system turn
                told = "\n\n".join(turn["content"] for turn in turns if turn["role"] == "system")
                rest = [turn for turn in turns if turn["role"] != "system"]
                rest[0] = rest[0] | {"content": f"{told}\n\n{rest[0]['content']}"}
                return self._fill(rest)

    def _fill(self, turns: list[dict[str, str]]) -> str:
        # Models that can think aloud first are told not to; other templates do not look at it.
        return str(
            self._template.apply_chat_template(turns, tokenize=False, add_generation_prompt=True, enable_thinking=False)
        )  # fmt: skip

    def _harmless(self, text: str) -> str:
        for symbol in self.symbols:
            if symbol and symbol in text:
                text = text.replace(symbol, f"{symbol[0]} {symbol[1:]}")
        return text

    def stream(self, ids: list[int]) -> "Stream":
        return Stream(self._reads, ids[-8:])

    def text(self, piece: int) -> str:
        return str(self._reads.decode([piece], skip_special_tokens=True))

    def breaks(self, piece: int) -> bool:
        if piece not in self._breaks:
            self._breaks[piece] = any(one in self.text(piece) for one in BREAKERS)
        return self._breaks[piece]

    def begins(self, texts: tuple[str, ...]) -> list[int]:
        """All pieces with which one of the texts may begin."""
        found: set[int] = set()
        for text in texts:
            whole = "".join(self._plain.encode(text, add_special_tokens=False).tokens)
            whole = whole if text[:1].isspace() else whole.removeprefix("▁")
            found |= {id for end in range(1, len(whole) + 1) if (id := self._plain.token_to_id(whole[:end])) is not None}
        return sorted(found)


LONGEST_LETTER = 4  # bytes, and so pieces at most


class Stream:
    """Text out of pieces as they come; a character of which only some bytes are there waits for the others."""

    def __init__(self, tokenizer: Any, before: list[int]) -> None:
        self._tokenizer = tokenizer
        self._held: list[int] = []
        self._begin(before)

    def _begin(self, before: list[int]) -> None:
        from tokenizers.decoders import DecodeStream

        self._stream = DecodeStream(ids=before, skip_special_tokens=True)

    def add(self, piece: int) -> str:
        self._held.append(piece)
        text: str | None = self._stream.step(self._tokenizer, piece)
        if text is not None:
            self._held.clear()
        elif len(self._held) >= LONGEST_LETTER:  # this will never be a character
            text = str(self._tokenizer.decode(self._held, skip_special_tokens=True))
            self._begin([])
            self._held = []
        return text or ""
