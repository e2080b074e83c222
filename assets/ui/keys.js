// The keyboard map. One table: what the dialog shows is what the keys do.
(() => {
  const { h } = Studio;
  const tab = (name) => () => document.getElementById(`tab-${name}-button`)?.click();
  const press = (selector) => () => document.querySelector(selector)?.click();
  const KEYS = [
    ["?", "Show this list", show],
    ["1", "Write", tab("write")], ["2", "Picture", tab("picture")], ["3", "Music", tab("music")],
    ["4", "Models", tab("models")], ["5", "Session", tab("session")],
    ["n", "New session", press(".session-list .new")],
    ["/", "Search sessions", () => { document.body.classList.add("drawer"); document.querySelector(".session-list input[type=search]")?.focus(); }],
    ["t", "Light or dark", () => Studio.setTheme(Studio.dark() ? "light" : "dark")],
    ["Ctrl+.", "Stop the running job", () => document.dispatchEvent(new CustomEvent("studio:stop"))],
    ["Ctrl+S", "Keep a version of the notes", () => document.dispatchEvent(new CustomEvent("studio:keep"))],
    ["Esc", "Close a dialog or the drawer", () => document.body.classList.remove("drawer")],
  ];
  const typing = (node) => node && (node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName));

  function show() {
    document.querySelector("dialog.keys")?.remove();
    const dialog = h("dialog", { class: "keys", "aria-label": "Keyboard shortcuts" },
      h("h2", {}, "Keyboard"),
      h("dl", {}, KEYS.flatMap(([key, what]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, what)])),
      h("p", {}, "Single keys work when you are not typing. Every other control is reached with Tab."),
      h("button", { class: "primary", type: "button", onclick: () => dialog.close() }, "Close"));
    dialog.addEventListener("close", () => dialog.remove());
    (document.querySelector(".gradio-container") || document.body).append(dialog);
    dialog.showModal();
  }

  document.addEventListener("studio:keys", show);
  document.addEventListener("keydown", (e) => {
    const name = (e.ctrlKey || e.metaKey ? "Ctrl+" : "") + (e.key.length === 1 && (e.ctrlKey || e.metaKey) ? e.key.toUpperCase() : e.key === "Escape" ? "Esc" : e.key);
    const row = KEYS.find(([key]) => key === name);
    if (!row || e.altKey) return;
    if (!name.startsWith("Ctrl+") && name !== "Esc" && (typing(e.target) || document.querySelector("dialog[open]"))) return;
    if (name !== "Esc") e.preventDefault();
    row[2]();
  });
})();
