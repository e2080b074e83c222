"""Runtime `openai`: a model on any server that speaks OpenAI's protocol (llama-server, Ollama, LM Studio, vLLM, a paid one).

Card: `source = { kind = "server", where = "http://127.0.0.1:8080/v1" }`. Options: `model` (its name there), `key_env` (the
environment variable that holds the key; the key itself is in no card and no log), `dialect` (chat or base), `context`,
`slots`, `timeout` (seconds to the first piece), `pause` (between two), `extra_samplers`, `prefill`. What a server does with a
seed is its own business: the same call gives the same text only where the server keeps to that.
"""

import asyncio
import math
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from urllib.parse import urlsplit

from studio.core.card import Card
from studio.core.engine import Engine, Place, Stop
from studio.core.errors import LoadFailed, Refused
from studio.writing.engines.remote.asked import Ways
from studio.writing.engines.remote.line import ASK_SECONDS, Line
from studio.writing.engines.remote.talk import Talk
from studio.writing.engines.remote.wrong import Server, sentence
from studio.writing.model import Call, Dialect, Prompt, Said, Weighed

PACKAGES: tuple[str, ...] = ("openai",)
CONTEXT = 4096  # where nobody says


def versions() -> dict[str, str]:
    from importlib.metadata import version

    return {"openai": version("openai")}


def load(card: Card, folder: Path, place: Place) -> Engine:
    from studio.writing.play import TextEngine

    return TextEngine(load_model(card), card)


def load_model(card: Card) -> "OpenAIModel":
    base = _base(card)
    key_env = str(card.options.get("key_env", ""))
    key = os.environ.get(key_env, "") if key_env else ""
    if key_env and not key:
        raise LoadFailed(
            f"{card.title} needs a key in the environment variable {key_env}, which is not set. Set it and start again."
        )
    line = Line(base, key.strip(), card.source.here)
    try:
        return OpenAIModel(card, base, line, key.strip())
    except BaseException:
        line.close()
        raise


def _base(card: Card) -> str:
    """The address, if it is one that a key may be sent to."""
    base = card.source.where.rstrip("/")
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise LoadFailed(f"The address of {card.title} must start with http:// or https:// and name a host.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise LoadFailed(f"The address of {card.title} must hold no name, key or question mark. A key goes into key_env.")
    return base


class OpenAIModel:
    """A TextModel that lives elsewhere."""

    grammar = False

    def __init__(self, card: Card, base: str, line: Line, key: str) -> None:
        self._line, self._key = line, key
        self._root = re.sub(r"/v1$", "", base)
        said = card.options
        self.dialect: Dialect = _dialect(card)
        self.slots = int(said.get("slots", 8))
        parts = urlsplit(base)
        self._server = Server(
            card.title, f"{parts.scheme}://{parts.netloc}", str(said.get("model", "")), str(said.get("key_env", ""))
        )
        there = self._models()
        name = self._named(there, str(said.get("model", "")))
        self._server = self._server._replace(model=name)
        self._counts = self._pieces("a") is not None
        self.context = int(said.get("context", 0)) or self._context_there(there.get(name, {})) or CONTEXT
        most_name = "max_completion_tokens" if parts.hostname == "api.openai.com" else "max_tokens"
        self._ways = Ways(
            name, self.dialect, bool(said.get("extra_samplers", False)), bool(said.get("prefill", False)), most_name, self.context
        )  # fmt: skip
        self._talk = Talk(line, self._ways, self.slots, float(said.get("timeout", 60)), float(said.get("pause", 30)))
        self.weighs = "weigh" in card.tasks and self.dialect != "chat" and self._echoes()

    # what the server is

    def _ask(self, work: Any) -> Any:
        """A short question; what goes wrong is a sentence."""
        try:
            return self._line.wait(asyncio.wait_for(work, ASK_SECONDS))
        except TimeoutError:
            raise Refused(f"The server at {self._server.where} does not answer. Look whether it is running.") from None
        except Exception as error:
            raise (sentence(error, self._server, self._key) or error) from None

    def _models(self) -> dict[str, dict[str, Any]]:
        """What models it has, if it tells. Nobody there, or a wrong key, is known here already."""
        import openai

        async def listed() -> dict[str, dict[str, Any]]:
            try:
                page = await self._line.client.models.list()
                return {one.id: one.model_dump() for one in page.data or ()}
            except (openai.NotFoundError, openai.BadRequestError, openai.UnprocessableEntityError):
                return {}

        try:
            found: dict[str, dict[str, Any]] = self._ask(listed())
            return found
        except Refused as error:
            raise LoadFailed(str(error)) from None

    def _named(self, there: dict[str, Any], wanted: str) -> str:
        if not wanted and len(there) == 1:
            return next(iter(there))
        if not wanted:
            raise LoadFailed(f"Write which model of the server {self._server.title} is: `model` in its options.{_have(there)}")
        if there and wanted not in there and f"{wanted}:latest" not in there:
            raise LoadFailed(f"The server at {self._server.where} has no model named {wanted}.{_have(there)}")
        return wanted

    def _context_there(self, told: dict[str, Any]) -> int:
        """vLLM says it with the model, llama-server there or by itself."""
        said = told.get("max_model_len") or (told.get("meta") or {}).get("n_ctx")
        if isinstance(said, int):
            return said
        try:
            props = self._line.wait(self._get_json("/props"))
            return int(props["default_generation_settings"]["n_ctx"])
        except Exception:  # most servers know no such address
            return 0

    async def _get_json(self, path: str) -> Any:
        return await asyncio.wait_for(self._line.client.get(self._root + path, cast_to=object), ASK_SECONDS)

    def count(self, text: str) -> int:
        found = self._pieces(text) if self._counts and text else None
        return estimate(text) if found is None else found

    def _pieces(self, text: str) -> int | None:
        """By the server's own tokenizer: llama-server and vLLM have an address for it."""

        async def ask() -> Any:
            told = {
                "content": text,
                "prompt": text,
                "model": self._server.model,
                "add_special_tokens": False,
                "parse_special": False,
            }
            return await self._line.client.post(f"{self._root}/tokenize", body=told, cast_to=object)

        try:
            return len(self._line.wait(asyncio.wait_for(ask(), ASK_SECONDS))["tokens"])
        except Exception:  # then it is estimated
            return None

    # writing

    def write(self, calls: Sequence[Call], stop: Stop) -> Iterator[Said]:
        out: SimpleQueue[Said | BaseException | None] = SimpleQueue()
        left = {number: Said(number, "", 0) for number in range(len(calls))}
        if not left:
            return
        wrong: BaseException | None = None
        going = self._line.start(self._talk.all(calls, stop, out))
        going.add_done_callback(lambda _: out.put(None))
        try:
            while left:
                said = out.get()
                if stop.is_set():  # what came in the meantime is let go
                    break
                if isinstance(said, Said):
                    left[said.call] = said
                    if said.end:
                        del left[said.call]
                    yield said
                elif said is not None:
                    wrong = wrong or said
                else:
                    break
            yield from (said._replace(end="cancelled") for said in left.values())
        finally:
            going.cancel()
        if wrong is not None and not stop.is_set():  # last, so that what else there is has been given out
            raise sentence(wrong, self._server, self._key) or wrong

    # weighing

    def weigh(self, prompt: Prompt, passage: str, others: int) -> list[Weighed]:
        before = prompt.text + prompt.start
        rows = self._ask(self._echo(before + passage, max(1, others + 1)))
        out: list[Weighed] = []
        for at, token, logprob, top in rows:
            text = token[max(0, len(before) - at) :] if at + len(token) > len(before) else ""
            if at >= len(before) + len(passage) or (not text and not out):
                continue
            best = sorted(((t, float(p)) for t, p in top.items() if t != token), key=lambda one: -one[1])
            out.append(Weighed(text, min(0.0, float(logprob or 0.0)), tuple(best[:others])))
        return out

    async def _echo(self, text: str, others: int) -> list[tuple[int, str, float | None, dict[str, float]]]:
        """Every piece of the text: where it begins, itself, how likely it was, and what else."""
        said = await self._line.client.completions.create(
            model=self._ways.model, prompt=text, max_tokens=1, echo=True, logprobs=others, temperature=0.0
        )
        logs = said.choices[0].logprobs
        tops = [one or {} for one in logs.top_logprobs or [{}] * len(logs.tokens)]
        at, out = 0, []
        for token, logprob, top in zip(logs.tokens, logs.token_logprobs, tops, strict=True):
            out.append((at, token, logprob, top))
            at += len(token)
        return out

    def _echoes(self) -> bool:
        """Many servers do not echo, and say so or leave the text out."""
        try:
            return "".join(token for _, token, _, _ in self._ask(self._echo("The door", 1))).startswith("The door")
        except Exception:
            return False

    def close(self) -> None:
        self._line.close()


def _have(there: dict[str, Any]) -> str:
    return f" It has {', '.join(sorted(there)[:8])}." if there else ""


def _dialect(card: Card) -> Dialect:
    said = card.options.get("dialect", "chat")
    for one in ("base", "chat", "mini"):
        if said == one:
            return one
    raise LoadFailed(f"The card of {card.title} names the dialect `{said}`. A server's is chat or base.")


def estimate(text: str) -> int:
    """Pieces of a text whose tokenizer is not known, from above for ordinary prose: a word is a piece for every four letters
    begun, digits and signs are pieces of their own, and of other scripts every two bytes are one."""
    words = sum(math.ceil(len(word) / 4) for word in re.findall(r"[A-Za-z]+", text))
    signs = len(re.findall(r"[!-@\[-`{-~\n]", text))
    other = math.ceil(sum(len(one.encode()) for one in text if ord(one) > 127) / 2)
    return words + signs + other
