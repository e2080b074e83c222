// Tap a rhythm with the space key, the mouse or a finger; the notes for it come afterwards, from the models.
(() => {
  const music = (Studio.music ||= {}), { h, fill } = Studio;
  const FREE = 8; // seconds the line shows when nothing clicks

  music.tapDialog = (ctx) => {
    const forms = music.forms, { field, check, choice, emptyRoll, tempoField, tempoOf, beatsOf, barOf } = forms;
    const keys = music.keysIn(), player = music.player(), told = forms.line();
    const kept = JSON.parse(localStorage.getItem("tandem-tap") || "{}");
    const clicks = check("Metronome, after a bar of count-in", kept.clicks ?? true), meter = choice("Meter", forms.METERS, kept.meter || "4/4");
    const tempo = tempoField(kept.tempo || 100, () => meter.value);
    let taking = null, taps = [], done = null, began = 0, per = 0, busy = false, gone = false, frame = 0;

    const line = h("canvas", { class: "music-tapline", role: "img", "aria-label": "No taps yet" });
    const word = h("b", {}, "Start, then tap here"), hint = h("span", { class: "soft" }, "or press Space");
    const pad = h("button", { type: "button", class: "music-pad", onclick: (e) => { if (!taking && !busy) { e.preventDefault(); begin(); } } }, word, hint);
    const go = h("button", { type: "button", class: "primary big", onclick: () => (taking ? taking.stop() : begin()) }, "Start");
    const use = h("button", { type: "button", class: "primary big", onclick: send, hidden: true }, "Use this rhythm");
    const body = h("div", { class: "music-tap" },
      h("p", {}, "Tap where the notes begin. Each lasts until the next."),
      h("div", { class: "music-fields" }, field("Tempo", tempo.el, { class: "music-field wide" }), field("Meter", meter)), clicks.el,
      pad, line, h("div", { class: "music-acts" }, use, go), told.el);
    const box = ctx.dialog("Tap a rhythm", body);
    box.setAttribute("data-plays", "");
    box.addEventListener("keydown", (e) => { if (e.key === "Enter" && taking && !e.repeat) { e.preventDefault(); taking.stop(); } });
    box.addEventListener("close", () => { gone = true; taking?.stop(); cancelAnimationFrame(frame); });

    function draw() {
      tempo.box.disabled = tempo.tap.disabled = !clicks.box.checked;
      go.textContent = taking ? "Stop (Enter)" : done ? "Tap again" : "Start";
      go.classList.toggle("primary", !done || !!taking);
      use.hidden = !done || !!taking;
      use.disabled = go.disabled = busy;
      word.textContent = taking ? (taps.length ? `${taps.length} ${taps.length === 1 ? "tap" : "taps"}` : "Tap here") : done ? `${done.raw.length} taps` : "Start, then tap here";
      hint.hidden = !!done && !taking;
      line.setAttribute("aria-label", `${(done ? done.raw : taps).length} taps`);
    }
    clicks.box.addEventListener("change", draw);

    // Taps come in from the right of now; what is older moves out at the left.
    function picture() {
      if (gone) return;
      const paper = forms.canvasOf(line), { c, width, height, colour } = paper;
      const now = taking ? (performance.now() - began) / 1000 : Math.max(1, ...taps) + 0.5, span = taking ? FREE : Math.max(2, now), from = Math.max(0, now - span);
      const x = (second) => ((second - from) / span) * (width - 12) + 6;
      if (per) {
        const beats = beatsOf(meter.value), bar = barOf(meter.value) / per;
        for (let k = Math.floor(from / bar); k * bar < from + span; k++) {
          beats.forEach((beat, i) => { const at = x(k * bar + beat / per); c.fillStyle = colour(i ? "line" : "ink-soft"); if (at >= 0) c.fillRect(Math.round(at), i ? height * 0.3 : 0, 1, i ? height * 0.4 : height); });
        }
      }
      c.fillStyle = colour("line");
      c.fillRect(0, height / 2, width, 1);
      c.fillStyle = colour("tune-accent");
      for (const at of taps) if (at >= from) { c.beginPath(); c.arc(x(at), height / 2, 6, 0, 2 * Math.PI); c.fill(); }
      if (taking) { c.fillStyle = colour("bad"); c.fillRect(Math.round(x(now)), 0, 2, height); frame = requestAnimationFrame(picture); }
    }

    async function begin() {
      try {
        told.say("");
        const timed = clicks.box.checked, speed = timed ? tempoOf(tempo.box) ?? 100 : 100;
        localStorage.setItem("tandem-tap", JSON.stringify({ clicks: timed, meter: meter.value, tempo: speed }));
        taps = [];
        done = null;
        const roll = emptyRoll({ meter: meter.value, tempo: speed }, 1);
        per = timed ? (roll.ticks * speed) / 240 : 0;
        if (timed) { player.wake(); await player.ready(); }
        began = performance.now();
        taking = await keys.taps({ roll, against: timed ? "metronome" : "free", countIn: 1, target: pad, onTap(n, when) {
          if (!timed && n === 1) began = when;
          taps.push(timed ? Math.max(0, player.tickAt(when)) / per : (when - began) / 1000);
          draw();
        } });
        if (timed && player.playing) began = performance.now() - (player.tickAt(performance.now()) / per) * 1000;
        draw();
        pad.focus();
        picture();
        done = await taking.done;
        if (!done.raw.length) { done = null; if (!gone) told.say("Nothing was tapped. Press Start and tap with Space or a finger.", true); }
        else { taps = done.raw.map((at) => Math.max(0, at)); done.tapped = { timed, speed, per, meter: meter.value }; }
      } catch (error) { told.say(error.message, true); }
      taking = null;
      cancelAnimationFrame(frame);
      if (gone) return;
      draw();
      picture();
      if (done) { Studio.say(`${done.raw.length} taps.`); use.focus(); }
    }

    async function send() {
      busy = true;
      draw();
      try {
        told.say("");
        const { timed, speed, meter: metre } = done.tapped, fields = { onsets: done.raw, meter: metre };
        if (timed) Object.assign(fields, { tempo: speed, beat: String(beatOfFirst(done.onsets[0], metre)) });
        await ctx.settle();
        const state = await ctx.post(`sessions/${ctx.state().session}/tap`, fields);
        if (gone) return;
        ctx.load(state);
        after(state);
      } catch (error) { told.say(error.message, true); }
      busy = false;
      if (!gone) draw();
    }
    // On which beat of its bar the first tap fell, with a fraction behind it.
    function beatOfFirst(tick, metre) {
      const beats = beatsOf(metre), into = tick % barOf(metre), i = beats.findLastIndex((beat) => beat <= into);
      return i + (into - beats[i]) / forms.beatOf(metre);
    }
    function after(state) {
      const { bars, voices } = state.roll, notes = voices[0].notes;
      const full = bars.map((bar, i) => (notes.some((n) => n[0] >= bar.start && n[0] < bar.start + bar.length) ? i : -1)).filter((i) => i >= 0);
      const find = h("button", { type: "button", class: "primary big", onclick: () => { box.close(); ctx.ask("redo", { bars: full, n: 4 }); } }, "Find pitches for it");
      fill(body, h("p", {}, `Your rhythm is on the table: ${notes.length} notes at ${Math.round(state.roll.tempo)} a minute, all on one pitch, its rhythm locked.`),
        h("p", { class: "soft" }, "Regenerate now finds pitches and keeps your rhythm exactly. Unlock a bar to let its rhythm change too."),
        h("div", { class: "music-acts" }, find, h("button", { type: "button", onclick: () => box.close() }, "Just the rhythm")));
      Studio.say("Your rhythm is on the table.");
      find.focus();
    }
    draw();
    go.focus();
    requestAnimationFrame(picture);
    return box;
  };
})();
