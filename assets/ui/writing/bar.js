// The bar over the text: undo, find, focus, who wrote what at a glance, and how many words there are.
(() => {
  const writing = (Studio.writing ||= {}), { h } = Studio;
  const PATHS = {
    undo: "M9 7L4 12l5 5M4 12h10a6 6 0 0 1 0 12h-1", redo: "M15 7l5 5-5 5M20 12H10a6 6 0 0 0 0 12h1", find: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5",
    focus: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5M9 12h6",
  };
  const NAMES = { human: "yours", model: "a model’s, as it came", "model-edited": "a model’s, edited by you", "human-rewritten": "yours, reworded by a model", pasted: "pasted" };

  writing.glyph = (name) => {
    const NS = "http://www.w3.org/2000/svg", svg = document.createElementNS(NS, "svg"), path = document.createElementNS(NS, "path");
    for (const [k, v] of Object.entries({ viewBox: "0 0 24 24", width: 17, height: 17, fill: "none", stroke: "currentColor", "stroke-width": 1.7, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" })) svg.setAttribute(k, v);
    path.setAttribute("d", PATHS[name]);
    if (name === "undo" || name === "redo") path.setAttribute("transform", "translate(0 -4)");
    svg.append(path);
    return svg;
  };
  writing.wordsOf = (n) => `${n.toLocaleString()} word${n === 1 ? "" : "s"}`;

  writing.bar = (ctx, root) => {
    const icon = (name, label, key, call, attrs = {}) => h("button", { type: "button", class: "quiet", "aria-label": label, title: `${label} (${key})`, onclick: call, ...attrs }, writing.glyph(name));
    const undo = icon("undo", "Undo", "Ctrl+Z", () => ctx.undo()), redo = icon("redo", "Redo", "Ctrl+Shift+Z", () => ctx.redo());
    const tint = h("button", { type: "button", class: "toggle", "aria-pressed": "false", onclick: () => ctx.editor.tint() }, "Who wrote what");
    const focus = h("button", { type: "button", onclick: () => ctx.focusMode(true), title: "Only the words (Ctrl+Shift+E)" }, "Focus");
    const share = h("div", { class: "share", role: "img" }), legend = h("ul", { class: "legend", hidden: true }), count = h("span", { class: "count" });
    root.append(h("div", { class: "group" }, undo, redo), icon("find", "Find and replace", "Ctrl+F", () => ctx.find()), focus, tint, share, count, legend);

    function steps() { undo.disabled = !ctx.desk.canUndo(); redo.disabled = !ctx.desk.canRedo(); }
    function draw() {
      const state = ctx.state();
      if (!state) return;
      steps();
      const scene = state.manuscript.chapters.flatMap((chapter) => chapter.scenes).find((one) => one.id === ctx.editor.scene()), goal = state.manuscript.goal;
      const here = scene ? (scene.goal ? `${scene.words.toLocaleString()} of ${scene.goal.toLocaleString()} here` : `${scene.words.toLocaleString()} here`) : "";
      count.textContent = [here, goal ? `${state.words.toLocaleString()} of ${writing.wordsOf(goal)}` : `${writing.wordsOf(state.words)} in all`].filter(Boolean).join(" · ");
      const parts = Object.entries(state.shares?.percent || {}).filter(([, n]) => n > 0);
      share.replaceChildren(...parts.map(([maker, n]) => { const bit = h("i", { class: `m-${maker}` }); bit.style.width = `${n}%`; return bit; }));
      share.setAttribute("aria-label", parts.length ? parts.map(([maker, n]) => `${n} % ${NAMES[maker]}`).join(", ") : "Nothing is written yet");
      share.title = share.getAttribute("aria-label");
      legend.replaceChildren(...Object.keys(NAMES).filter((maker) => maker !== "human" || parts.length).map((maker) => h("li", {}, h("span", { class: `by-${maker}` }, "Aa"), ` ${NAMES[maker]}`)));
    }
    for (const name of ["state", "saved", "scene"]) ctx.on(name, draw);
    for (const name of ["edit", "undo"]) ctx.on(name, steps);
    const tinted = (on) => { tint.setAttribute("aria-pressed", String(on)); legend.hidden = !on; };
    ctx.on("tint", tinted);
    tinted(ctx.editor.tinted());
  };
})();
