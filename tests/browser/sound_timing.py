"""How soon an edit is heard and how true the playhead is, taken from the sound itself.

`open_sounding(browser)` is a bare page with the real player and an ear: a worklet on the player's output that keeps every
sample with its place on the audio clock. `measure(page)` gives the two figures of the issue in milliseconds. What the ear
hears leaves the loudspeaker later by what the browser says its output takes; both figures are given with and without.
"""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Route

ROOT = Path(__file__).resolve().parents[2]
UI, SOUNDS = ROOT / "assets" / "ui", ROOT / "assets" / "sounds"
HOME = "http://127.0.0.1:9/"  # never asked: every answer is made here; a secure context, as worklets need
SCRIPTS = ("studio.js", "keys.js", *(f"music/{name}.js" for name in ("sampler", "player", "keys_in", "microphone")))
TICKS = 26880

EAR = """
class Ear extends AudioWorkletProcessor {
  process([input]) {
    const left = input[0] || new Float32Array(128), right = input[1] || left;
    this.port.postMessage([currentFrame, left.map((x, i) => (x + right[i]) / 2)]);
    return true;
  }
}
registerProcessor("ear", Ear);
"""

HELPERS = (
    f"const EAR = {EAR!r};"
    + """
window.Ear = {
  data: new Float32Array(48000 * 90), first: null, last: 0, rate: 0,
  async listen() {
    const { context, output } = player.sounds;
    this.rate = context.sampleRate;
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([EAR], { type: "text/javascript" })));
    const node = new AudioWorkletNode(context, "ear");
    node.port.onmessage = ({ data: [frame, samples] }) => {
      this.first ??= frame;
      const at = frame - this.first;
      if (at + samples.length > this.data.length) return;
      this.data.set(samples, at);
      this.last = at + samples.length;
    };
    output.connect(node);
    node.connect(new GainNode(context, { gain: 0 })).connect(context.destination);
  },
  index(time) { return Math.max(0, Math.round(time * this.rate) - (this.first ?? 0)); },
  // Times on the audio clock at which sound begins after `quiet` seconds below the threshold.
  onsets(from, to = Infinity, { level = 0.004, quiet = 0.04 } = {}) {
    const found = [], end = Math.min(this.last, to === Infinity ? this.last : this.index(to));
    let still = Infinity;
    for (let i = this.index(from); i < end; i++) {
      if (Math.abs(this.data[i]) > level) { if (still > quiet * this.rate) found.push((i + this.first) / this.rate); still = 0; } else still++;
    }
    return found;
  },
  // How much of the sound between two times is at a pitch (amplitude of a sine).
  power(pitch, from, to) {
    const f = 440 * 2 ** ((pitch - 69) / 12), a = this.index(from), b = Math.min(this.last, this.index(to));
    let re = 0, im = 0;
    for (let i = a; i < b; i++) {
      const w = 0.5 - 0.5 * Math.cos((2 * Math.PI * (i - a)) / (b - a)), t = (2 * Math.PI * f * i) / this.rate;
      re += w * this.data[i] * Math.cos(t); im += w * this.data[i] * Math.sin(t);
    }
    return (4 * Math.hypot(re, im)) / (b - a);
  },
  peak(from, to) { let most = 0; for (let i = this.index(from); i < Math.min(this.last, this.index(to)); i++) most = Math.max(most, Math.abs(this.data[i])); return most; },
  // The moment of performance.now() at which a time of the audio clock is heard, by the browser's own account of its output.
  heardAt(time) { const s = player.sounds.context.getOutputTimestamp(); return s.performanceTime + (time - s.contextTime) * 1000; },
};
window.wait = (ms) => new Promise((done) => setTimeout(done, ms));
window.until = async (good, ms = 8000) => { const end = performance.now() + ms; while (!good()) { if (performance.now() > end) throw new Error("waited in vain for " + good); await wait(10); } };
window.rollOf = (voices, more = {}) => ({
  ticks: 26880, title: "T", composer: "", tempo: 120, meter: "4/4", beat: 6720, pickup: 0, length: 26880 * (more.bars || 1),
  key: { tonic: "C", mode: "major", name: "C major", root: 0, classes: [0, 2, 4, 5, 7, 9, 11], names: [] }, sections: [], chords: [],
  voices: voices.map(([name, role, instrument, notes]) => ({ name, role, instrument, notes })), ...more,
  bars: Array.from({ length: more.bars || 1 }, (_, i) => ({ start: i * 26880, length: 26880, meter: "4/4", beats: [0, 6720, 13440, 20160] })),
});
window.player = Studio.music.player({ room: false });
"""
)


def open_sounding(browser: Browser, *, samples: bool = False, context: BrowserContext | None = None, scripts: str = "") -> Page:
    """The page after its first click; without samples the stand-ins sound, which begin at their first frame."""
    page = (context or browser.new_context()).new_page()

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOME)
        if path == "":
            route.fulfill(body="<!doctype html><body><button>Begin</button><input></body>", content_type="text/html")
        elif samples and path.startswith("studio/sounds/") and (SOUNDS / path.split("/")[-1]).is_file():
            route.fulfill(path=SOUNDS / path.split("/")[-1])
        else:
            route.fulfill(status=404, body="")

    page.route(f"{HOME}**", answer)
    page.goto(HOME)
    if scripts:
        page.add_script_tag(content=scripts)
    for name in SCRIPTS:
        if (UI / name).is_file():
            page.add_script_tag(path=UI / name)
    page.add_script_tag(content=HELPERS)
    page.click("button")  # sound may begin only after a gesture
    page.evaluate("async () => { await player.ready(); await player.sounds.awake; await Ear.listen(); await wait(150); }")
    return page


MEASURE = """
async () => {
  const context = player.sounds.context, out = { auditions: [], edits: [], heads: [], rates: context.sampleRate };
  // (a) a key under the finger
  for (let k = 0; k < 6; k++) {
    await wait(150 + 13 * k);
    const before = context.currentTime, called = performance.now();
    player.audition(76, "drums", 100, 0.05);
    await until(() => Ear.onsets(before - 0.02).length);
    const onset = Ear.onsets(before - 0.02)[0];
    out.auditions.push([Ear.heardAt(onset) - called, (onset - before) * 1000]);
  }
  // (a) a note drawn right behind the playhead's line while the tune plays
  for (let k = 0; k < 6; k++) {
    const still = rollOf([["Drums", "drums", "drums", []]], { bars: 2 });
    await player.play(still, { from: 0 });
    await wait(200 + 17 * k);
    const drawn = structuredClone(still), before = context.currentTime, called = performance.now();
    drawn.voices[0].notes = [[Math.ceil(player.position()) + 30, 3360, 76, 100]];
    player.update(drawn);
    await until(() => Ear.onsets(before - 0.02).length);
    const onset = Ear.onsets(before - 0.02)[0];
    out.edits.push([Ear.heardAt(onset) - called, (onset - before) * 1000]);
    player.stop();
    await wait(120);
  }
  // (b) the playhead at the moment each note is heard: uneven onsets, a loop and an odd tempo
  const notes = [0, 5040, 8400, 13440, 16800, 22400].map((at) => [at, 1680, 76, 100]);
  const roll = rollOf([["Drums", "drums", "drums", notes]], { tempo: 133 });
  const heads = [], begun = context.currentTime;
  let on = true;
  const watch = () => { heads.push([performance.now(), player.position()]); if (on) requestAnimationFrame(watch); };
  await player.play(roll, { loop: [0, 26880] });
  watch();
  await wait(3600);
  const rate = player.rate;
  on = false;
  player.stop();
  await wait(150);
  const onsets = Ear.onsets(begun).slice(1);
  onsets.forEach((onset, i) => {
    const at = Ear.heardAt(onset), next = heads.findIndex((h) => h[0] >= at);
    if (next < 1) return;
    const [[t0, p0], [t1, p1]] = [heads[next - 1], heads[next]];
    const moved = ((p1 - p0 + 26880) % 26880) * ((at - t0) / (t1 - t0)), shown = (p0 + moved) % 26880;
    const off = notes.map((n) => ((shown - n[0] + 13440 + 26880) % 26880) - 13440).reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a));
    out.heads.push((off / rate) * 1000);
  });
  out.output = (context.outputLatency || context.baseLatency) * 1000;
  return out;
}
"""


def measure(page: Page) -> dict[str, Any]:
    """Milliseconds. `edit_to_sound`: the longest from the call to the first sample of the note as it is heard, of six
    auditions and six edits while playing; `playhead_off`: the largest difference between position() and the sound."""
    got = page.evaluate(MEASURE)
    heads = sorted(abs(off) for off in got["heads"])
    assert len(heads) >= 10, f"only {len(heads)} notes were caught with the playhead"
    middle = {name: sorted(heard for heard, _ in got[name])[3] for name in ("auditions", "edits")}
    graph = {name: max(inside for _, inside in got[name]) for name in ("auditions", "edits")}
    return {
        "edit_to_sound": max(heard for name in ("auditions", "edits") for heard, _ in got[name]),
        "audition": middle["auditions"],
        "edit": middle["edits"],
        "audition_without_output": graph["auditions"],
        "edit_without_output": graph["edits"],
        "playhead_off": heads[-1],
        "playhead_off_median": heads[len(heads) // 2],
        "output": got["output"],
        "notes": len(heads),
    }
