"""One suite for every text model, on the same weights."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.core.errors import Refused
from studio.writing.model import Call, Prompt, TextModel
from studio.writing.prompts.symbols import CONTROLS, END
from tests.contract import text_models as tm
from tests.contract.text_models import GREEDY, HEAD, LAMP, TEXTS, call
from tests.text_models import tiny_writer

AHEAD = 40  # pieces that all runtimes must say alike


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as in a host: threads that wait sleep
    return tiny_writer(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module", params=tm.CASES, ids=lambda case: case.name)
def model(request: pytest.FixtureRequest, folder: Path) -> Iterator[TextModel]:
    with request.param.open(folder) as made:
        yield made


@pytest.fixture(scope="module")
def real(folder: Path) -> Callable[[str], int]:
    from tokenizers import Tokenizer

    words = Tokenizer.from_file(str(folder / "tokenizer.json"))
    words.encode_special_tokens = True
    return lambda text: len(words.encode(text, add_special_tokens=False).ids)


@pytest.fixture(scope="module")
def generated(folder: Path) -> dict[str, str]:
    """What `generate` says to each text."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    words, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder).eval()
    mute = words.convert_tokens_to_ids([name for name in CONTROLS if name != END])
    out = {}
    for text in TEXTS:
        asked = words(HEAD + text, return_tensors="pt")
        said = model.generate(**asked, max_new_tokens=AHEAD, do_sample=False, suppress_tokens=mute)
        out[text] = words.decode(said[0, asked["input_ids"].shape[1] :], skip_special_tokens=True)
    return out


def test_greedy_text_is_what_generate_says(model: TextModel, generated: dict[str, str]) -> None:
    said = tm.ends(model, [call(1, text, AHEAD, samplers=GREEDY) for text in TEXTS])
    assert {text: one.text for text, one in zip(TEXTS, said, strict=True)} == generated


def test_the_text_grows_and_ends_once(model: TextModel) -> None:
    tm.the_text_grows_and_ends_once(model)


def test_the_first_piece_comes_before_the_last_is_made(model: TextModel) -> None:
    tm.the_first_piece_comes_before_the_last_is_made(model)


def test_the_same_call_says_the_same(model: TextModel) -> None:
    tm.the_same_call_says_the_same(model)


def test_seeds_matter(model: TextModel) -> None:
    tm.seeds_matter(model)


def test_alone_as_among_others(model: TextModel) -> None:
    tm.alone_as_among_others(model)


def test_nothing_stays_behind(model: TextModel) -> None:
    tm.nothing_stays_behind(model)


def test_two_threads_do_not_disturb_each_other(model: TextModel) -> None:
    tm.two_threads_do_not_disturb_each_other(model)


def test_it_ends_before_a_stop(model: TextModel) -> None:
    tm.it_ends_before_a_stop(model)


def test_no_more_than_was_asked_for(model: TextModel) -> None:
    tm.no_more_than_was_asked_for(model)


def test_a_barred_beginning_does_not_come(model: TextModel) -> None:
    tm.a_barred_beginning_does_not_come(model)


def test_it_stops_at_once(model: TextModel) -> None:
    tm.it_stops_at_once(model)


def test_it_counts(model: TextModel, real: Callable[[str], int]) -> None:
    tm.it_counts(model, real)


def test_it_goes_on_from_the_start(model: TextModel) -> None:
    tm.it_goes_on_from_the_start(model)


def test_control_symbols_of_people_are_text(model: TextModel) -> None:
    if model.weighs:  # what a server takes for a symbol is its own business; the prompts leave none in
        tm.control_symbols_of_people_are_text(model)


def test_an_empty_prompt_is_no_trouble(model: TextModel) -> None:
    tm.an_empty_prompt_is_no_trouble(model)


def test_odd_settings_do_no_harm(model: TextModel) -> None:
    tm.odd_settings_do_no_harm(model)


def test_repetition_is_held_back(model: TextModel) -> None:
    tm.repetition_is_held_back(model)


def test_it_weighs_if_it_says_so(model: TextModel, request: pytest.FixtureRequest) -> None:
    assert model.weighs == ("openai" not in request.node.name)  # llama.cpp's server does not echo
    if model.weighs:
        tm.it_weighs(model)


def test_it_weighs_as_the_weights_do(model: TextModel, folder: Path) -> None:
    if not model.weighs:
        return
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    words, plain = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder).eval()
    before, passage = words(HEAD + LAMP)["input_ids"], words(" the boat — naïve, cold")["input_ids"]
    logs = plain(torch.tensor([before + passage])).logits[0].log_softmax(-1)
    expected = [float(logs[len(before) + i - 1, piece]) for i, piece in enumerate(passage)]
    seen = [one.logprob for one in model.weigh(Prompt(text=HEAD + LAMP, symbols=True), " the boat — naïve, cold", 2)]
    assert seen == pytest.approx(expected, abs=0.02)  # llama.cpp keeps what it read in half precision


def test_too_long_a_prompt_is_refused_with_a_sentence(model: TextModel) -> None:
    long = Call(prompt=Prompt(text="the lamp " * 2000), most=4, seed=1)
    for calls in ([long], [call(1), long]):
        with pytest.raises(Refused, match=r"\w{3,} .*\.$"):
            list(model.write(calls, threading.Event()))
    assert tm.text(model, call(1, LAMP, 3)), "it goes on after a refusal"


def test_it_tells_what_it_is(model: TextModel) -> None:
    assert model.dialect == "mini"
    assert model.slots >= 4
    assert model.context == 1024
