// Play notes in: computer keyboard, keys on the screen, a MIDI keyboard; step by step or in time, into the voice of the roll.
(() => {
  const music = (Studio.music ||= {}), { h, fill } = Studio;
  const MAP = [["A", "C"], ["W", "C♯"], ["S", "D"], ["E", "D♯"], ["D", "E"], ["F", "F"], ["T", "F♯"], ["G", "G"], ["Y", "G♯"], ["H", "A"], ["U", "A♯"], ["J", "B"], ["K", "C"], ["O", "C♯"], ["L", "D"], ["P", "D♯"], [";", "E"], ["'", "F"]];

  // One for all panels: while the keys are a piano, letters and digits mean nothing else, and Esc ends it.
  let watched = false;
  function guardKeys(keys) {
    if (watched) return;
    watched = true;
    const typed = (node) => node && (node.isContentEditable || /^(TEXTAREA|SELECT)$/.test(node.tagName) || (node.tagName === "INPUT" && !/^(range|checkbox|radio|button|submit|color|file)$/.test(node.type)));
    addEventListener("keydown", (e) => {
      if (!keys.mode || e.ctrlKey || e.metaKey || e.altKey) return;
      const dialog = document.querySelector("dialog[open]");
      if (dialog && !dialog.hasAttribute("data-plays")) return;
      if (e.key === "Escape" && !dialog) { e.preventDefault(); e.stopPropagation(); keys.mode = false; }
      else if (e.key.length === 1 && e.key !== " " && !typed(e.composedPath()[0])) e.stopPropagation();
    }, true);
  }

  // The switch of the computer keyboard, its octave and its map; the MIDI button; the keys on the screen.
  music.keyboardParts = (keys, say) => {
    guardKeys(keys);
    const mode = h("button", { type: "button", class: "toggle", "aria-pressed": "false", onclick: () => { keys.mode = !keys.mode; } }, "Computer keyboard");
    const octave = h("output", { "aria-label": "Octave" });
    const turn = (by, name, text) => h("button", { type: "button", "aria-label": name, onclick: () => { keys.octave += by; } }, text);
    const octaves = h("span", { class: "music-octave", role: "group", "aria-label": "Octave" }, turn(-1, "An octave lower", "−"), octave, turn(1, "An octave higher", "+"));
    const map = h("ul", { class: "music-map", "aria-label": "Which key is which note" }, MAP.map(([key, name]) => h("li", { class: name.length > 1 ? "black" : "" }, h("kbd", {}, key), h("span", {}, name))));
    const guide = h("p", { class: "soft music-guide" }, "Z and X change the octave. Esc leaves the piano keys.");
    const mapBox = h("div", { class: "music-mapbox", hidden: true }, map, guide);
    const heard = h("span", { class: "soft", role: "status" });
    const midi = h("button", { type: "button", onclick: async () => { heard.textContent = "Asking the browser …"; heard.textContent = (await keys.connectMidi()).sentence; } }, "MIDI keyboard");
    const touch = h("button", { type: "button", class: "toggle", "aria-pressed": "false", onclick: () => showTouch(touch.getAttribute("aria-pressed") !== "true") }, "Keys on the screen");
    const place = h("div", { class: "music-touch", hidden: true });
    let piano = null;
    function showTouch(on) {
      touch.setAttribute("aria-pressed", String(on));
      place.hidden = !on;
      if (on && !piano) place.append((piano = keys.piano()));
    }
    const tell = () => { octave.textContent = `C${keys.octave}`; };
    const offs = [
      keys.on("mode", (on) => {
        mode.setAttribute("aria-pressed", String(on));
        mapBox.hidden = !on;
        say(on ? "The letter keys are a piano now. Esc ends it." : "The letter keys are letters again.");
      }),
      keys.on("octave", tell), keys.on("midi", (state) => { heard.textContent = state.sentence; }),
    ];
    tell();
    mode.setAttribute("aria-pressed", String(keys.mode));
    mapBox.hidden = !keys.mode;
    return { mode, octaves, mapBox, midi, heard, touch, place, showTouch, drop() { offs.forEach((off) => off()); piano?.drop(); keys.mode = false; } };
  };

  // A finger has keys on the screen, a hand the letters.
  music.keysAtHand = (keys, parts) => { if (matchMedia("(pointer: coarse)").matches) parts.showTouch(true); else keys.mode = true; };

  music.playBar = (ctx, root) => {
    const keys = music.keysIn(), { player, editor } = ctx, { check, choice, field } = music.forms;
    const open = h("button", { type: "button", class: "music-open", "aria-expanded": "false", onclick: () => (panel.hidden ? begin() : end()) }, "Play in notes");
    const panel = h("section", { class: "music-play", "aria-label": "Play in notes", hidden: true });
    root.append(open, panel);
    let parts = null, f = null, steps = null, taking = null, told = null;

    function begin() {
      if (!parts) build();
      panel.hidden = false;
      open.setAttribute("aria-expanded", "true");
      open.textContent = "Close the keys";
      music.keysAtHand(keys, parts);
      f.record.focus();
    }
    function end({ leave = false } = {}) {
      stopSteps();
      taking?.stop();
      keys.mode = false;
      panel.hidden = true;
      open.setAttribute("aria-expanded", "false");
      open.textContent = "Play in notes";
      if (!leave) open.focus();
    }
    function build() {
      const say = (text) => { told.textContent = text; };
      told = h("p", { class: "music-told", role: "status" });
      parts = music.keyboardParts(keys, say);
      f = {
        mode: choice("How notes come in", [["time", "in time"], ["step", "step by step"], ["free", "just play"]], "time"),
        grid: choice("Grid", music.GRIDS.filter(([, parts]) => parts).map(([name, n]) => [String(n), name]), String(editor.grid() || 16)),
        count: choice("Count-in", [["0", "none"], ["1", "1 bar"], ["2", "2 bars"]], "1"),
        clicks: check("Metronome", true), hearing: check("Hear the tune", true), replace: check("Replace what is there", true),
      };
      const record = h("button", { type: "button", class: "primary music-record", onclick: ctx.trying(() => (taking ? taking.stop() : steps ? stopSteps() : f.mode.value === "step" ? startSteps() : recording())) }, "Record");
      const rest = h("button", { type: "button", onclick: () => steps?.rest() }, "Rest"), back = h("button", { type: "button", onclick: undoStep }, "Back");
      Object.assign(f, { record, rest, back });
      f.mode.addEventListener("change", () => { stopSteps(); draw(); });
      f.grid.addEventListener("change", () => { editor.grid(Number(f.grid.value)); if (steps) steps.grid = ctx.roll().ticks / Number(f.grid.value); });
      fill(panel,
        h("div", { class: "music-row" }, parts.mode, parts.octaves, parts.touch, parts.midi, parts.heard),
        parts.mapBox, parts.place,
        h("div", { class: "music-row" }, record, rest, back, field("Notes come", f.mode), field("Grid", f.grid), (f.countField = field("Count-in", f.count)), f.clicks.el, f.hearing.el, f.replace.el),
        told);
      draw();
    }
    function draw() {
      const step = f.mode.value === "step", timed = f.mode.value === "time";
      f.record.textContent = taking ? "Stop" : steps ? "Done" : step ? "Start at the cursor" : "Record";
      f.record.hidden = f.mode.value === "free";
      f.record.setAttribute("aria-pressed", String(!!(taking || steps)));
      for (const one of [f.rest, f.back]) one.hidden = !steps;
      for (const one of [f.countField, f.clicks.el, f.hearing.el, f.replace.el]) one.hidden = !timed;
    }
    const voice = () => ctx.roll().voices[editor.voice()];
    const tune = () => { keys.instrument = voice()?.role === "drums" ? "drums" : voice()?.instrument || "plucked"; };

    // ---- in time: what is played while the tune runs, one step of undo
    async function recording() {
      const roll = ctx.roll(), grid = roll.ticks / Number(f.grid.value), loop = editor.loop(), from = loop ? loop[0] : Math.min(spot(), roll.length - 1), to = loop ? loop[1] : roll.length;
      ctx.stop();
      tune();
      editor.grid(Number(f.grid.value));
      told.textContent = "Recording.";
      const name = voice().name, early = Math.max(grid / 2, roll.ticks / 16), line = editor.record();
      let last = from, over = false, finish;
      const heard = { ...roll, voices: f.hearing.box.checked ? (f.replace.box.checked ? roll.voices.filter((v) => v.name !== name) : roll.voices) : [] };
      const ended = new Promise((resolve) => (finish = resolve));
      let went = false;
      try { player.wake(); went = await player.play(heard, { from, to, countIn: Number(f.count.value), metronome: f.clicks.box.checked }); } catch (error) { line.stop(); told.textContent = ""; throw error; }
      if (!went) { line.stop(); return; }
      const offs = [
        keys.on("note", (e) => {
          const tick = player.tickAt(e.when);
          if (tick === null || tick < from - early) return;
          if (e.on) line.noteOn(e.pitch, Math.max(from, tick), e.velocity); else line.noteOff(e.pitch, Math.max(from, tick));
        }),
        player.on("tick", (tick) => { last = tick; editor.playhead(tick, { follow: true }); }),
        player.on("end", () => { last = to; }),
        player.on("stop", (e) => {
          if (over) return;
          over = true;
          last = Math.max(last, e.at);
          offs.forEach((off) => off());
          taking = null;
          const done = line.stop({ tick: last, quantise: true, replace: f.replace.box.checked ? [from, last] : null });
          told.textContent = done ? "Recorded. Undo takes all of it back." : "Nothing was changed.";
          draw();
          finish(done);
        }),
      ];
      taking = { stop() { last = player.tickAt(performance.now()) ?? last; player.stop(); return ended; } };
      draw();
      return ended;
    }
    const spot = () => ctx.from?.() ?? 0;

    // ---- step by step: each key writes at the cursor and moves on, each a step of undo
    function startSteps() {
      const roll = ctx.roll(), grid = roll.ticks / Number(f.grid.value);
      ctx.stop();
      tune();
      editor.grid(Number(f.grid.value));
      const show = (tick) => { editor.playhead(Math.min(tick, ctx.roll().length - 1)); };
      steps = keys.steps({
        grid, cursor: Math.floor(spot() / grid) * grid,
        onNote([start, length, pitch, velocity]) {
          const end = ctx.roll().length;
          if (start >= end) { told.textContent = "The tune ends here. Add bars first, then go on."; return; }
          const line = editor.record();
          line.noteOn(pitch, start, velocity);
          line.noteOff(pitch, Math.min(start + length, end));
          line.stop();
        },
        onMove: (tick) => { show(tick); told.textContent = `At bar ${where(tick)}.`; },
      });
      steps.piece = ctx.state()?.piece;
      show(steps.cursor);
      told.textContent = `Play a note: it is written at bar ${where(steps.cursor)}. Keys pressed together are a chord.`;
      draw();
    }
    function where(tick) {
      const roll = ctx.roll(), i = Math.max(0, roll.bars.findLastIndex((bar) => bar.start <= tick)), beat = Math.max(0, roll.bars[i].beats.findLastIndex((b) => roll.bars[i].start + b <= tick));
      return tick >= roll.length ? "end of the tune" : `${i + (roll.pickup ? 0 : 1)}, beat ${beat + 1}`;
    }
    function undoStep() { if (steps) { steps.back(); } }
    function stopSteps() {
      if (!steps) return;
      steps.stop();
      steps = null;
      told.textContent = "";
      draw();
    }
    ctx.on("state", (state) => { if (steps && state.piece !== steps.piece) stopSteps(); });
    keys.on("note", (e) => { if (e.on && !panel.hidden && !taking && !steps) tune(); });
    document.addEventListener("click", (e) => { if (!panel.hidden && e.target.closest?.('[role="tab"]')) end({ leave: true }); });
  };
})();
