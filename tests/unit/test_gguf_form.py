"""The GGUF form of a folder says the same as transformers does, cuts words the same way, and is chosen by what it costs."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from studio.core.card import Card, Source
from studio.core.engine import Place
from studio.core.errors import LoadFailed
from studio.training.writer_words import CUT as LEARNED_CUT
from studio.writing.engines import gguf as runtime
from studio.writing.llama import form as forms
from studio.writing.llama.kept import kept_form
from studio.writing.llama.server import Server
from studio.writing.llama.text import LlamaText
from studio.writing.model import Call, Prompt, Samplers
from studio.writing.prompts.symbols import CONTROLS, STORY, TEXT
from tests.text_models import LESSON, tiny_writer

BEGIN = f"{STORY}{TEXT}"
CARD = Card(
    id="tiny", title="Tiny", medium="text", tasks=("continue",), runtime="gguf", licence="mit", size=1, memory=1,
    source=Source(kind="embedded", where="tiny"),
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_writer(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def whole(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaText]:
    """The tiny writer in whole numbers."""
    file = tmp_path_factory.mktemp("form") / "f32.gguf"
    forms.write_form(folder, "f32", file)
    model = LlamaText(Server(file, 1024, 2, 1), "mini")
    yield model
    model.close()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(device="cpu", threads=1, memory=1 << 30, cache=str(tmp_path / "cache"))


def reference(folder: Path, ids: list[int]) -> "torch.Tensor":
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0].log_softmax(-1)  # type: ignore[no-any-return]


def test_every_piece_is_as_likely_as_transformers_finds_it(folder: Path, whole: LlamaText) -> None:
    passage = LESSON[:400]
    before, own = whole.server.pieces(BEGIN, symbols=True), whole.server.pieces(passage, symbols=False)
    scores = reference(folder, before + own)
    weighed = whole.weigh(Prompt(text=BEGIN, symbols=True), passage, others=4)
    assert "".join(one.text for one in weighed) == passage
    assert len(weighed) == len(own) > 90
    for at, (one, id) in enumerate(zip(weighed, own, strict=True)):
        row = scores[len(before) + at - 1]
        assert one.logprob == pytest.approx(float(row[id]), abs=2e-2)
        best = [float(value) for value, i in zip(*row.topk(5), strict=True) if int(i) != id][:4]
        assert [value for _, value in one.others] == pytest.approx(best, abs=2e-2)


def test_the_likeliest_text_is_the_one_transformers_writes(folder: Path, whole: LlamaText) -> None:
    from transformers import AutoModelForCausalLM

    ids = whole.server.pieces(BEGIN + "The lamp", symbols=True)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    theirs = model.generate(torch.tensor([ids]), max_new_tokens=24, do_sample=False)[0, len(ids) :].tolist()
    greedy = Samplers(temperature=0.0, min_p=0.0)
    call = Call(prompt=Prompt(text=BEGIN + "The lamp", symbols=True), most=24, seed=1, samplers=greedy)
    *_, last = whole.write([call], threading.Event())
    assert last.text == words(folder).decode(theirs, skip_special_tokens=True)
    assert last.pieces == 24


def words(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


HARD = [
    "It’s 1984 — “no”, he’d say…\n\nNo!",
    " \n\n\n  two",
    "a\r\nb",
    "naïve café Ω漢字🙂 x",
    "don't I'LL we'Ve",
    "\t  tab ",
    "…”\n",
]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=("Cs", "Cn", "Co"), exclude_characters="\0"), min_size=1, max_size=60))
@example(HARD[0])
@example(HARD[1])
@example(HARD[2])
@example(HARD[3])
@example(HARD[4])
@example(HARD[5])
@example(HARD[6])
def test_words_are_cut_as_they_were_learned(folder: Path, whole: LlamaText, text: str) -> None:
    """As transformers' library cuts them, the empty line between paragraphs included."""
    assert whole.server.pieces(text, symbols=False) == words(folder).encode(text, add_special_tokens=False).ids


def test_control_symbols_are_read_only_when_asked_for(whole: LlamaText) -> None:
    assert whole.server.pieces("".join(CONTROLS), symbols=True) == list(range(len(CONTROLS)))
    assert not set(range(len(CONTROLS))) & set(whole.server.pieces("".join(CONTROLS), symbols=False))


def test_the_rule_that_cuts_words_is_the_one_they_were_learned_with() -> None:
    assert forms.CUT == LEARNED_CUT


# which form is taken


def costs(**bits: float) -> Callable[[Path, str], float]:
    return lambda file, held: bits[file.stem]


@pytest.mark.parametrize(
    ("bits", "chosen"),
    [
        ({"f32": 2.0, "q8_0": 2.001, "q4_0": 2.019}, "q4_0.gguf"),
        ({"f32": 2.0, "q8_0": 2.001, "q4_0": 2.021}, "q8_0.gguf"),
        ({"f32": 2.0, "q8_0": 2.3, "q4_0": 2.4}, "f32.gguf"),
    ],
)
def test_the_quickest_form_within_a_hundredth_is_taken(folder: Path, tmp_path: Path, bits: dict[str, float], chosen: str) -> None:
    shutil.copytree(folder, tmp_path / "m")
    (tmp_path / "m" / "held.txt").write_text(LESSON)
    made = kept_form("tiny", tmp_path / "m", tmp_path / "c", costs(**bits))
    assert made.name == chosen
    assert [path.name for path in made.parent.glob("*.gguf")] == [chosen], "the others take no room"
    told = json.loads((made.parent / "verdict.json").read_text())["bits"]
    assert told == {name: bits[name] for name in told}
    assert {"f32", made.stem} <= set(told)


def test_a_form_is_made_once_and_anew_for_other_weights(folder: Path, tmp_path: Path) -> None:
    mine = tmp_path / "m"
    shutil.copytree(folder, mine)
    (mine / "held.txt").write_text(LESSON)
    first = kept_form("tiny", mine, tmp_path / "c", costs(f32=2.0, q8_0=2.0, q4_0=2.0))

    def never(file: Path, held: str) -> float:
        raise AssertionError("it was there already")

    assert kept_form("tiny", mine, tmp_path / "c", never) == first
    weights = load_file(mine / "model.safetensors")
    save_file({name: value * 1.01 for name, value in weights.items()}, mine / "model.safetensors")
    other = kept_form("tiny", mine, tmp_path / "c", costs(f32=2.0, q8_0=2.0, q4_0=2.0))
    assert other != first
    assert not first.parent.exists(), "old forms of the same model go"


def test_held_out_text_is_really_weighed(folder: Path, tmp_path: Path, whole: LlamaText, place: Place) -> None:
    mine = tmp_path / "m"
    shutil.copytree(folder, mine)
    (mine / "held.txt").write_text(LESSON * 6)
    model = runtime.text_model(CARD, mine, place)
    model.close()
    (verdict,) = Path(place.cache).rglob("verdict.json")
    bits = json.loads(verdict.read_text())["bits"]
    window = (LESSON * 6)[: 4 * runtime.HELD_PIECES]
    here = -sum(one.logprob for one in whole.weigh(Prompt(text=BEGIN, symbols=True), window, 0)) / len(window) / 0.6931
    assert bits["f32"] == pytest.approx(here, rel=0.15), "the first of its windows costs about as much as all"


def test_what_the_disk_spoiled_is_made_again(folder: Path, place: Place) -> None:
    runtime.text_model(CARD, folder, place).close()
    (file,) = Path(place.cache).rglob("*.gguf")
    size = file.stat().st_size
    file.write_bytes(b"\0" * size)
    model = runtime.text_model(CARD, folder, place)
    assert model.count("The lamp") > 0
    model.close()


def test_what_cannot_be_carried_over_is_refused_in_words(folder: Path, tmp_path: Path, place: Place) -> None:
    for number, change in enumerate(({"hidden_act": "gelu"}, {"model_type": "gpt2"}, {"attention_bias": True})):
        mine = tmp_path / f"m{number}"
        shutil.copytree(folder, mine)
        config = json.loads((mine / "config.json").read_text())
        (mine / "config.json").write_text(json.dumps(config | change))
        with pytest.raises(LoadFailed, match="Use the runtime `transformers`"):
            runtime.text_model(CARD, mine, place)
    cut = tmp_path / "cut"
    shutil.copytree(folder, cut)
    told = json.loads((cut / "tokenizer.json").read_text())
    told["pre_tokenizer"]["pretokenizers"][0]["pattern"] = {"Regex": r"\w+"}
    (cut / "tokenizer.json").write_text(json.dumps(told))
    with pytest.raises(LoadFailed, match="another rule"):
        runtime.text_model(CARD, cut, place)
    assert not list(Path(place.cache).rglob("*.gguf"))


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_missing_and_broken_files_are_told(folder: Path, tmp_path: Path, place: Place, name: str) -> None:
    mine = tmp_path / "m"
    shutil.copytree(folder, mine)
    (mine / name).write_bytes(b"{")
    with pytest.raises(LoadFailed, match="Get the model again"):
        runtime.text_model(CARD, mine, place)
    (mine / name).unlink()
    with pytest.raises(LoadFailed):
        runtime.text_model(CARD, mine, place)


def test_a_cache_that_cannot_be_written_is_told(folder: Path, tmp_path: Path, place: Place) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LoadFailed, match="could not be made ready"):
        runtime.text_model(CARD, folder, place.changed(cache=str(tmp_path / "file")))
