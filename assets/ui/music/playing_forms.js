// What the panels for playing share: choices of tempo, meter and key, an empty roll to click along with, a picture of sound.
(() => {
  const music = (Studio.music ||= {}), { h } = Studio;
  const TICKS = 26880;
  const TONICS = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"], MODES = ["major", "minor", "dorian", "mixolydian", "lydian", "phrygian", "locrian"];
  const METERS = ["4/4", "3/4", "2/4", "6/8", "9/8", "12/8", "2/2", "3/8", "5/4", "7/8"];
  const SCALES = { major: [0, 2, 4, 5, 7, 9, 11], minor: [0, 2, 3, 5, 7, 8, 10], dorian: [0, 2, 3, 5, 7, 9, 10], mixolydian: [0, 2, 4, 5, 7, 9, 10], lydian: [0, 2, 4, 6, 7, 9, 11], phrygian: [0, 1, 3, 5, 7, 8, 10], locrian: [0, 1, 3, 5, 6, 8, 10] };
  const sign = (name) => name.replace("#", "♯").replace(/(?<=.)b/, "♭");

  const field = (label, box, attrs = {}) => h("label", { class: "music-field", ...attrs }, h("span", {}, label), box);
  const check = (label, checked = false, attrs = {}) => { const box = h("input", { type: "checkbox", checked, ...attrs }); return { box, el: h("label", { class: "music-check" }, box, h("span", {}, label)) }; };
  const choice = (label, values, chosen, attrs = {}) => {
    const box = h("select", { "aria-label": label, ...attrs }, values.map((v) => (Array.isArray(v) ? h("option", { value: v[0] }, v[1]) : h("option", { value: v }, v))));
    box.value = chosen;
    return box;
  };

  // Beats of a bar in ticks, as studio/music/theory.py has them: threes in compound meters, 3+2+2 in uneven ones.
  function beatsOf(meter) {
    const [count, unit] = meter.split("/").map(Number), one = TICKS / unit;
    if (unit >= 8 && count % 3 === 0 && count > 3) return Array.from({ length: count / 3 }, (_, i) => 3 * i * one);
    if (unit >= 8 && count > 3 && count % 2) return [0, ...Array.from({ length: (count - 3) / 2 }, (_, i) => (3 + 2 * i) * one)];
    return Array.from({ length: count }, (_, i) => i * one);
  }
  const barOf = (meter) => { const [count, unit] = meter.split("/").map(Number); return (count * TICKS) / unit; };
  const beatOf = (meter) => beatsOf(meter)[1] ?? barOf(meter);

  // An empty roll of so many bars, for clicks and for pictures.
  function emptyRoll({ meter = "4/4", tempo = 100, tonic = "C", mode = "major" }, count, voices = []) {
    const length = barOf(meter), beats = beatsOf(meter), root = (({ C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 })[tonic[0]] + (tonic[1] === "#" ? 1 : tonic[1] === "b" ? 11 : 0)) % 12;
    return {
      ticks: TICKS, title: "", composer: "", tempo, meter, beat: beatOf(meter), pickup: 0, length: length * count, sections: [], chords: [], voices,
      key: { tonic, mode, name: `${sign(tonic)} ${mode}`, root, classes: SCALES[mode].map((s) => (s + root) % 12).sort((a, b) => a - b), names: ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"] },
      bars: Array.from({ length: count }, (_, i) => ({ start: i * length, length, meter, beats })),
    };
  }

  // A number of quarter notes a minute, typed or tapped in beats of the meter.
  function tempoField(chosen, meter, attrs = {}) {
    const box = h("input", { type: "number", min: "30", max: "300", step: "1", value: chosen ?? "", "aria-label": "Tempo, quarter notes a minute", ...attrs });
    let times = [];
    const tap = h("button", { type: "button", class: "music-taptempo", onclick: (e) => {
      const now = e.timeStamp;
      if (times.length && now - times[times.length - 1] > 2500) times = [];
      times = [...times, now].slice(-6);
      if (times.length < 2) { Studio.say("Tap on."); return; }
      const each = (times[times.length - 1] - times[0]) / (times.length - 1);
      box.value = Math.min(300, Math.max(30, Math.round((60000 / each) * (beatOf(meter()) / (TICKS / 4)))));
      box.dispatchEvent(new Event("input", { bubbles: true }));
    } }, "Tap tempo");
    return { box, tap, el: h("span", { class: "music-tempo" }, box, tap) };
  }
  // What is typed as a tempo, null for free, or a sentence.
  function tempoOf(box) {
    if (box.value.trim() === "" && !box.validity.badInput) return null;
    const tempo = Number(box.value);
    if (!(tempo >= 30 && tempo <= 300)) throw new Error("Choose a tempo between 30 and 300 quarter notes a minute.");
    return tempo;
  }
  const beatChoice = (meter) => beatsOf(meter).map((_, i) => [String(i), i ? `beat ${i + 1}` : "beat 1"]);

  // ---- a picture of sound

  const EACH = 0.005; // seconds of a peak
  function peaksOf(samples, rate) {
    const size = Math.max(1, Math.round(rate * EACH)), out = new Float32Array(Math.ceil(samples.length / size));
    let most = 1e-6;
    for (let i = 0; i < samples.length; i++) { const k = Math.floor(i / size), x = Math.abs(samples[i]); if (x > out[k]) out[k] = x; if (x > most) most = x; }
    for (let k = 0; k < out.length; k++) out[k] /= most;
    return { peaks: out, each: size / rate, seconds: samples.length / rate };
  }
  function canvasOf(canvas) {
    const width = canvas.clientWidth, height = canvas.clientHeight, scale = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
    if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
    const c = canvas.getContext("2d"), look = getComputedStyle(canvas);
    c.setTransform(scale, 0, 0, scale, 0, 0);
    c.clearRect(0, 0, width, height);
    return { c, width, height, colour: (name) => look.getPropertyValue(`--${name}`).trim() };
  }
  // `at(px)`: the second of the recording at a place of the picture.
  function drawWave({ c, width, height, colour }, wave, at, [from, to] = [0, width]) {
    c.fillStyle = colour("tune-accent");
    c.globalAlpha = 0.75;
    for (let px = Math.max(0, Math.floor(from)); px < Math.min(width, to); px++) {
      const a = Math.floor(at(px) / wave.each), b = Math.max(a + 1, Math.floor(at(px + 1) / wave.each));
      if (b <= 0 || a >= wave.peaks.length) continue;
      let most = 0;
      for (let k = Math.max(0, a); k < Math.min(b, wave.peaks.length); k++) most = Math.max(most, wave.peaks[k]);
      const tall = Math.max(1, most * (height - 4));
      c.fillRect(px, (height - tall) / 2, 1, tall);
    }
    c.globalAlpha = 1;
  }

  // Puts a sentence into a dialog's own line, where it is also spoken.
  function line() {
    const el = h("p", { class: "said music-line", hidden: true, role: "status" });
    return { el, say(text, bad = false) { el.textContent = text || ""; el.hidden = !text; el.classList.toggle("bad", bad); } };
  }

  music.forms = { TICKS, TONICS: TONICS.map((t) => [t, sign(t)]), MODES, METERS, field, check, choice, beatsOf, barOf, beatOf, emptyRoll, tempoField, tempoOf, beatChoice, peaksOf, canvasOf, drawWave, line };
})();
