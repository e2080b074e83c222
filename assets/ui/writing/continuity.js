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
      const open = found.contradictions || [], facts = found.facts || [];
      note.textContent = open.length ? String(open.length) : "";
      const groups = new Map();
      for (const one of facts) { const scene = one.scene || one.at?.scene || ""; groups.set(scene, [...(groups.get(scene) || []), one]); }
      fill(body,
        open.length ? h("ul", { class: "contradictions" }, open.map(card)) : h("p", { class: "soft" }, facts.length ? "Nothing contradicts itself, as far as can be told from the words." : "There is nothing to look at yet."),
        groups.size > 0 && h("details", { class: "more" }, h("summary", {}, `What is told (${count(facts.length, "fact")})`), [...groups].map(([scene, rows]) => h("div", { class: "told-facts" }, h("h4", {}, sceneName(ctx.state(), scene)), h("ul", {}, rows.map((one) => h("li", {}, one.quote ? h("button", { type: "button", class: "quiet link", title: one.quote, onclick: () => jump({ ...one, scene }) }, said(one)) : said(one))))))));
    }
    const said = (one) => one.sentence || [one.about || one.who || one.entity, one.what || one.slot, one.value].filter(Boolean).join(" ");
    function card(one) {
      const place = (spot, label) => h("button", { type: "button", class: "quote", title: "Go there", onclick: () => jump(spot) }, h("small", { class: "soft" }, sceneName(ctx.state(), spot.scene)), h("q", {}, spot.quote), h("span", { class: "visually-hidden" }, label));
      return h("li", {}, h("p", {}, one.sentence), place(one.one, " Go to the first place"), place(one.other, " Go to the second place"),
        h("div", { class: "acts" }, h("button", { type: "button", onclick: () => jump(one.other) }, "Fix"), h("button", { type: "button", "data-key": `settle-${one.key}`, onclick: ctx.trying(async () => { await ctx.settle(); const state = await ctx.post(`copies/${ctx.state().working}/settle`, { key: one.key }); if (state.piece) ctx.load(state); await draw(); ctx.say("That is intended, then."); }) }, "Intended")));
    }
    function jump(spot) {
      const at = Array.isArray(spot.at) ? spot.at : [spot.at ?? spot.start ?? 0, spot.end ?? (spot.at ?? spot.start ?? 0) + size(spot.quote || "")];
      ctx.editor.select(spot.scene, at[0], at[1]);
      ctx.editor.focus();
    }
    box.addEventListener("toggle", draw);
    for (const name of ["state", "saved"]) ctx.on(name, () => { clearTimeout(wait); wait = setTimeout(draw, 1500); });
  };
})();
