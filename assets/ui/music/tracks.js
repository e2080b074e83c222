// The tracks: which one is drawn in, its instrument, mute, solo, and adding or taking away.
(() => {
  const music = (Studio.music ||= {}), { h, fill } = Studio;
  const INSTRUMENTS = { plucked: "Guitar", flute: "Flute", organ: "Organ", bass: "Bass", pad: "Soft pad", drums: "Drums" };
  const MAKERS = { human: "drawn by you", model: "from a take", "model-edited": "a take, edited by you", pasted: "imported" };

  music.tracks = (ctx, root) => {
    const muted = new Set(), solo = new Set();
    ctx.muted = () => [...muted];
    ctx.solo = () => [...solo];

    function sound() {
      const { voices } = ctx.roll();
      ctx.editor.muted(voices.map((v, i) => i).filter((i) => muted.has(voices[i].name) || (solo.size && !solo.has(voices[i].name))));
      if (ctx.playing() === "table") ctx.player.update(ctx.roll(), { mute: ctx.muted(), solo: ctx.solo() });
      draw();
    }
    const flip = (set, name) => { if (!set.delete(name)) set.add(name); sound(); };
    function rebuild(change) {
      const roll = structuredClone(ctx.roll());
      change(roll);
      ctx.editor.load(roll, { keepView: true });
      ctx.editedNow();
      draw();
    }
    function add(role, instrument) {
      rebuild((roll) => {
        const base = { part: "Second voice", bass: "Bass", drums: "Drums" }[role];
        let name = base, k = 2;
        while (roll.voices.some((v) => v.name === name)) name = `${base} ${k++}`;
        roll.voices.push({ name, role, instrument, notes: [] });
      });
      ctx.editor.voice(ctx.roll().voices.length - 1);
      draw();
    }

    function row(voice, i, state) {
      const here = ctx.editor.voice() === i, track = state?.tracks.find((t) => t.name === voice.name);
      const pick = h("select", { "aria-label": `Instrument of ${voice.name}`, "data-key": `i${i}`, onchange: (e) => rebuild((roll) => { roll.voices[i].instrument = e.target.value; }) },
        Object.entries(INSTRUMENTS).filter(([id]) => (voice.role === "drums") === (id === "drums")).map(([id, label]) => h("option", { value: id }, label)));
      pick.value = voice.instrument;
      return h("li", { class: here ? "track here" : "track" },
        h("button", { type: "button", class: "name", "aria-pressed": String(here), "data-key": `v${i}`, title: track ? MAKERS[track.maker] : "", onclick: () => { ctx.editor.voice(i); draw(); } }, h("i", { class: "dot", style: `background: var(--voice-${i % 8})` }), voice.name),
        pick,
        h("button", { type: "button", class: "toggle small", "aria-pressed": String(muted.has(voice.name)), "aria-label": `Mute ${voice.name}`, "data-key": `m${i}`, onclick: () => flip(muted, voice.name) }, "Mute"),
        h("button", { type: "button", class: "toggle small", "aria-pressed": String(solo.has(voice.name)), "aria-label": `Only ${voice.name}`, "data-key": `s${i}`, onclick: () => flip(solo, voice.name) }, "Solo"),
        i > 0 && h("button", { type: "button", class: "quiet small", "aria-label": `Take ${voice.name} away`, "data-key": `x${i}`, onclick: () => { if (here) ctx.editor.voice(0); rebuild((roll) => roll.voices.splice(i, 1)); } }, Studio.icon("bin")));
    }
    function draw() {
      const roll = ctx.roll(), state = ctx.state();
      if (!roll) return;
      const choose = h("select", { "aria-label": "Add a track", class: "adding", "data-key": "add", onchange: (e) => {
        const what = e.target.value;
        e.target.value = "";
        if (what === "part") add("part", "flute");
        else if (what === "bass") add("bass", "bass");
        else if (what === "drums") add("drums", "drums");
      } }, h("option", { value: "" }, "Add a track …"), h("option", { value: "part" }, "Empty second voice"), h("option", { value: "bass" }, "Empty bass"), h("option", { value: "drums" }, "Empty drums"));
      fill(root, h("ul", {}, roll.voices.map((voice, i) => row(voice, i, state)), h("li", {}, choose)));
    }
    ctx.on("state", () => { const names = new Set(ctx.roll().voices.map((v) => v.name)); for (const set of [muted, solo]) for (const name of set) if (!names.has(name)) set.delete(name); sound(); });
    ctx.on("saved", draw);
  };
})();
