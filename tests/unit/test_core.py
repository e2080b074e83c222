"""The words of the house survive a trip through JSON; names, ledgers and lanes keep their promises."""

import importlib
import pkgutil
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import studio.core
from studio.core import ask, card, engine, event, ids, ledger, recipe, word, work
from studio.core.given import Given
from studio.sessions.lanes import lanes

LIGHT = settings(max_examples=40, deadline=None)

text = st.text(max_size=12)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=4,
)
facts = st.dictionaries(text, plain, max_size=3)
sha256 = st.text("0123456789abcdef", min_size=64, max_size=64)
body = st.binary(max_size=40)
small = st.integers(0, 1000)
size = st.integers(0, 2**50)
seed = st.integers(0, 2**63 - 1)
when = st.datetimes(timezones=st.just(UTC))
name = st.from_regex(r"[a-z][a-z0-9_-]{0,39}", fullmatch=True)
medium = st.sampled_from(ask.MEDIA)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def many(strategy: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, min_size=least, max_size=3).map(tuple)


recipes = st.builds(
    recipe.Recipe, model=text, revision=text, runtime=text, weights=text, ask=facts, index=small, seed=seed,
    versions=st.dictionaries(text, text, max_size=2),
)  # fmt: skip
things = st.builds(event.Thing, name=name, media_type=text, body=body)
parts = st.builds(work.Part, name=text, sha256=sha256, media_type=text, size=size)
spans = st.builds(
    ledger.Span, length=st.integers(1, 10**9), offer=maybe(text),
    maker=st.sampled_from(["human", "model", "model-edited", "human-rewritten", "pasted"]),
)  # fmt: skip
files = st.builds(
    card.WeightFile, path=st.from_regex(r"[a-z0-9_.-]+[a-z]/[a-z][a-z0-9_.-]*", fullmatch=True), sha256=sha256, size=size
)
sources = st.builds(
    card.Source, kind=st.sampled_from(["embedded", "folder", "hub", "server"]), where=text, allow=many(text)
)  # fmt: skip
own = {"id": text, "owner": text, "created": when}

WORDS: dict[type[word.Word], st.SearchStrategy[Any]] = {
    ask.Ask: st.builds(
        ask.Ask, medium=medium, task=st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True), n=st.integers(1, 16), seed=seed
    ),
    card.WeightFile: files,
    card.Source: sources,
    card.Card: st.builds(
        card.Card, id=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,79}", fullmatch=True), title=text, medium=medium, tasks=many(text, 1),
        runtime=st.from_regex(r"[a-z][a-z0-9_]*", fullmatch=True), source=sources, revision=text, licence=text, size=size,
        memory=size, devices=many(st.sampled_from(["cpu", "cuda", "mps", "remote"])), limits=text, training_data=text,
        files=many(files),
        options=st.dictionaries(text, text | st.integers(-9, 9) | st.floats(-9, 9, allow_nan=False) | st.booleans(), max_size=3),
    ),
    engine.Place: st.builds(engine.Place, device=text, threads=small, memory=size),
    event.Progress: st.builds(
        event.Progress, stage=st.sampled_from(["queued", "loading", "working"]), position=small, fraction=st.floats(0, 1),
        seconds_left=maybe(st.floats(allow_nan=False)), note=text,
    ),
    event.Delta: st.builds(event.Delta, index=small, text=text),
    event.Preview: st.builds(event.Preview, index=small, media_type=text, body=body),
    event.Thing: things,
    Given: st.builds(Given.of, body=body, media_type=text),
    event.Offer: st.builds(
        event.Offer, index=small, seed=seed, things=many(things), summary=text, facts=facts, partial=st.booleans(), id=text,
        recipe=maybe(recipes),
    ),
    event.Notice: st.builds(event.Notice, level=st.sampled_from(["info", "warning", "error"]), text=text),
    ledger.Span: spans,
    ledger.Ledger: st.builds(ledger.Ledger, spans=many(spans)),
    ledger.Bridge: st.builds(ledger.Bridge, draft=text, source=medium, target=medium, note=text),
    recipe.Recipe: recipes,
    work.Session: st.builds(work.Session, **own, title=text, updated=when, trashed=maybe(when)),
    work.Piece: st.builds(
        work.Piece, **own, session=text, medium=medium, form=text, title=text, updated=when, trashed=maybe(when)
    ),
    work.Part: parts,
    work.Draft: st.builds(
        work.Draft, **own, piece=text, parents=many(text), parts=many(parts), recipe=maybe(recipes), offer=maybe(text),
        summary=text, origin=st.sampled_from(["person", "model", "mixed", "imported", "restored", "merged", "conflict"]),
    ),
    work.OfferRecord: st.builds(
        work.OfferRecord, **own, session=text, piece=maybe(text), job=text, index=small, seed=seed, parts=many(parts),
        recipe=recipes, summary=text, facts=facts, partial=st.booleans(),
    ),
    work.Choice: st.builds(
        work.Choice, **own, offer=text, draft=maybe(text),
        kind=st.sampled_from(["kept", "edited", "rejected", "mixed", "ignored"]),
    ),
    work.Job: st.builds(
        work.Job, **own, session=text, piece=maybe(text), model=text, ask=facts, message=text, ended=maybe(when),
        state=st.sampled_from(["queued", "running", "done", "failed", "cancelled", "interrupted"]),
    ),
    work.Working: st.builds(
        work.Working, id=text, owner=text, piece=text, base=maybe(text), version=small, text=text, title=text, updated=when
    ),
}  # fmt: skip
EVENTS = (event.Progress, event.Delta, event.Preview, event.Offer, event.Notice)


def test_every_word_of_the_core_is_tried() -> None:
    found = set()
    for module in pkgutil.iter_modules(studio.core.__path__, "studio.core."):
        for thing in vars(importlib.import_module(module.name)).values():
            if isinstance(thing, type) and issubclass(thing, word.Word) and thing is not word.Word:
                found.add(thing)
    assert found == set(WORDS)


@pytest.mark.parametrize("kind", list(WORDS), ids=lambda kind: kind.__name__)
def test_a_word_survives_the_trip(kind: type[word.Word]) -> None:
    @LIGHT
    @given(WORDS[kind])
    def trip(said: word.Word) -> None:
        again = kind.loads(said.dumps())
        assert again == said
        assert again.dumps() == said.dumps()
        assert kind.loads(said.dumps().decode()) == said
        assert said.changed() == said

    trip()


@LIGHT
@given(st.one_of(*(WORDS[kind] for kind in EVENTS)))
def test_an_event_comes_back_as_its_own_kind(said: Any) -> None:
    again = event.load_event(said.dumps())
    assert type(again) is type(said)
    assert again == said
    slot = event.newest_only(said)
    assert (slot is None) == isinstance(said, event.Offer | event.Notice)
    if isinstance(said, event.Delta | event.Preview):
        assert slot == (said.kind, said.index)


def test_words_are_frozen_strict_and_checked_when_changed() -> None:
    notice = event.Notice(text="a")
    with pytest.raises(ValidationError):
        notice.text = "b"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        event.Notice.loads('{"text": "a", "more": 1}')
    with pytest.raises(ValidationError):
        notice.changed(level="loud")
    with pytest.raises(ValidationError):
        event.load_event('{"kind": "rumour", "text": "a"}')
    assert notice.changed(text="b") == event.Notice(text="b")


@pytest.mark.parametrize("path", ["/etc/x", "\\x", "../x", "a/../x", "a\\..\\x", "c:x", "a\0b"])
def test_weight_files_stay_in_their_folder(path: str) -> None:
    with pytest.raises(ValidationError, match="inside the model folder"):
        card.WeightFile(path=path, sha256="0" * 64, size=1)


@LIGHT
@given(WORDS[ask.Ask], st.integers(0, 15), st.integers(1, 16))
def test_the_seed_of_an_offer_does_not_depend_on_how_many(asked: ask.Ask, index: int, n: int) -> None:
    assert 0 <= asked.seed_of(index) < 2**63
    assert asked.seed_of(index) == asked.changed(n=n).seed_of(index)
    assert len({asked.seed_of(k) for k in range(16)}) == 16


# names


PART = work.Part(name="body", sha256="0" * 64, media_type="text/plain", size=1)


def test_the_rule_for_the_name_of_a_draft_does_not_change() -> None:
    """Stores out there are full of these names. Another rule needs another prefix."""
    assert work.draft_id("p", (), (PART,), "person", None) == GOLDEN


GOLDEN = "d13b56df6bb75eaba7724dd2674f56d4c3976522e14423daaa408aa978bc63d521"


@LIGHT
@given(st.data())
def test_the_name_of_a_draft_depends_on_each_ingredient(data: st.DataObject) -> None:
    ingredients = {
        "piece": text, "parents": many(text), "parts": many(parts, 1), "recipe": maybe(recipes),
        "origin": st.sampled_from(["person", "model", "merged"]),
    }  # fmt: skip
    one = {key: data.draw(strategy) for key, strategy in ingredients.items()}
    id = work.draft_id(**one)
    assert work.draft_id(**one) == id
    assert len(id) == 66
    for key, strategy in ingredients.items():
        other = {**one, key: data.draw(strategy)}
        told = {**other, "parts": [(p.name, p.sha256, p.media_type) for p in other["parts"]]}
        was = {**one, "parts": [(p.name, p.sha256, p.media_type) for p in one["parts"]]}
        assert (work.draft_id(**other) == id) == (told == was)
    turned = {**one, "parents": one["parents"][::-1]}
    assert (work.draft_id(**turned) == id) == (turned == one)


def test_the_name_of_a_draft_survives_the_trip() -> None:
    @LIGHT
    @given(WORDS[work.Draft])
    def same(draft: work.Draft) -> None:
        again = work.Draft.loads(draft.dumps())
        names = [work.draft_id(d.piece, d.parents, d.parts, d.origin, d.recipe) for d in (draft, again)]
        assert names[0] == names[1]

    same()


@LIGHT
@given(st.lists(st.integers(0, 2**48 - 1), min_size=2, max_size=20, unique=True))
def test_names_sort_by_the_moment_they_were_made(moments: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        made = []
        for moment in sorted(moments):
            patch.setattr(ids.time, "time_ns", lambda moment=moment: moment * 1_000_000)
            made.append(ids.new_id())
    assert made == sorted(made)


def test_names_are_short_plain_and_unlike() -> None:
    made = {ids.new_id() for _ in range(5000)}
    assert len(made) == 5000
    assert all(len(id) == 26 and set(id) <= set("0123456789abcdefghjkmnpqrstvwxyz") for id in made)


# ledgers


@LIGHT
@given(st.lists(spans, min_size=1, max_size=20).map(tuple))
def test_the_shares_of_a_ledger_are_one_together(made: tuple[ledger.Span, ...]) -> None:
    book = ledger.Ledger(spans=made)
    shares = book.shares()
    assert sum(shares.values()) == pytest.approx(1.0)
    assert set(shares) == {span.maker for span in made}
    assert len(book) == sum(span.length for span in made)
    assert ledger.Ledger(spans=made[::-1]).shares() == pytest.approx(shares)


def test_an_empty_ledger_has_no_shares() -> None:
    assert ledger.Ledger().shares() == {}


# lanes


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, tuple[str, ...]]]:
    made: list[tuple[str, tuple[str, ...]]] = []
    for k in range(draw(st.integers(0, 25))):
        past = draw(st.lists(st.integers(0, k - 1), max_size=3, unique=True)) if k else []
        made.append((str(k), tuple(str(p) for p in past)))
    return made


@LIGHT
@given(histories())
def test_each_lane_is_one_line_of_first_children(made: list[tuple[str, tuple[str, ...]]]) -> None:
    lane = lanes(made)
    parents = dict(made)
    assert set(lane) == set(parents)
    assert set(lane.values()) == set(range(len(set(lane.values()))))  # no empty column
    assert lanes(made) == lane
    last: dict[int, str] = {}
    for id, past in made:
        if lane[id] in last:
            assert past[0] == last[lane[id]]  # in a lane each draft follows the one above it
        else:
            assert not past or any(p[:1] == past[:1] and lane[other] == lane[past[0]] for other, p in made[: int(id)])
        last[lane[id]] = id
    assert len(last) == sum(1 for k, (_, past) in enumerate(made) if not past or any(p[:1] == past[:1] for _, p in made[:k]))


def test_lanes_of_a_small_tree() -> None:
    made = [("a", ()), ("b", ("a",)), ("c", ("a",)), ("d", ("b", "c")), ("e", ("c",)), ("f", ("gone",))]
    assert lanes(made) == {"a": 0, "b": 0, "c": 1, "d": 0, "e": 1, "f": 2}
    assert lanes([]) == {}


def test_thousands_of_drafts_have_their_lanes_at_once() -> None:
    made = [(str(k), (str(k // 2),) if k else ()) for k in range(5000)]
    assert len(lanes(made)) == 5000
