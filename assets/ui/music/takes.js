// The takes: side by side while they grow; to hear, compare, keep, mix bar by bar, or leave. They stay in the session.
(() => {
  const music = (Studio.music ||= {}), { h, fill } = Studio;
  const WORDS = { sketch: "New tunes", continue: "How it could go on", redo: "Other bars", vary: "Variations", fill: "New bars between", blend: "From this tune to the other", answer: "Answers", harmonise: "Chords", accompany: "Parts" };
  const COMPED = ["sketch", "vary", "redo"];

  music.takes = (ctx, root) => {
    const title = h("h3", {}, "Takes"), state = h("span", { class: "soft state", role: "status" }), older = h("select", { "aria-label": "Takes made before", hidden: true }), bar = h("progress", { max: "1", hidden: true });
    const stop = h("button", { type: "button", class: "stop", hidden: true, onclick: () => ctx.halt() }, "Stop");
    const mix = h("button", { type: "button", class: "toggle", hidden: true, "aria-pressed": "false", onclick: () => mixing(!picks) }, "Mix bars");
    const list = h("ol", { class: "cards" }), mixer = h("div", { class: "mixer", hidden: true });
    root.append(h("header", {}, title, state, bar, stop, mix, older), mixer, list);
    root.hidden = true;

    let cards = [], job = null, task = "", picks = null, base = null;
    older.addEventListener("change", ctx.trying(async () => show(await ctx.get(`tunes/${ctx.state().piece}/takes?job=${encodeURIComponent(older.value)}`))));

    function card(i) {
      const canvas = h("canvas", { class: "small", role: "img", "aria-label": `Take ${i + 1}` });
      const el = h("li", { class: "take", "aria-label": `Take ${i + 1}` });
      const c = { i, el, canvas, view: null, take: null, done: false, cells: [] };
      c.play = h("button", { type: "button", class: "playtake", "aria-label": `Play take ${i + 1}`, onclick: () => listen(c) }, music.glyphOf(music.PLAY), h("span", {}, "Play"));
      c.keep = h("button", { type: "button", class: "primary keep", onclick: ctx.trying(() => keep(c)) }, "Keep");
      c.head = h("strong", {}, `Take ${i + 1}`);
      c.note = h("span", { class: "soft note" });
      c.about = h("div", { class: "facts" });
      c.more = h("details", { class: "why" }, h("summary", {}, "Checked, reasons, nearest"), c.about);
      c.comp = h("div", { class: "cells", hidden: true, role: "group", "aria-label": `Bars of take ${i + 1}` });
      c.chords = h("p", { class: "chords", hidden: true });
      el.append(h("header", {}, c.head, c.note), canvas, c.chords, c.comp, h("div", { class: "acts" }, c.play, c.keep), c.more);
      c.more.addEventListener("toggle", () => facts(c));
      c.play.disabled = c.keep.disabled = true;
      return c;
    }
    function lay(n) {
      for (const c of cards) c.view?.destroy();
      cards = Array.from({ length: n }, (_, i) => card(i));
      list.replaceChildren(...cards.map((c) => c.el));
      list.style.setProperty("--n", Math.min(n, 4));
    }
    function put(c, take) {
      const fresh = take.roll && JSON.stringify(take.roll.voices) !== c.shown;
      c.take = take;
      if (fresh) {
        c.shown = JSON.stringify(take.roll.voices);
        if (c.view) c.view.update(take.roll); else c.view = music.rollView(c.canvas, take.roll, {});
      }
      if (!take.done || c.done) { if (!c.done) c.note.textContent = "…"; return; }
      c.done = true;
      c.play.disabled = c.keep.disabled = false;
      const kept = take.facts?.report?.every((l) => l.kept);
      c.note.textContent = [take.partial ? "stopped early" : "", take.unchanged ? `${take.unchanged.same} of ${take.unchanged.of} bars unchanged` : "", take.facts?.reading || take.facts?.style || "", take.facts?.share !== undefined ? `${Math.round(take.facts.share * 100)} % of the other` : ""].filter(Boolean).join(", ");
      c.chords.hidden = task !== "harmonise";
      if (task === "harmonise") { c.chords.textContent = take.roll.chords.map((x) => x[1]).join(" "); c.chords.title = c.chords.textContent; }
      c.el.classList.toggle("kept", take.chosen === "kept");
      if (take.chosen === "kept") c.keep.textContent = "Kept";
      if (kept === false) c.head.append(h("span", { class: "missed", title: "Not everything asked was kept: see below" }, " !"));
      c.canvas.setAttribute("aria-label", `Take ${c.i + 1}: ${take.summary}`);
      const marks = {};
      if (take.unchanged && take.unchanged.changed.length < take.roll.bars.length) for (const b of take.unchanged.changed) marks[b] = { tone: 1 };
      c.view?.marks({ bars: marks });
      if (c.more.open) facts(c);
    }
    function facts(c) {
      if (!c.more.open || !c.take?.facts) return;
      const { report = [], reasons = [], near } = c.take.facts;
      const said = reasons.map((r) => (typeof r === "string" ? r : Array.isArray(r) ? `${r[1]}: ${r[2]}` : r.text));
      const shared = {};
      for (const b of near?.bars || []) shared[b] = { kind: "shared", tone: "warn" };
      fill(c.about,
        report.length > 0 && h("ul", { class: "report" }, report.map((l) => h("li", { class: l.kept ? "ok" : "bad" }, h("span", { class: "tick", "aria-label": l.kept ? "kept" : "missed" }, l.kept ? "✓" : "✗"), `${l.what}: ${l.got}`))),
        said.length > 0 && h("ul", { class: "reasons" }, said.map((text) => h("li", {}, text))),
        near && h("p", {}, music.nearInWords(near), near.bars?.length > 0 && h("button", { type: "button", class: "quiet link", onclick: () => c.view.marks({ bars: shared }) }, "Show where")),
        h("p", { class: "soft" }, `Seed ${c.take.seed}, by ${c.take.model}. `, c.take.chosen !== "rejected" && h("button", { type: "button", class: "quiet link", onclick: ctx.trying(async () => { await ctx.post(`offers/${c.take.id}/reject`); c.el.classList.add("rejected"); c.take.chosen = "rejected"; }) }, "Not this one")));
    }
    async function listen(c) {
      if (ctx.playing() === c.i) return ctx.stop();
      ctx.player.wake();
      await ctx.play(c.i, c.take.roll);
    }
    async function keep(c) {
      await ctx.settle();
      ctx.stop();
      const state = await ctx.post(`offers/${c.take.id}/take`, { working: ctx.state().working });
      c.take.chosen = "kept";
      c.el.classList.add("kept");
      c.keep.textContent = "Kept";
      ctx.load(state);
      ctx.say(`Take ${c.i + 1} is on the table. The others stay here.`);
      document.dispatchEvent(new CustomEvent("studio:kept"));
    }

    // ---- mixing bars of several takes
    const whole = () => cards.filter((c) => c.done && !c.take.partial);
    function mixing(on) {
      picks = on ? new Map() : null;
      mix.setAttribute("aria-pressed", String(!!on));
      mixer.hidden = !on;
      for (const c of cards) { c.comp.hidden = !on; if (on) cells(c); else c.view?.marks({ bars: {} }); }
      if (!on) return;
      base = whole()[0];
      base.take.roll.bars.forEach((_, b) => picks.set(b, base.i));
      fill(mixer, h("p", {}, "Choose for every bar the take it comes from: click a bar number, shift-click for a run."),
        h("button", { type: "button", onclick: () => { if (ctx.playing() === "mix") return ctx.stop(); ctx.player.wake(); return ctx.play("mix", mixed()); } }, "Play the mix"),
        h("button", { type: "button", class: "primary", onclick: ctx.trying(keepMix) }, "Keep the mix"));
      marks();
    }
    let lastCell = null;
    function cells(c) {
      const roll = c.take?.roll;
      if (!c.done || !roll) return;
      c.cells = roll.bars.map((_, b) => h("button", { type: "button", class: "cell", "aria-pressed": "false", "aria-label": `Bar ${b + (roll.pickup ? 0 : 1)} from take ${c.i + 1}`, onclick: (e) => {
        const from = e.shiftKey && lastCell !== null ? Math.min(lastCell, b) : b, to = e.shiftKey && lastCell !== null ? Math.max(lastCell, b) : b;
        for (let k = from; k <= to; k++) picks.set(k, c.i);
        lastCell = b;
        marks();
        if (ctx.playing() === "mix") ctx.player.update(mixed());
      } }, String(b + (roll.pickup ? 0 : 1))));
      fill(c.comp, c.cells);
    }
    function marks() {
      for (const c of cards) {
        const bars = {};
        c.cells.forEach((cell, b) => { const own = picks.get(b) === c.i; cell.setAttribute("aria-pressed", String(own)); if (own) bars[b] = { tone: "tune-accent" }; });
        c.view?.marks({ bars });
      }
    }
    function mixed() {
      const roll = structuredClone(base.take.roll), lead = Math.max(0, roll.voices.findIndex((v) => v.role === "melody"));
      roll.voices[lead].notes = roll.bars.flatMap((b, i) => {
        const from = cards[picks.get(i)].take.roll, voice = from.voices[Math.max(0, from.voices.findIndex((v) => v.role === "melody"))];
        return voice.notes.filter((n) => n[0] >= b.start && n[0] < b.start + b.length).map((n) => [n[0], Math.min(n[1], b.start + b.length - n[0]), n[2], n[3]]);
      });
      return roll;
    }
    async function keepMix() {
      await ctx.settle();
      ctx.stop();
      const chosen = Object.fromEntries([...picks].map(([b, i]) => [b, cards[i].take.id]));
      const state = await ctx.post(`copies/${ctx.state().working}/comp`, { picks: chosen });
      mixing(false);
      ctx.load(state);
      ctx.say("The mix is on the table. The tree of drafts knows which bar came from where.");
      document.dispatchEvent(new CustomEvent("studio:kept"));
    }

    // ---- what comes from the studio
    function heading(name, n) { title.textContent = WORDS[name] || "Takes"; root.hidden = !n; }
    function ended() {
      const full = whole(), same = full.length > 1 && full.every((c) => c.take.roll.bars.length === full[0].take.roll.bars.length);
      mix.hidden = !(same && COMPED.includes(task));
      stop.hidden = bar.hidden = true;
    }
    ctx.on("run", (run) => {
      if (run.token !== job) { job = run.token; task = run.task; mixing(false); lay(run.n); older.hidden = true; mix.hidden = true; heading(run.task, run.n); requestAnimationFrame(() => root.scrollIntoView({ block: "nearest", behavior: "smooth" })); }
      for (const [i, take] of Object.entries(run.takes || {})) if (cards[i]) put(cards[i], take);
      stop.hidden = bar.hidden = run.ended;
      if (run.fraction > 0) bar.value = run.fraction; else bar.removeAttribute("value");
      state.textContent = run.ended ? "" : run.stage === "queued" && run.position > 1 ? `waiting, number ${run.position}` : run.stage === "loading" ? "the model is being loaded" : "being written";
      if (!run.ended) return;
      ended();
      if (run.error && !Object.keys(run.takes || {}).length) root.hidden = true;
      else { const done = cards.filter((c) => c.done); state.textContent = ""; if (done.length) Studio.say(`${done.length} takes are ready.`); for (const c of cards) if (!c.done) c.el.remove(); }
    });
    function show(takes) {
      if (!takes?.offers.length) { root.hidden = true; cards = []; list.replaceChildren(); return; }
      task = takes.offers[0].task;
      job = takes.job;
      mixing(false);
      lay(Math.max(...takes.offers.map((o) => o.index)) + 1);
      for (const take of takes.offers) put(cards[take.index], { ...take, done: true });
      for (const c of cards) if (!c.done) c.el.remove();
      heading(task, takes.offers.length);
      ended();
      older.hidden = takes.jobs.length < 2;
      fill(older, takes.jobs.map((j) => h("option", { value: j.id }, `${WORDS[j.task] || j.task}, ${Studio.ago(j.created)}`)));
      older.value = takes.job;
    }
    let shown = null;
    ctx.on("state", (next) => { if (shown === next.piece) return; shown = next.piece; if (!ctx.run() || ctx.run().ended || ctx.run().piece !== next.piece) show(next.takes); });
    ctx.on("playhead", (tick) => { const what = ctx.playing(); for (const c of cards) c.view?.playhead(what === c.i || what === "mix" ? tick : null); });
    ctx.on("playing", (what) => { for (const c of cards) { const on = what === c.i; c.play.replaceChildren(music.glyphOf(on ? music.STOP : music.PLAY), h("span", {}, on ? "Stop" : "Play")); c.play.setAttribute("aria-pressed", String(on)); } });
  };
})();
