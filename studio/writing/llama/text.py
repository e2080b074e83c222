"""LlamaText: a text model over a llama.cpp server. All calls of one `write` share the reading of what their prompts share.

The same call gives the same text, alone or among others, whatever was asked before: bit for bit with quantised weights; with
whole numbers (f32, f16) sums differ in the last digits between one row and several, which changes a text about never.
"""

import codecs
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from studio.core.engine import Stop
from studio.core.errors import Refused
from studio.writing.llama.seats import Seat, Seats, alike
from studio.writing.llama.server import Chunk, Server
from studio.writing.model import REPEAT_WITHIN, Call, Dialect, Prompt, Said, Samplers, Weighed
from studio.writing.stops import cut

WORTH_COPYING = 48  # pieces: reading fewer again is as quick
PATIENCE = 30.0  # seconds that closing waits for a batch in the works
LOOK = 0.002  # seconds between two looks at what has come and at Stop; waking for every piece costs small models a quarter
ALL = 1_000_000  # more pieces than any model has
FORCED = 1e6  # a bias nothing else can beat
_MARKED = re.compile(r"<[^<>\s]{1,40}>|\[/?[A-Z_]{2,20}\]")  # what a control symbol may look like
LONGEST_PIECE = 24  # characters of a text among which its first piece is looked for


@dataclass
class _Todo:
    number: int
    call: Call
    ids: list[int]
    most: int


@dataclass
class _Round:
    """One `write` on its way."""

    line: deque[_Todo]
    out: "SimpleQueue[Said | BaseException]"
    stop: Stop
    closed: threading.Event
    halt: threading.Event

    def over(self) -> bool:
        return self.halt.is_set() or self.stop.is_set() or self.closed.is_set()


class LlamaText:
    grammar = True
    weighs = True

    def __init__(self, server: Server, dialect: Dialect, mute: Sequence[int] = ()) -> None:
        """`mute`: pieces that are never said."""
        self.server, self.dialect = server, dialect
        self.context, self.slots = server.context, server.slots
        self._mute = [[id, False] for id in mute]
        self._seats = Seats(server.slots)
        self._closed = threading.Event()

    def close(self) -> None:
        """Waits for what still goes on: it ends with its next piece."""
        self._closed.set()
        self._seats.wait(PATIENCE)
        self.server.close()

    def count(self, text: str) -> int:
        return len(self.server.pieces(text, symbols=False)) if text else 0

    # writing

    def write(self, calls: Sequence[Call], stop: Stop) -> Iterator[Said]:
        todo = [self._todo(number, call) for number, call in enumerate(calls)]
        going = _Round(deque(todo), SimpleQueue(), stop, self._closed, threading.Event())
        if todo:
            threading.Thread(target=self._work, args=(todo, going), name="write").start()
        left = {one.number: Said(one.number, "", 0) for one in todo}
        try:
            while left:
                if stop.is_set():
                    yield from (said._replace(end="cancelled") for said in left.values())
                    return
                try:
                    said = going.out.get_nowait()
                except Empty:
                    time.sleep(LOOK)
                    continue
                if isinstance(said, BaseException):
                    raise said
                left[said.call] = said
                if said.end:
                    del left[said.call]
                yield said
        finally:
            going.halt.set()

    def _todo(self, number: int, call: Call) -> _Todo:
        ids = self._ids(call.prompt)
        room = self.context - len(ids) - 1
        if room < 1:
            raise Refused(
                f"This is {len(ids):,} pieces of text, and the model holds {self.context:,} at once. Take a shorter passage."
            )
        return _Todo(number, call, ids, max(0, min(call.most, room)))

    def _ids(self, prompt: Prompt) -> list[int]:
        if prompt.turns:
            text = self._wrapped(prompt.turns) + prompt.start
            return self.server.pieces(text, symbols=True, begin=True)
        ids = self.server.pieces(prompt.text + prompt.start, symbols=prompt.symbols, begin=True)
        return ids or self.server.pieces("\n", symbols=False)

    def _wrapped(self, turns: Sequence[tuple[str, str]]) -> str:
        """What people wrote cannot end a turn; where a template knows no system, its words stand before the first turn."""
        turns = [(role, self._harmless(text)) for role, text in turns]
        try:
            return self.server.wrapped(turns)
        except Refused:
            told = [text for role, text in turns if role == "system"]
            rest = [turn for turn in turns if turn[0] != "system"]
            if not told or not rest:
                raise
            return self.server.wrapped([(rest[0][0], "\n\n".join((*told, rest[0][1]))), *rest[1:]])

    def _harmless(self, text: str) -> str:
        """Control symbols that somebody typed become ordinary text."""

        def broken(found: "re.Match[str]") -> str:
            symbol = found[0]
            read = self.server.pieces(symbol, symbols=True) == self.server.pieces(symbol, symbols=False)
            return symbol if read else f"{symbol[0]} {symbol[1:]}"

        return _MARKED.sub(broken, text)

    def _work(self, todo: list[_Todo], going: _Round) -> None:
        seats: list[Seat] = []
        try:
            seats = self._seats.take(len(todo), todo[0].ids, going.over)
            self._share(seats, [one.ids for one in todo], going.over)
        except Exception as error:
            going.out.put(error)
            going.halt.set()
        for seat in seats:
            threading.Thread(target=self._sit, args=(seat, going), name=f"write-{seat.number}").start()

    def _share(self, seats: list[Seat], ids: list[list[int]], over: Callable[[], bool]) -> None:
        """What all prompts begin with is read once, in the seat that knows most of it, and copied to those that know less."""
        if len(seats) < 2:
            return
        common = ids[0][: min(alike(ids[0], other) for other in ids)]
        best = max(seats, key=lambda seat: alike(seat.held, common))
        known = alike(best.held, common)
        needy = [s for s in seats if s is not best and len(common) - alike(s.held, common) >= WORTH_COPYING]
        if not needy:
            return
        if known < len(common):
            read = {"prompt": common, "max_tokens": 0, "id_slot": best.number, "cache_prompt": True}
            self.server.complete(read, lambda _: over())
            best.held = tuple(common)
        if not over() and self.server.spread(best.number, [seat.number for seat in needy]):
            for seat in needy:
                seat.held = best.held

    def _sit(self, seat: Seat, going: _Round) -> None:
        try:
            while not going.over():
                try:
                    one = going.line.popleft()
                except IndexError:
                    return
                seat.held = tuple(one.ids)
                self._say(one, seat, going)
        except Exception as error:
            going.out.put(error)
            going.halt.set()
        finally:
            self._seats.give(seat)

    def _say(self, one: _Todo, seat: Seat, going: _Round) -> None:
        barred = bool(one.call.never) and not one.call.grammar  # a grammar decides for itself how a text begins
        text, ids = self._first(one, seat) if barred else ("", [])
        made = len(ids)

        def watch(chunk: Chunk) -> bool:
            nonlocal text, made
            more = chunk["choices"][0]["text"]
            made = len(ids) + chunk["usage"]["completion_tokens"] if "usage" in chunk else made + bool(more)
            text += more
            shown, ended = cut(text, one.call.stops)
            if more and not ended:
                going.out.put(Said(one.number, shown, made))
            return ended or going.over()

        why = "stop" if barred and not ids else "length" if made >= one.most else ""
        if not why and not cut(text, one.call.stops)[1]:
            last = self.server.complete(self._asked(one, seat, one.ids + ids, one.most - made), watch)
            why = last["choices"][0]["finish_reason"]
        shown, ended = cut(text, one.call.stops)
        if ended:
            going.out.put(Said(one.number, shown, made, "stop"))
        elif why:
            going.out.put(Said(one.number, text, made, "length" if why == "length" else "stop"))

    def _asked(self, one: _Todo, seat: Seat, ids: list[int], most: int) -> dict[str, Any]:
        call = one.call
        asked = {"prompt": ids, "max_tokens": most, "id_slot": seat.number, "cache_prompt": True}
        if call.grammar:
            asked["grammar"] = call.grammar
        return {**asked, **_sampling(call.samplers, call.seed, self.context), "logit_bias": self._mute}

    def _first(self, one: _Todo, seat: Seat) -> tuple[str, list[int]]:
        """The first piece (more if it is half a letter), which may not be one the unwanted texts begin with."""
        barred = [[id, False] for id in self._beginnings(one.call.never)]
        ids: list[int] = []
        raw = b""
        while len(ids) < min(4, one.most):
            asked = self._asked(one, seat, one.ids + ids, 1)
            asked |= {"logit_bias": self._mute + (barred if not ids else []), "n_probs": 1}
            said = self.server.complete(asked)["choices"][0]
            if not said["logprobs"] or not said["logprobs"]["content"]:
                break
            piece = said["logprobs"]["content"][0]
            if said["finish_reason"] == "stop":
                break
            ids.append(piece["id"])
            raw += bytes(piece["bytes"])
            try:
                return raw.decode(), ids
            except UnicodeDecodeError:
                continue
        return raw.decode(errors="ignore"), ids

    def _beginnings(self, texts: Sequence[str]) -> set[int]:
        """All pieces that any of the texts may begin with. Looked for after a line's end, where no word is joined to it."""
        out: set[int] = set()
        for text in filter(None, texts):
            lead = "" if text[0] == "\n" else "\n"
            empty = self.server.pieces(lead, symbols=False) if lead else []
            for end in range(1, min(len(text), LONGEST_PIECE) + 1):
                ids = self.server.pieces(lead + text[:end], symbols=False)
                if len(ids) == len(empty) + 1 and ids[:-1] == empty:
                    out.add(ids[-1])
            whole = self.server.pieces(lead + text, symbols=False)
            out.update(whole[len(empty) : len(empty) + 1] if whole[: len(empty)] == empty else whole[:1])
        return out

    # weighing

    def weigh(self, prompt: Prompt, passage: str, others: int) -> list[Weighed]:
        """The model is made to say the passage; what it thought of each piece was said before that."""
        ids, own = self._ids(prompt), self.server.pieces(passage, symbols=False)
        if len(ids) + len(own) >= self.context:
            raise Refused(
                f"The passage and what stands before it are {len(ids) + len(own):,} pieces of text, and the model holds "
                f"{self.context:,} at once. Weigh a shorter one."
            )
        (seat,) = self._seats.take(1, ids)
        letters = codecs.getincrementaldecoder("utf-8")("replace")
        out = []
        try:
            for at, id in enumerate(own):
                piece = self._weighed(seat, ids + own[:at], id, others + 1)
                text = letters.decode(bytes(piece["bytes"]), at == len(own) - 1)
                thought = [(o["token"], float(o["logprob"])) for o in piece["top_logprobs"] if o["id"] != id]
                out.append(Weighed(text, float(piece["logprob"]), tuple(thought[:others])))
        finally:
            seat.held = tuple(ids + own)
            self._seats.give(seat)
        return out

    def _weighed(self, seat: Seat, before: list[int], id: int, many: int) -> dict[str, Any]:
        """One piece, how likely it was, and the likeliest ones."""
        asked = {"prompt": before, "max_tokens": 1, "id_slot": seat.number, "cache_prompt": True, "temperature": 0.0}

        def told(forced: int, many: int) -> dict[str, Any] | None:
            said = self.server.complete({**asked, "n_probs": many, "logit_bias": [[forced, FORCED]]})["choices"][0]["logprobs"]
            return dict(said["content"][0]) if said and said["content"] else None

        if (piece := told(id, many)) is not None:
            return piece
        # The server keeps quiet about half a letter: another piece is said instead, and all that were thought of are told.
        whole = told(self.server.pieces("\n", symbols=False)[-1], ALL)
        half = next((one for one in whole["top_logprobs"] if one["id"] == id), None) if whole else None
        if whole is None or half is None:
            raise Refused("The model did not say how likely a part of this passage is. Leave unusual letters out of it.")
        return {**half, "top_logprobs": whole["top_logprobs"][: many + 1]}


def _sampling(samplers: Samplers, seed: int, window: int) -> dict[str, Any]:
    return {
        "seed": seed % (2**32 - 1),  # the largest number would mean: any
        "samplers": ["penalties", "dry", "top_n_sigma", "top_p", "min_p", "xtc", "temperature"],
        "temperature": samplers.temperature,
        "top_p": samplers.top_p,
        "min_p": samplers.min_p,
        "top_n_sigma": samplers.top_n_sigma,
        "xtc_probability": samplers.xtc_probability,
        "xtc_threshold": samplers.xtc_threshold,
        "dry_multiplier": samplers.dry_multiplier,
        "dry_base": samplers.dry_base,
        "dry_allowed_length": samplers.dry_allowed,
        "dry_penalty_last_n": window,
        "repeat_penalty": samplers.repeat_penalty,
        "repeat_last_n": REPEAT_WITHIN,
    }
