// The drafts of a session as a tree, newest first. Only the rows in view are in the page, so thousands open at once.
Studio.register("draft-tree", ({ root, value, trigger }) => {
  const { h, fill, ask, ago } = Studio;
  const ROW = 40, LANE = 16;
  const list = root.querySelector(".list"), room = root.querySelector(".room"), detail = root.querySelector(".detail");
  const ORIGINS = { person: "you", model: "model", mixed: "you and model", imported: "imported", restored: "restored", merged: "merged", conflict: "branch" };
  let rows = [], chosen = null, session = null, drawn = "", looked = Date.now();

  list.addEventListener("scroll", () => requestAnimationFrame(paint));
  new ResizeObserver(() => paint(true)).observe(list);
  list.addEventListener("keydown", (e) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 }[e.key];
    if (!step) return;
    e.preventDefault();
    const drafts = rows.map((r, i) => (r.id ? i : -1)).filter((i) => i >= 0);
    const at = drafts.indexOf(rows.findIndex((r) => r.id === chosen));
    const next = drafts[Math.max(0, Math.min(drafts.length - 1, at + step))];
    if (next === undefined) return;
    list.scrollTop = Math.min(list.scrollTop, next * ROW);
    if ((next + 1) * ROW > list.scrollTop + list.clientHeight) list.scrollTop = (next + 1) * ROW - list.clientHeight;
    choose(rows[next].id);
  });
  document.addEventListener("studio:kept", () => load());
  // Other tabs keep drafts too: look again whenever this one comes back into view.
  new IntersectionObserver((seen) => { if (seen.some((s) => s.isIntersecting) && Date.now() - looked > 1000) load(); }).observe(root);

  function row(r, i) {
    const style = `top:${i * ROW}px`;
    if (!r.id) return h("div", { class: `piece ${r.medium}`, style, role: "presentation" }, h("strong", {}, r.title), h("span", { class: "soft" }, `${r.form}, ${r.count} ${r.count === 1 ? "draft" : "drafts"}`));
    return h("div", { class: r.id === chosen ? "draft chosen" : "draft", style: `${style};padding-left:${10 + Math.min(r.lane, 10) * LANE}px`, id: `row-${r.id}`, role: "option", "aria-selected": r.id === chosen ? "true" : "false", onclick: () => choose(r.id) },
      h("span", { class: `dot ${r.origin}` }, ""),
      r.thumbnail ? h("img", { src: `studio/media/${r.thumbnail}`, alt: "", loading: "lazy" }) : null,
      h("span", { class: "line" }, r.summary || "(empty)"),
      h("span", { class: "soft who" }, ORIGINS[r.origin] || r.origin), h("span", { class: "soft when" }, ago(r.created)));
  }

  function paint(force) {
    const from = Math.max(0, Math.floor(list.scrollTop / ROW) - 5);
    const to = Math.min(rows.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + 5);
    const key = `${from}-${to}-${chosen}`;
    if (key === drawn && force !== true) return;
    drawn = key;
    room.style.height = `${rows.length * ROW}px`;
    room.replaceChildren(...rows.slice(from, to).map((r, k) => row(r, from + k)));
    if (chosen) list.setAttribute("aria-activedescendant", `row-${chosen}`); else list.removeAttribute("aria-activedescendant");
  }

  async function choose(id) {
    chosen = id;
    paint(true);
    try { showDetail(await ask(`studio/drafts/${id}`)); }
    catch (error) { fill(detail, h("p", { class: "said bad" }, error.message)); }
  }

  function recipe(r) {
    if (!r) return h("p", { class: "soft" }, "Made by hand: there is no recipe.");
    const flat = [["Model", r.model], ["Revision", r.revision || "not stated"], ["Runtime", r.runtime], ["Weights", r.weights ? r.weights.slice(0, 16) + "…" : "not stated"], ["Seed", r.seed], ["Offer", r.index + 1],
      ...Object.entries(r.versions).map(([k, v]) => [k, v])];
    return h("div", { class: "recipe" }, h("dl", {}, flat.map(([k, v]) => h("div", {}, h("dt", {}, k), h("dd", {}, String(v))))),
      h("details", {}, h("summary", {}, "The whole request"), h("pre", {}, JSON.stringify(r.ask, null, 2))));
  }

  function showDetail(d) {
    const parents = d.parents.map((p) => h("button", { class: "quiet", type: "button", onclick: () => choose(p) }, p.slice(2, 10)));
    const work = d.text !== null ? h("pre", { class: "work" }, d.text || "(empty)")
      : d.media_type.startsWith("image/") ? h("img", { class: "work", src: `studio/media/${d.sha256}`, alt: d.summary })
      : d.media_type.startsWith("audio/") ? h("audio", { controls: true, src: `studio/media/${d.sha256}` })
      : h("a", { href: `studio/media/${d.sha256}` }, "Download this draft");
    fill(detail,
      h("header", {}, h("h3", {}, d.summary || "Draft"), h("button", { class: "primary", type: "button", "data-key": "restore", onclick: () => restore(d) }, "Restore this draft")),
      h("p", { class: "soft" }, `${ORIGINS[d.origin] || d.origin}, ${new Date(d.created).toLocaleString()}, draft ${d.id.slice(2, 10)}`, parents.length ? ", made from " : ", the first of its piece", ...parents),
      work, h("h4", {}, "Recipe"), recipe(d.recipe));
  }

  async function restore(d) {
    try {
      const made = await ask(`studio/drafts/${d.id}/restore`, { method: "POST", body: {} });
      Studio.say("The draft is restored as the newest one. Nothing was overwritten.");
      await load();
      choose(made.id);
      trigger("restored", { piece: made.piece, draft: made.id });
      document.dispatchEvent(new CustomEvent("studio:restored", { detail: made }));
    } catch (error) { fill(detail, h("p", { class: "said bad" }, error.message)); }
  }

  async function load() {
    if (!session) return;
    looked = Date.now();
    let tree;
    try { tree = await ask(`studio/sessions/${session}/tree`); }
    catch (error) { fill(detail, h("p", { class: "said bad" }, error.message)); return; }
    rows = tree.pieces.flatMap((p) => [{ title: p.title, medium: p.medium, form: p.form, count: p.drafts.length }, ...p.drafts]);
    root.classList.toggle("empty", !tree.pieces.some((p) => p.drafts.length));
    list.setAttribute("role", rows.some((r) => r.id) ? "listbox" : "region"); // an empty listbox is not one
    list.style.height = `${Math.min(Math.max(rows.length, 1) * ROW + 2, 480)}px`;
    if (!rows.some((r) => r.id === chosen)) { chosen = null; fill(detail, h("p", { class: "soft" }, rows.some((r) => r.id) ? "Choose a draft to see it, its recipe, and to restore it." : "No drafts yet. Write something in the notes and press “Keep this version”: it will stand here for good.")); }
    paint(true);
    root.dataset.ready = String(rows.length);
  }

  return { draw(v) { session = v?.session; chosen = null; list.scrollTop = 0; load(); } };
});
