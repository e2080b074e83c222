// The story bible: people, places, objects and rules, with what holds from which scene on; author's note; style card.
(() => {
  const writing = (Studio.writing ||= {}), { h, fill } = Studio;
  const KINDS = [["person", "person"], ["place", "place"], ["object", "object"], ["rule", "rule"]], GROUPS = { person: "People", place: "Places", object: "Objects", rule: "Rules" };
  const MODES = [["always", "always told"], ["mention", "when it is mentioned"], ["never", "never told"]], MODE = { always: "always", mention: "", never: "never" };
  const newId = () => `e${Math.random().toString(36).slice(2, 12)}`;

  writing.bible = (ctx, side) => {
    const { panel, field, select, iconButton, scenes, count } = writing.kit;
    const { box, body, note } = panel(side, "Story bible", { name: "bible" });
    const find = h("input", { type: "search", "aria-label": "Find an entry", placeholder: "Find", hidden: true }), list = h("div", { class: "entries" });
    const noteText = h("textarea", { rows: "3", maxlength: "4000", "aria-label": "Author's note", placeholder: "What a model should keep in mind just now" }), depth = h("input", { type: "number", min: "0", max: "50", "aria-label": "Paragraphs before the cursor" });
    const role = h("textarea", { rows: "2", maxlength: "4000", "aria-label": "What a model is to be for this story", placeholder: "left empty: a quiet helper" });
    const styleBox = h("div", { class: "stylecard" });
    body.append(find, list, h("div", { class: "acts" }, h("button", { type: "button", onclick: () => entryDialog(null) }, "Add an entry")),
      h("details", { class: "more" }, h("summary", {}, "Author's note"), h("div", { class: "stack" }, field("Note", noteText), h("label", { class: "inline" }, depth, "paragraphs before the cursor; 0 is after the text"), field("What a model is to be", role))),
      h("details", { class: "more" }, h("summary", {}, "Style card"), styleBox));
    const bible = () => ctx.state()?.manuscript?.bible || { entries: [], style: { lines: [] }, note: { text: "", depth: 0 }, role: "" };
    const save = (changes) => ctx.put("bible", { ...bible(), ...changes });

    function draw() {
      const { entries } = bible(), want = find.value.trim().toLowerCase();
      find.hidden = entries.length < 9;
      note.textContent = entries.length ? String(entries.length) : "";
      const fits = entries.filter((e) => !want || [e.name, ...e.aliases.map((a) => a.name)].some((n) => n.toLowerCase().includes(want)));
      fill(list, Object.entries(GROUPS).map(([kind, title]) => {
        const some = fits.filter((e) => e.kind === kind).sort((a, b) => a.name.localeCompare(b.name));
        return some.length > 0 && h("div", { class: `kind ${kind}` }, h("h4", {}, title), h("ul", {}, some.map((e) => h("li", {}, h("button", { type: "button", class: "entry", "data-key": `entry-${e.id}`, onclick: () => entryDialog(e) }, h("span", { class: "name" }, e.name), h("small", { class: "soft" }, [MODE[e.mode], e.facts.length ? count(e.facts.length, "fact") : ""].filter(Boolean).join(", ")))))));
      }), !entries.length && h("p", { class: "soft" }, "People, places, objects and rules of the story. What is mentioned near the cursor is told to the model."));
    }
    find.addEventListener("input", draw);

    // ---- one entry
    function points(label, value) { return select(label, [["", "the beginning"], ...scenes(ctx.state()).map((s) => [s.id, s.name])], value || ""); }
    function rows(title, name, given, { until = false, add }) {
      const held = h("ul", { class: "rows" });
      const row = (one = {}) => {
        const text = h("input", { value: one[name] || "", "aria-label": title, maxlength: name === "name" ? "120" : "2000" }), since = points("Valid from", one.since), end = until ? select("Valid until", [["", "the end"], ...scenes(ctx.state()).map((s) => [s.id, s.name])], one.until || "") : null;
        const el = h("li", {}, text, h("label", { class: "inline" }, "from", since), end && h("label", { class: "inline" }, "until", end), iconButton("no", `Remove this from ${title.toLowerCase()}`, () => { el.remove(); }));
        el.read = () => ({ [name]: text.value.trim(), since: since.value, ...(until ? { until: end.value } : {}) });
        held.append(el);
        return text;
      };
      given.forEach(row);
      const el = h("fieldset", {}, h("legend", {}, title), held, h("button", { type: "button", class: "quiet", onclick: () => row().focus() }, add));
      el.read = () => [...held.children].map((li) => li.read()).filter((one) => one[name]);
      return el;
    }
    function entryDialog(entry) {
      const e = entry || { id: newId(), kind: "person", name: "", aliases: [], text: "", facts: [], knows: [], mode: "mention", since: "" };
      const name = h("input", { value: e.name, maxlength: "120", required: true, "aria-label": "Name" }), kind = select("Kind", KINDS, e.kind), text = h("textarea", { rows: "4", maxlength: "20000", "aria-label": "What holds in all of the story" }), mode = select("Told", MODES, e.mode), since = points("Comes in", e.since);
      text.value = e.text;
      const aliases = rows("Other names", "name", e.aliases, { add: "Another name" }), facts = rows("Facts", "text", e.facts, { until: true, add: "A fact" }), knows = rows("What they know", "text", e.knows, { until: true, add: "Something they know" });
      const showKnows = () => { knows.hidden = kind.value !== "person"; };
      kind.addEventListener("change", showKnows);
      showKnows();
      const read = () => ({ ...e, name: name.value.trim(), kind: kind.value, text: text.value.trim(), mode: mode.value, since: since.value, aliases: aliases.read(), facts: facts.read(), knows: kind.value === "person" ? knows.read() : [] });
      const bad = h("p", { class: "said bad", role: "alert", hidden: true });
      const attempt = (act) => async (event) => { event?.preventDefault(); try { await act(); dialog.close(); } catch (error) { bad.textContent = error.message; bad.hidden = false; } };
      const store = attempt(() => { const fresh = read(), { entries } = bible(); return save({ entries: entries.some((one) => one.id === e.id) ? entries.map((one) => (one.id === e.id ? fresh : one)) : [...entries, fresh] }); });
      const dialog = ctx.dialog(entry ? e.name : "A new entry", h("form", { class: "entryform", onsubmit: store },
        h("div", { class: "two" }, field("Name", name), field("Kind", kind)), field("What holds in all of the story", text), h("div", { class: "two" }, field("Told to the model", mode), field("Comes in at", since)), aliases, facts, knows, bad,
        h("div", { class: "acts" }, h("button", { type: "submit", class: "primary" }, "Keep"), entry && h("button", { type: "button", class: "remove", onclick: attempt(() => save({ entries: bible().entries.filter((one) => one.id !== e.id) })) }, "Remove this entry"))));
      dialog.classList.add("broad");
      name.focus();
    }
    ctx.openEntry = (id) => { const e = bible().entries.find((one) => one.id === id); if (e) entryDialog(e); };

    // ---- note, role, style
    const late = (box, act) => box.addEventListener("change", ctx.trying(act));
    late(noteText, () => save({ note: { text: noteText.value, depth: Number(depth.value) || 0 } }));
    late(depth, () => save({ note: { text: noteText.value, depth: Math.max(0, Math.min(50, Math.round(Number(depth.value)) || 0)) } }));
    late(role, () => save({ role: role.value }));
    function style() {
      const card = bible().style, lines = h("textarea", { rows: String(Math.max(3, Math.min(9, card.lines.length + 2))), "aria-label": "Style card, one sentence a line", placeholder: "Sentences that tell a model how you write" });
      lines.value = card.lines.join("\n");
      late(lines, () => save({ style: { ...bible().style, lines: lines.value.split("\n").map((v) => v.trim()).filter(Boolean).slice(0, 40) } }));
      const measure = (all) => ctx.trying(async () => {
        await ctx.settle();
        const cursor = ctx.editor.selection(), where = all ? {} : { scene: cursor.scene, start: cursor.start, end: cursor.end };
        ctx.load(await ctx.post(`copies/${ctx.state().working}/style`, where));
        ctx.say(bible().style.lines.length ? "The style card is made from your text. You can change its sentences." : "That is too little text to say anything about. Sixty words is the least.");
      });
      fill(styleBox, lines, card.measured?.words ? h("p", { class: "soft" }, `From ${count(Math.round(card.measured.words), "word")} of yours.`) : null, h("div", { class: "acts" }, h("button", { type: "button", onclick: measure(true) }, "From my text"), h("button", { type: "button", onclick: measure(false), title: "Select a part that sounds like you" }, "From the selection")));
    }
    ctx.on("state", () => {
      const { note: n, role: r } = bible(), here = document.activeElement;
      if (here !== noteText) noteText.value = n?.text || "";
      if (here !== depth) depth.value = n?.depth || 0;
      if (here !== role) role.value = r || "";
      draw();
      if (!styleBox.contains(here) || here.tagName !== "TEXTAREA") style();
    });
  };
})();
