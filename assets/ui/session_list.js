// The sessions on the left: open, create, rename in place, duplicate, trash, restore, search.
Studio.register("session-list", ({ root, trigger }) => {
  const { h, fill, ago, icon } = Studio;
  const list = root.querySelector(".sessions");
  const trash = root.querySelector(".trash");
  const search = root.querySelector("input[type=search]");
  let renaming = null, wait = null, last = { sessions: [], trash: [], current: null };

  root.querySelector(".new").addEventListener("click", () => trigger("create", {}));
  search.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(() => trigger("search", { query: search.value }), 200);
  });
  root.addEventListener("keydown", (e) => {
    if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
    const rows = [...root.querySelectorAll(".open")];
    const at = rows.indexOf(document.activeElement);
    if (at < 0) return;
    e.preventDefault();
    rows[at + (e.key === "ArrowDown" ? 1 : -1)]?.focus();
  });

  const act = (name, id, label, title) =>
    h("button", { class: "quiet", type: "button", "data-key": `${name}-${id}`, "aria-label": title, title, onclick: () => trigger(name, { id }) }, label);

  function row(s) {
    if (renaming === s.id) return renameRow(s);
    const here = s.id === last.current;
    return h("li", { class: here ? "session here" : "session" },
      h("button", { class: "open", type: "button", "data-key": `open-${s.id}`, "aria-current": here ? "true" : null, onclick: () => { document.body.classList.remove("drawer"); trigger("open", { id: s.id }); } },
        h("span", { class: "title" }, s.title), h("span", { class: "when" }, ago(s.updated))),
      h("span", { class: "acts" },
        h("button", { class: "quiet", type: "button", "data-key": `rename-${s.id}`, "aria-label": `Rename ${s.title}`, title: "Rename", onclick: () => { renaming = s.id; draw(last); } }, icon("pen")),
        act("duplicate", s.id, icon("copy"), `Duplicate ${s.title}`),
        act("trash", s.id, icon("bin"), `Move ${s.title} to the trash`)));
  }

  function renameRow(s) {
    const box = h("input", { class: "rename", value: s.title, maxlength: "200", "aria-label": "New name of the session" });
    const done = (keep) => {
      if (renaming !== s.id) return;
      renaming = null;
      box.remove();
      if (keep && box.value.trim() && box.value.trim() !== s.title) { s.title = box.value.trim(); trigger("rename", { id: s.id, title: s.title }); }
      draw(last);
    };
    box.addEventListener("keydown", (e) => { if (e.key === "Enter") done(true); if (e.key === "Escape") { e.stopPropagation(); done(false); } });
    box.addEventListener("blur", () => done(true));
    return h("li", { class: "session" }, box);
  }

  function draw(value) {
    last = value || last;
    for (const box of [root.querySelector(".new"), search]) box.disabled = !last.current; // nothing is open yet
    if (renaming && root.querySelector(".rename")) return; // not while a name is being typed
    fill(list, last.sessions.map(row));
    const box = list.querySelector(".rename");
    if (box) { box.focus(); box.select(); } // at once: what is typed next is the name
    if (!last.sessions.length) fill(list, h("li", { class: "none" }, last.query ? `No session is called “${last.query}”.` : "No sessions yet. “New session” starts one."));
    fill(trash.querySelector("ul"), last.trash.map((s) => h("li", { class: "session" },
      h("span", { class: "title" }, s.title),
      h("span", { class: "acts" }, act("restore", s.id, "Restore", `Restore ${s.title}`), act("erase", s.id, "Erase", `Erase ${s.title} for good`)))));
    trash.hidden = !last.trash.length;
    trash.querySelector("summary").textContent = `Trash (${last.trash.length})`;
    if (last.current) Studio.setPlace({ session: last.current });
    const here = last.sessions.find((s) => s.id === last.current);
    document.dispatchEvent(new CustomEvent("studio:session", { detail: here ? here.title : "" }));
    document.title = here ? `${here.title} · Tandem` : "Tandem";
  }
  return { draw };
});
