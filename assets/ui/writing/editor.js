// The scene that is shown: an ordinary text area, every change of which becomes an exact edit of the desk. Undo is ours, over
// all scenes; spelling, IME, bidirectional text and dropping words elsewhere are the browser's.
(() => {
  const writing = (Studio.writing ||= {}), { h, fill } = Studio;
  const PASTES = ["insertFromPaste", "insertFromYank", "insertFromPasteAsQuotation"];
  const INSERTS = ["insertText", "insertLineBreak", "insertParagraph", ...PASTES];

  writing.editor = (ctx, root, desk) => {
    const title = h("input", { class: "scene-title", maxlength: "300", "aria-label": "Name of this scene", placeholder: "Scene without a name" });
    const where = h("p", { class: "soft chapter-line" });
    const back = h("div", { class: "mirror", "aria-hidden": "true" }), area = h("textarea", {
      class: "scene-text", dir: "auto", spellcheck: "true", autocapitalize: "sentences", rows: "1", "aria-label": "Text of the scene",
    });
    const plan = h("textarea", { class: "beat", rows: "2", maxlength: "4000", "aria-label": "What shall happen in this scene" });
    const planned = h("details", { class: "plan" }, h("summary", {}, "What shall happen here"), plan);
    const before = h("button", { type: "button", class: "quiet", onclick: () => beside(-1) }), after = h("button", { type: "button", class: "quiet", onclick: () => beside(1) });
    const sheet = h("div", { class: "sheet" }, back, area);
    root.append(h("header", { class: "scene-head" }, where, title, planned), sheet, h("nav", { class: "beside", "aria-label": "Scenes before and after" }, before, after));

    const mirror = writing.mirror(back);
    let shown = null, marks = [], tinted = localStorage.getItem("tandem-write-tint") === "on", told = "", composing = false, entered = null;

    // ---- showing
    const places = () => ctx.state().manuscript.chapters.flatMap((chapter, c) => chapter.scenes.map((scene, s) => ({ scene, chapter, c, s })));
    const place = (id = shown) => places().find((one) => one.scene.id === id);
    function show(id, { keep = false } = {}) {
      const changed = id !== shown, at = keep && !changed ? [area.selectionStart, area.selectionEnd] : null;
      if (changed) { commit(); marks = marks.filter((one) => one.kind !== "chosen"); }
      shown = id;
      const text = desk.text(id) ?? "";
      if (area.value !== text) area.value = text;
      if (at) area.setSelectionRange(...at); else if (changed) area.setSelectionRange(0, 0);
      area.disabled = !desk.has(id);
      told = area.value;
      mirror.set(told);
      head();
      paint();
      if (changed) { ctx.tell("scene", id); tellSelect(); }
    }
    function head() {
      const here = place(), row = places();
      if (!here) return;
      const i = row.indexOf(row.find((one) => one.scene.id === shown));
      if (document.activeElement !== title) title.value = here.scene.title;
      if (document.activeElement !== plan) plan.value = here.scene.beat || "";
      planned.classList.toggle("has", !!here.scene.beat);
      where.textContent = here.chapter.title || `Chapter ${here.c + 1}`;
      area.setAttribute("aria-label", `Text of ${writing.nameOf(here.scene, here.s)}, ${where.textContent}`);
      for (const [button, other, arrow] of [[before, row[i - 1], "←"], [after, row[i + 1], "→"]]) {
        button.hidden = !other;
        if (other) button.textContent = arrow === "←" ? `← ${writing.nameOf(other.scene, other.s)}` : `${writing.nameOf(other.scene, other.s)} →`;
      }
    }
    function beside(step) {
      const row = places(), next = row[row.findIndex((one) => one.scene.id === shown) + step];
      if (!next) return;
      show(next.scene.id);
      area.focus({ preventScroll: true });
      root.scrollIntoView({ block: "start" });
    }
    function paint() {
      if (!shown) return;
      const own = marks.filter((one) => one.scene === shown && !(one.kind === "chosen" && ctx.alone?.()));
      mirror.use({ spans: tinted && !ctx.alone?.() ? desk.get(shown)?.spans : null, marks: own, at: ctx.alone?.() ? area.selectionEnd : null });
    }
    title.addEventListener("change", ctx.trying(() => ctx.change({ what: "rename", id: shown, title: title.value.trim() })));
    title.addEventListener("keydown", (e) => { if (e.key === "Enter") area.focus(); });
    plan.addEventListener("change", ctx.trying(() => ctx.put("scene", { id: shown, beat: plan.value })));

    // ---- from the text area to the desk
    area.addEventListener("beforeinput", (e) => {
      if (e.inputType === "historyUndo" || e.inputType === "historyRedo") { e.preventDefault(); ctx[e.inputType === "historyUndo" ? "undo" : "redo"](); return; }
      entered = { type: e.inputType, start: area.selectionStart, end: area.selectionEnd };
    });
    area.addEventListener("input", (e) => { if (e.isComposing) { sheet.classList.add("composing"); composing = true; } else read(e.inputType); });
    area.addEventListener("compositionend", () => { composing = false; sheet.classList.remove("composing"); read("insertCompositionText"); });
    // A browser shows what is selected only where the keyboard is; asking for it to be rewritten is done elsewhere.
    area.addEventListener("blur", () => {
      const [start, end] = [area.selectionStart, area.selectionEnd];
      if (start < end) { marks.push({ scene: shown, kind: "chosen", start, end }); paint(); }
    });
    area.addEventListener("focus", () => { if (marks.some((one) => one.kind === "chosen")) { marks = marks.filter((one) => one.kind !== "chosen"); paint(); } });
    for (const name of ["copy", "cut"]) area.addEventListener(name, () => desk.note(shown, area.selectionStart, area.selectionEnd, name === "cut"));

    function read(type) {
      const text = area.value, was = told, start = entered?.start ?? 0, end = entered?.end ?? 0, size = text.length - was.length + end - start;
      let found = null;
      if (entered?.type === type && INSERTS.includes(type) && size >= 0 && area.selectionEnd === start + size) {
        const fresh = text.slice(start, start + size); // what is selected goes, what comes ends at the caret: no need to compare
        if (text.endsWith(was.slice(end, end + 64 + size)) || text.slice(start + size) === was.slice(end)) found = { at: start, gone: end - start, text: fresh };
      }
      found ||= WritingLedger.between(was, text, area.selectionEnd);
      entered = null;
      if (!found.text && !found.gone) return;
      const how = PASTES.includes(type) || type === "insertFromDrop" ? "pasted" : "typed";
      if (was.slice(0, found.at) + found.text + was.slice(found.at + found.gone) !== text) found = WritingLedger.between(was, text);
      desk.edit(shown, found.at, found.gone, found.text, { how });
      told = desk.text(shown);
      if (told !== text) { const at = area.selectionEnd; area.value = told; area.setSelectionRange(at, at); }
      moved(found.at, found.gone, found.text);
      ctx.edited({ scene: shown });
    }
    const commit = () => { if (composing) { composing = false; read("insertCompositionText"); } };

    // After a change of the text that is shown: marks move along, those whose words changed go.
    function moved(at, gone, text) {
      marks = marks.flatMap((one) => {
        if (one.scene !== shown || one.end <= at) return [one];
        if (one.start >= at + gone) return [{ ...one, start: one.start + text.length - gone, end: one.end + text.length - gone }];
        return [];
      });
      mirror.splice(at, gone, text, told);
      paint();
    }
    // The desk changed the text by itself: the box follows.
    function follow({ scene, at, gone, text }, { caret = true } = {}) {
      if (scene !== shown) { if (!caret) return; show(scene); } else {
        area.setRangeText(desk.text(scene).slice(at, at + text.length), at, at + gone, "preserve");
        if (area.value !== desk.text(scene)) area.value = desk.text(scene);
        told = area.value;
        moved(at, gone, text);
      }
      if (caret) { area.setSelectionRange(at + text.length, at + text.length); reveal(at + text.length); }
    }

    // ---- cursor and selection
    let hearing = 0;
    function tellSelect() {
      hearing ||= requestAnimationFrame(() => { hearing = 0; if (shown) ctx.tell("select", selection()); });
    }
    document.addEventListener("selectionchange", () => { if (document.activeElement === area) { if (ctx.alone?.()) mirror.use({ at: area.selectionEnd }); tellSelect(); } });
    function selection() {
      const start = area.selectionStart, end = area.selectionEnd;
      return { scene: shown, start: desk.point(shown, start), end: desk.point(shown, end), text: told.slice(start, end) };
    }
    function select(scene, start, end = start, { focus = true } = {}) {
      if (!desk.has(scene)) return;
      if (scene !== shown) show(scene);
      const a = desk.unit(scene, start), b = desk.unit(scene, end);
      if (focus) area.focus({ preventScroll: true });
      area.setSelectionRange(a, b);
      reveal(a);
      tellSelect();
    }
    function reveal(at) {
      const found = mirror.rect(at), bar = ctx.root.querySelector(".write-find:not([hidden])"), taken = bar ? bar.offsetHeight + 30 : 90;
      const low = bar ? Math.max(taken, bar.getBoundingClientRect().bottom + 10) : taken, high = innerHeight - 120;
      if (found.top < low || found.bottom > high) scrollBy({ top: found.top - Math.max(taken, innerHeight * 0.4), behavior: "instant" });
      mirror.draw();
    }

    // ---- what others put in. Places are code points.
    function insert({ scene = shown, at, gone = 0, text, how = "typed", offer = null }) {
      const start = desk.unit(scene, at), end = desk.unit(scene, at + gone);
      desk.edit(scene, start, end - start, text, { how, offer });
      follow({ scene, at: start, gone: end - start, text });
      ctx.edited({ scene });
    }
    function mark(ranges, kind) {
      marks = marks.filter((one) => one.kind !== kind);
      for (const one of ranges || []) marks.push({ scene: one.scene, kind, start: desk.unit(one.scene, one.start), end: desk.unit(one.scene, one.end) });
      paint();
    }
    function tint(on = !tinted) {
      tinted = on;
      localStorage.setItem("tandem-write-tint", on ? "on" : "off");
      paint();
      ctx.tell("tint", on);
    }
    ctx.on("state", (state) => {
      area.placeholder = `Write here. Everything is saved while you type.${state.empty ? "\n\nOr begin with a premise under Plots, or open a file." : ""}`;
      head();
      paint();
    });
    ctx.on("saved", () => { paint(); });
    return {
      show, head, paint, follow, commit, area, beside, selection, select, insert, mark, tint, scene: () => shown, tinted: () => tinted,
      text: (id = shown) => desk.text(id), focus: () => area.focus(), units: () => [area.selectionStart, area.selectionEnd],
      range: (start, end) => { area.setSelectionRange(start, end); reveal(start); tellSelect(); },
    };
  };

  writing.nameOf = (scene, i) => scene.title || `Scene ${i + 1}`;
  writing.chapterName = (chapter, i) => chapter.title || `Chapter ${i + 1}`;
})();
