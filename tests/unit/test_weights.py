"""Weights: known by content, unchanged, and nothing that could run."""

import hashlib
import json
import os
import pickle
import random
import struct
import zipfile
from pathlib import Path
from unittest.mock import patch

import pytest

from studio.core.card import WeightFile
from studio.core.errors import LoadFailed
from studio.registry import weights
from studio.registry.weights import WeightCheck, combined


def safetensors(values: int = 4096) -> bytes:
    header = json.dumps({"w": {"dtype": "U8", "shape": [values], "data_offsets": [0, values]}}).encode()
    return struct.pack("<Q", len(header)) + header + random.Random(1).randbytes(values)


def gguf(values: int = 4096) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", 3, 0, 0) + random.Random(2).randbytes(values)


def pin(folder: Path) -> tuple[WeightFile, ...]:
    return tuple(
        WeightFile(path=p.name, sha256=hashlib.sha256(p.read_bytes()).hexdigest(), size=p.stat().st_size)
        for p in sorted(folder.iterdir())
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(safetensors())
    (folder / "model.gguf").write_bytes(gguf())
    (folder / "config.json").write_text('{"model_type": "llama", "auto_map": null}')
    (folder / "merges.txt").write_text("PK a b")
    return folder


@pytest.fixture
def check(tmp_path: Path) -> WeightCheck:
    return WeightCheck(tmp_path / "kept" / "checked.json")


def test_good_weights_pass_with_one_digest(folder: Path, check: WeightCheck) -> None:
    expected = combined((w.path, w.sha256) for w in pin(folder) if w.path.startswith("model."))
    assert check.verify(folder, pin(folder)) == expected
    assert check.verify(folder, ()) == expected, "pinned or not, the same weights have the same digest"
    assert combined([]) == ""


@pytest.mark.parametrize("name", ["model.safetensors", "model.gguf"])
@pytest.mark.parametrize("fault", ["cut", "bit", "hole", "empty", "page", "missing", "longer", "pickle"])
def test_every_corruption_is_refused_by_name(folder: Path, check: WeightCheck, name: str, fault: str) -> None:
    pinned, path = pin(folder), folder / name
    data = bytearray(path.read_bytes())
    match fault:
        case "cut":
            data = data[: len(data) * 2 // 3]
        case "bit":
            data[-100] ^= 4
        case "hole":
            data[-2000:-1000] = bytes(1000)
        case "empty":
            data = bytearray()
        case "page":
            data = bytearray(b"<!doctype html><title>404</title>")
        case "longer":
            data += b"x"
        case "pickle":
            data = bytearray(pickle.dumps({"w": [1, 2, 3]}))
    path.write_bytes(data)
    if fault == "missing":
        path.unlink()
    with pytest.raises(LoadFailed, match=name) as said:
        check.verify(folder, pinned)
    assert str(said.value).endswith(".")


@pytest.mark.parametrize("fault", ["cut", "empty", "page", "pickle", "zip", "longer", "ascii-pickle"])
def test_without_pins_the_form_is_still_checked(folder: Path, check: WeightCheck, fault: str) -> None:
    path = folder / "model.safetensors"
    bad = {
        "cut": safetensors()[:1000],
        "empty": b"",
        "page": b"<!doctype html><title>404</title>",
        "pickle": pickle.dumps([1]),
        "ascii-pickle": pickle.dumps([1, "word"], protocol=0),
        "longer": safetensors() + b"x",
        "zip": b"PK\x03\x04" + bytes(100),
    }
    path.write_bytes(bad[fault])
    with pytest.raises(LoadFailed, match=r"model\.safetensors"):
        check.verify(folder, ())


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.Safetensors", "weights", "notes.txt", "sub/x.ckpt"])
def test_a_pickle_or_archive_is_refused_under_any_name(folder: Path, check: WeightCheck, name: str) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(pickle.dumps([1]))
    with pytest.raises(LoadFailed, match="pickle that may hold code"):
        check.verify(folder, ())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.pkl", "x")
    with pytest.raises(LoadFailed, match="archive that may hold code"):
        check.verify(folder, ())


@pytest.mark.parametrize("name", ["modeling_llama.py", "helper.so", "sub/run.sh"])
def test_code_is_refused(folder: Path, check: WeightCheck, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("print(1)")
    with pytest.raises(LoadFailed, match="never runs code"):
        check.verify(folder, ())


@pytest.mark.parametrize(
    "config",
    [
        {"auto_map": {"AutoModel": "x.Y"}},
        {"text_config": {"trust_remote_code": True}},
        {"a": [{"b": {"_attn_implementation_internal": "evil/kernel"}}]},
        {"custom_pipeline": "evil"},
    ],
)
@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json", "sub/model_index.json"])
def test_a_configuration_that_asks_for_code_is_refused(
    folder: Path, check: WeightCheck, name: str, config: dict[str, object]
) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(config))
    with pytest.raises(LoadFailed, match="asks for code to be run"):
        check.verify(folder, ())


def test_a_configuration_that_is_no_json_is_refused(folder: Path, check: WeightCheck) -> None:
    (folder / "config.json").write_text("<html>")
    with pytest.raises(LoadFailed, match="not readable JSON"):
        check.verify(folder, ())
    (folder / "config.json").write_text("[" * 100_000)
    with pytest.raises(LoadFailed, match="not readable JSON"):
        check.verify(folder, ())


def test_links_out_of_the_folder_are_refused(folder: Path, check: WeightCheck, tmp_path: Path) -> None:
    (folder / "inside.gguf").symlink_to(folder / "model.gguf")
    check.verify(folder, ())
    (tmp_path / "secret.gguf").write_bytes(gguf())
    (folder / "link.gguf").symlink_to(tmp_path / "secret.gguf")
    with pytest.raises(LoadFailed, match="leads out of"):
        check.verify(folder, ())
    (folder / "link.gguf").unlink()
    (folder / "sub").symlink_to(tmp_path)
    with pytest.raises(LoadFailed, match="leads out of"):
        check.verify(folder, ())


def test_weights_that_nobody_pinned_are_refused_beside_pinned_ones(folder: Path, check: WeightCheck) -> None:
    pinned = pin(folder)
    (folder / "more.safetensors").write_bytes(safetensors(10))
    with pytest.raises(LoadFailed, match=r"more\.safetensors is not one of the files"):
        check.verify(folder, pinned)


def test_a_verdict_is_kept_until_something_changes(folder: Path, tmp_path: Path) -> None:
    pinned = pin(folder)
    digest = WeightCheck(tmp_path / "checked.json").verify(folder, pinned)
    with patch.object(weights, "sha256_of", side_effect=AssertionError("read again")):
        assert WeightCheck(tmp_path / "checked.json").verify(folder, pinned) == digest
    path = folder / "model.gguf"
    data = bytearray(path.read_bytes())
    data[50] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))
    with pytest.raises(LoadFailed, match="digest differs"):
        WeightCheck(tmp_path / "checked.json").verify(folder, pinned)


def test_a_damaged_memory_of_verdicts_is_forgotten(folder: Path, tmp_path: Path) -> None:
    memory = tmp_path / "checked.json"
    for junk in (b"", b"{", b"[]", b"\xff", json.dumps({str(folder): {"marks": 3}}).encode()):
        memory.write_bytes(junk)
        assert WeightCheck(memory).verify(folder, pin(folder))
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".tmp")] == []


def test_no_folder_is_a_sentence(check: WeightCheck, tmp_path: Path) -> None:
    with pytest.raises(LoadFailed, match="is not there"):
        check.verify(tmp_path / "nowhere", ())
