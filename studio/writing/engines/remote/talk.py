"""Calls of one `write` on their way to a server: side by side, with deadlines, one retry, and an end at once.

What comes goes into a queue: a Said for every piece, an error where one was met. Tasks in an event loop instead of threads:
a task that waits for bytes can be cancelled, a thread cannot.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from queue import SimpleQueue
from typing import Any

from studio.core.engine import Stop
from studio.writing.engines.remote.asked import Ways, barred, body, piece_of, without_start
from studio.writing.engines.remote.line import CONNECT_SECONDS, Line
from studio.writing.engines.remote.wrong import Broken, Slow, may_pass
from studio.writing.model import Call, Said, Samplers
from studio.writing.stops import cut

Out = SimpleQueue[Said | BaseException | None]
Told = tuple[str, int, str]  # the newest piece, how many there are, why it ended
LOOK = 0.02  # seconds between two looks at `stop`
TRIES = 8  # to begin another way than a call may not
WAIT = 1.0  # seconds before the one retry; a server may ask for more
LONGEST_WAIT = 10.0


class Talk:
    def __init__(self, line: Line, ways: Ways, slots: int, first: float, pause: float) -> None:
        """`first`: most seconds to the first piece; `pause`: between two."""
        self._line, self._ways, self._slots = line, ways, slots
        self._first, self._pause = first, pause

    async def all(self, calls: Sequence[Call], stop: Stop, out: "Out") -> None:
        places = asyncio.Semaphore(self._slots)
        tasks = [asyncio.create_task(self._one(i, call, places, out)) for i, call in enumerate(calls)]
        try:
            while not stop.is_set():
                if not (await asyncio.wait(tasks, timeout=LOOK))[1]:
                    return
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _one(self, number: int, call: Call, places: asyncio.Semaphore, out: "Out") -> None:
        """Always ends with a Said that has an end."""
        last = Said(number, "", 0, "" if call.most > 0 else "length")
        try:
            if last.end:
                out.put(last)
                return
            async with places:
                async for last in self._allowed(number, call):
                    out.put(last)
        except Exception as error:
            out.put(error)
        finally:
            if not last.end:
                out.put(last._replace(end="cancelled"))

    async def _allowed(self, number: int, call: Call) -> AsyncIterator[Said]:
        """Begins again, hotter and with another seed, while the beginning is one that may not be."""
        for turn in range(TRIES):
            refused = False
            async with aclosing(self._patient(_other(call, turn))) as words:
                async for said in self._shown(number, call, words):
                    if refused := barred(said.text, call.never):
                        break
                    yield said
            if not refused:
                return
        yield Said(number, "", 0, "stop")

    async def _shown(self, number: int, call: Call, words: AsyncIterator[Told]) -> AsyncIterator[Said]:
        """From the pieces to the text so far: without the given beginning, up to a stop."""
        start = call.prompt.start if self._ways.dialect == "chat" else ""
        text = ""
        async for piece, count, end in words:
            text, pieces = text + piece, min(call.most, count)
            told = without_start(text, start, bool(end))
            shown, ended = cut(told, call.stops)
            if ended:
                yield Said(number, shown, pieces, "stop")
                return
            if end:
                yield Said(number, told, pieces, "length" if end == "length" else "stop")
                return
            yield Said(number, shown, pieces)

    async def _patient(self, call: Call) -> AsyncGenerator[Told, None]:
        """Asked once more if it went wrong in passing and nothing had come."""
        for again in (True, False):
            begun = False
            try:
                async with aclosing(self._streamed(call)) as pieces:
                    async for told in pieces:
                        begun = True
                        yield told
                return
            except Exception as error:
                if begun or not again or not may_pass(error):
                    raise
                await asyncio.sleep(_wait(error))

    async def _streamed(self, call: Call) -> AsyncGenerator[Told, None]:
        """One request. Deadlines are for pieces: bytes that only keep a line awake do not count."""
        clock = asyncio.get_running_loop().time
        due = clock() + self._first
        count, reason = 0, ""
        stream: Any = None
        try:
            async with asyncio.timeout_at(due):
                stream = await self._request(body(call, self._ways))
            chunks = aiter(stream)
            while True:
                async with asyncio.timeout_at(due):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    break
                piece, lives, end = piece_of(chunk, self._ways.dialect)
                reason = end or reason
                count = chunk.usage.completion_tokens if getattr(chunk, "usage", None) else count + bool(piece)
                due = clock() + self._pause if lives else due
                if piece:
                    yield piece, count, ""
        except TimeoutError:
            raise Slow(self._pause if count else self._first, bool(count)) from None
        finally:
            if stream is not None:
                await stream.close()
        if not reason:
            raise Broken
        yield "", count, reason

    async def _request(self, told: dict[str, Any]) -> Any:
        import openai

        client = self._line.client
        endpoint = client.chat.completions if self._ways.dialect == "chat" else client.completions
        return await endpoint.create(**told, timeout=openai.Timeout(self._first + self._pause, connect=CONNECT_SECONDS))


def _other(call: Call, turn: int) -> Call:
    """The call itself at first; then with another seed, hotter, and nothing unlikely left out."""
    if not turn:
        return call
    free = Samplers(temperature=max(call.samplers.temperature, 0.6) + 0.2 * turn, min_p=0.0)
    return call.changed(seed=(call.seed + turn * 1_000_003) % 2**63, samplers=free)


def _wait(error: BaseException) -> float:
    """As long as the server asks for, within reason."""
    response = getattr(error, "response", None)
    try:
        return min(LONGEST_WAIT, max(0.0, float(response.headers["retry-after"]))) if response is not None else 0.0
    except (KeyError, ValueError):
        return WAIT
