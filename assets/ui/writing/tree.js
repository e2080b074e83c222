// Chapters and scenes as a tree: go to one, name it, move it by hand or by keys, split, join, delete. The studio changes the
// order; each change is one step of undo.
(() => {
  const writing = (Studio.writing ||= {}), { h, fill } = Studio;
  const fresh = (kind) => kind + Array.from(crypto.getRandomValues(new Uint8Array(8)), (n) => (n % 36).toString(36)).join("");

  writing.tree = (ctx, root) => {
    const list = h("ul", { role: "tree", "aria-label": "Chapters and scenes" }), closed = new Set();
    const act = (label, call, attrs = {}) => h("button", { type: "button", class: "quiet", onclick: ctx.trying(call), ...attrs }, label);
    const more = act("More", () => menu(here), { "aria-haspopup": "menu", "aria-label": "More for the chosen chapter or scene" });
    root.append(h("summary", {}, "Chapters and scenes"), list,
      h("div", { class: "tree-acts", role: "group", "aria-label": "Change the chapters and scenes" },
        act("+ Scene", addScene, { "aria-label": "Add a scene" }), act("+ Chapter", addChapter, { "aria-label": "Add a chapter" }), more));
    // Beside the text it is always there; above it, it would push the text off a small screen.
    const small = matchMedia("(max-width: 1080px)");
    root.open = !small.matches;
    small.addEventListener("change", () => { root.open = !small.matches; });
    let here = null, dragged = null;

    const chapters = () => ctx.state().manuscript.chapters;
    function found(id) {
      for (const [c, chapter] of chapters().entries()) {
        if (chapter.id === id) return { chapter, c, id, name: writing.chapterName(chapter, c), kind: "chapter" };
        const s = chapter.scenes.findIndex((one) => one.id === id);
        if (s >= 0) return { chapter, c, scene: chapter.scenes[s], s, id, name: writing.nameOf(chapter.scenes[s], s), kind: "scene" };
      }
      return null;
    }
    const item = (id) => list.querySelector(`[data-id="${CSS.escape(id)}"]`);
    const items = () => [...list.querySelectorAll("[role=treeitem]")];

    // ---- showing
    function draw() {
      if (!ctx.state()) return;
      const held = list.contains(document.activeElement), shown = ctx.editor.scene();
      if (!here || !found(here)) here = shown;
      const rows = chapters().flatMap((chapter, c) => {
        const open = !closed.has(chapter.id) || chapter.scenes.some((one) => one.id === shown);
        const words = chapter.scenes.reduce((sum, one) => sum + one.words, 0);
        return [row(chapter.id, 1, writing.chapterName(chapter, c), words, 0, { "aria-expanded": chapter.scenes.length ? String(open) : null }),
          ...(open ? chapter.scenes.map((one, s) => row(one.id, 2, writing.nameOf(one, s), one.words, one.goal, { "aria-current": one.id === shown ? "true" : null })) : [])];
      });
      fill(list, ...rows);
      if (!item(here)) here = shown;
      for (const one of items()) one.tabIndex = one.dataset.id === here ? 0 : -1;
      if (held) item(here)?.focus();
    }
    function row(id, level, name, words, goal, more) {
      const el = h("li", { role: "treeitem", "aria-level": String(level), "data-id": id, draggable: "true", tabindex: "-1", class: level === 1 ? "chapter" : "scene",
        "aria-selected": String(id === ctx.editor.scene()), "aria-label": `${name}, ${writing.wordsOf(words)}${goal ? ` of ${goal.toLocaleString()}` : ""}`, ...more },
        h("span", { class: "name" }, name), h("span", { class: "n" }, words ? words.toLocaleString() : ""));
      if (goal) { const bar = h("i", { class: "toward" }); bar.style.setProperty("--part", Math.min(1, words / goal)); el.append(bar); }
      return el;
    }
    for (const name of ["state", "saved", "scene"]) ctx.on(name, () => { if (name === "scene") here = ctx.editor.scene(); draw(); });

    list.addEventListener("click", (e) => {
      const one = found(e.target.closest("[role=treeitem]")?.dataset.id);
      if (!one || e.target.closest("input")) return;
      here = one.id;
      if (one.kind === "scene") { go(one.id, e.detail > 0); return; }
      if (closed.has(one.id)) closed.delete(one.id); else closed.add(one.id);
      draw();
      item(here)?.focus();
    });
    list.addEventListener("dblclick", (e) => { const id = e.target.closest("[role=treeitem]")?.dataset.id; if (id && !e.target.closest("input")) rename(id); });
    list.addEventListener("contextmenu", (e) => { const id = e.target.closest("[role=treeitem]")?.dataset.id; if (id) { e.preventDefault(); here = id; draw(); menu(id, e.clientX, e.clientY); } });
    function go(id, focus = true) {
      ctx.editor.show(id);
      // Beside the text it is always there; above it, it would push the text off a small screen.
    const small = matchMedia("(max-width: 1080px)");
    root.open = !small.matches;
    small.addEventListener("change", () => { root.open = !small.matches; });
      if (focus) ctx.editor.focus(); else item(id)?.focus();
    }

    // ---- keys
    list.addEventListener("keydown", (e) => {
      const one = found(here);
      if (!one || e.target.matches("input")) return;
      const row = items(), at = row.findIndex((el) => el.dataset.id === here);
      const to = (el) => { if (!el) return; here = el.dataset.id; for (const other of row) other.tabIndex = other === el ? 0 : -1; el.focus(); };
      const moves = { ArrowDown: () => to(row[at + 1]), ArrowUp: () => to(row[at - 1]), Home: () => to(row[0]), End: () => to(row[row.length - 1]),
        ArrowLeft: () => { if (one.kind === "scene") to(item(one.chapter.id)); else { closed.add(one.id); draw(); item(here)?.focus(); } },
        ArrowRight: () => { if (one.kind === "chapter") { if (closed.delete(one.id)) { draw(); item(here)?.focus(); } else to(row[at + 1]); } },
        Enter: () => (one.kind === "scene" ? go(one.id) : rename(one.id)), " ": () => (one.kind === "scene" ? go(one.id, false) : null),
        F2: () => rename(one.id), Delete: ctx.trying(() => remove(one.id)), ContextMenu: () => menu(one.id) };
      const moved = { ArrowUp: ctx.trying(() => move(one.id, -1)), ArrowDown: ctx.trying(() => move(one.id, 1)) };
      const call = e.altKey ? moved[e.key] : e.shiftKey && e.key === "F10" ? moves.ContextMenu : e.ctrlKey || e.metaKey || e.shiftKey ? null : moves[e.key];
      if (!call) return;
      e.preventDefault();
      e.stopPropagation();
      call();
    });

    // ---- what can be done
    async function change(edit, scene) { await ctx.change(edit, { scene }); }
    async function addScene() {
      const one = found(here) || found(ctx.editor.scene()), id = fresh("s");
      const to = one?.chapter.id || chapters()[0]?.id;
      if (!to) return addChapter();
      await change({ what: "add-scene", id, to, at: one?.scene ? one.s + 1 : -1 }, id);
      here = id;
      ctx.editor.focus();
      ctx.say("A new scene is open.");
    }
    async function addChapter() {
      const one = found(here), id = fresh("c"), scene = fresh("s");
      await ctx.change([{ what: "add-chapter", id, at: one ? one.c + 1 : -1 }, { what: "add-scene", id: scene, to: id }], { scene });
      here = scene;
      ctx.editor.focus();
      ctx.say("A new chapter with one scene is open.");
    }
    function rename(id) {
      const one = found(id), el = item(id);
      if (!el) return;
      const box = h("input", { value: (one.scene || one.chapter).title, maxlength: "300", "aria-label": `Name of ${one.name}` });
      let over = false;
      const end = ctx.trying(async (keep) => {
        if (over) return;
        over = true;
        const title = box.value.trim(), held = document.activeElement === box;
        if (keep && title !== (one.scene || one.chapter).title) await change({ what: "rename", id, title });
        here = id;
        draw();
        if (held) item(id)?.focus();
      });
      box.addEventListener("keydown", (e) => { e.stopPropagation(); if (e.key === "Enter") end(true); else if (e.key === "Escape") end(false); });
      box.addEventListener("blur", () => end(true));
      el.draggable = false;
      el.querySelector(".name").replaceChildren(box);
      box.select();
      box.focus();
    }
    async function move(id, step) {
      const one = found(id), row = chapters();
      if (one.kind === "chapter") {
        if (!row[one.c + step]) return;
        await change({ what: "move-chapter", id, at: one.c + step });
      } else if (one.chapter.scenes[one.s + step]) await change({ what: "move-scene", id, to: one.chapter.id, at: one.s + step });
      else if (row[one.c + step]) await change({ what: "move-scene", id, to: row[one.c + step].id, at: step < 0 ? -1 : 0 });
      else return;
      placed(id);
    }
    function placed(id) {
      here = id;
      draw();
      item(id)?.focus();
      const now = found(id);
      Studio.say(`${now.name} is now ${now.kind === "scene" ? `scene ${now.s + 1} of ${writing.chapterName(now.chapter, now.c)}` : `chapter ${now.c + 1}`}.`);
    }
    async function remove(id) {
      const one = found(id), row = items(), at = row.findIndex((el) => el.dataset.id === id);
      if (one.kind === "scene" && chapters().flatMap((chapter) => chapter.scenes).length === 1) { ctx.say("This is the only scene. Add another one first."); return; }
      if (one.kind === "chapter" && !chapters().some((chapter) => chapter.id !== id && chapter.scenes.length)) { ctx.say("All scenes are in this chapter. Add another one first."); return; }
      const next = [...row.slice(at + 1), ...row.slice(0, at).reverse()].map((el) => found(el.dataset.id)).find((other) => other.kind === "scene" && other.chapter.id !== id);
      const held = list.contains(document.activeElement), gone = id === ctx.editor.scene() || one.kind === "chapter";
      await change({ what: "delete", id }, gone ? next?.id : null);
      here = next?.id || ctx.editor.scene();
      draw();
      if (held) item(here)?.focus();
      ctx.say(`${one.name} is deleted.`, { act: h("button", { type: "button", class: "quiet", onclick: () => { ctx.say(""); ctx.undo(); } }, "Undo") });
    }
    async function split() {
      const id = ctx.editor.scene(), second = fresh("s"), { end } = ctx.editor.selection();
      await change({ what: "split-scene", id, at: end, new: second }, second);
      ctx.editor.focus();
      ctx.say("The scene is split here.");
    }
    async function join(id) {
      const one = found(id);
      await change({ what: one.kind === "chapter" ? "join-chapters" : "join-scenes", id }, one.kind === "scene" ? id : null);
      ctx.say(one.kind === "chapter" ? "The two chapters are one." : "The two scenes are one.");
    }
    async function splitChapter(id) { await change({ what: "split-chapter", id, new: fresh("c") }); }
    async function goal(id) {
      const one = found(id), box = h("input", { type: "number", min: "0", max: "1000000", step: "50", value: one.scene.goal || "", "aria-label": "Words" });
      const dialog = ctx.dialog(`Word goal of ${one.name}`, h("form", { class: "stacked", onsubmit: ctx.trying(async (e) => {
        e.preventDefault();
        dialog.close();
        await ctx.put("scene", { id, goal: Math.max(0, Math.round(Number(box.value) || 0)) });
      }) }, h("label", {}, "Words", box), h("button", { type: "submit", class: "primary" }, "Set")));
    }

    function menu(id, x, y) {
      document.querySelector(".write-menu")?.remove();
      const one = found(id);
      if (!one) return;
      const rows = one.kind === "scene" ? [
        ["Rename", () => rename(id)], ["Word goal", () => goal(id)], id === ctx.editor.scene() && ["Split at the cursor", split], ["Join with the next scene", () => join(id)],
        one.s > 0 && ["Begin a new chapter here", () => splitChapter(id)], ["Move up", () => move(id, -1)], ["Move down", () => move(id, 1)], ["Delete", () => remove(id)],
      ] : [["Rename", () => rename(id)], ["Join with the next chapter", () => join(id)], ["Move up", () => move(id, -1)], ["Move down", () => move(id, 1)], ["Delete", () => remove(id)]];
      const from = document.activeElement, box = h("div", { class: "write-menu", role: "menu", "aria-label": one.name });
      const shut = (back = true) => { box.remove(); if (back) (item(id) || from)?.focus?.(); };
      box.append(...rows.filter(Boolean).map(([label, call]) => h("button", { type: "button", role: "menuitem", tabindex: "-1", onclick: () => { shut(); ctx.trying(call)(); } }, label)));
      box.addEventListener("keydown", (e) => {
        const all = [...box.children], at = all.indexOf(document.activeElement);
        const next = { ArrowDown: all[(at + 1) % all.length], ArrowUp: all[(at - 1 + all.length) % all.length], Home: all[0], End: all[all.length - 1] }[e.key];
        if (next) next.focus(); else if (e.key === "Escape" || e.key === "Tab") shut(); else return;
        e.preventDefault();
        e.stopPropagation();
      });
      box.addEventListener("focusout", (e) => { if (e.relatedTarget && !box.contains(e.relatedTarget)) shut(false); });
      setTimeout(() => document.addEventListener("pointerdown", function off(e) { if (!box.contains(e.target)) { shut(false); } if (!box.isConnected) document.removeEventListener("pointerdown", off, true); }, true));
      ctx.root.append(box);
      const by = (item(id) || root).getBoundingClientRect(), size = box.getBoundingClientRect();
      box.style.left = `${Math.max(8, Math.min(x ?? by.left + 24, innerWidth - size.width - 8))}px`;
      box.style.top = `${Math.max(8, Math.min(y ?? by.bottom, innerHeight - size.height - 52))}px`;
      box.firstChild.focus();
    }

    // ---- by hand
    list.addEventListener("dragstart", (e) => { dragged = e.target.closest("[role=treeitem]")?.dataset.id; e.dataTransfer.effectAllowed = "move"; e.dataTransfer.setData("text/x-tandem-scene", dragged); e.stopPropagation(); });
    list.addEventListener("dragend", () => { dragged = null; clear(); });
    const clear = () => { for (const el of list.querySelectorAll(".over, .under")) el.classList.remove("over", "under"); };
    // Where it would go: before or after what is under the pointer.
    function target(e) {
      const el = e.target.closest("[role=treeitem]"), other = found(el?.dataset.id), own = found(dragged);
      if (!other || !own || other.id === own.id || (own.kind === "chapter" && other.kind !== "chapter")) return null;
      const by = el.getBoundingClientRect(), after = e.clientY > by.top + by.height / 2;
      return { el, other, own, after: own.kind === "scene" && other.kind === "chapter" ? true : after };
    }
    list.addEventListener("dragover", (e) => {
      const found = dragged && target(e);
      clear();
      if (!found) return;
      e.preventDefault();
      found.el.classList.add(found.after ? "under" : "over");
    });
    list.addEventListener("drop", ctx.trying(async (e) => {
      const aim = dragged && target(e);
      clear();
      if (!aim) return;
      e.preventDefault();
      const { own, other, after } = aim;
      if (own.kind === "chapter") {
        const at = other.c + (after ? 1 : 0) - (own.c < other.c ? 1 : 0);
        await change({ what: "move-chapter", id: own.id, at: own.c < other.c + (after ? 1 : 0) ? other.c + (after ? 1 : 0) - 1 : at });
      } else if (other.kind === "chapter") await change({ what: "move-scene", id: own.id, to: other.id, at: 0 });
      else {
        const to = other.s + (after ? 1 : 0), same = own.chapter.id === other.chapter.id && own.s < to;
        await change({ what: "move-scene", id: own.id, to: other.chapter.id, at: to - (same ? 1 : 0) });
      }
      placed(own.id);
    }));

    ctx.tree = { split: ctx.trying(split), focus() { root.open = true; (item(here) || items()[0])?.focus(); } };
  };
})();
