"""The engraved score: every note is on it under its own id, the same tune gives the same pages, nothing in it is markup of ours."""

import re
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction as F
from xml.etree import ElementTree

import pytest

from studio.core.errors import Refused
from studio.music.notation import svg
from studio.music.notation.roll import to_roll
from studio.music.notation.svg import score_of
from studio.music.theory import Meter
from studio.music.tune import Note, Tune, Voice, plain_bars
from tests.tunes import FIXED, jig, line, seeded, waltz

TUNES = [*(make() for make in FIXED), *(seeded(i) for i in range(8)), *(seeded(i, wild=True) for i in range(8))]
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text><script>alert('1')</script> & \"quoted\" <"


def ids(pages: list[str]) -> list[str]:
    found = [element.get("id", "") for page in pages for element in ElementTree.fromstring(page).iter()]
    return [name for name in found if re.fullmatch(r"v\d+n\d+(-\d+)?", name)]


@pytest.mark.parametrize("tune", TUNES, ids=range(len(TUNES)))
def test_every_note_of_the_roll_is_on_the_page_once(tune: Tune) -> None:
    found = ids(score_of(tune, 700))
    assert len(set(found)) == len(found)
    wanted = {f"v{v}n{i}" for v, voice in enumerate(to_roll(tune)["voices"]) for i in range(len(voice["notes"]))}
    assert {name.split("-")[0] for name in found} == wanted
    assert wanted <= set(found)


def test_pieces_after_a_tie_follow_their_note() -> None:
    found = ids(score_of(waltz()))
    assert {"v0n4", "v0n4-2", "v0n12", "v0n12-2"} <= set(found)
    assert found.index("v0n4") < found.index("v0n4-2")


def test_bars_and_staves_are_in_order() -> None:
    root = ElementTree.fromstring(score_of(waltz())[0])
    measures = [element for element in root.iter(f"{SVG}g") if element.get("class", "").split()[:1] == ["measure"]]
    assert len(measures) == len(waltz().bars)
    for measure in measures:
        staves = [g for g in measure.findall(f"{SVG}g") if g.get("class") == "staff"]
        for i, staff in enumerate(staves):
            assert {name[:2] for name in ids([ElementTree.tostring(staff, "unicode")])} <= {f"v{i}"}


@pytest.mark.parametrize("tune", [jig(), waltz(), seeded(5, wild=True)])
def test_the_same_tune_gives_the_same_pages(tune: Tune) -> None:
    assert score_of(tune, 800, 40) == score_of(tune, 800, 40)


def test_every_thread_engraves() -> None:
    """The engraver keeps where its fonts are for each thread."""
    alone = score_of(jig(), 800)
    for _ in range(2):  # new threads each time
        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(lambda _: score_of(jig(), 800), range(3))) == [alone] * 3


@pytest.mark.parametrize("place", ["title", "composer", "name"])
def test_words_stay_words(place: str) -> None:
    tune = jig()
    tune = tune.changed(voices=(tune.melody.changed(name=HOSTILE[:80]),)) if place == "name" else tune.changed(**{place: HOSTILE})
    (page,) = score_of(tune)
    root = ElementTree.fromstring(page)
    assert not [element for element in root.iter() if "script" in element.tag]
    if place == "name":
        assert HOSTILE[:40] in " ".join("".join(root.itertext()).split())


def test_a_page_is_as_wide_as_asked_and_as_high_as_needed() -> None:
    for width, scale in ((360, 34), (1000, 40), (1000, 60)):
        pages = score_of(seeded(4).changed(voices=seeded(4).voices[:1]), width, scale)
        (box,) = (ElementTree.fromstring(page).get("viewBox", "") for page in pages)
        left, top, across, down = map(float, box.split())
        assert (left, top) == (0, 0)
        assert abs(across - width) <= 1
        assert down > 60


def test_wide_is_bound_and_narrow_is_still_read() -> None:
    assert score_of(jig(), 99_999) == score_of(jig(), svg.WIDEST)
    assert score_of(jig(), 1) == score_of(jig(), svg.NARROWEST)
    assert set(ids(score_of(jig(), 280, 80))) == set(ids(score_of(jig())))  # notes are smaller than asked, but all there


def test_sheets_of_paper() -> None:
    tune = Tune(bars=plain_bars(Meter(), 60), voices=(Voice(notes=line("60:1/4 62:1/4 64:1/8 65:1/8 67:1/4 " * 60)),))
    pages = score_of(tune, 690, 36, 930)
    assert len(pages) > 1
    assert len(score_of(tune, 690, 36)) == 1
    assert sorted(ids(pages)) == sorted(ids(score_of(tune, 690, 36)))
    assert all(float(ElementTree.fromstring(page).get("viewBox", "").split()[3]) <= 931 for page in pages)


def test_an_empty_tune_and_drums() -> None:
    bars = plain_bars(Meter(), 2)
    assert ids(score_of(Tune(bars=bars, voices=(Voice(),)))) == []
    hits = tuple(Note(start=F(i, 4), length=F(1, 4), pitch=p) for i in range(8) for p in (36, 42))
    drums = Tune(bars=bars, voices=(Voice(name="Drums", role="drums", instrument="drums", notes=hits),))
    assert len(ids(score_of(drums))) == 16


def test_very_long_tunes_are_refused_with_a_way_out() -> None:
    tune = Tune(bars=plain_bars(Meter(), svg.MOST_BARS + 1), voices=(Voice(),))
    with pytest.raises(Refused, match="Export MusicXML"):
        score_of(tune)
