// Small things the panels of the Write room share: fields, icons, bars, passages counted in code points.
(() => {
  const writing = (Studio.writing ||= {}), { h } = Studio;
  const PATHS = {
    lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3", open: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 6.8-1.2", again: "M19 12a7 7 0 1 1-2.2-5.1M19 3.5V8h-4.5",
    why: "M9 9.2A3 3 0 1 1 12.6 12c-.5.3-.7.7-.7 1.4v.6M12 17.2v.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", no: "M6 6l12 12M18 6L6 18", like: "M4 10c3-4 5 4 8 0s5 4 8 0M4 16c3-4 5 4 8 0s5 4 8 0",
    back: "M9 6L4 11l5 5M4 11h10a5 5 0 0 1 0 10h-2", play: "M8 5l11 7-11 7z", pause: "M8 5v14M16 5v14", plus: "M12 5v14M5 12h14", columns: "M4 5h16v14H4zM9.3 5v14M14.7 5v14",
  };
  function glyph(name) {
    const NS = "http://www.w3.org/2000/svg", svg = document.createElementNS(NS, "svg"), path = document.createElementNS(NS, "path");
    for (const [k, v] of Object.entries({ viewBox: "0 0 24 24", width: 16, height: 16, fill: "none", stroke: "currentColor", "stroke-width": 1.7, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" })) svg.setAttribute(k, v);
    path.setAttribute("d", PATHS[name]);
    svg.append(path);
    return svg;
  }
  const iconButton = (name, label, onclick, attrs = {}) => h("button", { type: "button", class: "icon quiet", "aria-label": label, title: label, onclick, ...attrs }, glyph(name));
  // A button that is part of a running text: it breaks over lines as words do, which no <button> can.
  function word(attrs, ...children) {
    const press = (e) => { if (e.key !== "Enter" && e.key !== " ") return attrs.onkeydown?.(e); e.preventDefault(); e.stopPropagation(); attrs.onclick(e); };
    return h("span", { role: "button", ...attrs, onkeydown: press }, ...children);
  }
  function select(label, values, chosen, attrs = {}) {
    const box = h("select", { "aria-label": label, ...attrs }, values.map((v) => (Array.isArray(v) ? h("option", { value: v[0] }, v[1]) : h("option", { value: v }, v))));
    box.value = chosen;
    return box;
  }
  const field = (label, box, attrs = {}) => h("label", { class: "field", ...attrs }, h("span", {}, label), box);

  // A panel of the side: its title, a word on how things stand, and what is in it.
  function panel(side, title, { open = false, name = "" } = {}) {
    const note = h("span", { class: "soft note" }), body = h("div", { class: "body" });
    const box = h("details", { class: `panel ${name}`, open }, h("summary", {}, title, " ", note), body);
    side.append(box);
    return { box, body, note };
  }
  const remember = (key) => { try { return JSON.parse(localStorage.getItem(key) || "null"); } catch { return null; } };
  const keep = (key, value) => localStorage.setItem(key, JSON.stringify(value));

  // Places come in code points; JavaScript counts otherwise.
  const letters = (text) => Array.from(text);
  const size = (text) => { let n = 0; for (const _ of text) n++; return n; };
  const part = (text, start, end) => letters(text).slice(start, end).join("");

  // Where a passage stands now: at its old place, or at the only other one.
  function whereNow(ctx, where) {
    const text = ctx.editor.text(where.scene);
    if (text === null || text === undefined) return null;
    const own = letters(text), passage = where.passage;
    if (passage === undefined || own.slice(where.start, where.end).join("") === passage) return { scene: where.scene, start: where.start, end: where.end };
    const at = text.indexOf(passage);
    if (!passage || at < 0 || text.indexOf(passage, at + 1) >= 0) return null;
    const start = size(text.slice(0, at));
    return { scene: where.scene, start, end: start + size(passage) };
  }

  // A text in which some stretches are marked. `spans`: [{start, end, kind, title}] in code points.
  function marked(text, spans) {
    const own = letters(text), out = [];
    let at = 0;
    for (const span of [...spans].sort((a, b) => a.start - b.start)) {
      const start = Math.max(at, span.start), end = Math.min(own.length, span.end);
      if (start >= end) continue;
      if (start > at) out.push(own.slice(at, start).join(""));
      out.push(h("mark", { class: span.kind, title: span.title || null }, own.slice(start, end).join("")));
      at = end;
    }
    if (at < own.length) out.push(own.slice(at).join(""));
    return out;
  }

  // Scenes in the order of the story, with a name each.
  function scenes(state) {
    const out = [];
    (state?.manuscript?.chapters || []).forEach((chapter, c) => (chapter.scenes || []).forEach((scene, s) => out.push({ ...scene, chapter: chapter.id, name: `${chapter.title || `Chapter ${c + 1}`}, ${scene.title || `scene ${s + 1}`}` })));
    return out;
  }
  const sceneName = (state, id) => scenes(state).find((one) => one.id === id)?.name || "a scene that is gone";

  async function copy(text, ctx) {
    try { await navigator.clipboard.writeText(text); } catch {
      const box = h("textarea", { class: "visually-hidden", "aria-hidden": "true" });
      box.value = text;
      (document.querySelector("dialog[open]") || document.body).append(box);
      box.select();
      document.execCommand("copy");
      box.remove();
    }
    ctx.say("Copied.");
  }
  const percent = (share) => (share > 0 && share < 0.01 ? "under 1 %" : `${Math.round(share * 100)} %`);
  const count = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many || `${one}s`}`;

  // A statement as the studio writes it: a title, points, and what is strong; the rest are paragraphs.
  function statement(text) {
    const strong = (line) => line.split("**").map((part, i) => (i % 2 ? h("strong", {}, part) : part));
    return text.trim().split(/\n{2,}/).map((block) => {
      const lines = block.split("\n");
      if (/^#+ /.test(block)) return h("h4", {}, block.replace(/^#+ /, ""));
      if (lines.every((line) => line.startsWith("- "))) return h("ul", {}, lines.map((line) => h("li", {}, strong(line.slice(2)))));
      return h("p", {}, strong(block));
    });
  }

  // A word diff to read: hunks of both texts, long stretches without a change folded away.
  function readDiff(hunks, fold = 160) {
    const folded = (text, first, end) => {
      const own = letters(text);
      if (own.length <= fold * 2) return text;
      const head = own.slice(0, fold).join("").replace(/\s\S*$/u, ""), tail = own.slice(-fold).join("").replace(/^\S*\s/u, ""); // whole words
      return `${first ? "" : head} … ${end ? "" : tail}`;
    };
    return hunks.flatMap((hunk, i) => (hunk.same ? [folded(hunk.old, i === 0, i === hunks.length - 1)] : [hunk.old && h("del", {}, hunk.old), hunk.new && h("ins", {}, hunk.new)])).filter(Boolean);
  }

  // Brings something to the top of the column it stands in; on a narrow page to the top of that; else just into view.
  function reveal(node) {
    const column = node.closest(".write-right"), smooth = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    requestAnimationFrame(() => {
      if (column && column.scrollHeight > column.clientHeight + 2) column.scrollTo({ top: column.scrollTop + node.getBoundingClientRect().top - column.getBoundingClientRect().top - 8, behavior: smooth });
      else node.scrollIntoView({ block: matchMedia("(max-width: 1080px)").matches ? "start" : "nearest", behavior: smooth });
    });
  }

  writing.kit = { reveal, glyph, iconButton, word, select, field, panel, remember, keep, letters, size, part, whereNow, marked, scenes, sceneName, copy, percent, count, readDiff, statement };
})();
