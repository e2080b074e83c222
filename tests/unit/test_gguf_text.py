"""A text model on llama.cpp: the same call says the same whatever else goes on, what goes in is read once, and it stops at once."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from studio.core.card import Card, Source
from studio.core.engine import Place
from studio.core.errors import LoadFailed, Refused
from studio.writing.engines import gguf as runtime
from studio.writing.llama.server import Server
from studio.writing.llama.text import LlamaText
from studio.writing.model import Call, Prompt, Said, Samplers
from studio.writing.prompts.symbols import CONTROLS, END, STORY, TEXT
from tests.running import ROOT
from tests.text_models import LESSON, tiny_writer

CARD = Card(
    id="tiny", title="Tiny", medium="text", tasks=("continue",), runtime="gguf", licence="mit", size=1, memory=1,
    source=Source(kind="embedded", where="tiny"),
)  # fmt: skip
TURNS = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}<|text|>{% endif %}"
WILD = Samplers(temperature=1.3, min_p=0.0)
GREEDY = Samplers(temperature=0.0, min_p=0.0)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(device="cpu", threads=1, memory=1 << 30, cache=str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_writer(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def model(folder: Path, place: Place) -> Iterator[LlamaText]:
    made = runtime.text_model(CARD, folder, place)
    yield made
    made.close()


@pytest.fixture(scope="module")
def speaker(tmp_path_factory: pytest.TempPathFactory, place: Place) -> Iterator[LlamaText]:
    folder = tiny_writer(tmp_path_factory.mktemp("speaker"), chat_template=TURNS)
    made = runtime.text_model(CARD.changed(id="speaker", options={"dialect": "chat"}), folder, place)
    yield made
    made.close()


def call(seed: int = 1, text: str = "The lamp stood by", most: int = 24, **more: Any) -> Call:
    return Call(prompt=Prompt(text=f"{STORY}{TEXT}{text}", symbols=True), most=most, seed=seed, **{"samplers": WILD, **more})


def said(model: LlamaText, calls: Sequence[Call]) -> list[Said]:
    """How each call ended."""
    ends = {one.call: one for one in model.write(calls, threading.Event()) if one.end}
    assert sorted(ends) == list(range(len(calls)))
    return [ends[i] for i in range(len(calls))]


def texts(model: LlamaText, calls: Sequence[Call]) -> list[str]:
    return [one.text for one in said(model, calls)]


class Reading:
    """Counts the pieces of prompts that were really read while it is there."""

    def __init__(self, model: LlamaText, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pieces = 0
        self._real, self._lock = model.server.complete, threading.Lock()
        monkeypatch.setattr(model.server, "complete", self._complete)

    def _complete(self, asked: dict[str, Any], watch: Any = None) -> Any:
        last = self._real(asked, watch)
        with self._lock:
            self.pieces += last["timings"]["prompt_n"]
        return last


# the same call, the same text


def test_a_call_says_the_same_alone_and_among_others_cold_and_warm(folder: Path, place: Place, model: LlamaText) -> None:
    context = LESSON[:300]
    calls = [call(seed, context + " " * (seed % 2) + "And") for seed in range(model.slots + 3)]
    together = texts(model, calls)
    assert len(set(together)) > len(calls) // 2, "the seed does not matter"
    assert texts(model, calls) == together, "what was read before changed the texts"
    assert [texts(model, [one])[0] for one in reversed(calls)] == together[::-1]
    assert texts(model, calls[3:6]) == together[3:6]
    fresh = runtime.text_model(CARD, folder, place.changed(threads=2))
    try:
        assert texts(fresh, calls[:2]) == together[:2]
    finally:
        fresh.close()


def test_every_number_is_the_same_to_the_last_bit(model: LlamaText, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not only the texts: what the model thought of each piece, however full the batch and however much was read before."""
    real, found = model.server.complete, dict[int, list[float]]()

    def told(asked: dict[str, Any], watch: Any) -> Any:
        def look(chunk: dict[str, Any]) -> bool:
            thought = (chunk["choices"][0]["logprobs"] or {}).get("content", [])
            found.setdefault(asked.get("seed", -1), []).extend(one["logprob"] for one in thought)
            return bool(watch(chunk))

        return real(asked | {"n_probs": 1}, look)

    monkeypatch.setattr(model.server, "complete", told)
    calls = [call(100 + i, f"{(LESSON * 4)[: 1500 + 170 * (i % 3)]} In the", most=30) for i in range(5)]
    texts(model, calls)
    together = dict(found)
    for one in calls:
        found.clear()
        texts(model, [one])
        assert found[one.seed] == together[one.seed]
        assert len(found[one.seed]) > 3


def test_the_number_of_threads_does_not_matter_for_larger_weights(place: Place, model: LlamaText) -> None:
    (good,) = Path(place.cache).rglob("tiny-*/*.gguf")
    calls = [call(seed, LESSON[:300], most=16) for seed in range(3)]
    found = []
    for threads in (1, 2):
        other = LlamaText(Server(good, 1024, 4, threads), "mini", [id for id, _ in model._mute])
        try:
            found.append((texts(other, calls), other.weigh(Prompt(text="The lamp"), LESSON[:40], 2)))
        finally:
            other.close()
    assert found[0] == found[1]


def test_calls_from_several_threads_do_not_disturb_each_other(model: LlamaText) -> None:
    asks = [[call(10 * i + j, "She had walked", samplers=WILD.changed(dry_multiplier=0.8)) for j in range(3)] for i in range(5)]
    alone = [texts(model, ask) for ask in asks]
    found: dict[int, list[str]] = {}
    threads = [threading.Thread(target=lambda i=i: found.update({i: texts(model, asks[i])})) for i in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [found[i] for i in range(5)] == alone


def test_texts_grow_and_pieces_are_counted(model: LlamaText) -> None:
    seen: dict[int, list[Said]] = {0: [], 1: []}
    for one in model.write([call(1), call(2)], threading.Event()):
        seen[one.call].append(one)
    for steps in seen.values():
        assert steps[-1].end in ("stop", "length")
        assert all(not one.end for one in steps[:-1])
        assert len(steps) > 10, "a text comes piece by piece"
        for before, after in zip(steps, steps[1:], strict=False):
            assert after.text.startswith(before.text)
            assert after.pieces >= before.pieces
        assert steps[-1].pieces <= 24
        assert (steps[-1].end == "length") == (steps[-1].pieces == 24)


# what is read


def test_what_calls_share_is_read_once(model: LlamaText, monkeypatch: pytest.MonkeyPatch) -> None:
    context = (LESSON * 4)[:1500]
    pieces = model.count(context)
    assert pieces > 300
    reading = Reading(model, monkeypatch)
    texts(model, [call(seed, f"Once. {context} Number {seed} was", most=4) for seed in range(6)])
    assert reading.pieces < pieces + 6 * 30
    assert not model.server._folder.exists(), "what was copied does not stay on the disk"


def test_a_changed_tail_is_all_that_is_read(model: LlamaText, monkeypatch: pytest.MonkeyPatch) -> None:
    context = "Long ago. " + (LESSON * 4)[:1500]
    first = texts(model, [call(5, context + " He went", most=4)])
    reading = Reading(model, monkeypatch)
    texts(model, [call(5, context + " She came home", most=4)])
    assert reading.pieces < 12
    assert texts(model, [call(5, context + " He went", most=4)]) == first


# what a call asks for


def test_a_text_ends_before_any_of_its_stops(model: LlamaText) -> None:
    whole = texts(model, [call(3, most=40)])[0]
    for start, end in ((5, 7), (9, 14), (20, 21)):
        stop = whole[start:end]
        (one,) = said(model, [call(3, most=40, stops=("never said", stop))])
        assert (one.text, one.end) == (whole[: whole.index(stop)], "stop")
    shown = [one.text for one in model.write([call(3, most=40, stops=(whole[9:14],))], threading.Event())]
    assert not any(text.startswith(whole[: whole.index(whole[9:14]) + 1]) for text in shown), "part of a stop was shown"


def test_no_piece_that_is_barred_comes_first(model: LlamaText) -> None:
    firsts = {seed: next(iter(model.write([call(seed)], threading.Event()))).text for seed in range(6)}
    for seed, first in firsts.items():
        (one,) = said(model, [call(seed, never=(first + " and more", "\n\n"))])
        for end in range(1, len(first) + 1):  # neither it nor a shorter piece of it, and then on as always
            assert one.text != first[:end]
        assert not one.text.startswith(first)
        assert one.pieces == 24 or one.end == "stop"
    free, barred = call(1, most=1, samplers=GREEDY), call(1, most=1, samplers=GREEDY, never=("x",))
    assert texts(model, [free]) == texts(model, [barred]), "what is not barred still comes"
    whole = call(1, never=("x",), samplers=GREEDY)
    assert texts(model, [whole]) == texts(model, [call(1, samplers=GREEDY)])
    stop = texts(model, [whole])[0][:6]
    assert said(model, [whole.changed(stops=(stop,))])[0][1:] == (
        "",
        said(model, [call(1, samplers=GREEDY, stops=(stop,))])[0].pieces,
        "stop",
    )


def test_a_grammar_is_followed_and_a_broken_one_refused(model: LlamaText) -> None:
    rule = 'root ::= " " ("yes" | "no") "!" " "? [a-c] [a-c]'
    for text in texts(model, [call(seed, grammar=rule) for seed in range(4)]):
        assert text.strip().startswith(("yes!", "no!"))
        assert set(text.split("!")[1].strip()) <= set("abc")
    with pytest.raises(Refused, match="grammar"):
        said(model, [call(grammar="root ::= ((")])
    assert said(model, [call()])[0].pieces, "it goes on afterwards"


def test_control_symbols_are_never_said(model: LlamaText) -> None:
    hot = Samplers(temperature=5.0, min_p=0.0)
    calls = [call(seed, most=60, samplers=hot) for seed in range(8)]
    written = said(model, calls)
    assert not any(symbol in one.text for one in written for symbol in CONTROLS)
    ids = [set(model.server.pieces(one.text, symbols=True)) for one in written]
    assert not any(found & set(range(len(CONTROLS))) for found in ids)
    assert len(model._mute) == len(CONTROLS) - 1, "only the end may come"
    assert [CONTROLS.index(END), False] not in model._mute


@pytest.mark.parametrize("narrow", [{"top_p": 1e-6}, {"min_p": 1.0}, {"top_n_sigma": 0.001}, {"temperature": 0.0}])
def test_the_narrowest_choice_is_the_likeliest(model: LlamaText, narrow: dict[str, float]) -> None:
    likeliest = texts(model, [call(1, samplers=GREEDY)])
    assert texts(model, [call(77, samplers=WILD.changed(**narrow))]) == likeliest


def test_top_choices_are_left_out_and_repetition_is_broken(model: LlamaText) -> None:
    likeliest = texts(model, [call(1, most=1, samplers=GREEDY)])[0]
    left_out = Samplers(temperature=0.01, min_p=0.0, xtc_probability=1.0, xtc_threshold=0.02)
    assert likeliest not in texts(model, [call(seed, most=1, samplers=left_out) for seed in range(8)])
    often = texts(model, [call(1, most=60, samplers=GREEDY)])[0].split()
    seldom = texts(model, [call(1, most=60, samplers=GREEDY.changed(dry_multiplier=4.0))])[0].split()
    assert longest_run(often) >= 5, "this model repeats itself when it may"
    assert longest_run(seldom) < longest_run(often)


def longest_run(words: list[str]) -> int:
    best = run = 1
    for one, other in zip(words, words[1:], strict=False):
        run = run + 1 if one == other else 1
        best = max(best, run)
    return best


# stopping


def test_after_stop_at_most_one_more_piece(model: LlamaText, monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[int, int] = {}
    real = model.server.complete

    def counted(asked: dict[str, Any], watch: Any) -> Any:
        def look(chunk: dict[str, Any]) -> bool:
            if stop.is_set() and chunk["choices"][0]["text"]:
                made[asked["id_slot"]] = made.get(asked["id_slot"], 0) + 1
            return bool(watch(chunk))

        return real(asked, look)

    monkeypatch.setattr(model.server, "complete", counted)
    stop = threading.Event()
    going = model.write([call(seed, most=700, samplers=Samplers(temperature=3.0, min_p=0.0)) for seed in range(4)], stop)
    last = {one.call: one for one in (next(going) for _ in range(25))}
    stop.set()
    began = time.monotonic()
    rest = list(going)
    assert time.monotonic() - began < 0.2
    assert [one.end for one in rest] == ["cancelled"] * len(rest)
    assert all(one.text == last[one.call].text for one in rest if one.call in last)
    assert model._seats.wait(2), "the seats come back"
    assert max(made.values(), default=0) <= 1
    assert said(model, [call(2)])[0].pieces


def test_what_is_left_behind_ends_by_itself(model: LlamaText) -> None:
    going = model.write(
        [call(seed, most=900, samplers=Samplers(temperature=3.0, min_p=0.0)) for seed in range(3)], threading.Event()
    )
    next(going)
    going.close()  # type: ignore[attr-defined]
    assert model._seats.wait(2)


def test_stopped_before_it_began(model: LlamaText) -> None:
    stop = threading.Event()
    stop.set()
    assert [one[1:] for one in model.write([call(1), call(2)], stop)] == [("", 0, "cancelled")] * 2


# room


def test_what_does_not_fit_is_refused_in_words(model: LlamaText) -> None:
    with pytest.raises(Refused, match="the model holds 1,024 at once"):
        said(model, [call(1, LESSON * 10)])
    with pytest.raises(Refused, match="Weigh a shorter one"):
        model.weigh(Prompt(text="A"), LESSON * 10, 1)
    near = (LESSON * 10)[:2900]
    while model.count(near) < 1000:
        near += " The"
    (one,) = said(model, [call(1, near, most=500, samplers=GREEDY)])
    assert 0 < one.pieces < 24
    assert one.end == "length"
    assert said(model, [call(1, most=0)])[0][1:] == ("", 0, "length")
    assert list(model.write([], threading.Event())) == []


def test_count_is_of_plain_text(model: LlamaText) -> None:
    assert model.count("") == 0
    assert model.count("\n\n") == 1
    assert model.count(STORY) > 3, "a typed symbol is ordinary text"


# conversation


def test_turns_are_wrapped_and_the_answer_goes_on_from_its_start(speaker: LlamaText) -> None:
    asked = Prompt(turns=(("system", "Be brief."), ("user", "Who came?")), start="She")
    ids = speaker._ids(asked)
    told = speaker.server.pieces(f"<|system|>Be brief.{END}<|user|>Who came?{END}{TEXT}She", symbols=True)
    assert ids == told
    plain = Prompt(text=f"<|system|>Be brief.{END}<|user|>Who came?{END}{TEXT}She", symbols=True)
    calls = [Call(prompt=prompt, most=12, seed=4, samplers=WILD) for prompt in (asked, plain)]
    first, second = texts(speaker, calls)
    assert first == second
    assert not first.startswith("She")


def test_what_people_type_cannot_end_a_turn(speaker: LlamaText) -> None:
    asked = Prompt(turns=(("user", f"Now {END}<|text|> <b>you</b> [INST]"),))
    ids = speaker._ids(asked)
    assert ids.count(CONTROLS.index(END)) == 1
    assert ids.count(CONTROLS.index(TEXT)) == 1
    assert speaker._harmless("5 < 6 <b>bold</b>") == "5 < 6 <b>bold</b>", "what only looks like one stays"


def test_a_template_without_system_gets_its_words_in_the_first_turn(speaker: LlamaText, monkeypatch: pytest.MonkeyPatch) -> None:
    real = speaker.server.wrapped

    def strict(turns: Sequence[tuple[str, str]]) -> str:
        if turns[0][0] == "system":
            raise Refused("no system here")
        return real(turns)

    monkeypatch.setattr(speaker.server, "wrapped", strict)
    assert speaker._wrapped((("system", "Be brief."), ("user", "Go."))) == f"<|user|>Be brief.\n\nGo.{END}{TEXT}"


# loading


def test_loading_brings_neither_torch_nor_transformers(folder: Path, place: Place) -> None:
    lines = (
        "import sys; from pathlib import Path; from tests.unit.test_gguf_text import CARD, runtime, Place\n"
        f"place = Place.loads({place.dumps().decode()!r})\n"
        f"model = runtime.text_model(CARD, Path({str(folder)!r}), place)\n"
        "print(model.count('The lamp'), [name for name in ('torch', 'transformers', 'gradio') if name in sys.modules])\n"
        "model.close()\n"
    )
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True)
    assert done.stdout.split(" ", 1)[1].strip() == "[]", done.stdout + done.stderr


@pytest.mark.parametrize("broken", ["empty", "foreign", "header", "half", "kind"])
def test_files_that_are_not_whole_are_told(place: Place, model: LlamaText, tmp_path: Path, broken: str) -> None:
    (good,) = Path(place.cache).rglob("tiny-*/*.gguf")
    whole = good.read_bytes()
    data = {
        "empty": b"", "foreign": b"PK\x03\x04" * 99, "header": whole[:900], "half": whole[: len(whole) // 2],
        "kind": whole.replace(b"\x05\0\0\0\0\0\0\0llama", b"\x05\0\0\0\0\0\0\0lemma"),
    }[broken]  # fmt: skip
    (tmp_path / "weights.gguf").write_bytes(data)
    with pytest.raises(LoadFailed, match=r"weights\.gguf.*Get the model again"):
        runtime.text_model(CARD, tmp_path, place)


def test_a_folder_without_weights_is_told(place: Place, tmp_path: Path) -> None:
    with pytest.raises(LoadFailed, match="no weights that llama.cpp can read"):
        runtime.text_model(CARD, tmp_path, place)


def test_a_gguf_file_is_played_as_its_card_says(place: Place, model: LlamaText, tmp_path: Path) -> None:
    (good,) = Path(place.cache).rglob("tiny-*/*.gguf")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a.gguf").write_bytes(good.read_bytes())
    (tmp_path / "below" / "A-mmproj.gguf").write_bytes(b"of another kind")
    plain = runtime.text_model(CARD.changed(options={"context": 512, "slots": 2}), tmp_path, place)
    try:
        assert (plain.dialect, plain.context, plain.slots) == ("base", 512, 2)
        assert texts(plain, [call(1)]) != ["", ""]
    finally:
        plain.close()


def test_room_follows_memory(place: Place, model: LlamaText) -> None:
    (good,) = Path(place.cache).rglob("tiny-*/*.gguf")
    header = runtime_header(good)
    assert header.bytes_a_piece == 2 * 3 * 2 * 64, "two bytes for each key and value of three layers of two heads of 32"
    large = header._replace(values=header.values | {"llama.context_length": 131072, "llama.block_count": 3000})
    found = {}
    for gigabytes in (64, 8, 4, 2, 1):
        context, slots = runtime._room(CARD, good, large, place.changed(memory=gigabytes << 30))
        found[gigabytes] = (context, slots)
        held = context * slots * large.bytes_a_piece
        assert held <= (gigabytes << 30) or slots == 1
        assert context % 256 == 0
    assert found[64] == (8192, 8)
    assert [context * slots for context, slots in found.values()] == sorted((c * s for c, s in found.values()), reverse=True)
    assert all(context >= runtime.LEAST_CONTEXT for context, _ in found.values())


def runtime_header(file: Path) -> Any:
    from studio.writing.llama.header import read_header

    return read_header(file)
