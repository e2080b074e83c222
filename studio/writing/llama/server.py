"""The server of llama.cpp inside this process: load, cut into pieces, wrap turns, complete, copy what a slot knows to others.

Completions go straight through the library. For the rest it only listens on the loopback, so that is where we ask, with a key
that nobody else has.

Texts stay bit for bit the same whoever else is writing, because nothing is added up in an order that depends on the batch:
no slot shares memory with another, and flash attention is on (`rows`) only where it goes row by row, which is on one thread in
steps of fewer than 64 pieces. It makes four texts at once twice as quick for small weights, but adds up in 16 bits: good enough
for quantised weights, not for whole numbers.
"""

import http.client
import json
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from studio.core.errors import Refused

BATCH = 512  # pieces of a prompt between two looks at Stop
ROW_BY_ROW = 63  # the most pieces of a step for which flash attention goes row by row
Chunk = dict[str, Any]


class NotServed(RuntimeError):
    """The library would not take the file."""


class Server:
    def __init__(self, path: Path, context: int, slots: int, threads: int, *, gpu: bool = False, rows: bool = False) -> None:
        import xllamacpp

        self.context, self.slots, self.threads = context, slots, threads
        self._key = secrets.token_urlsafe(24)
        # There only while slots are copied: a host is ended without a chance to clean up.
        self._folder = Path(tempfile.gettempdir()) / f"tandem-{secrets.token_hex(16)}"
        self._copying = threading.Lock()
        made = xllamacpp.CommonParams()
        made.model.path = str(path)
        made.n_ctx, made.n_parallel = context * slots, slots
        made.n_batch = made.n_ubatch = BATCH
        made.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
        if rows and threads == 1 and not gpu:
            made.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_ENABLED
            made.n_ubatch = ROW_BY_ROW
        made.cpuparams.n_threads = made.cpuparams_batch.n_threads = threads
        made.n_gpu_layers = -1 if gpu else 0
        made.kv_unified = made.cache_idle_slots = made.fit_params = made.warmup = False
        made.cache_ram_mib = 0
        made.hostnames, made.port, made.n_threads_http = ["127.0.0.1"], 0, 2
        made.api_keys, made.ui, made.endpoint_slots = [self._key], False, False
        made.slot_save_path = f"{self._folder}/"
        made.verbosity = -1
        try:
            self._server: Any = xllamacpp.Server(made)
        except RuntimeError as error:
            raise NotServed(str(error)) from error
        self._address = self._server.listening_address.removeprefix("http://")

    def close(self) -> None:
        self._server = None

    # words

    def pieces(self, text: str, *, symbols: bool, begin: bool = False) -> list[int]:
        """`symbols`: control symbols are read as such; `begin`: with what the model wants at the very beginning, if anything."""
        said = self._post("/tokenize", {"content": text, "add_special": begin, "parse_special": symbols})
        tokens: list[int] = said["tokens"]
        return tokens

    def wrapped(self, turns: Sequence[tuple[str, str]]) -> str:
        """The turns in the model's own template, up to where the answer begins."""
        messages = [{"role": role, "content": text} for role, text in turns]
        # Whoever can think aloud is told not to: the room wants the text itself.
        asked = {"messages": messages, "add_generation_prompt": True, "chat_template_kwargs": {"enable_thinking": False}}
        return str(self._post("/apply-template", asked)["prompt"])

    # text

    def complete(self, asked: dict[str, Any], watch: Callable[[Chunk], bool] | None = None) -> Chunk:
        """The last thing the server says of it. `watch` sees everything that comes, and ends it by True."""
        last: Chunk = {}

        def take(chunk: Chunk) -> bool:
            nonlocal last
            last = chunk
            return "error" in chunk or watch is not None and watch(chunk)

        server = self._server
        if server is None:
            raise Refused("The model has been unloaded. Ask again.")
        if watch is None:
            last = server.handle_completions(asked)
        else:
            server.handle_completions({**asked, "stream": True, "return_progress": True}, take)
        if "error" in last:
            raise Refused(f"The model did not take this: {last['error'].get('message', 'unknown reason')}.")
        return last

    def spread(self, source: int, targets: Sequence[int]) -> bool:
        """What slot `source` holds is copied to the others, far quicker than reading it again. All must be idle."""
        with self._copying:
            try:
                self._folder.mkdir(mode=0o700)
                self._post(f"/slots/{source}?action=save", {"filename": "slot"})
                for target in targets:
                    self._post(f"/slots/{target}?action=restore", {"filename": "slot"})
            except (Refused, OSError):  # no room for it, or an architecture that cannot: then each slot reads for itself
                return False
            finally:
                shutil.rmtree(self._folder, ignore_errors=True)
        return True

    def _post(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        line = http.client.HTTPConnection(self._address, timeout=600)
        try:
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
            line.request("POST", path, json.dumps(asked), headers)
            answer = line.getresponse()
            said: dict[str, Any] = json.loads(answer.read())
        except (OSError, http.client.HTTPException) as error:
            raise Refused("The model has been unloaded. Ask again.") from error
        finally:
            line.close()
        if answer.status != 200:
            raise Refused(f"The model did not take this: {said.get('error', {}).get('message', answer.reason)}.")
        return said
