// What every component of the page shares: building DOM safely, times and sizes, asking the server, mounting.
// Text enters the page only as text nodes, never as markup.
(() => {
  const makers = {};

  function h(tag, attrs = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attrs)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (name === "value" || name === "disabled" || name === "checked" || name === "hidden") node[name] = value;
      else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
    return node;
  }

  // Line icons, drawn here so that no font has to have them.
  const ICONS = {
    pen: "M4 20h4L19 9l-4-4L4 16zM13.5 6.5l4 4",
    copy: "M9 9h11v11H9zM15 9V4H4v11h5",
    bin: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
    menu: "M4 6h16M4 12h16M4 18h16",
    half: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18M12 7h6.5M12 12h9M12 17h6.5",
  };
  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [k, v] of Object.entries({ viewBox: "0 0 24 24", width: 17, height: 17, fill: "none", stroke: "currentColor", "stroke-width": 1.7, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" })) svg.setAttribute(k, v);
    const path = svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path"));
    path.setAttribute("d", ICONS[name]);
    return svg;
  }

  // Fill a node again without losing the keyboard's place: the focused element is found again by its data-key.
  function fill(node, ...children) {
    const key = node.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    node.replaceChildren(...children.flat().filter(Boolean));
    if (key) node.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  function bytes(n) {
    if (n === null || n === undefined) return "";
    const units = ["B", "kB", "MB", "GB", "TB"];
    let k = 0;
    while (n >= 1000 && k < 4) { n /= 1000; k++; }
    return `${n >= 100 || k === 0 ? Math.round(n) : n.toFixed(1)} ${units[k]}`;
  }

  function ago(iso) {
    const then = new Date(iso);
    const s = (Date.now() - then) / 1000;
    if (s < 60) return "just now";
    if (s < 3600) return `${Math.floor(s / 60)} min ago`;
    if (s < 86400) return `${Math.floor(s / 3600)} h ago`;
    if (s < 7 * 86400) return `${Math.floor(s / 86400)} d ago`;
    return then.toLocaleDateString();
  }
  const clock = (when) => new Date(when).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });

  // JSON in, JSON out. A refusal becomes an Error whose message is the server's sentence.
  async function ask(path, { method = "GET", body, keepalive = false } = {}) {
    const answer = await fetch(path, {
      method, keepalive, credentials: "same-origin",
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const data = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error(data.error || "The studio did not answer as expected. Reload the page."), { status: answer.status });
    return data;
  }

  const register = (name, maker) => { makers[name] = maker; mountAll(); };
  function mountAll() {
    const waiting = window.StudioWaiting || [];
    window.StudioWaiting = waiting.filter(([name]) => !makers[name]);
    for (const one of waiting) if (makers[one[0]]) mount(...one);
  }

  function mount(name, element, props, trigger, watch) {
    const root = element.querySelector(`[data-part="${name}"]`);
    if (root.dataset.mounted) return; // Gradio may run the script again for the same element
    root.dataset.mounted = "yes";
    const part = makers[name]({ root, value: () => props.value, trigger });
    part.draw(props.value);
    watch("value", () => part.draw(props.value));
  }

  function dark() { return document.body.classList.contains("dark"); }
  function setTheme(mode) {
    document.body.classList.toggle("dark", mode === "dark");
    localStorage.setItem("tandem-theme", mode);
    document.dispatchEvent(new CustomEvent("studio:theme"));
  }
  function startTheme() {
    const forced = new URLSearchParams(location.search).get("__theme");
    const kept = forced || localStorage.getItem("tandem-theme");
    if (kept === "dark" || kept === "light") setTheme(kept);
  }

  // The address always says where the person is, so that a reload or a shared bookmark comes back here.
  function setPlace(fields) {
    const url = new URL(location.href);
    for (const [k, v] of Object.entries(fields)) v ? url.searchParams.set(k, v) : url.searchParams.delete(k);
    history.replaceState(null, "", url);
  }

  // The tab in front is the one of the address, else that of last time. It is put there the moment the tabs are on the
  // page, before anybody can press one; from then on only the person changes it.
  const TAB = "tandem-tab", button = (tab) => document.getElementById(`tab-${tab}-button`);
  function startTab() {
    const wanted = [new URLSearchParams(location.search).get("tab"), localStorage.getItem(TAB)].filter(Boolean);
    const looking = new MutationObserver(() => {
      if (!document.querySelector("#tabs [role=tab]")) return;
      looking.disconnect();
      const found = wanted.map(button).find(Boolean);
      if (found?.getAttribute("aria-selected") === "false") found.click();
    });
    if (wanted.length) looking.observe(document, { subtree: true, childList: true });
  }
  function chosen(tab) {
    setPlace({ tab });
    localStorage.setItem(TAB, tab);
  }

  function say(text) {
    const region = document.getElementById("spoken") || document.body.appendChild(h("div", { id: "spoken", class: "visually-hidden", role: "status", "aria-live": "polite" }));
    region.textContent = text;
  }

  // A dialog in the look of the house, inside of `root`, so that it keeps the room's styles.
  function dialog(root, kind, title, ...children) {
    const box = h("dialog", { class: kind, "aria-label": title },
      h("header", {}, h("h3", {}, title), h("button", { type: "button", class: "quiet close", "aria-label": "Close", onclick: () => box.close() }, "Close")), ...children);
    box.addEventListener("close", () => box.remove());
    box.addEventListener("keydown", (e) => e.stopPropagation());
    root.append(box);
    box.showModal();
    return box;
  }

  window.Studio = { h, fill, dialog, icon, bytes, ago, clock, ask, register, mountAll, dark, setTheme, setPlace, chosen, say };
  startTab();
  if (document.body) startTheme(); else document.addEventListener("DOMContentLoaded", startTheme);
})();
