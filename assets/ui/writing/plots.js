// Plots side by side, growing slot by slot. Each slot can be locked, written anew, and says why it is there; two cards can be
// mixed; one can be kept as the outline.
(() => {
  const writing = (Studio.writing ||= {}), { h, fill } = Studio;
  const OF_PERSON = [["who", "Who"], ["want", "Wants"], ["need", "Needs"], ["flaw", "Flaw"], ["arc", "Arc"]];
  const LEVERS = { genre: "genre", tone: "tone", time: "time", told: "told", where: "where", "whose choice": "the choice is", "what it costs": "it costs", "turns on": "turns on" };

  writing.plots = (ctx, root) => {
    const { glyph, iconButton, remember, keep, reveal } = writing.kit;
    const state = h("span", { class: "soft state", role: "status" }), bar = h("progress", { max: "1", hidden: true, "aria-label": "How far the plots are" });
    const stop = h("button", { type: "button", class: "stop", hidden: true, onclick: () => ctx.halt() }, "Stop");
    const away = h("button", { type: "button", onclick: () => ask({ ...ctx.plotFields(), away: ids() }) }, "More different"), mix = h("button", { type: "button", class: "primary", hidden: true, onclick: () => { const [a, b] = mixed(); ask({ ...ctx.plotFields(), plot: a.offer.id, other: b.offer.id }); } });
    const close = h("button", { type: "button", class: "quiet", onclick: () => { hide(); } }, "Put them away"), again = h("button", { type: "button", class: "again quiet", hidden: true, onclick: () => { section.hidden = false; again.hidden = true; } }, "Show the plots");
    const list = h("ol", { class: "cards" }), section = h("section", { class: "plots", "aria-label": "Plots", hidden: true }, h("header", {}, h("h3", {}, "Plots"), state, bar, stop, mix, away, close), list);
    root.append(section);
    (ctx.root.querySelector(".write-head .ways") || root).prepend(again);
    let cards = [], token = null, target = null, wanted = null, piece = null;

    // ---- one card
    function card(i) {
      const el = h("li", { class: "plot", tabindex: "-1", "aria-label": `Plot ${i + 1}` }), c = { i, el, offer: null, done: false, locks: new Set(), slots: new Map(), old: [], shape: "" };
      c.mix = h("button", { type: "button", class: "toggle", "aria-pressed": "false", "aria-label": `Mix plot ${i + 1} with another`, onclick: () => { c.mix.setAttribute("aria-pressed", String(c.mix.getAttribute("aria-pressed") !== "true")); offerMix(c); } }, "Mix");
      c.keep = h("button", { type: "button", class: "primary keep", "aria-label": `Keep plot ${i + 1} as the outline`, onclick: ctx.trying(() => keepPlot(c)) }, "Keep as outline");
      c.rest = h("button", { type: "button", "aria-label": `Write the rest of plot ${i + 1} anew`, title: "What is locked stays", onclick: () => reroll(c, []) }, "Reroll the rest");
      c.like = iconButton("like", `More plots like ${i + 1}`, () => ask({ ...ctx.plotFields(), plot: c.offer.id, near: 0.5, locks: [...c.locks] }));
      c.back = iconButton("back", `Plot ${i + 1} as it was before`, () => { const old = c.old.pop(); c.back.hidden = !c.old.length; c.done = false; put(c, old); saved(); }, { hidden: true });
      c.no = iconButton("no", `Not plot ${i + 1}`, ctx.trying(async () => { await ctx.post(`offers/${c.offer.id}/reject`); c.el.remove(); cards = cards.filter((one) => one !== c); saved(); if (!cards.length) section.hidden = true; }));
      c.acts = h("div", { class: "acts", hidden: true }, c.keep, c.rest, c.mix);
      c.small = h("span", { class: "small", hidden: true }, c.back, c.like, c.no);
      c.head = h("h4", { class: "title" }, `Plot ${i + 1}`);
      c.body = h("div", { class: "slots" });
      c.levers = h("p", { class: "soft levers", hidden: true });
      el.append(h("header", {}, c.head, c.small), c.levers, c.acts, c.body);
      return c;
    }
    function lay(n) { cards = Array.from({ length: n }, (_, i) => card(i)); list.replaceChildren(...cards.map((c) => c.el)); }

    function slotRow(c, name, label, cls = "") {
      const text = h("span", { class: "said" }), why = h("p", { class: "because soft", hidden: true });
      const lock = iconButton("open", `Lock ${label.toLowerCase()}`, () => { c.locks.has(name) ? c.locks.delete(name) : c.locks.add(name); marks(c); }, { "aria-pressed": "false", class: "icon quiet lock" });
      const anew = iconButton("again", `${label} anew`, () => reroll(c, [name])), because = iconButton("why", `Why: ${label.toLowerCase()}`, () => { why.hidden = !why.hidden; because.setAttribute("aria-expanded", String(!why.hidden)); if (!why.hidden) why.textContent = reason(c, name); }, { "aria-expanded": "false" });
      const el = h("div", { class: `slot ${cls}`, "data-slot": name }, h("div", { class: "line" }, h("strong", { class: "label" }, label), h("span", { class: "tools" }, lock, anew, because)), text, why);
      const node = text.appendChild(document.createTextNode(""));
      c.slots.set(name, { el, node, lock, anew, because, why, label });
      return el;
    }
    // The rows are made anew only when the beats or the people are others; words then go into what is there.
    function shape(c, plot) {
      const key = JSON.stringify([plot.beats.map((b) => b.name), plot.people.map((p) => p.role)]);
      if (key === c.shape) return;
      c.shape = key;
      c.slots.clear();
      const people = plot.people.map((p, n) => h("div", { class: "person" }, slotRow(c, `person.${n}.name`, p.role ? p.role[0].toUpperCase() + p.role.slice(1) : `Person ${n + 1}`, "name"), OF_PERSON.map(([slot, label]) => slotRow(c, `person.${n}.${slot}`, label, "short"))));
      fill(c.body, slotRow(c, "logline", "Logline", "logline"), slotRow(c, "setting", "Setting"), slotRow(c, "stakes", "Stakes"), slotRow(c, "twist", "Twist"),
        h("details", { class: "group", open: true }, h("summary", {}, "Beats"), h("div", {}, plot.beats.map((b, n) => slotRow(c, `beat.${n}`, b.name)))),
        h("details", { class: "group" }, h("summary", {}, "People"), h("div", {}, people)), slotRow(c, "detail", "A detail"));
    }
    function textsOf(plot) {
      const out = { logline: plot.logline, setting: plot.setting, stakes: plot.stakes, twist: plot.twist, detail: plot.detail };
      plot.beats.forEach((b, n) => { out[`beat.${n}`] = b.text; });
      plot.people.forEach((p, n) => { out[`person.${n}.name`] = p.name; for (const [slot] of OF_PERSON) out[`person.${n}.${slot}`] = p[slot]; });
      return out;
    }
    function put(c, offer) {
      if (!offer?.plot) return;
      const plot = offer.plot, first = !c.offer;
      c.offer = { ...offer };
      shape(c, plot);
      c.head.textContent = plot.title || `Plot ${c.i + 1}`;
      for (const [name, text] of Object.entries(textsOf(plot))) {
        const slot = c.slots.get(name);
        if (!slot || slot.node.data === (text || "")) continue;
        slot.el.classList.toggle("fresh", !first && !!text);
        slot.node.data = text || "";
      }
      for (const [name, slot] of c.slots) slot.el.classList.toggle("empty", !slot.node.data);
      if (!offer.done || c.done) { c.el.classList.toggle("growing", !offer.done); return; }
      c.done = true;
      c.el.classList.remove("growing");
      c.acts.hidden = c.small.hidden = false;
      c.el.classList.toggle("kept", !!offer.chosen && offer.chosen !== "rejected");
      const pulled = Object.entries(plot.levers || {}).filter(([k, v]) => LEVERS[k] && v && ["genre", "tone", "turns on", "where"].includes(k)).map(([k, v]) => (k === "genre" || k === "tone" ? v : `${LEVERS[k]} ${v}`));
      c.levers.textContent = [pulled.join(", "), offer.partial ? "stopped early" : ""].filter(Boolean).join("; ");
      c.levers.hidden = !c.levers.textContent;
      marks(c);
    }
    function marks(c) {
      for (const [name, slot] of c.slots) {
        const on = c.locks.has(name);
        slot.lock.setAttribute("aria-pressed", String(on));
        slot.lock.setAttribute("aria-label", `${on ? "Unlock" : "Lock"} ${slot.label.toLowerCase()}`);
        slot.lock.title = slot.lock.getAttribute("aria-label");
        slot.lock.replaceChildren(glyph(on ? "lock" : "open"));
        slot.el.classList.toggle("locked", on);
        slot.anew.disabled = on;
        if (!slot.why.hidden) slot.why.textContent = reason(c, name);
      }
    }
    // What a slot was made from, and what led to it.
    function reason(c, name) {
      const { plot, facts = {}, model_title: by, model } = c.offer, found = facts.why?.[name], entry = found?.entry || plot.deck?.[name];
      const slotName = (slot) => (slot === "premise" ? "your premise" : c.slots.get(slot)?.label?.toLowerCase() || slot);
      const causes = Object.entries(found?.because || {}).map(([fact, from]) => `${fact} from ${slotName(from)}`);
      const levers = Object.entries(plot.levers || {}).filter(([k]) => (name === "setting" && k === "where") || (name === "stakes" && k === "what it costs") || (name === "logline" && ["genre", "tone"].includes(k))).map(([k, v]) => `${LEVERS[k] || k} ${v}`);
      return [causes.length ? `It fits because of ${causes.join(", ")}.` : "", found?.gives?.length ? `It brings ${found.gives.join(", ")}.` : "", levers.length ? `Levers: ${levers.join(", ")}.` : "", entry ? `Entry of the deck: ${entry}.` : `Written by ${by || model || "the model"} around the other slots.`].filter(Boolean).join(" ");
    }

    // ---- asking
    const ids = () => cards.filter((c) => c.done).map((c) => c.offer.id).slice(0, 24), mixed = () => cards.filter((c) => c.mix.getAttribute("aria-pressed") === "true");
    function ask(fields, card = null) {
      if (ctx.run() && !ctx.run().ended) return ctx.say("The plots before these are still being made. Stop them first, or wait a moment.");
      wanted = card;
      return ctx.askFor("plot", fields);
    }
    function reroll(c, slots) {
      const { premise, names, genre, tone, structure, boldness } = ctx.plotFields();
      return ask({ premise, ...(names ? { names } : {}), ...(genre ? { genre } : {}), ...(tone ? { tone } : {}), structure: c.offer.plot.structure || structure, boldness, plot: c.offer.id, slots, locks: [...c.locks], n: 1 }, c);
    }
    function offerMix(latest) {
      const row = mixed();
      for (const c of row.slice(0, -2)) if (c !== latest) c.mix.setAttribute("aria-pressed", "false");
      const two = mixed();
      if (two.length > 2) two.find((c) => c !== latest).mix.setAttribute("aria-pressed", "false");
      const now = mixed();
      mix.hidden = now.length !== 2;
      if (now.length === 2) mix.textContent = `Mix ${now[0].i + 1} and ${now[1].i + 1}`;
    }
    async function keepPlot(c) {
      if (ctx.state().empty) return outline(c, true);
      const dialog = ctx.dialog("Keep this plot as the outline", h("p", {}, "There is already something in this manuscript."),
        h("div", { class: "acts" }, h("button", { type: "button", class: "primary", onclick: ctx.trying(async () => { dialog.close(); await outline(c, false); }) }, "As a new manuscript"), h("button", { type: "button", onclick: ctx.trying(async () => { dialog.close(); await outline(c, true); }) }, "Add its scenes to this one")));
    }
    async function outline(c, here) {
      await ctx.settle();
      const { session, working } = ctx.state(), state = await ctx.post(`offers/${c.offer.id}/keep-plot`, { session, ...(here ? { working } : {}) });
      c.el.classList.add("kept");
      hide();
      ctx.load(state);
      ctx.editor.focus();
      ctx.say("The plot is the outline now: its beats are scenes to write from, its people are in the story bible.");
      document.dispatchEvent(new CustomEvent("studio:kept"));
    }
    function hide() { section.hidden = true; again.hidden = !cards.length; }

    // ---- what comes from the studio
    const KEY = () => `tandem-plots-${ctx.state()?.piece}`;
    function saved() { keep(KEY(), cards.filter((c) => c.done).map((c) => ({ id: c.offer.id, locks: [...c.locks] }))); }
    ctx.on("run", (run) => {
      if (run.task !== "plot") return;
      if (run.token !== token) {
        token = run.token;
        target = wanted;
        wanted = null;
        if (target) { if (target.el.contains(document.activeElement) && !document.activeElement.closest(".tools")) target.el.focus({ preventScroll: true }); target.old.push(target.offer); target.done = false; target.acts.hidden = target.small.hidden = true; target.el.classList.add("growing"); }
        else { lay(run.n); mix.hidden = true; section.hidden = false; again.hidden = true; reveal(section); }
      }
      for (const [i, offer] of Object.entries(run.offers || {})) { const c = target || cards[i]; if (c) put(c, offer); }
      stop.hidden = bar.hidden = !!run.ended;
      away.hidden = !run.ended;
      if (run.fraction > 0) bar.value = run.fraction; else bar.removeAttribute("value");
      state.textContent = run.ended ? "" : run.stage === "loading" ? "the model is being loaded" : run.stage === "queued" && run.position > 1 ? `waiting, number ${run.position}` : "being made";
      if (!run.ended) return;
      const held = document.activeElement === target?.el;
      if (target && !target.done) { const old = target.old.pop(); target.done = false; put(target, { ...old, done: true }); }
      else if (target) target.back.hidden = !target.old.length;
      else { for (const c of cards) if (!c.done) c.el.remove(); cards = cards.filter((c) => c.done); if (!cards.length) section.hidden = true; }
      if (held) target.rest.focus({ preventScroll: true });
      state.textContent = run.spread && !target ? run.spread : "";
      Studio.say(target ? "The plot is ready again." : `${cards.length} plots are ready.`);
      saved();
    });
    ctx.on("state", async (next) => {
      if (piece === next.piece) return;
      piece = next.piece;
      const run = ctx.run();
      if (run && !run.ended && run.piece === piece) return;
      section.hidden = again.hidden = true;
      cards = [];
      list.replaceChildren();
      const kept = remember(KEY()) || [], group = next.offers?.task === "plot" ? next.offers.offers : [];
      let found = group.map((offer) => ({ offer, locks: [] }));
      if (kept.length) {
        const read = await Promise.all(kept.map(async (one) => group.find((o) => o.id === one.id) || ctx.get(`offers/${one.id}`).catch(() => null)));
        if (piece !== next.piece) return;
        const all = read.map((offer, k) => ({ offer, locks: kept[k].locks })).filter((one) => one.offer?.plot);
        if (all.length) found = all;
      }
      if (!found.length) return;
      lay(found.length);
      found.forEach(({ offer, locks }, k) => { cards[k].locks = new Set(locks); put(cards[k], { ...offer, done: true }); });
      section.hidden = !next.empty;
      again.hidden = next.empty;
    });
  };
})();
