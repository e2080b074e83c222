// A rewrite as a word diff: every change is a button that is pressed when the new words are taken. All, none, arrow keys.
(() => {
  const writing = (Studio.writing ||= {}), { h, fill } = Studio;

  writing.diff = (ctx, root, offer, where, done = () => {}) => {
    const { whereNow, word } = writing.kit;
    const line = h("p", { class: "soft", role: "status" }), text = h("p", { class: "diff", role: "group", "aria-label": "Changes; arrow keys go from one to the next" });
    const put = h("button", { type: "button", class: "primary", onclick: ctx.trying(apply) }), all = h("button", { type: "button", onclick: () => every(true) }, "All"), none = h("button", { type: "button", onclick: () => every(false) }, "None");
    fill(root, text, h("div", { class: "acts" }, put, all, none), line);
    let hunks = [], taken = [], buttons = [], place = null;

    async function load() {
      await ctx.settle();
      place = whereNow(ctx, where);
      if (!place) { fill(root, h("p", { class: "soft" }, "The passage has changed since this was asked. Select it and ask again.")); return; }
      hunks = (await ctx.post(`offers/${offer.id}/diff`, { working: ctx.state().working, ...place })).hunks;
      taken = hunks.map((one) => !one.same);
      let first = true;
      buttons = [];
      fill(text, hunks.map((one, i) => {
        if (one.same) return h("span", {}, one.old);
        const button = word({ class: "change", tabindex: first ? "0" : "-1", onclick: () => { taken[i] = !taken[i]; show(); }, onkeydown: (e) => move(e, i) }, one.old && h("del", {}, one.old), one.new && h("ins", {}, one.new));
        first = false;
        buttons[i] = button;
        return button;
      }));
      show();
    }
    const changes = () => hunks.map((one, i) => i).filter((i) => !hunks[i].same);
    function move(e, i) {
      const row = changes(), step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
      if (!step && e.key !== "Home" && e.key !== "End") return;
      e.preventDefault();
      e.stopPropagation();
      const k = e.key === "Home" ? 0 : e.key === "End" ? row.length - 1 : Math.max(0, Math.min(row.length - 1, row.indexOf(i) + step));
      for (const j of row) buttons[j].tabIndex = j === row[k] ? 0 : -1;
      buttons[row[k]].focus();
    }
    function every(on) { taken = hunks.map((one) => !one.same && on); show(); }
    function show() {
      const row = changes(), some = row.filter((i) => taken[i]).length;
      for (const i of row) {
        const on = taken[i], { old, new: fresh } = hunks[i];
        buttons[i].setAttribute("aria-pressed", String(on));
        buttons[i].setAttribute("aria-label", `${old ? `“${old.trim()}” ` : "nothing "}becomes ${fresh ? `“${fresh.trim()}”` : "nothing"}`);
      }
      put.textContent = some === row.length ? (row.length === 1 ? "Take the change" : `Take all ${row.length} changes`) : `Take ${some} of ${row.length} changes`;
      put.disabled = !some;
      line.textContent = row.length ? "" : "Nothing is different.";
    }
    async function apply() {
      const fresh = hunks.map((one, i) => (one.same || !taken[i] ? one.old : one.new)).join("");
      const answer = await writing.take(ctx, offer, { scene: place.scene, at: place.start, gone: place.end - place.start, text: fresh });
      done(answer);
    }
    ctx.trying(load)();
    return { load };
  };

  // An offer's words go into the text, at the studio first; the editor then shows what is there.
  writing.take = async (ctx, offer, { scene, at, gone, text }) => {
    await ctx.settle();
    const { working, version } = ctx.state(), answer = await ctx.post(`offers/${offer.id}/take`, { working, version, scene, at, gone, text });
    ctx.editor.applied(answer, { scene, at, gone, text });
    return answer;
  };
})();
