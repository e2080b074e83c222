// What the person asks of the models: a new tune, more of this one, other bars, chords, bass and drums. Good defaults first,
// everything else under More.
(() => {
  const music = (Studio.music ||= {}), { h, fill } = Studio;
  const TONICS = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"], MODES = ["major", "minor", "dorian", "mixolydian", "lydian", "phrygian", "locrian"];
  const METERS = ["4/4", "3/4", "2/4", "6/8", "9/8", "12/8", "2/2", "3/8", "5/4", "7/8"];
  const FORMS = ["AABA", "AABB", "AB", "ABA'", "ABAC", "AA'", "A"];
  const KINDS = ["reel", "jig", "hornpipe", "polka", "slip jig", "slide", "waltz", "march", "strathspey", "air", "carolan", "hymn", "art song"];
  // What a mood sets is shown in the fields, so that it can be changed.
  const MOODS = {
    calm: { mode: "major", tempo: 72, density: 2, boldness: 0.3 }, bright: { mode: "major", tempo: 120, density: 4, boldness: 0.5 },
    wistful: { mode: "dorian", tempo: 84, density: 3, boldness: 0.5 }, dark: { mode: "minor", tempo: 76, density: 2, boldness: 0.5 },
    proud: { mode: "mixolydian", tempo: 104, density: 3, boldness: 0.4 }, wild: { mode: "dorian", tempo: 138, density: 5, boldness: 0.9 },
    dreamy: { mode: "lydian", tempo: 80, density: 2, boldness: 0.7 },
  };
  const RANGES = { "any voice or instrument (C4 to A5)": [60, 81], "soprano (C4 to G5)": [60, 79], "alto (G3 to D5)": [55, 74], "tenor (C3 to G4)": [48, 67], "bass voice (E2 to C4)": [40, 60], "fiddle (G3 to B5)": [55, 83], "tin whistle in D (D5 to B6)": [74, 95], "flute (D4 to C6)": [62, 84], "recorder (C5 to A6)": [72, 93], "ukulele (C4 to A5)": [60, 81], "guitar (E3 to E5)": [52, 76] };
  const select = (label, values, chosen, attrs = {}) => {
    const box = h("select", { "aria-label": label, ...attrs }, values.map((v) => (Array.isArray(v) ? h("option", { value: v[0] }, v[1]) : h("option", { value: v }, v))));
    box.value = chosen;
    return box;
  };
  const field = (label, box, attrs = {}) => h("label", { class: "field", ...attrs }, h("span", {}, label), box);

  music.askPanel = (ctx, side) => {
    const kept = JSON.parse(localStorage.getItem("tandem-sketch") || "{}");
    const f = {
      tonic: select("Key", TONICS, kept.tonic || "D"), mode: select("Mode", MODES, kept.mode || "major"), meter: select("Meter", METERS, kept.meter || "4/4"),
      bars: h("input", { type: "number", min: "1", max: "64", value: kept.bars || 16, "aria-label": "Bars" }),
      form: h("input", { value: kept.form || "AABA", maxlength: "24", list: "music-forms", "aria-label": "Form, by letters; a dash is another ending", spellcheck: "false" }),
      tempo: h("input", { type: "number", min: "20", max: "320", value: kept.tempo || 100, "aria-label": "Tempo" }),
      mood: select("Mood", [["", "as set below"], ...Object.keys(MOODS)], ""), kind: select("Kind of tune", [["", "any"], ...KINDS], kept.kind || ""),
      range: select("Range", Object.keys(RANGES), kept.range in RANGES ? kept.range : Object.keys(RANGES)[0]),
      density: select("Notes", [["", "as it comes"], ["1", "few and long"], ["2", "calm"], ["3", "medium"], ["4", "lively"], ["5", "many and short"]], kept.density || ""),
      colour: select("Notes outside the scale", [["strict", "none"], ["colour", "now and then"], ["free", "freely"]], kept.colour || "strict"),
      leaps: select("Leaps", [["singable", "singable"], ["free", "any"]], kept.leaps || "singable"),
      shortest: select("Shortest note", ["1/4", "1/8", "1/16", "1/32"], kept.shortest || "1/16"),
      pickup: select("Upbeat", [["0", "none"], ["1/8", "an eighth"], ["1/4", "a quarter"], ["3/8", "three eighths"]], kept.pickup || "0"),
      boldness: h("input", { type: "range", min: "0", max: "1", step: "0.05", value: kept.boldness ?? 0.5, "aria-label": "Boldness" }),
      seed: h("input", { inputmode: "numeric", placeholder: "new each time", "aria-label": "Seed" }),
      n: select("Takes", ["1", "2", "3", "4", "6", "8"], "4"),
    };
    const promise = h("p", { class: "promise soft" });
    const sketch = h("button", { type: "button", class: "primary big", onclick: () => ctx.ask("sketch", sketchFields()) }, "Sketch four takes");
    const panel = h("details", { class: "panel", open: true }, h("summary", {}, "A new tune"), h("div", { class: "body" },
      sketch, promise,
      h("div", { class: "fields" }, field("Key", h("span", { class: "pair" }, f.tonic, f.mode)), field("Meter", f.meter), field("Bars", f.bars), field("Form", f.form), field("Tempo", f.tempo), field("Mood", f.mood)),
      h("details", { class: "more" }, h("summary", {}, "More"), h("div", { class: "fields" }, field("Kind of tune", f.kind), field("For", f.range), field("Notes", f.density), field("Outside the scale", f.colour), field("Leaps", f.leaps), field("Shortest note", f.shortest), field("Upbeat", f.pickup), field("Boldness", f.boldness), field("Takes", f.n), field("Seed", f.seed))),
      h("datalist", { id: "music-forms" }, FORMS.map((v) => h("option", { value: v })))));

    function sketchFields() {
      const [low, high] = RANGES[f.range.value];
      const fields = { key: { tonic: f.tonic.value, mode: f.mode.value }, meter: { count: Number(f.meter.value.split("/")[0]), unit: Number(f.meter.value.split("/")[1]) }, bars: Number(f.bars.value), form: f.form.value.trim().toUpperCase().replace(/[’′]/g, "'"), tempo: f.tempo.value, low, high, colour: f.colour.value, leaps: f.leaps.value, shortest: f.shortest.value, pickup: f.pickup.value, boldness: Number(f.boldness.value), n: Number(f.n.value) };
      if (f.kind.value) fields.kind = f.kind.value;
      if (f.density.value) fields.density = Number(f.density.value);
      if (/^\d+$/.test(f.seed.value.trim())) fields.seed = Number(f.seed.value.trim());
      return fields;
    }
    function told() {
      const v = sketchFields(), words = { 1: "one take", 2: "two takes", 3: "three takes", 4: "four takes", 6: "six takes", 8: "eight takes" };
      sketch.textContent = `Sketch ${words[v.n]}`;
      promise.textContent = `Promised and checked: ${v.bars} bars ${v.form} in ${v.key.tonic} ${v.key.mode}, ${f.meter.value}, ${v.colour === "strict" ? "only notes of the scale" : "the scale with some colour"}, ending on ${v.key.tonic}.`;
      localStorage.setItem("tandem-sketch", JSON.stringify(Object.fromEntries(Object.entries(f).filter(([k]) => k !== "seed" && k !== "mood").map(([k, box]) => [k, box.value]))));
    }
    f.mood.addEventListener("change", () => {
      const mood = MOODS[f.mood.value];
      if (mood) { f.mode.value = mood.mode; f.tempo.value = mood.tempo; f.density.value = String(mood.density); f.boldness.value = mood.boldness; }
    });
    panel.addEventListener("change", told);
    panel.addEventListener("input", told);

    // ---- this tune
    const more = { bars: h("input", { type: "number", min: "1", max: "32", value: 8, "aria-label": "Bars to add" }), strength: h("input", { type: "range", min: "0.1", max: "1", step: "0.05", value: 0.4, "aria-label": "How much is changed" }), other: h("select", { "aria-label": "Blend with" }), style: h("select", { "aria-label": "Style" }), part: select("Part", [["bass", "bass"], ["drums", "drums"], ["chords", "chord part"]], "bass") };
    const go = (label, run, hint) => h("button", { type: "button", title: hint || "", onclick: ctx.trying(async () => run()) }, label);
    const by = h("input", { type: "number", min: "-24", max: "24", value: 2, "aria-label": "Semitones" });
    const mode = select("Another mode", MODES, "minor");
    const tune = h("details", { class: "panel", open: true }, h("summary", {}, "This tune"), h("div", { class: "body" },
      h("div", { class: "line" }, go("Continue", () => ctx.ask("continue", { bars: Number(more.bars.value), n: 4 })), h("label", {}, "for ", more.bars, " bars")),
      h("div", { class: "line" }, go("Vary", () => ctx.ask("vary", { strength: Number(more.strength.value), n: 4 }), "Locked bars stay"), h("label", {}, "a little ", more.strength, " a lot")),
      h("div", { class: "line" }, go("Find chords", () => ctx.ask("harmonise", { n: 3, seed: again() }), "Three readings, with reasons; press again for others"), go("Without chords", () => ctx.change("no chords", null))),
      h("div", { class: "line" }, go("Add", () => ctx.ask("accompany", { part: more.part.value, ...(more.style.value ? { style: more.style.value } : {}), n: 3 })), more.part, more.style),
      h("div", { class: "line blend", hidden: true }, go("Blend", () => ctx.ask("blend", { other: more.other.value, steps: 4, n: 4 }), "Four steps from this tune to the other"), h("label", {}, "with ", more.other)),
      h("details", { class: "more" }, h("summary", {}, "Key, mode, bars"),
        h("div", { class: "line" }, go("Transpose", () => ctx.change("transpose", Math.round(Number(by.value)))), h("label", {}, "by ", by, " semitones")),
        h("div", { class: "line" }, go("Change the mode", () => ctx.change("mode", mode.value)), h("label", {}, "to ", mode)),
        h("div", { class: "line" }, go("Add empty bars", () => ctx.change("add", 4)), h("span", { class: "soft" }, "four at the end")))));
    // Seed 0 is the best of each reading; asked again about the same notes, other good ones come.
    let asked = { notes: "", seed: 0 };
    function again() {
      const notes = JSON.stringify(ctx.roll().voices[0].notes);
      asked = { notes, seed: notes === asked.notes ? asked.seed + 1 : 0 };
      return asked.seed;
    }
    function styles() {
      const names = ctx.state()?.styles?.[more.part.value] || [], before = more.style.value;
      fill(more.style, h("option", { value: "" }, "three styles"), names.map((n) => h("option", { value: n }, n)));
      more.style.value = names.includes(before) ? before : "";
    }
    more.part.addEventListener("change", styles);

    // ---- the chosen bars
    const acts = music.barActs(ctx), which = h("p", { class: "which" });
    let chosen = null;
    const barButtons = acts.map((act) => h("button", { type: "button", title: act.hint || "", "data-act": act.id, onclick: () => act.run(chosen) }, act.label));
    const bars = h("details", { class: "panel bars", hidden: true, open: true }, h("summary", {}, "Chosen bars"), h("div", { class: "body" }, which, h("div", { class: "acts" }, barButtons)));
    ctx.on("select", ({ bars: range }) => {
      chosen = range;
      bars.hidden = !range;
      if (range) { const text = music.barsInWords(ctx.roll(), range); which.textContent = text[0].toUpperCase() + text.slice(1); }
    });
    side.append(panel, bars, tune);

    ctx.on("state", (state) => {
      tune.hidden = state.empty;
      styles();
      const others = (ctx.tunes?.() || []).filter((t) => t.id !== state.piece);
      fill(more.other, others.map((t) => h("option", { value: t.id }, t.title)));
      tune.querySelector(".blend").hidden = !others.length;
      if (!state.empty && panel.dataset.touched === undefined) { panel.dataset.touched = "yes"; }
    });
    ctx.on("saved", (state) => { tune.hidden = state.empty; });
    ctx.on("run", (run) => { for (const button of side.querySelectorAll("button")) if (button !== sketch) button.disabled = false; sketch.disabled = !run.ended; });
    told();
  };
})();
