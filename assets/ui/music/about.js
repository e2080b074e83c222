// What is known of the tune on the table: why it sounds as it does, what it is near to, who made its bars.
(() => {
  const music = (Studio.music ||= {}), { h, fill } = Studio;
  const MAKERS = { human: "yours", model: "from a take", "model-edited": "a take, edited by you", pasted: "imported" };

  // "Nothing shared", or the title with the source.
  music.nearInWords = (near) => {
    if (!near || near.known === false) return "There is no index of known tunes here.";
    if (!near.title) return "Shares no run of eight notes with any tune the model learned from.";
    const bars = near.bars.length ? `, ${near.bars.length === 1 ? "one whole bar" : `${near.bars.length} whole bars`}` : "";
    return `Nearest: “${near.title}” (${near.source}), ${Math.round(near.share * 100)} % of its runs of eight notes${bars}.`;
  };

  music.about = (ctx, side) => {
    const body = h("div", { class: "body" }), box = h("details", { class: "panel about" }, h("summary", {}, "About this tune"), body);
    side.append(box);
    let last = null;
    async function draw() {
      if (!box.open || !ctx.state()) return;
      const state = ctx.state();
      if (state.empty) { fill(body, h("p", { class: "soft" }, "There are no notes yet.")); return; }
      try {
        await ctx.settle();
        const found = await ctx.get(`copies/${state.working}/about`);
        if (ctx.state().working !== state.working) return;
        last = found;
        const counts = {};
        for (const bar of ctx.state().bars) counts[bar.maker] = (counts[bar.maker] || 0) + 1;
        const shared = {};
        for (const bar of found.near.bars) shared[bar] = { kind: "shared", label: "shared with the nearest tune", tone: "warn" };
        fill(body,
          h("h4", {}, "Why it sounds as it does"),
          h("ul", { class: "reasons" }, found.reasons.map((r) => h("li", {}, r.bar === null ? r.text : h("button", { type: "button", class: "quiet link", onclick: () => ctx.editor.selectBars([r.bar, r.bar]) }, r.text)))),
          h("h4", {}, "How near it is to known tunes"),
          h("p", {}, music.nearInWords(found.near)),
          found.near.bars.length > 0 && h("p", { class: "row" },
            h("button", { type: "button", onclick: () => ctx.editor.marks({ bars: shared }) }, "Show the shared bars"),
            h("button", { type: "button", onclick: () => ctx.ask("redo", { bars: found.near.bars, n: 4, steer: true }) }, "Steer away")),
          h("h4", {}, "Who made the bars"),
          h("p", {}, Object.entries(counts).map(([maker, n]) => `${n} ${MAKERS[maker] || maker}`).join(", ") + "."));
      } catch (error) { fill(body, h("p", { class: "said bad" }, error.message)); }
    }
    box.addEventListener("toggle", draw);
    let wait = null;
    for (const name of ["state", "saved"]) ctx.on(name, () => { clearTimeout(wait); wait = setTimeout(draw, 250); });
    ctx.near = () => last?.near;
  };
})();
