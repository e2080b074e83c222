// What goes into the prompt: a bar by kind, each piece with its reason and what was cut; a click leaves one out or takes it back.
(() => {
  const writing = (Studio.writing ||= {}), { h, fill } = Studio;
  const KINDS = {
    role: "Role", style: "Style card", constant: "Always true", summary: "Story so far", cast: "In the scene", before: "Text before", lore: "Mentioned", note: "Author's note", beat: "Beat", instruction: "Your words", after: "Text after",
  };
  const SHOWN = 14, PAUSE = 700;
  const number = (n) => n.toLocaleString("en");

  // The bar alone, with a key: also shown with each offer.
  writing.contextBar = (report) => {
    const sums = {};
    for (const row of report.rows) if (row.used) sums[row.kind] = (sums[row.kind] || 0) + row.used;
    const kinds = Object.keys(KINDS).filter((kind) => sums[kind]), whole = Math.max(report.budget, report.total, 1);
    return h("div", { class: "ctxbar" },
      h("div", { class: "bar", role: "img", "aria-label": kinds.length ? kinds.map((kind) => `${KINDS[kind]} ${number(sums[kind])}`).join(", ") + ` of ${number(report.budget)} pieces` : "Nothing goes in" }, kinds.map((kind) => { const piece = h("i", { class: `k-${kind}`, title: `${KINDS[kind]}: ${number(sums[kind])}` }); piece.style.flexBasis = `${(sums[kind] / whole) * 100}%`; return piece; })),
      h("ul", { class: "key" }, kinds.map((kind) => h("li", {}, h("i", { class: `k-${kind}`, "aria-hidden": "true" }), `${KINDS[kind]} ${number(sums[kind])}`))));
  };

  writing.context = (ctx, side) => {
    const { box, body, note } = writing.kit.panel(side, "What goes in", { name: "goes-in" });
    const left = new Map(); // id -> row, of what the person leaves out
    let wait = null, last = "", piece = null, showAll = false;
    ctx.without = () => [...left.keys()];

    async function draw() {
      if (!box.open || !ctx.state()) return;
      const cursor = ctx.editor.selection(), task = ctx.task?.() || "continue", query = new URLSearchParams({ scene: cursor.scene, start: cursor.start, end: cursor.end, task: task === "plot" ? "continue" : task, model: ctx.model?.() || "", without: ctx.without().join(",") });
      const mine = (last = query.toString());
      try {
        const found = await ctx.get(`copies/${ctx.state().working}/context?${query}`);
        if (mine === last) show(found);
      } catch (error) { if (mine === last) { note.textContent = ""; fill(body, h("p", { class: "soft" }, error.message)); } }
    }
    function show(found) {
      note.textContent = `${number(found.total)} of ${number(found.budget)}${found.counted === false ? ", about" : ""}`;
      const rows = found.rows.filter((row) => !left.has(row.id)), some = showAll ? rows : rows.slice(0, SHOWN);
      fill(body, writing.contextBar({ ...found, rows }),
        (found.warnings || []).map((text) => h("p", { class: "flag" }, text)),
        h("ul", { class: "parts" }, some.map(line), [...left.values()].map(out)),
        rows.length > some.length && h("button", { type: "button", class: "quiet link", onclick: () => { showAll = true; show(found); } }, `and ${rows.length - some.length} more`),
        !rows.length && !left.size && h("p", { class: "soft" }, "Nothing yet: the text before the cursor, the story bible and your note go in here."),
        left.size > 0 && h("button", { type: "button", onclick: () => ctx.again() }, "Ask again without them"));
    }
    const named = (row) => (row.title && row.kind !== "style" ? row.title : KINDS[row.kind] || row.kind);
    function line(row) {
      const cut = row.cut_to > row.cut_from;
      const inner = [h("i", { class: `k-${row.kind}`, "aria-hidden": "true" }), h("span", { class: "name" }, named(row), h("small", { class: "soft" }, [row.title && row.kind !== "style" && row.kind !== "lore" ? KINDS[row.kind]?.toLowerCase() : "", row.why === "always" ? "" : row.why, cut ? row.told : ""].filter(Boolean).join("; "))), h("span", { class: "n" }, number(row.used))];
      return h("li", { class: cut ? "cut" : "" }, row.id ? h("button", { type: "button", class: "part", "aria-pressed": "true", "data-key": `part-${row.id}`, title: "Leave it out", onclick: () => { left.set(row.id, row); draw(); } }, inner) : h("div", { class: "part" }, inner));
    }
    function out(row) {
      return h("li", { class: "out" }, h("button", { type: "button", class: "part", "aria-pressed": "false", "data-key": `part-${row.id}`, title: "Take it back in", onclick: () => { left.delete(row.id); draw(); } }, h("i", { class: `k-${row.kind}`, "aria-hidden": "true" }), h("span", { class: "name" }, h("s", {}, named(row)), h("small", { class: "soft" }, "left out")), h("span", { class: "n" }, "0")));
    }
    box.addEventListener("toggle", draw);
    const later = () => { clearTimeout(wait); wait = setTimeout(draw, PAUSE); };
    for (const name of ["select", "saved", "scene", "task"]) ctx.on(name, later);
    ctx.on("state", (state) => { if (piece !== state.piece) { piece = state.piece; left.clear(); } later(); });
  };
})();
