// The ways through the writing room: its keys, in one table that is also what the dialog shows, and a button for thumbs.
(() => {
  const writing = (Studio.writing ||= {}), { h } = Studio;

  writing.keys = (ctx) => {
    const editor = ctx.editor;
    const KEYS = [
      ["Ctrl+Z", "Undo, in whichever scene it was", () => ctx.undo()], ["Ctrl+Shift+Z", "Redo", () => ctx.redo()], ["Ctrl+Y", "Redo", () => ctx.redo()],
      ["Ctrl+F", "Find in all scenes", () => ctx.find()], ["Ctrl+H", "Find and replace", () => ctx.find({ replace: true })],
      ["Ctrl+J", "To Ask; once more: to the next panel", next],
      ["Ctrl+Enter", "Ask for what is chosen under Ask", () => ctx.go?.()], ["Alt+Enter", "To the first offer", () => ctx.offers?.focus(0)],
      ["Ctrl+Shift+S", "Export", () => ctx.root.querySelector(".write-head .export").click()],
      ["Ctrl+Shift+E", "Focus mode on and off", () => ctx.focusMode()],
      ["Ctrl+Shift+Enter", "Split the scene at the cursor", () => ctx.tree.split()],
      ["Alt+PageUp", "The scene before", () => editor.beside(-1)], ["Alt+PageDown", "The scene after", () => editor.beside(1)],
      ["Ctrl+Shift+O", "To the chapters and scenes", () => ctx.tree.focus()],
      ["Escape", "From anywhere back to the text", () => editor.focus()],
    ];
    const IN_OFFERS = [["1 to 6", "To the offer or plot with this number"], ["Enter", "Take the offer"], ["Shift+→ Shift+←", "Choose one sentence of it more, or less"], ["E", "Edit it"], ["Delete", "Leave it"], ["↑ ↓ ← →", "From offer to offer; in plots from slot to slot and from plot to plot"]];
    const IN_TREE = [["Enter", "Go to the scene"], ["F2", "Rename"], ["Alt+↑ Alt+↓", "Move up or down"], ["Delete", "Delete (can be undone)"], ["Shift+F10", "All that can be done"]];
    const pressed = (e) => {
      if (e.isComposing || e.target.closest("dialog")) return;
      if (e.key === "Escape" && (ctx.alone() || e.defaultPrevented || e.target === editor.area)) { if (ctx.alone()) { e.preventDefault(); ctx.leave(); } return; }
      const name = [e.ctrlKey || e.metaKey ? "Ctrl" : "", e.altKey ? "Alt" : "", e.shiftKey ? "Shift" : "", e.key.length === 1 ? e.key.toUpperCase() : e.key].filter(Boolean).join("+");
      const row = KEYS.find(([key]) => key === name);
      // Undo in a small field is that field's own.
      if (!row || (/^Ctrl\+(Shift\+)?[ZY]$/.test(name) && e.target !== editor.area && e.target.matches("input, textarea"))) return;
      e.preventDefault();
      e.stopPropagation();
      row[2]();
    };
    ctx.root.addEventListener("keydown", pressed);
    // Nothing has the keyboard yet, as after loading: the room that is seen has.
    document.addEventListener("keydown", (e) => { if (e.target === document.body && ctx.root.offsetParent !== null && ctx.state()) pressed(e); }, true);
    document.addEventListener("keydown", (e) => { if (e.key === "Escape" && ctx.alone() && !e.defaultPrevented && !e.target.closest?.("dialog")) ctx.leave(); });
    const list = (rows) => h("dl", { class: "keylist" }, rows.map(([key, what]) => h("div", {}, h("dt", {}, h("kbd", {}, key)), h("dd", {}, what))));
    ctx.showKeys = () => ctx.dialog("Keys of the writing room", h("h4", {}, "Everywhere in it"), list(KEYS), h("h4", {}, "In offers and plots"), list(IN_OFFERS), h("h4", {}, "In the chapters and scenes"), list(IN_TREE));
    ctx.root.querySelector(".write-bar .count").before(h("button", { type: "button", "aria-label": "Keys of the writing room", title: "Keys", class: "quiet show-keys", onclick: ctx.showKeys }, "Keys"));

    // ---- from panel to panel: plots that are shown, what asks, offers, and the titles of the other panels
    const at = (name) => ctx.root.querySelector(name), seen = (node) => !!node && node.offsetParent !== null;
    function stops() {
      const side = [...ctx.root.querySelectorAll(".write-side > details.panel:not(.asking) > summary")];
      return [at(".plots .plot .keep"), at(".asking .chip[aria-pressed=true]"), at(".offers .offer"), ...side].filter(seen);
    }
    function next() {
      const asking = at(".asking");
      if (asking) asking.open = true;
      const row = stops(), here = document.activeElement;
      const i = row.findIndex((one) => one.closest(".plots, .offers, details.panel") === here?.closest?.(".plots, .offers, details.panel"));
      const to = row[here === editor.area || i < 0 ? 0 : (i + 1) % row.length];
      to?.focus();
      to?.scrollIntoView({ block: "nearest" });
    }

    // ---- in the plots: a card has some sixty buttons
    const own = (card) => [card.querySelector(".keep"), ...card.querySelectorAll(".slot .tools")].filter(seen);
    at(".write-plots")?.addEventListener("keydown", (e) => {
      const card = e.target.closest(".plots .plot"), cards = [...ctx.root.querySelectorAll(".plots .plot")];
      if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey || !cards.length || !e.target.closest(".plots")) return;
      let to = null;
      if (/^[1-6]$/.test(e.key)) to = cards[Number(e.key) - 1]?.querySelector(".keep");
      else if (card && e.key.startsWith("Arrow")) to = beside(card, cards, e);
      else return;
      e.preventDefault();
      e.stopPropagation();
      to?.focus();
      to?.scrollIntoView({ block: "nearest" });
    });
    function beside(card, cards, e) {
      const rows = own(card), tools = e.target.closest(".tools"), i = Math.max(0, rows.indexOf(tools)), k = tools ? [...tools.children].indexOf(e.target) : 0;
      const side = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
      const there = side ? own(cards[cards.indexOf(card) + side] || card) : rows, row = there[Math.min(there.length - 1, side ? i : Math.max(0, i + (e.key === "ArrowDown" ? 1 : -1)))];
      const button = row?.children[k];
      return !row || row.matches("button") ? row : button.disabled ? row.children[0] : button;
    }

    // ---- by thumb: what asks may stand below a long scene
    const go = h("button", { type: "button", class: "reach", onclick: () => {
      const asking = at(".asking"), there = go.textContent === "Ask";
      if (there) asking.open = true;
      (there ? asking : at(".write-work")).scrollIntoView({ block: "start", behavior: "instant" });
      if (there) asking.querySelector(".big:not([hidden])").focus({ preventScroll: true });
    } }, "Ask");
    ctx.root.append(go);
    new IntersectionObserver((rows) => { for (const row of rows) { const text = row.isIntersecting || row.boundingClientRect.top < 0 ? "To the text" : "Ask"; go.textContent = text; go.classList.toggle("there", text !== "Ask"); } }, { rootMargin: "0px 0px -55% 0px" }).observe(at(".write-side"));
  };
})();
