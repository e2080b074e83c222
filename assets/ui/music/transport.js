// Play, stop, loop, metronome, tempo: the row of controls over the roll.
(() => {
  const music = (Studio.music ||= {}), { h } = Studio;
  const glyph = (d) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [k, v] of Object.entries({ viewBox: "0 0 24 24", width: 18, height: 18, fill: "currentColor", "aria-hidden": "true" })) svg.setAttribute(k, v);
    svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path")).setAttribute("d", d);
    return svg;
  };
  music.PLAY = "M7 5v14l12-7z"; music.STOP = "M6 6h12v12H6z"; music.glyphOf = glyph;

  music.transport = (ctx, root) => {
    let from = 0;
    const kept = JSON.parse(localStorage.getItem("tandem-transport") || "{}");
    const toggle = (name, label, title) => {
      const box = h("button", { type: "button", class: "toggle", "aria-pressed": String(!!kept[name]), title, onclick: () => {
        kept[name] = !kept[name];
        box.setAttribute("aria-pressed", String(kept[name]));
        remember();
      } }, label);
      return box;
    };
    const remember = () => { localStorage.setItem("tandem-transport", JSON.stringify(kept)); if (ctx.playing() === "table") ctx.player.update(ctx.roll(), wishes()); };
    if (kept.chords === undefined) kept.chords = true;

    const play = h("button", { type: "button", class: "play primary", "aria-label": "Play", title: "Space", onclick: () => pressed() }, glyph(music.PLAY), h("span", {}, "Play"));
    const start = h("button", { type: "button", class: "quiet", "aria-label": "Back to the start", title: "Home", onclick: () => ctx.seek(0) }, glyph("M6 6h2v12H6zM20 6v12L9 12z"));
    const tempo = h("input", { type: "number", min: "20", max: "400", step: "1", "aria-label": "Tempo, quarter notes a minute" });
    const volume = h("input", { type: "range", min: "0", max: "1", step: "0.02", "aria-label": "Volume", value: kept.volume ?? 0.8 });
    const where = h("span", { class: "where soft", "aria-live": "off" });
    const loop = h("button", { type: "button", class: "toggle", "aria-pressed": "false", title: "Drag on the bar numbers to choose what is looped", onclick: () => {
      const range = ctx.editor.loop();
      ctx.editor.setLoop(range ? null : [0, ctx.roll().length]);
      looped(ctx.editor.loop());
      if (ctx.playing() === "table") ctx.player.update(ctx.roll(), wishes());
    } }, "Loop");
    const undo = h("button", { type: "button", class: "quiet", onclick: () => ctx.editor.undo(), title: "Ctrl+Z" }, "Undo"), redo = h("button", { type: "button", class: "quiet", onclick: () => ctx.editor.redo(), title: "Ctrl+Shift+Z" }, "Redo");
    root.append(play, start, where, loop, toggle("metronome", "Click", "Metronome"), toggle("countIn", "Count in", "One bar of clicks before"), toggle("chords", "Chords", "Let the chord names sound"),
      h("label", { class: "tempo" }, "♩ = ", tempo), h("label", { class: "volume" }, h("span", {}, "Volume"), volume), h("span", { class: "undo" }, undo, redo));

    volume.addEventListener("input", () => { ctx.player.volume = kept.volume = Number(volume.value); localStorage.setItem("tandem-transport", JSON.stringify(kept)); });
    if (kept.volume !== undefined) ctx.player.volume = kept.volume;
    tempo.addEventListener("change", ctx.trying(async () => {
      const value = Math.round(Number(tempo.value));
      if (!(value >= 20 && value <= 400)) { tempo.value = Math.round(ctx.roll().tempo); throw new Error("A tempo lies between 20 and 400 quarter notes a minute."); }
      await ctx.change("tempo", String(value));
    }));

    const looped = (range) => loop.setAttribute("aria-pressed", String(!!range));
    function wishes() {
      return { loop: ctx.editor.loop(), metronome: !!kept.metronome, countIn: kept.countIn ? 1 : 0, chords: !!kept.chords && !ctx.roll().voices.some((v) => v.role === "chords"), mute: ctx.muted?.() || [], solo: ctx.solo?.() || [] };
    }
    async function pressed() {
      if (ctx.player.playing) { if (ctx.playing() === "table") from = ctx.editor.loop() ? from : Math.min(ctx.player.position(), ctx.roll().length - 1); ctx.stop(); }
      else { ctx.player.wake(); await ctx.play("table", null, from >= ctx.roll().length - 1 ? 0 : from); }
    }
    // Space plays wherever the person is in the room, except where a space is typed or presses a button.
    document.addEventListener("keydown", (e) => {
      if (ctx.root.offsetParent === null || e.altKey || e.ctrlKey || e.metaKey || e.defaultPrevented || document.querySelector("dialog[open]")) return;
      if (/^(INPUT|TEXTAREA|SELECT|BUTTON|SUMMARY)$/.test(e.target.tagName) && !e.target.matches("input[type=range]")) return;
      if (e.code === "Space") { e.preventDefault(); pressed(); }
      if (e.key === "Home" && e.target === document.body) { e.preventDefault(); ctx.seek(0); }
    });
    function show(tick) {
      const roll = ctx.roll();
      if (!roll) return;
      const bar = Math.max(0, roll.bars.findLastIndex((b) => b.start <= tick + 0.5));
      const beat = 1 + Math.max(0, roll.bars[bar].beats.findLastIndex((b) => roll.bars[bar].start + b <= tick + 0.5));
      const text = `Bar ${bar + (roll.pickup ? 0 : 1)}, beat ${roll.bars[bar].beats.length ? beat : "–"}`;
      if (where.textContent !== text) where.textContent = text;
    }
    ctx.on("playhead", (tick) => show(tick ?? from));
    ctx.on("loop", looped);
    ctx.on("playing", (what) => {
      play.replaceChildren(glyph(what ? music.STOP : music.PLAY), h("span", {}, what ? "Stop" : "Play"));
      play.setAttribute("aria-label", what ? "Stop" : "Play");
    });
    ctx.player.on("end", () => { from = 0; });
    const buttons = () => { undo.disabled = !ctx.editor.canUndo(); redo.disabled = !ctx.editor.canRedo(); };
    ctx.on("state", () => { tempo.value = Math.round(ctx.roll().tempo); from = 0; looped(ctx.editor.loop()); show(0); buttons(); ctx.editor.playhead(0); });
    ctx.on("edit", buttons);
    return { wishes, from: () => from, cursor: (tick) => { from = tick; } };
  };
})();
