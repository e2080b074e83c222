"""The openai runtime with servers that go wrong: what is asked, deadlines, the one retry, the key, and every sentence."""

import logging
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.card import Card, Source
from studio.core.errors import LoadFailed, Refused, StudioError
from studio.writing.engines import openai as runtime
from studio.writing.engines.openai import OpenAIModel, estimate
from studio.writing.engines.remote import talk
from studio.writing.engines.remote.asked import without_start
from studio.writing.model import Call, Prompt, Said, Samplers
from tests.fake_openai import (
    Fake,
    Reply,
    breaks_off,
    echoes,
    fails,
    fake_openai,
    hangs_up,
    in_shreds,
    keeps_awake,
    says,
)  # fmt: skip
from tests.running import ROOT

KEY = "sk-very-secret-0123456789"
TURNS = (("system", "Be brief."), ("user", "Write on."))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "WAIT", 0.01)
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def card(url: str, tasks: tuple[str, ...] = ("continue",), **options: str | int | float | bool) -> Card:
    return Card(
        id="far", title="Far writer", medium="text", tasks=tasks, runtime="openai", licence="?", size=0, memory=0,
        source=Source(kind="server", where=url), devices=("remote",), options=options,
    )  # fmt: skip


@contextmanager
def model(*replies: Reply, **options: str | int | float | bool) -> Iterator[tuple[OpenAIModel, Fake]]:
    with fake_openai(*replies) as fake:
        made = runtime.load_model(card(fake.url, **options))
        try:
            yield made, fake
        finally:
            made.close()


def call(start: str = "", most: int = 20, seed: int = 1, **more: Any) -> Call:
    return Call(prompt=Prompt(turns=TURNS, start=start), most=most, seed=seed, **more)


def write(made: OpenAIModel, *calls: Call) -> list[Said]:
    return list(made.write(calls or [call()], threading.Event()))


def wrong(made: OpenAIModel, one: Call | None = None) -> str:
    with pytest.raises(Refused, match=r"^[A-Z].*\.$") as failed:
        write(made, one or call())
    assert KEY not in str(failed.value)
    return str(failed.value)


# what is asked


def test_turns_and_settings_go_out_and_the_text_comes_in() -> None:
    with model(says("The ", "lamp", " shone.", used=4), model="tiny") as (made, fake):
        seen = write(made, call(stops=("\n", "## "), samplers=Samplers(temperature=0.7, top_p=0.9, min_p=0.1), seed=2**62 + 5))
        assert [one.text for one in seen] == ["The ", "The lamp", "The lamp shone.", "The lamp shone."]
        assert seen[-1] == Said(0, "The lamp shone.", 4, "stop")
        body = fake.completions[0].body
    assert body["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Write on."}]
    assert (body["model"], body["stream"], body["temperature"], body["top_p"], body["max_tokens"]) == ("tiny", True, 0.7, 0.9, 20)
    assert body["stop"] == ["\n", "## "]
    assert 0 <= body["seed"] < 2**31
    assert "min_p" not in body, "not every server takes it"


def test_more_samplers_go_only_to_servers_that_take_them() -> None:
    with model(says("a"), extra_samplers=True) as (made, fake):
        write(made, call(samplers=Samplers(min_p=0.1, xtc_probability=0.5, dry_multiplier=0.8)))
        body = fake.completions[0].body
    assert (body["min_p"], body["xtc_probability"], body["dry_multiplier"]) == (0.1, 0.5, 0.8)


def test_a_base_model_gets_plain_text() -> None:
    with model(says(" shone"), dialect="base") as (made, fake):
        write(made, Call(prompt=Prompt(text="The old", start=" lamp"), most=5, seed=1))
        assert fake.completions[0].path == "/v1/completions"
        assert fake.completions[0].body["prompt"] == "The old lamp"


def test_a_start_is_not_repeated() -> None:
    with model(says("The ol", "d lamp", " shone"), says("Then it rained"), says("The old")) as (made, fake):
        seen = write(made, call(start="The old lamp"))
        assert [one.text for one in seen] == ["", "", " shone", " shone"]
        assert "exactly these words and go on from there: The old lamp" in fake.completions[0].body["messages"][-1]["content"]
        assert write(made, call(start="The old lamp"))[-1].text == "Then it rained"
        assert write(made, call(start="The old lamp"))[-1].text == "The old"
    with model(says(" shone"), prefill=True) as (made, fake):
        assert write(made, call(start="The old lamp"))[-1].text == " shone"
        assert fake.completions[0].body["messages"][-1] == {"role": "assistant", "content": "The old lamp"}


@given(st.text(max_size=12), st.text(max_size=12), st.booleans())
def test_text_without_its_start_never_shrinks(start: str, rest: str, repeated: bool) -> None:
    whole = (start if repeated else "") + rest
    shown = ""
    for end in range(len(whole) + 1):
        now = without_start(whole[:end], start, end == len(whole))
        assert now.startswith(shown) or not start.strip().startswith(whole[:end].strip())
        shown = now
    assert whole.endswith(shown)


def test_letters_arrive_whole_however_they_are_cut_up() -> None:
    with model(in_shreds("naïve “café” — 日本 🙂")) as (made, _):
        assert write(made)[-1].text == "naïve “café” — 日本 🙂"


def test_calls_go_side_by_side_and_no_more_than_there_are_places() -> None:
    busy, most = [0], [0]
    lock = threading.Lock()

    def watched(handler: Any, body: dict[str, Any]) -> None:
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        says("a", "b", pause=0.05)(handler, body)
        with lock:
            busy[0] -= 1

    with model(watched, slots=3) as (made, fake):
        ends = [one for one in write(made, *[call(seed=i) for i in range(6)]) if one.end]
        assert sorted(one.call for one in ends) == list(range(6))
        assert {one.text for one in ends} == {"ab"}
        assert sorted(one.body["seed"] for one in fake.completions) == list(range(6))
    assert 2 <= most[0] <= 4  # a place is free again a moment before the server has noticed


def test_a_barred_beginning_is_asked_for_again_another_way() -> None:
    with model(says("Sudden", "ly"), says("Sud"), says("Then ", "it")) as (made, fake):
        assert write(made, call(never=("Suddenly, he",)))[-1] == Said(0, "Then it", 2, "stop")
        seeds = [one.body["seed"] for one in fake.completions]
        heats = [one.body["temperature"] for one in fake.completions]
        assert len(set(seeds)) == 3
        assert heats == sorted(heats)
    with model(says("Suddenly")) as (made, fake):
        assert write(made, call(never=("Suddenly",)))[-1] == Said(0, "", 0, "stop")
        assert len(fake.completions) == talk.TRIES


def test_a_stop_text_ends_the_answer_and_the_line() -> None:
    with model(says(*["word "] * 3, "## ", *["more "] * 200, pause=0.01)) as (made, fake):
        assert write(made, call(stops=("\n", "##"), most=500))[-1] == Said(0, "word word word ", 4, "stop")
        _until(lambda: fake.completions[0].left_at)
        assert fake.completions[0].sent < 100


def _until(true: Any, seconds: float = 3.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)


# stop


def test_stop_closes_every_line_at_once() -> None:
    with model(says(*["word "] * 400, pause=0.01)) as (made, fake):
        stop, at = threading.Event(), 0.0
        seen: dict[int, Said] = {}
        pieces: dict[int, int] = {}
        for said in made.write([call(most=900), call(most=900, seed=2)], stop):
            seen[said.call] = said
            if said.pieces == 5 and not at:
                at, pieces = time.monotonic(), {one.call: one.pieces for one in seen.values()}
                stop.set()
        assert time.monotonic() - at < 0.5
        assert all(one.end == "cancelled" and one.pieces <= pieces.get(one.call, 0) + 1 for one in seen.values())
        _until(lambda: all(one.left_at for one in fake.completions))
        assert max(one.left_at for one in fake.completions) - at < 0.5


def test_stop_is_seen_while_nothing_comes() -> None:
    with model(keeps_awake(seconds=9), timeout=30) as (made, fake):
        stop = threading.Event()
        threading.Timer(0.15, stop.set).start()
        began = time.monotonic()
        assert [one.end for one in made.write([call()], stop)] == ["cancelled"]
        assert time.monotonic() - began < 1.0


def test_what_nobody_reads_any_more_is_given_up() -> None:
    with model(says(*["word "] * 400, pause=0.01)) as (made, fake):
        words = made.write([call(most=900)], threading.Event())
        next(words)
        words.close()
        _until(lambda: fake.completions[0].left_at)


# what goes wrong while it writes


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (fails(401), "wants a key"),
        (fails(403), "wants a key"),
        (fails(404), "has no model named tiny"),
        (fails(429, retry_after="0"), "too much to do"),
        (fails(500), r"has trouble of its own \(500\)"),
        (fails(503), r"has trouble of its own \(503\)"),
        (fails(400, "this is too long"), r"did not take this \(400: this is too long\)"),
        (hangs_up, "No server can be reached|broke off"),
        (breaks_off("The lamp"), "broke off in the middle"),
        (breaks_off("The lamp", neatly=False), "broke off in the middle"),
        (breaks_off(), "broke off in the middle"),
    ],
)
def test_what_goes_wrong_is_a_sentence(reply: Reply, said: str) -> None:
    with model(reply) as (made, _):
        assert re.search(said, wrong(made))
        assert "127.0.0.1" in wrong(made)


@pytest.mark.parametrize("reply", [fails(429, retry_after="0"), fails(500), hangs_up, breaks_off()])
def test_it_is_asked_once_more_and_only_once_before_the_first_piece(reply: Reply) -> None:
    with model(reply, says("The lamp")) as (made, fake):
        assert write(made)[-1].text == "The lamp"
        assert len(fake.completions) == 2
        assert fake.completions[0].body == fake.completions[1].body
    with model(reply) as (made, fake):
        wrong(made)
        assert len(fake.completions) == 2


@pytest.mark.parametrize("reply", [fails(400), fails(401), fails(404), breaks_off("The"), keeps_awake("The", seconds=3)])
def test_it_is_not_asked_again_where_that_would_not_help(reply: Reply) -> None:
    with model(reply, says("The lamp"), pause=0.1) as (made, fake):
        wrong(made)
        assert len(fake.completions) == 1


def test_a_server_that_never_begins_is_given_up() -> None:
    with model(keeps_awake(seconds=9), timeout=0.2) as (made, fake):
        began = time.monotonic()
        assert "did not begin to answer for 0.2 seconds" in wrong(made)
        assert time.monotonic() - began < 1.5
        assert len(fake.completions) == 1


def test_a_server_that_falls_silent_is_given_up_and_what_came_is_kept() -> None:
    with model(keeps_awake("The ", "lamp", seconds=9), pause=0.2) as (made, _):
        seen: list[Said] = []
        with pytest.raises(Refused, match=r"stopped in the middle: nothing came for 0\.2 seconds"):
            seen.extend(made.write([call()], threading.Event()))
        assert seen[-1] == Said(0, "The lamp", 2, "cancelled")


def test_what_goes_well_is_not_lost_to_what_goes_wrong() -> None:
    with model(breaks_off("x"), says("The lamp", pause=0.1)) as (made, _):
        seen: list[Said] = []
        with pytest.raises(Refused, match="broke off"):
            seen.extend(made.write([call(), call(seed=2)], threading.Event()))
        ends = {one.text: one.end for one in seen if one.end}
        assert ends == {"x": "cancelled", "The lamp": "stop"}


# the key


def test_the_key_comes_from_the_environment_and_goes_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("FAR_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-another")
    with model(says("a"), fails(400, f"bad {KEY} there"), fails(401, f"wrong key {KEY}"), key_env="FAR_API_KEY") as (made, fake):
        write(made)
        assert fake.completions[0].headers["authorization"] == f"Bearer {KEY}"
        assert "..." in wrong(made)
        assert "refuses the key that stands in FAR_API_KEY" in wrong(made)
        sent = {name for one in fake.asked for name in one.headers}
    assert not {name for name in sent if name.startswith(("x-stainless", "openai"))}, "the client tells of the system"
    assert KEY not in caplog.text
    with model(says("a")) as (made, fake):
        write(made)
        assert all("authorization" not in one.headers for one in fake.asked), "a key that nobody named"


def test_a_redirect_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAR_API_KEY", KEY)
    with fake_openai(says("gotcha")) as other:
        away = fails(307, location=f"{other.url}/chat/completions")
        with model(away, key_env="FAR_API_KEY") as (made, _):
            assert "sends on to another address" in wrong(made)
        assert other.asked == []


# loads


def why(**told: Any) -> str:
    with pytest.raises(LoadFailed, match=r"^[A-Z].*\.$") as failed:
        runtime.load_model(card(**told))
    assert KEY not in str(failed.value)
    return str(failed.value)


def test_loads_that_fail_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "which is not set" in why(url="http://127.0.0.1:1/v1", key_env="NOBODY_SET_THIS_API_KEY")
    assert "No server can be reached at http://127.0.0.1:1" in why(url="http://127.0.0.1:1/v1")
    for url in ("ftp://there/v1", "file:///etc/passwd", "http:///v1"):
        assert "must start with http:// or https://" in why(url=url)
    for url in (f"http://me:{KEY}@127.0.0.1/v1", f"https://there/v1?key={KEY}"):
        assert "A key goes into key_env" in why(url=url)
    with fake_openai() as fake:
        assert "has no model named huge. It has tiny." in why(url=fake.url, model="huge")
        assert "names the dialect `french`" in why(url=fake.url, dialect="french")
        fake.models = [{"id": "one"}, {"id": "two"}]
        assert "`model` in its options. It has one, two." in why(url=fake.url)
        fake.models = None
        assert "`model` in its options." in why(url=fake.url)
        fake.status = 401
        assert 'Write `key_env = "NAME_API_KEY"`' in why(url=fake.url)
        monkeypatch.setenv("FAR_API_KEY", KEY)
        assert "refuses the key" in why(url=fake.url, key_env="FAR_API_KEY")
        fake.status = 500
        assert "has trouble of its own" in why(url=fake.url)


def test_a_load_that_failed_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    why(url="http://127.0.0.1:1/v1")
    assert threading.active_count() == before


def test_a_server_that_does_not_tell_its_models_is_believed_the_card() -> None:
    with fake_openai(says("a")) as fake:
        fake.models = None
        made = runtime.load_model(card(fake.url, model="anything"))
        assert write(made)[-1].text == "a"
        assert made.context == runtime.CONTEXT
        made.close()
        fake.models = [{"id": "tiny", "max_model_len": 32_768}]
        made = runtime.load_model(card(fake.url))
        assert made.context == 32_768
        made.close()


# counting and weighing


def test_pieces_are_estimated_from_above_for_prose() -> None:
    """Beside a tokenizer of 8,000 pieces, which needs more of them than the usual large ones."""
    from tokenizers import Tokenizer

    from tests.text_models import LESSON

    words = Tokenizer.from_file(str(Path(ROOT) / "assets" / "models" / "writer-mini" / "tokenizer.json"))
    for text in (
        LESSON,
        "It was 1887, at 10:45; “No!” he cried — and ran.\n\n" * 5,
        "Extraordinary circumstances notwithstanding.",
    ):
        real = len(words.encode(text).ids)
        assert real <= estimate(text) <= 2 * real
    assert estimate("") == 0
    assert estimate("日本語の文章") >= 6


def test_it_weighs_where_the_server_echoes() -> None:
    pieces = [
        ("The", None, {}),
        (" old", -2.0, {" old": -2.0, " new": -1.0}),
        (" la", -3.0, {" door": -0.5, " la": -3.0}),
        ("mp", -0.1, {"mp": -0.1, "nd": -2.5}),
    ]
    probe = [("The", None, {}), (" door", -1.0, {" door": -1.0})]
    with fake_openai(echoes(probe), echoes(pieces)) as fake:
        made = runtime.load_model(card(fake.url, tasks=("continue", "weigh"), dialect="base"))
        assert made.weighs
        told = made.weigh(Prompt(text="The old"), " lamp", 1)
        assert told == [(" la", -3.0, ((" door", -0.5),)), ("mp", -0.1, (("nd", -2.5),))]
        made.close()
    with fake_openai(fails(400)) as fake:
        made = runtime.load_model(card(fake.url, tasks=("continue", "weigh"), dialect="base"))
        assert not made.weighs
        made.close()
    with fake_openai(fails(400)) as fake:
        made = runtime.load_model(card(fake.url, dialect="base"))
        assert fake.completions == [], "nothing is asked of a server that is not to weigh"
        made.close()


def test_what_is_closed_says_so() -> None:
    with fake_openai(says("a")) as fake:
        made = runtime.load_model(card(fake.url))
        made.close()
        made.close()
        with pytest.raises(StudioError, match=r"unloaded.*\.$"):
            write(made)
