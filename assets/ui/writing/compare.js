// Two drafts, or two copies, beside each other word by word; bring one back, or put both together.
(() => {
  const writing = (Studio.writing ||= {}), { h, fill } = Studio;
  const WHAT = { new: "new", gone: "gone", changed: "changed", same: "the same" };

  writing.compare = (ctx, side) => {
    const { panel, readDiff, count, sceneName } = writing.kit;
    const { box, body, note } = panel(side, "Drafts and copies", { name: "versions" }), list = h("div");
    body.append(list);
    async function draw() {
      const state = ctx.state();
      if (!state) return;
      const copies = (state.copies || []).filter((c) => c.id !== state.working);
      note.textContent = copies.length ? count(copies.length, "other copy", "other copies") : "";
      if (!box.open) return;
      let drafts = [], trouble = "";
      try { drafts = (await ctx.get(`manuscripts/${state.piece}/drafts`)).drafts || []; } catch (error) { trouble = error.message; }
      if (ctx.state()?.piece !== state.piece) return;
      fill(list,
        copies.length > 0 && h("h4", {}, "Copies"), copies.length > 0 && h("ul", { class: "drafts" }, copies.map((c) => row(c.title || "another copy", c.updated, () => look({ copy: c.id, title: c.title || "another copy" }), `copy-${c.id}`))),
        drafts.length > 0 && h("h4", {}, "Drafts"), drafts.length > 0 && h("ul", { class: "drafts" }, drafts.map((d) => row(d.summary || "a draft", d.created, () => look({ draft: d.id, title: d.summary || "a draft" }), `draft-${d.id}`))),
        !drafts.length && !copies.length && h("p", { class: "soft" }, trouble || "No draft is kept yet. Keep a version, and you can compare it with what you write later."));
    }
    const row = (title, when, act, key) => h("li", {}, h("button", { type: "button", class: "entry", "data-key": key, onclick: ctx.trying(act) }, h("span", { class: "name" }, title), when && h("small", { class: "soft" }, Studio.ago(when))));

    async function look({ draft = "", copy = "", title }) {
      await ctx.settle();
      const { working } = ctx.state(), found = await ctx.get(`copies/${working}/compare?${new URLSearchParams(draft ? { draft } : { copy })}`);
      const what = (one) => one.what || one.state, other = found.scenes.filter((one) => what(one) !== "same" || one.moved), same = found.scenes.length - other.length;
      const acts = h("div", { class: "acts" },
        draft && h("button", { type: "button", class: "primary", onclick: ctx.trying(async () => { dialog.close(); ctx.load(await ctx.post(`copies/${working}/back`, { draft })); ctx.say("This draft is on the table again. What was there is kept as a draft."); document.dispatchEvent(new CustomEvent("studio:kept")); }) }, "Bring this draft back"),
        copy && h("button", { type: "button", class: "primary", onclick: ctx.trying(async () => { dialog.close(); merged(await ctx.post(`copies/${working}/merge`, { working: copy })); }) }, "Put both together"));
      const dialog = ctx.dialog(`Compared with: ${title}`, acts,
        h("p", { class: "soft" }, other.length ? `${count(other.length, "scene")} changed${same ? `, ${same} the same` : ""}. What has gone since is struck out, what has come is underlined.` : "Nothing is different."),
        other.map((one) => h("section", { class: "compared" }, h("h4", {}, one.title || sceneName(ctx.state(), one.scene || one.id), h("span", { class: "soft" }, ` ${[WHAT[what(one)], one.moved ? "moved" : "", one.added ? `${count(one.added, "word")} came` : "", one.removed ? `${count(one.removed, "word")} went` : ""].filter(Boolean).join(", ")}`)), one.hunks?.length > 0 && h("p", { class: "diff" }, readDiff(one.hunks)))));
      dialog.classList.add("broad");
    }
    function merged(state) {
      ctx.load(state);
      const told = state.conflicts || [];
      document.dispatchEvent(new CustomEvent("studio:kept"));
      if (!told.length) return ctx.say("Both copies are one now.");
      ctx.say(`Both copies are one now. ${told.length === 1 ? "One place needs" : `${told.length} places need`} your eye.`);
      const box = ctx.dialog("Where both had changed the same", h("ul", { class: "conflicts" }, told.map((one) => h("li", {}, h("strong", {}, one.id ? sceneName(ctx.state(), one.id) : "The manuscript"), h("p", {}, one.said), one.what === "text" && h("button", { type: "button", onclick: () => { box.close(); ctx.editor.select(one.id, one.at, one.at + one.mine + one.theirs); ctx.editor.focus(); } }, "Go there")))));
    }
    box.addEventListener("toggle", draw);
    ctx.on("state", draw);
    document.addEventListener("studio:kept", () => draw());
  };
})();
