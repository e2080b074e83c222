// Find and replace over all scenes. The studio looks and replaces; a replacement is one step of undo.
(() => {
  const writing = (Studio.writing ||= {}), { h, fill } = Studio, ROWS = 200;

  writing.find = (ctx, root) => {
    const what = h("input", { type: "search", class: "what", "aria-label": "Find", placeholder: "Find in all scenes" }), to = h("input", { class: "to", "aria-label": "Replace with", placeholder: "Replace with" });
    const tick = (label, title) => { const box = h("input", { type: "checkbox" }); return { box, el: h("label", { class: "tick", title }, box, label) }; };
    const whole = tick("Whole words"), exact = tick("Capitals matter"), regex = tick("Pattern", "A regular expression; \\1 in the new text is what the first bracket found");
    const act = (label, call, attrs = {}) => h("button", { type: "button", onclick: ctx.trying(call), ...attrs }, label);
    const said = h("span", { class: "soft state", role: "status" }), list = h("ol", { class: "found", "aria-label": "Places" });
    const replacing = h("div", { class: "line replacing" }, to, act("Replace", () => replace(false)), act("All", () => replace(true), { "aria-label": "Replace all" }));
    root.append(h("div", { class: "line" }, what, act("↑", () => step(-1), { "aria-label": "The place before", title: "Shift+Enter" }), act("↓", () => step(1), { "aria-label": "The next place", title: "Enter" }), said,
      act("✕", close, { class: "quiet", "aria-label": "Close", title: "Escape" })), replacing, h("div", { class: "line ticks" }, whole.el, exact.el, regex.el), list);
    let found = [], total = 0, at = -1, timer = null, asked = 0;

    const query = () => ({ q: what.value, whole: whole.box.checked, case: exact.box.checked, regex: regex.box.checked, to: to.value });
    async function look({ keep = false } = {}) {
      clearTimeout(timer);
      const mine = ++asked, old = at;
      if (!what.value || root.hidden) { found = []; total = 0; at = -1; draw(); return; }
      try {
        await ctx.settle();
        const asking = query(), text = Object.entries(asking).map(([k, v]) => `${k}=${encodeURIComponent(v === true ? 1 : v === false ? 0 : v)}`).join("&");
        const answer = await ctx.get(`copies/${ctx.state().working}/find?${text}`);
        if (mine !== asked) return;
        ({ found, count: total } = answer);
        const scenes = ctx.desk.ids(), { scene, start } = ctx.editor.selection(), rank = (one) => scenes.indexOf(one.scene);
        at = keep ? Math.min(old, found.length - 1) : found.findIndex((one) => rank(one) > rank({ scene }) || (one.scene === scene && one.start >= start));
        if (at < 0 && found.length) at = 0;
        said.classList.remove("bad");
        draw();
      } catch (error) { if (mine === asked) { found = []; total = 0; at = -1; draw(); said.textContent = error.message; said.classList.add("bad"); } }
    }
    const soon = () => { clearTimeout(timer); timer = setTimeout(look, 250); };
    for (const box of [what, to]) box.addEventListener("input", soon);
    for (const { box } of [whole, exact, regex]) box.addEventListener("change", () => look());

    function draw() {
      ctx.editor.mark(found, "found");
      ctx.editor.mark(found[at] ? [found[at]] : [], "here");
      said.textContent = !what.value ? "" : !total ? "Nothing found" : `${at + 1} of ${total.toLocaleString()}`;
      const names = new Map(ctx.state().manuscript.chapters.flatMap((chapter) => chapter.scenes.map((one, s) => [one.id, writing.nameOf(one, s)])));
      let last = "";
      fill(list, ...found.slice(0, ROWS).map((one, i) => {
        const name = one.scene === last ? "" : names.get(one.scene);
        last = one.scene;
        return h("li", {}, name && h("strong", {}, name), h("button", { type: "button", class: "quiet", "data-key": String(i), "aria-current": i === at ? "true" : null, onclick: () => show(i) },
          `…${one.before.slice(-30)}`, h("mark", {}, one.text), to.value && h("ins", {}, one.to), `${one.after.slice(0, 30)}…`));
      }), total > ROWS ? h("li", { class: "soft" }, `The first ${ROWS} of ${total.toLocaleString()} places`) : null);
    }
    function show(i, focus = false) {
      if (!found[i]) return;
      at = i;
      ctx.editor.select(found[i].scene, found[i].start, found[i].end, { focus });
      draw();
    }
    async function step(by) {
      if (!found.length) return look();
      const { scene, start, end } = ctx.editor.selection(), on = found[at] && scene === found[at].scene && start === found[at].start && end === found[at].end;
      show(on || by < 0 ? (at + by + found.length) % found.length : at);
    }
    async function replace(all) {
      await look({ keep: true });
      if (!found.length) return;
      const state = ctx.state(), many = all ? total : 1;
      if (all && many > 500 && !confirm(`Replace ${many.toLocaleString()} places? It can be undone.`)) return;
      const { q, ...rest } = query();
      ctx.load(await ctx.post(`copies/${state.working}/replace`, { version: state.version, q, ...rest, ...(all ? {} : { only: [at] }) }));
      const kept = at;
      await look({ keep: true });
      if (all) ctx.say(`${many.toLocaleString()} ${many === 1 ? "place is" : "places are"} replaced. Undo brings the old words back.`);
      else { at = kept; if (found.length) show(Math.min(kept, found.length - 1)); }
    }
    function close() {
      root.hidden = true;
      const one = found[at];
      asked++;
      ctx.editor.mark([], "found");
      ctx.editor.mark([], "here");
      if (one && one.scene === ctx.editor.scene()) ctx.editor.select(one.scene, one.start, one.end); else ctx.editor.focus();
    }
    root.addEventListener("keydown", (e) => {
      if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); close(); }
      if (e.key === "Enter" && (e.target === what || e.target === to)) { e.preventDefault(); ctx.trying(e.target === to ? () => replace(false) : () => step(e.shiftKey ? -1 : 1))(); }
    });
    ctx.find = ({ replace: both = false } = {}) => {
      ctx.leave();
      root.hidden = false;
      const { text } = ctx.editor.selection();
      if (text && text.length < 100 && !text.includes("\n")) what.value = text;
      (both && what.value ? to : what).focus();
      what.select();
      look();
    };
    ctx.on("state", () => { if (!root.hidden) soon(); });
    ctx.on("saved", () => { if (!root.hidden && !root.contains(document.activeElement)) soon(); });
  };
})();
