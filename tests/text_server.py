"""A real OpenAI-compatible server for tests: llama.cpp's own, as xllamacpp brings it, listening on the loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def whole_gguf(folder: Path) -> Path:
    """The weights in the form that llama.cpp reads, every number as it is."""
    from studio.writing.llama.form import write_form

    file = folder / "whole.gguf"
    if not file.exists():
        write_form(folder, "f32", file)
    return file


@contextmanager
def llama_server(folder: Path, key: str = "", slots: int = 4, context: int = 1024) -> Iterator[str]:
    """Serves the model of a folder in full precision; gives the base URL."""
    import xllamacpp

    file = whole_gguf(folder)
    made = xllamacpp.CommonParams()
    made.model.path = str(file)
    made.model_alias = {"tiny"}
    made.n_ctx, made.n_parallel = context * slots, slots
    made.cpuparams.n_threads = made.cpuparams_batch.n_threads = 1
    made.n_gpu_layers = 0
    made.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED  # sums the same in any company
    made.kv_unified = made.fit_params = made.warmup = False
    made.cache_ram_mib = 0
    made.hostnames, made.port, made.n_threads_http = ["127.0.0.1"], 0, 8
    made.api_keys = [key] if key else []
    made.verbosity = -1
    server = xllamacpp.Server(made)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server
