"""What every TextModel must keep, as plain functions over the same weights, and the cases: one line for a new runtime.

The openai runtime talks to a real server (llama.cpp's) that holds the weights in full precision, as gguf and transformers do.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.core.card import Card, Source
from studio.core.engine import Place
from studio.writing.engines import gguf, openai, transformers
from studio.writing.model import Call, Prompt, Said, Samplers, TextModel
from studio.writing.prompts.symbols import STORY, TEXT
from tests.text_server import llama_server, whole_gguf

SERVER_CONTEXT = 1024
HEAD = f"{STORY}{TEXT}"
LAMP = "The lamp stood by the window, and the old keeper was waiting for"
TEXTS = (
    LAMP,
    "She had walked all night through the rain; her coat was heavy",
    "“The road was gone,” she answered.\n\nThey went down the stairs together. " * 6,
    "",
    "In the morning the wind had turned. The children ran to the shore",
)
WILD = Samplers(temperature=1.5, min_p=0.0)
GREEDY = Samplers(temperature=0.0, min_p=0.0)


@dataclass(frozen=True)
class Case:
    """`open` gives the model of a folder as this runtime plays it; `slack`: a count may be above the tokenizer's."""

    name: str
    open: Callable[[Path], AbstractContextManager[TextModel]]


def card(runtime: str, source: Source, **options: str | int | float | bool) -> Card:
    return Card(
        id=f"tiny-{runtime}", title="Tiny", medium="text", tasks=("continue", "weigh"), runtime=runtime, source=source,
        licence="mit", size=0, memory=1 << 28, options=options,
    )  # fmt: skip


@contextmanager
def _gguf(folder: Path) -> Iterator[TextModel]:
    file = whole_gguf(folder)
    place = Place(device="cpu", threads=1, memory=1 << 30, cache=str(folder / "cache"))
    model = gguf.text_model(card("gguf", Source(kind="folder", where=str(folder)), dialect="mini", file=file.name), folder, place)
    yield model
    model.close()


@contextmanager
def _transformers(folder: Path) -> Iterator[TextModel]:
    place = Place(device="cpu", threads=1, memory=1 << 30)
    source = Source(kind="folder", where=str(folder))
    model = transformers.load_model(card("transformers", source, dialect="mini"), folder, place)
    assert model.beside
    yield model
    model.close()


@contextmanager
def _openai(folder: Path) -> Iterator[TextModel]:
    with llama_server(folder, context=SERVER_CONTEXT) as url:
        source = Source(kind="server", where=url)
        model = openai.load_model(card("openai", source, dialect="mini", extra_samplers=True))
        yield model
        model.close()


CASES = (Case("gguf", _gguf), Case("transformers", _transformers), Case("openai", _openai))


# how the functions ask


def call(seed: int = 1, text: str = LAMP, most: int = 24, **more: Any) -> Call:
    return Call(prompt=Prompt(text=HEAD + text, symbols=True), most=most, seed=seed, **{"samplers": WILD, **more})


def events(model: TextModel, calls: Sequence[Call]) -> list[Said]:
    return list(model.write(calls, threading.Event()))


def ends(model: TextModel, calls: Sequence[Call]) -> list[Said]:
    """How each call ended; each exactly once."""
    found = [said for said in events(model, calls) if said.end]
    assert sorted(said.call for said in found) == list(range(len(calls)))
    return sorted(found)


def text(model: TextModel, one: Call) -> str:
    return ends(model, [one])[0].text


def different_calls() -> list[Call]:
    """As many as an ask mostly has, of different length, with every sampler."""
    busy = Samplers(temperature=1.2, min_p=0.02, xtc_probability=0.5, dry_multiplier=0.8, dry_allowed=2)
    narrow = Samplers(temperature=1.4, top_p=0.8, min_p=0.0, top_n_sigma=2.0)
    kinds = (WILD, busy, narrow, GREEDY, busy)
    return [call(31 + i, told, 16 + 5 * i, samplers=kinds[i]) for i, told in enumerate(TEXTS)]


# what must hold


def the_text_grows_and_ends_once(model: TextModel) -> None:
    so_far: dict[int, Said] = {}
    for said in model.write(different_calls(), threading.Event()):
        before = so_far.get(said.call, Said(said.call, "", 0))
        assert not before.end, "something came after the end"
        assert said.text.startswith(before.text), "what was shown was taken back"
        assert said.pieces >= before.pieces
        so_far[said.call] = said
    assert sorted(so_far) == list(range(len(TEXTS)))
    assert all(said.end in ("stop", "length") for said in so_far.values())
    assert any(said.text for said in so_far.values())


def the_first_piece_comes_before_the_last_is_made(model: TextModel) -> None:
    seen = events(model, [call(most=40, samplers=GREEDY)])
    assert len(seen) > 10
    assert seen[0].pieces <= 2


def the_same_call_says_the_same(model: TextModel) -> None:
    one = call(5, most=40)
    first = text(model, one)
    assert len(first) > 40
    assert text(model, one) == first


def seeds_matter(model: TextModel) -> None:
    assert len({said.text for said in ends(model, [call(seed) for seed in (1, 2, 3, 4)])}) == 4
    assert text(model, call(2**63 - 1)) != text(model, call(0))


def alone_as_among_others(model: TextModel) -> None:
    calls = different_calls()
    together = ends(model, calls)
    for one, said in zip(calls, together, strict=True):
        assert ends(model, [one])[0]._replace(call=said.call) == said
    assert [said.text for said in ends(model, calls[::-1])] == [said.text for said in together[::-1]]


def nothing_stays_behind(model: TextModel) -> None:
    one = call(9, TEXTS[2], 30)
    first = text(model, one)
    ends(model, [call(3, TEXTS[2] + " She said", 20), call(4, TEXTS[2][:90], 20), call(5, "", 8)])
    model.count("something else")
    assert text(model, one) == first
    given_up = model.write([call(6, TEXTS[2], 60)], threading.Event())
    next(given_up)
    given_up.close()  # type: ignore[attr-defined]
    assert text(model, one) == first


def two_threads_do_not_disturb_each_other(model: TextModel) -> None:
    sets = [[call(seed, TEXTS[seed % 4], 20) for seed in seeds] for seeds in ((1, 2, 3), (4, 5, 6))]
    apart = [[said.text for said in ends(model, calls)] for calls in sets]
    together: dict[int, list[str]] = {}
    threads = [
        threading.Thread(target=lambda i=i: together.update({i: [said.text for said in ends(model, sets[i])]})) for i in (0, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[0], together[1]] == apart


def it_ends_before_a_stop(model: TextModel) -> None:
    whole = text(model, call(3, most=40))
    for start, end in ((5, 6), (10, 14), (17, 24)):
        wanted = whole[start:end]
        seen = events(model, [call(3, most=40, stops=("never there", wanted, ""))])
        assert seen[-1].text == whole[: whole.find(wanted)]
        assert seen[-1].end == "stop"
        assert all(seen[-1].text.startswith(said.text) for said in seen), "the beginning of the stop was shown"


def no_more_than_was_asked_for(model: TextModel) -> None:
    for most in (1, 2, 7):
        said = ends(model, [call(1, most=most, samplers=GREEDY)])[0]
        assert said.pieces == most
        assert said.end == "length"
        assert model.count(said.text) <= most
    assert ends(model, [call(1, most=0)])[0] == Said(0, "", 0, "length")


def a_barred_beginning_does_not_come(model: TextModel) -> None:
    barred: list[str] = []
    for _ in range(4):
        said = text(model, call(2, most=6, samplers=Samplers(temperature=0.9), never=tuple(barred)))
        assert said
        assert not any(one.startswith(said[: len(one)]) or said.startswith(one) for one in barred)
        barred.append(text(model, call(2, most=1, samplers=Samplers(temperature=0.9), never=tuple(barred))) or said[:1])
    whole = text(model, call(2, most=12, samplers=GREEDY))
    first = text(model, call(2, most=1, samplers=GREEDY))
    other = text(model, call(2, most=12, samplers=GREEDY, never=(whole,)))
    assert not other.startswith(first)


def it_stops_at_once(model: TextModel) -> None:
    stop = threading.Event()
    seen: dict[int, Said] = {}
    at_stop: dict[int, int] = {}
    for said in model.write([call(seed, most=900, samplers=GREEDY) for seed in (1, 2, 3)], stop):
        seen[said.call] = said
        if said.pieces >= 4 and not stop.is_set():
            at_stop = {one.call: one.pieces for one in seen.values()}
            stop.set()
    assert sorted(seen) == [0, 1, 2]
    for said in seen.values():
        assert said.end == "cancelled"
        assert said.pieces <= at_stop.get(said.call, 0) + 1
    begun = threading.Event()
    begun.set()
    assert [said.end for said in model.write([call(1), call(2)], begun)] == ["cancelled", "cancelled"]


def it_counts(model: TextModel, real: Callable[[str], int]) -> None:
    for told in ("The lamp", "“You are late,” he said.\n\nShe had walked — all night.", "naïve café 日本 🙂", "<|story|>"):
        assert model.count(told) >= real(told)
    assert model.count("The lamp stood by the window") == real("The lamp stood by the window")
    assert model.count("") == 0


def it_goes_on_from_the_start(model: TextModel) -> None:
    halves = Prompt(text=HEAD + LAMP[:20], start=LAMP[20:], symbols=True)
    joined = text(model, call(4))
    assert text(model, call(4).changed(prompt=halves)) == joined
    assert not joined.startswith(LAMP[20:])


def control_symbols_of_people_are_text(model: TextModel) -> None:
    spelt = Prompt(text=f"{STORY} He wrote {TEXT} and")
    read, other = spelt.changed(symbols=True), spelt.changed(text=f"{STORY}He wrote {TEXT} and")
    weighed = [[one.logprob for one in model.weigh(prompt, " went on", 0)] for prompt in (spelt, read, other)]
    assert weighed[0] != weighed[1]
    assert weighed[0] != weighed[2]


def an_empty_prompt_is_no_trouble(model: TextModel) -> None:
    said = ends(model, [Call(prompt=Prompt(), most=8, seed=1, samplers=GREEDY)])[0]
    assert said.end == "length"
    assert said.text


def odd_settings_do_no_harm(model: TextModel) -> None:
    odd = [
        Samplers(temperature=-1.0), Samplers(temperature=1e-6), Samplers(temperature=1e6), Samplers(top_p=1e-9, min_p=0.0),
        Samplers(min_p=1.0), Samplers(min_p=0.0, top_p=1.0, temperature=5.0), Samplers(xtc_probability=1.0, xtc_threshold=0.0),
        Samplers(xtc_probability=1.0, xtc_threshold=0.9), Samplers(top_n_sigma=0.001), Samplers(dry_multiplier=5.0, dry_allowed=1),
        Samplers(dry_multiplier=1e9, dry_base=4.0),
    ]  # fmt: skip
    for samplers in odd:
        said = ends(model, [call(1, most=6, samplers=samplers)])[0]
        assert said.end in ("length", "stop")
        assert said.pieces <= 6
    best = text(model, call(1, most=6, samplers=GREEDY))
    for samplers in (odd[0], odd[1], odd[3], odd[4], odd[8]):
        assert text(model, call(1, most=6, samplers=samplers)) == best
    assert text(model, call(1, most=6, samplers=odd[2])) != best


def repetition_is_held_back(model: TextModel) -> None:
    """DRY: greedy text of such a model goes round and round, and does so less with it."""
    round_and_round = text(model, call(1, most=60, samplers=GREEDY)).split()
    less = text(model, call(1, most=60, samplers=GREEDY.changed(dry_multiplier=2.0, dry_allowed=1))).split()
    assert len(set(less)) > len(set(round_and_round))
    other = text(model, call(1, most=60, samplers=GREEDY.changed(repeat_penalty=1.5))).split()
    assert len(set(other)) > len(set(round_and_round))


def it_weighs(model: TextModel) -> None:
    import math

    prompt = Prompt(text=HEAD + LAMP, symbols=True)
    greedy = text(model, call(1, most=12, samplers=GREEDY))
    for passage in (greedy, " the boat — naïve “café” 🙂.\n\nAnd", "日"):
        pieces = model.weigh(prompt, passage, 4)
        assert "".join(one.text for one in pieces) == passage
        for one in pieces:
            assert one.logprob <= 0.0
            assert len(one.others) == 4
            assert [p for _, p in one.others] == sorted((p for _, p in one.others), reverse=True)
            assert 0.0 < math.exp(one.logprob) + sum(math.exp(p) for _, p in one.others) <= 1.0 + 1e-4
            assert passage != greedy or one.logprob >= one.others[0][1] - 1e-4
    assert model.weigh(prompt, greedy, 0)[0].others == ()
    assert model.weigh(prompt, "", 3) == []
    first, again = ([one.logprob for one in model.weigh(prompt, greedy, 4)] for _ in (1, 2))
    assert all(abs(a - b) < 1e-3 for a, b in zip(first, again, strict=True))
