"""The line to a server: the official client in an event loop of its own thread, because only there can a call be ended at once.

Redirects are not followed, so that a key goes to no other address than the card's. Only the headers named here leave the
machine: what the client would tell of the system, and what stands in OPENAI_* variables, stays here.
"""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from studio.core.errors import Refused

HEADERS = {"host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent"}
CONNECT_SECONDS = 10.0
ASK_SECONDS = 20.0  # for short questions: which models, how many pieces
T = TypeVar("T")


class Line:
    def __init__(self, base: str, key: str, here: bool) -> None:
        self._base, self._key, self._here = base, key, here
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="server-line", daemon=True)
        self._thread.start()
        self.client: Any = self.wait(self._open())

    async def _open(self) -> Any:
        import openai

        http = openai.DefaultAsyncHttpxClient(
            follow_redirects=False,
            trust_env=not self._here,  # a proxy is of no use on the way to this machine
            event_hooks={"request": [self._bare]},
        )
        return openai.AsyncOpenAI(
            api_key="none", organization="", project="", base_url=self._base, http_client=http, max_retries=0,
            timeout=openai.Timeout(ASK_SECONDS, connect=CONNECT_SECONDS),
        )  # fmt: skip

    async def _bare(self, request: Any) -> None:
        for name in list(request.headers):
            if name.lower() not in HEADERS:
                del request.headers[name]
        if self._key:
            request.headers["authorization"] = f"Bearer {self._key}"

    def start(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError:
            work.close()
            raise Refused("The model has been unloaded. Ask again.") from None

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self.start(work).result()

    def close(self) -> None:
        if self._loop.is_closed():
            return
        self.wait(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5.0)
        if not self._thread.is_alive():
            self._loop.close()

    async def _end(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self.client.close()
        await asyncio.get_running_loop().shutdown_default_executor()
