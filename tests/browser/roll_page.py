"""A page with nothing but a piano roll on it: the real files of the page, no server."""

import statistics
from fractions import Fraction
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from studio.music.notation.abc_tune import read_abc_tune
from studio.music.notation.roll import to_roll
from studio.music.theory import read_meter
from studio.music.tune import Note, Section, Tune, Voice, plain_bars

UI = Path(__file__).resolve().parents[2] / "assets" / "ui"
SCRIPTS = (
    "roll_time",
    "roll_notes",
    "roll_state",
    "roll_commands",
    "roll_keys",
    "roll_draw",
    "roll_pointer",
    "roll_ruler",
    "roll_lane",
    "roll_tools",
    "roll_list",
    "roll",
    "rollview",
)
JIG = """X:1
T:The lamp in the harbour
M:6/8
L:1/8
Q:3/8=96
K:Ddor
A|"Dm"d2e f2d|"C"e2c G2E|"Dm"F2G A2d|"Am"c2A A2G|"Dm"F2A d2e|"G"fed B2G|"Am"A2G E2C|"Dm"D3 D2A|
"F"c2c cBA|"C"G2E C2E|"Dm"FED A2d|"Am"cBA E2A|"F"f2e d2c|"G"B2d g2f|"Am"edc A2G|"Dm"d3 d2|
"""


def jig() -> Tune:
    tune = read_abc_tune(JIG).changed(sections=(Section(label="A", bars=9), Section(label="B", bars=8)))
    roots = {"D": 38, "C": 36, "A": 33, "G": 31, "F": 41}
    starts = [chord.start for chord in tune.chords] + [tune.length]
    low = [
        Note(start=at, length=Fraction(3, 8), pitch=roots[chord.root] + fifth, velocity=70)
        for chord, start, end in zip(tune.chords, starts, starts[1:], strict=False)
        for at, fifth in ((start, 0), (start + Fraction(3, 8), 7))
        if at + Fraction(3, 8) <= end
    ]
    return tune.with_voice(Voice(name="Bass", role="bass", instrument="bass", notes=tuple(low)))


def jig_roll() -> dict[str, Any]:
    return to_roll(jig())


def open_roll(page: Page, roll: dict[str, Any], *, dark: bool = False) -> None:
    """The roll fills the page; what it calls back is collected in `told`, what it says in `said`."""
    styles = "\n".join((UI / name).read_text() for name in ("tokens.css", "shell.css", "music/roll.css"))
    page.set_content(f"<!doctype html><html lang=en><meta name=viewport content='width=device-width,initial-scale=1'><style>{styles}</style><body class='{'dark' if dark else ''}'><main style='padding:16px'><button id=before>before</button><div data-part=music><div id=roll></div><canvas id=small style='width:260px;height:110px;margin-top:12px;border:1px solid var(--line)'></canvas></div><button id=after>after</button></main>")  # fmt: skip
    page.evaluate("Object.defineProperty(window, 'localStorage', {value: {getItem() {}, setItem() {}}})")  # none on about:blank
    page.add_script_tag(
        content="\n".join([(UI / "studio.js").read_text(), *((UI / "music" / f"{name}.js").read_text() for name in SCRIPTS)])
    )
    page.evaluate(
        """(roll) => {
          window.told = []; window.said = [];
          const say = Studio.say; Studio.say = (text) => { said.push(text); say(text); };
          const on = Object.fromEntries(["change", "select", "audition", "seek", "loop", "locks", "barMenu"].map((name) => [name, (...args) => told.push([name, ...args])]));
          window.roll = Studio.music.pianoRoll({ root: document.getElementById("roll"), on });
          window.roll.load(roll);
        }""",
        roll,
    )
    page.wait_for_function("() => roll.frames().length > 0", timeout=5000)


def long_roll(count: int, together: int = 1) -> dict[str, Any]:
    """So many eighths in 4/4, up and down the scale of C, one or more at a time."""
    scale = [60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77, 79]
    meter = read_meter("4/4")
    line = tuple(
        Note(start=Fraction(i, 8), length=Fraction(1, 8), pitch=scale[(i * 5 + i // 7 + k) % 12])
        for i in range(count // together)
        for k in range(together)
    )
    line = tuple(sorted(line, key=lambda n: (n.start, n.pitch)))
    return to_roll(Tune(title="Long", bars=plain_bars(meter, (len(line) // together + 7) // 8), voices=(Voice(notes=line),)))


def measure_drag(page: Page) -> dict[str, float]:
    """Every note of a long roll dragged about: work of a frame and the time between frames, in milliseconds."""
    page.evaluate("roll.fit()")
    page.evaluate("roll.focus()")
    page.keyboard.press("Control+a")
    note = page.evaluate("roll.roll().voices[0].notes[905]")
    x, y = page.evaluate("n => roll.at(n[0] + n[1] / 2, n[2])", note)
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(
        """() => { roll.frames(); window.gaps = []; let then = 0;
        const on = (now) => { if (then) gaps.push(now - then); then = now; requestAnimationFrame(on); }; requestAnimationFrame(on); }"""
    )
    for step in range(60):
        page.mouse.move(x + (step % 30) * 3, y - (step % 20) * 4)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    work, gaps = page.evaluate("[roll.frames(), gaps]")
    page.mouse.up()
    assert len(work) > 40
    worst = {name: sorted(values)[int(len(values) * 0.95)] for name, values in (("work", work), ("gap", gaps))}
    return {
        "work_ms": statistics.median(work), "work_worst_ms": worst["work"],
        "between_ms": statistics.median(gaps), "between_worst_ms": worst["gap"],
    }  # fmt: skip
