// The buttons over the roll: what keys can do, for the mouse and the finger. Icons are lines drawn here.
(() => {
  const music = (Studio.music ||= {});
  const { h } = Studio;
  const ICONS = {
    undo: "M9 7 4 12l5 5M4 12h10a6 6 0 0 1 0 9", redo: "M15 7l5 5-5 5M20 12H10a6 6 0 0 0 0 9", pencil: "M4 20h4L19 9l-4-4L4 16zM13.5 6.5l4 4",
    hand: "M8 12V6.5a1.5 1.5 0 0 1 3 0V11V5a1.5 1.5 0 0 1 3 0v6V6.5a1.5 1.5 0 0 1 3 0V14c0 4-2 7-6 7-3 0-4.5-1.5-6-4l-2-3.5a1.5 1.5 0 0 1 2.5-1.5z",
    select: "M4 4h4M12 4h4M20 4v4M20 12v4M20 20h-4M12 20H8M4 20v-4M4 12V8", split: "M3 8h7v8H3zM14 8h7v8h-7zM12 3v18", join: "M3 8h18v8H3zM10 12h4", quantise: "M5 4v16M12 4v16M19 4v16M5 12h5M14 9h5",
    double: "M9 9h11v11H9zM15 9V4H4v11h5", bin: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13", up: "M12 20V5M6 11l6-6 6 6", down: "M12 4v15M6 13l6 6 6-6", velocity: "M5 20v-6M10 20V8M15 20v-9M20 20V4",
    lock: "M7 11V8a5 5 0 0 1 10 0v3M5 11h14v9H5z", unlock: "M7 11V8a5 5 0 0 1 9.6-2M5 11h14v9H5z", minus: "M5 12h14", plus: "M5 12h14M12 5v14", fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
    loop: "M17 3l3 3-3 3M4 11V9a3 3 0 0 1 3-3h13M7 21l-3-3 3-3M20 13v2a3 3 0 0 1-3 3H4", more: "M5 12h.01M12 12h.01M19 12h.01", help: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 18h.01", rows: "M4 6h16M4 12h16M4 18h16",
  };
  const SVG = "http://www.w3.org/2000/svg";
  music.glyph = (name, size = 18) => {
    const svg = document.createElementNS(SVG, "svg");
    for (const [k, v] of Object.entries({ viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor", "stroke-width": size < 16 ? 2 : 1.7, "stroke-linejoin": "round", "stroke-linecap": "round", "aria-hidden": "true" })) svg.setAttribute(k, v);
    svg.appendChild(document.createElementNS(SVG, "path")).setAttribute("d", ICONS[name]);
    return svg;
  };

  music.rollTools = (s, run, { view, tool, lane }) => {
    const finger = matchMedia("(pointer: coarse)").matches;
    const button = (name, label, keys, act, drawn = name) => h("button", { type: "button", class: "tool", "data-do": name, "aria-label": label, title: keys ? `${label} (${keys})` : label, onclick: act }, music.glyph(drawn));
    const grid = h("select", { "aria-label": "Grid", title: "Grid (, and .)", onchange: () => { s.grid = Number(grid.value); view.redraw("all"); } }, music.GRIDS.map(([label, parts]) => h("option", { value: String(parts) }, label)));
    const pencil = button("pencil", "Draw", "E", () => tool("pencil")), hand = button("hand", finger ? "Scroll and move" : "Select and move", "E", () => tool("hand"), finger ? "hand" : "select");
    const undo = button("undo", "Undo", "Ctrl+Z", run.undo), redo = button("redo", "Redo", "Ctrl+Shift+Z", run.redo);
    const onNotes = [
      button("split", "Split", "S", () => run.split(s.keyed ? s.cursor : null)), button("join", "Join", "J", run.join), button("quantise", "Onto the grid", "Q", run.quantise),
      button("down", "Down a step", "↓", () => run.step(-1)), button("up", "Up a step", "↑", () => run.step(1)), button("double", "Double", "Ctrl+D", run.duplicate), button("bin", "Delete", "Del", run.remove),
    ];
    const lock = button("lock", "Lock the bar", "L", run.lock), loop = button("loop", "Loop the bar or the chosen notes", "O", run.loop), menu = button("more", "Menu of the bar", "M", (e) => { const box = e.currentTarget.getBoundingClientRect(); view.barMenu(run.here(), box.left, box.bottom); });
    const velocity = button("velocity", "Show velocity", "", lane), help = button("help", "Keys of the roll", "", () => { keys.hidden = !keys.hidden; help.setAttribute("aria-expanded", String(!keys.hidden)); });
    const keys = h("dl", { class: "rollkeys", hidden: true }, music.ROLL_HELP.map(([key, what]) => h("div", {}, h("dt", {}, h("kbd", {}, key)), h("dd", {}, what))));
    const group = (label, ...nodes) => h("div", { class: `toolgroup for-${label.toLowerCase()}`, role: "group", "aria-label": label }, nodes.flat());
    const el = h("div", { class: "tools", role: "toolbar", "aria-label": "Piano roll" },
      h("div", { class: "toolrow" }, group("Pointer", pencil, hand), group("History", undo, redo), h("label", { class: "pick" }, h("span", {}, "Grid"), grid)),
      h("div", { class: "toolrow" }, group("Notes", onNotes), group("Bar", lock, loop, menu), group("View", velocity, button("minus", "Zoom out", "−", () => view.zoom("x", 0.8)), button("plus", "Zoom in", "+", () => view.zoom("x", 1.25)), button("rows", "Taller rows", "Alt +", () => view.rows()), button("fit", "Fit", "0", view.fit), help)));
    help.setAttribute("aria-expanded", "false");

    function draw() {
      el.classList.toggle("chosen", s.selected.size > 0);
      el.classList.toggle("withbars", Boolean(s.bars));
      undo.disabled = !s.past.length;
      redo.disabled = !s.future.length;
      for (const node of onNotes) node.disabled = !s.selected.size;
      lock.setAttribute("aria-pressed", String(Boolean(s.roll) && s.isLocked(run.here())));
      loop.setAttribute("aria-pressed", String(Boolean(s.loop)));
      pencil.setAttribute("aria-pressed", String(s.tool === "pencil"));
      hand.setAttribute("aria-pressed", String(s.tool === "hand"));
      grid.value = String(s.grid);
    }
    return { el, keys, draw, velocity };
  };
})();
