"""Banned phrases: found whatever their form, never shown, not even in part, and the model goes on another way."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.engine import Stop
from studio.writing.bans import Bans, write
from studio.writing.model import Call, Prompt, Said
from tests.babbler import Babbler


def calls(n: int, start: str = "", most: int = 60) -> list[Call]:
    return [Call(prompt=Prompt(text="x", start=start), most=most, seed=seed) for seed in range(n)]


def run(bans: list[str], n: int = 20, start: str = "", stop: Stop | None = None) -> dict[int, list[Said]]:
    out: dict[int, list[Said]] = {}
    for said in write(Babbler(), calls(n, start), Bans(bans), stop or threading.Event()):
        out.setdefault(said.call, []).append(said)
    return out


@pytest.mark.parametrize(
    ("ban", "text", "found"),
    [
        ("a shiver ran", "And A  shiver\nran on", "A  shiver\nran"),
        ("it's cold", "it’s cold", "it’s cold"),
        ("sea", "the seaside; over sea.", "sea"),
        ("(sigh)", "he said (sigh) no", "(sigh)"),
        ("été", "l’été venu", "été"),
        ("a.b", "aXb", None),
        ("", "anything", None),
    ],
)
def test_a_phrase_is_found_as_whole_words_in_any_form(ban: str, text: str, found: str | None) -> None:
    hit = Bans([ban]).first(text)
    assert (hit[1] if hit else None) == found


def test_no_banned_phrase_is_shown_nor_a_beginning_that_is_taken_back() -> None:
    banned = ["the sea", "shiver ran", "testament to", "spine"]
    bans = Bans(banned)
    for says in run(banned).values():
        assert says[-1].end
        assert bans.first(says[-1].text) is None
        for earlier, later in zip(says, says[1:], strict=False):
            assert later.text.startswith(earlier.text), "what was shown is taken back"


def test_the_texts_keep_about_their_length() -> None:
    for says in run(["the", "sea was", "ran down"]).values():
        assert len(says[-1].text.split()) >= 40


def test_a_ban_across_the_start_is_found() -> None:
    for says in run(["cold sea"], start="How cold").values():
        assert not says[-1].text.startswith(" sea")


def test_without_bans_nothing_changes() -> None:
    plain = list(Babbler().write(calls(4), threading.Event()))
    assert list(write(Babbler(), calls(4), Bans([]), threading.Event())) == plain


def test_alone_or_among_others_the_same_text() -> None:
    banned = ["the sea", "her"]
    many = {i: says[-1].text for i, says in run(banned, 6).items()}
    for i in range(6):
        alone = list(write(Babbler(), [calls(6)[i]], Bans(banned), threading.Event()))
        assert alone[-1].text == many[i]


def test_when_stopped_nothing_banned_is_left() -> None:
    stop = threading.Event()
    got: dict[int, Said] = {}
    for count, said in enumerate(write(Babbler(), calls(8), Bans(["the", "a", "her"]), stop)):
        got[said.call] = said
        if count == 12:
            stop.set()
    assert all(said.end == "cancelled" and Bans(["the", "a", "her"]).first(said.text) is None for said in got.values())


def test_a_model_that_can_say_nothing_else_ends_before_the_phrase() -> None:
    says = list(write(Babbler(["sea"]), calls(1), Bans(["sea"]), threading.Event()))
    assert says[-1].end
    assert "sea" not in says[-1].text


@given(st.lists(st.text(alphabet="ab c'’.-", max_size=8), max_size=5), st.text(alphabet="ab c'’.-", max_size=40))
def test_what_is_safe_never_grows_into_a_ban(phrases: list[str], text: str) -> None:
    """Whatever comes next, a phrase begins at or after what was called safe, unless it was whole already."""
    bans = Bans(phrases)
    shown = bans.safe(text)
    if bans.first(text) is None:
        for more in ("a", "b", " a", " b", "c", " ", "'", "b c", "."):
            hit = bans.first(text + more)
            assert hit is None or hit[0] >= shown
