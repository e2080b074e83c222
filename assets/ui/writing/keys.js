// The keys of the writing room. One table: what the dialog shows is what the keys do.
(() => {
  const writing = (Studio.writing ||= {}), { h } = Studio;

  writing.keys = (ctx) => {
    const editor = ctx.editor;
    const KEYS = [
      ["Ctrl+Z", "Undo, in whichever scene it was", () => ctx.undo()], ["Ctrl+Shift+Z", "Redo", () => ctx.redo()], ["Ctrl+Y", "Redo", () => ctx.redo()],
      ["Ctrl+F", "Find in all scenes", () => ctx.find()], ["Ctrl+H", "Find and replace", () => ctx.find({ replace: true })],
      ["Ctrl+Enter", "Ask for what is chosen under Ask", () => ctx.go?.()], ["Alt+Enter", "To the first offer", () => ctx.offers?.focus(0)],
      ["Ctrl+Shift+E", "Focus mode on and off", () => ctx.focusMode()],
      ["Ctrl+Shift+Enter", "Split the scene at the cursor", () => ctx.tree.split()],
      ["Alt+PageUp", "The scene before", () => editor.beside(-1)], ["Alt+PageDown", "The scene after", () => editor.beside(1)],
      ["Ctrl+Shift+O", "To the chapters and scenes", () => ctx.tree.focus()],
    ];
    const IN_TREE = [["Enter", "Go to the scene"], ["F2", "Rename"], ["Alt+↑ Alt+↓", "Move up or down"], ["Delete", "Delete (can be undone)"], ["Shift+F10", "All that can be done"]];
    ctx.root.addEventListener("keydown", (e) => {
      if (e.isComposing || e.target.closest("dialog")) return;
      if (e.key === "Escape" && ctx.alone()) { e.preventDefault(); ctx.leave(); return; }
      const name = [e.ctrlKey || e.metaKey ? "Ctrl" : "", e.altKey ? "Alt" : "", e.shiftKey ? "Shift" : "", e.key.length === 1 ? e.key.toUpperCase() : e.key].filter(Boolean).join("+");
      const row = KEYS.find(([key]) => key === name);
      // Undo in a small field is that field's own.
      if (!row || (/^Ctrl\+(Shift\+)?[ZY]$/.test(name) && e.target !== editor.area && e.target.matches("input, textarea"))) return;
      e.preventDefault();
      row[2]();
    });
    document.addEventListener("keydown", (e) => { if (e.key === "Escape" && ctx.alone() && !e.defaultPrevented && !e.target.closest?.("dialog")) ctx.leave(); });
    const list = (rows) => h("dl", { class: "keylist" }, rows.map(([key, what]) => h("div", {}, h("dt", {}, h("kbd", {}, key)), h("dd", {}, what))));
    ctx.showKeys = () => ctx.dialog("Keys of the writing room", h("h4", {}, "Everywhere in it"), list(KEYS), h("h4", {}, "In the chapters and scenes"), list(IN_TREE));
    ctx.root.querySelector(".write-bar .count").before(h("button", { type: "button", class: "quiet", "aria-label": "Keys of the writing room", title: "Keys", onclick: ctx.showKeys }, "Keys"));
  };
})();
