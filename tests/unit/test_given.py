"""Files an ask begins from: known by content, out of what is written down, kept with every offer, and found again."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import Refused
from studio.core.given import Given, filled, givens, named, things_of
from studio.images.ask import FromSketchAsk, PaintAsk, RepaintAsk
from studio.sessions.store import open_store
from studio.workbench import Workbench
from tests.toy_painter import paint, toy_registry

SKETCH = paint(5, 64, 64)


def test_a_file_is_known_by_its_content() -> None:
    one = Given.of(SKETCH, "image/png")
    assert one == Given.of(bytes(SKETCH), "image/png")
    with pytest.raises(ValueError, match="is not the file it says it is"):
        Given(sha256=one.sha256, media_type="image/png", body=SKETCH + b"x")
    assert SKETCH[:40].hex() not in repr(one)


@settings(max_examples=20)
@given(st.binary(max_size=300), st.binary(max_size=300))
def test_named_then_filled_is_the_ask_again(picture: bytes, mask: bytes) -> None:
    ask = RepaintAsk(picture=Given.of(picture, "image/png"), mask=Given.of(mask, "image/png"), prompt="snow", seed=3)
    bare = named(ask)
    assert not any(one.body for one in givens(bare).values())
    assert [one.sha256 for one in givens(bare).values()] == [one.sha256 for one in givens(ask).values()]
    assert filled(bare, {Given.of(b, "").sha256: b for b in (picture, mask)}) == ask
    assert RepaintAsk.loads(ask.dumps()) == ask  # as it travels to the engine


def test_asks_without_files_have_nothing_to_carry() -> None:
    ask = PaintAsk(prompt="snow")
    assert givens(ask) == {}
    assert things_of(ask) == ()
    assert filled(named(ask), {}) == ask


def test_what_is_gone_is_said() -> None:
    ask = named(FromSketchAsk(sketch=Given.of(SKETCH, "image/png")))
    with pytest.raises(Refused, match="The sketch that this began from is not there any more"):
        filled(ask, {"0" * 64: b"another"})


def test_a_round_through_the_workbench(tmp_path: Path) -> None:
    """Job and recipe hold no bytes; the offer holds the sketch; from both together the same pictures are made again."""
    registry = toy_registry(tmp_path)
    store = open_store(f"sqlite:///{tmp_path / 'tandem.db'}", str(tmp_path / "blobs"), tmp_path)
    workbench = Workbench(registry, store)
    session = store.create_session("me", "A session").id
    try:
        ask = FromSketchAsk(sketch=Given.of(SKETCH, "image/png"), prompt="a hill", n=2, seed=9)
        with workbench.run(ask, "me", session) as running:
            offers = [event for event in running if event.kind == "offer"]
        assert [offer.index for offer in offers] == [0, 1]
        assert running.job.ask["sketch"]["body"] == ""
        record = store.offer("me", offers[0].id)
        assert record.recipe.ask["sketch"]["body"] == ""
        assert record.recipe.ask["sketch"]["sha256"] == ask.sketch.sha256
        assert [part.name for part in record.parts] == ["body", "given-sketch"]
        kept = {thing.name: thing.body for thing in offers[0].things}
        assert kept["given-sketch"] == SKETCH

        again = filled(FromSketchAsk.model_validate(record.recipe.ask), {Given.of(kept["given-sketch"], "").sha256: kept["given-sketch"]})
        assert again == ask
        with workbench.run(again, "me", session) as running:
            second = [event.things[0].body for event in running if event.kind == "offer"]
        assert second == [offer.things[0].body for offer in offers]
    finally:
        workbench.close()
        registry.close()
        store.close()
