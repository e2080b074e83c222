// The head of the Music room: which tune is open, and how tunes come in and go out.
(() => {
  const music = (Studio.music ||= {}), { h, fill } = Studio;

  music.head = (ctx, root) => {
    const picker = h("select", { "aria-label": "Tune", class: "which" }), copies = h("select", { "aria-label": "Copy of this tune", class: "which" });
    const copyLabel = h("label", { class: "copies", hidden: true }, "Copy ", copies);
    const views = h("div", { class: "views", role: "group", "aria-label": "How the tune is shown" });
    const act = (label, call, attrs = {}) => h("button", { type: "button", onclick: call, ...attrs }, label);
    picker.addEventListener("change", () => (picker.value === "+" ? ctx.create() : ctx.open(picker.value)));
    copies.addEventListener("change", () => ctx.open(ctx.state().piece, copies.value));

    const rename = act(Studio.icon("pen"), renaming, { class: "quiet", "aria-label": "Rename this tune", title: "Rename" });
    const bin = act(Studio.icon("bin"), ctx.trying(trash), { class: "quiet", "aria-label": "Move this tune to the trash", title: "To the trash" });
    const more = [
      music.importDialog && act("Open a file", () => music.importDialog(ctx)),
      music.humDialog && act("Hum", () => music.humDialog(ctx)),
      music.tapDialog && act("Tap", () => music.tapDialog(ctx)),
      music.jam && act("Jam", () => music.jam(ctx)),
      music.exportDialog && act("Export", () => music.exportDialog(ctx), { class: "export" }),
    ].filter(Boolean);
    root.append(
      h("div", { class: "tune" }, h("label", {}, h("span", { class: "visually-hidden" }, "Tune"), picker), rename, bin, copyLabel),
      h("div", { class: "ways" }, ...more, act("Keep this version", () => ctx.keep(), { class: "keep", title: "Ctrl+S" })), views);

    let tunes = [];
    async function draw(state) {
      tunes = (await ctx.get(`sessions/${state.session}/tunes`)).tunes;
      if (ctx.state()?.piece !== state.piece) return;
      fill(picker, ...tunes.map((t) => h("option", { value: t.id }, t.title)), h("option", { value: "+" }, "New tune …"));
      picker.value = state.piece;
      copyLabel.hidden = state.copies.length < 2;
      fill(copies, ...state.copies.map((c) => h("option", { value: c.id }, c.title)));
      copies.value = state.working;
    }
    ctx.on("state", (state) => draw(state).catch(() => {}));
    ctx.tunes = () => tunes;

    function renaming() {
      const box = h("input", { value: ctx.state().title, maxlength: "120", "aria-label": "Name of the tune" });
      const dialog = ctx.dialog("Rename the tune", h("form", { method: "dialog", onsubmit: ctx.trying(async (e) => {
        e.preventDefault();
        const { piece } = ctx.state();
        await ctx.post(`tunes/${piece}/rename`, { title: box.value });
        dialog.close();
        await ctx.open(piece);
      }) }, box, h("button", { type: "submit", class: "primary" }, "Rename")));
      box.select();
    }
    async function trash() {
      const { piece, session } = ctx.state();
      await ctx.settle();
      await ctx.post(`tunes/${piece}/trash`);
      const { tunes: left } = await ctx.get(`sessions/${session}/tunes`);
      if (left.length) await ctx.open(left[left.length - 1].id); else await ctx.create();
      ctx.say("The tune is in the trash. ");
      ctx.root.querySelector(".told").append(h("button", { type: "button", class: "quiet", onclick: ctx.trying(async () => { await ctx.post(`tunes/${piece}/restore`); await ctx.open(piece); }) }, "Put it back"));
    }

    for (const [name, label] of [["roll", "Piano roll"], ["score", "Score"], ["abc", "ABC text"]]) {
      if (name !== "roll" && !music[name]) continue;
      views.append(act(label, () => ctx.show(name), { "data-view": name, "aria-pressed": String(name === "roll") }));
    }
    ctx.on("view", (name) => { for (const button of views.children) button.setAttribute("aria-pressed", String(button.dataset.view === name)); });
  };
})();
