"""What a GGUF file says of itself: read as it was written, and refused in words when it is anything else."""

import contextlib
from pathlib import Path

import gguf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.writing.llama.header import BadHeader, read_header

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(path: Path, texts: dict[str, str], numbers: dict[str, int], words: list[str], heads: list[int]) -> Path:
    writer = gguf.GGUFWriter(path, "llama")
    for name, text in texts.items():
        writer.add_string(f"text.{name}", text)
    for name, number in numbers.items():
        writer.add_uint32(f"number.{name}", number)
    writer.add_token_list(words)
    writer.add_head_count_kv(heads)
    writer.add_context_length(4096)
    writer.add_layer_norm_rms_eps(0.5)
    writer.add_add_bos_token(False)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


NAMES = st.text("abcdef", min_size=1, max_size=6)


@QUICK
@given(
    st.dictionaries(NAMES, st.text(min_size=1, max_size=30), max_size=4),
    st.dictionaries(NAMES, st.integers(0, 2**32 - 1), max_size=4),
    st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=20),
    st.lists(st.integers(1, 64), min_size=1, max_size=8),
)
def test_values_are_read_as_they_were_written(
    tmp_path: Path, texts: dict[str, str], numbers: dict[str, int], words: list[str], heads: list[int]
) -> None:
    header = read_header(written(tmp_path / "a.gguf", texts, numbers, words, heads))
    assert {name: header.values[f"text.{name}"] for name in texts} == texts
    assert {name: header.values[f"number.{name}"] for name in numbers} == numbers
    assert header.number("attention.head_count_kv", 0) == max(heads), "layers may differ: the largest counts"
    assert header.context == 4096
    assert header.values["llama.attention.layer_norm_rms_epsilon"] == 0.5
    assert header.values["tokenizer.ggml.add_bos_token"] is False
    assert not header.speaks


def test_a_file_that_breaks_off_anywhere_is_refused(tmp_path: Path) -> None:
    whole = written(tmp_path / "a.gguf", {"a": "b"}, {"c": 7}, ["x", "y"], [2]).read_bytes()
    end = whole.index(b"tokenizer.ggml.add_bos_token") + len(b"tokenizer.ggml.add_bos_token") + 5
    assert read_header(tmp_path / "a.gguf").values["number.c"] == 7
    for at in range(0, end, 3):
        (tmp_path / "cut.gguf").write_bytes(whole[:at])
        with pytest.raises(BadHeader):
            read_header(tmp_path / "cut.gguf")


@QUICK
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_refused_in_words(tmp_path: Path, data: bytes, begins_well: bool) -> None:
    path = tmp_path / "any.gguf"
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + data if begins_well else data)
    with contextlib.suppress(BadHeader):  # and nothing else
        assert isinstance(read_header(path).values, dict)


def test_long_lists_are_stepped_over_and_newer_versions_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gguf", {}, {}, [f"w{i}" for i in range(5000)], [1])
    assert "tokenizer.ggml.tokens" not in read_header(path).values
    path.write_bytes(b"GGUF\x09\x00\x00\x00" + path.read_bytes()[8:])
    with pytest.raises(BadHeader, match="version 9"):
        read_header(path)
