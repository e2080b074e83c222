// What the story says of its people, places and things, scene by scene; where it contradicts itself, with both places.
(() => {
  const writing = (Studio.writing ||= {}), { h, fill } = Studio;

  writing.continuity = (ctx, side) => {
    const { panel, sceneName, count, size } = writing.kit;
    const { box, body, note } = panel(side, "Continuity", { name: "continuity" });
    let wait = null, shown = "";
    async function draw() {
      if (!box.open || !ctx.state()) return;
      const { working } = ctx.state();
      try {
        await ctx.settle();
        const found = await ctx.get(`copies/${working}/continuity`);
        if (ctx.state().working === working) show(found);
      } catch (error) { fill(body, h("p", { class: "soft" }, error.message)); }
    }
    function show(found) {
      const key = JSON.stringify(found);
      if (key === shown) return;
      shown = key;
      const open = found.contradictions || [], facts = Object.entries(found.facts || {}).filter(([, rows]) => rows.length), many = facts.reduce((n, [, rows]) => n + rows.length, 0), settled = found.settled || [];
      note.textContent = open.length ? String(open.length) : "";
      fill(body,
        open.length ? h("ul", { class: "contradictions" }, open.map(card)) : h("p", { class: "soft" }, many ? "Nothing contradicts itself, as far as can be told from the words." : "There is nothing to look at yet."),
        settled.length > 0 && h("details", { class: "more" }, h("summary", {}, `Intended (${settled.length})`), h("ul", {}, settled.map((one) => h("li", {}, h("p", { class: "soft" }, one.sentence))))),
        many > 0 && h("details", { class: "more" }, h("summary", {}, `What is told (${count(many, "fact")})`), facts.map(([scene, rows]) => h("div", { class: "told-facts" }, h("h4", {}, named(scene)), h("ul", {}, rows.map((one) => h("li", {}, h("button", { type: "button", class: "quiet link", title: one.place.quote, onclick: () => jump(one.place) }, `${one.name}: ${one.shown}`))))))));
    }
    const named = (scene) => (scene ? sceneName(ctx.state(), scene) : "Story bible");
    function card(one) {
      const place = (spot) => h("button", { type: "button", class: "quote", title: "Go there", onclick: () => jump(spot) }, h("small", { class: "soft" }, named(spot.scene)), h("q", {}, spot.quote));
      return h("li", {}, h("p", {}, one.sentence), place(one.one), place(one.other), one.times > 1 && h("p", { class: "soft more-places" }, `and in ${count(one.times - 1, "other place")}`),
        h("div", { class: "acts" }, h("button", { type: "button", onclick: () => jump(one.other) }, "Fix"), h("button", { type: "button", "data-key": `settle-${one.key}`, onclick: ctx.trying(async () => { await ctx.settle(); const state = await ctx.post(`copies/${ctx.state().working}/settle`, { key: one.key }); if (state.piece) ctx.load(state); await draw(); ctx.say("That is intended, then."); }) }, "Intended")));
    }
    // To the words, chosen in the editor; or to the entry of the bible.
    function jump(spot) {
      if (!spot.scene) return ctx.openEntry?.(spot.entry);
      ctx.editor.select(spot.scene, spot.at, spot.at + size(spot.quote));
      ctx.editor.focus();
    }
    box.addEventListener("toggle", draw);
    for (const name of ["state", "saved"]) ctx.on(name, () => { clearTimeout(wait); wait = setTimeout(draw, 1500); });
  };
})();
