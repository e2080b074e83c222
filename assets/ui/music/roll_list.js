// The notes as a table that everybody can read and edit with plain inputs; a page of rows at a time, so that thousands
// of notes cost nothing.
(() => {
  const music = (Studio.music ||= {});
  const { h } = Studio;
  const ROWS = 40;

  music.rollList = (s, { view, say, run }) => {
    const { time, notes: ops } = music;
    const body = h("tbody"), count = h("span", { class: "soft" }), caption = h("caption", { class: "visually-hidden" }, "Notes of the track being edited");
    const earlier = h("button", { type: "button", onclick: () => turn(-1) }, "Earlier"), later = h("button", { type: "button", onclick: () => turn(1) }, "Later");
    const table = h("table", {}, caption, h("thead", {}, h("tr", {}, ["Bar", "Beat", "Pitch", "Length", "Velocity", ""].map((name) => h("th", { scope: "col" }, name || h("span", { class: "visually-hidden" }, "Delete"))))), body);
    const empty = h("p", { class: "soft" }, "No notes yet. Draw some in the roll, or press Enter there.");
    const pages = h("div", { class: "pages" }, earlier, count, later);
    const el = h("details", { class: "notelist" }, h("summary", {}, "Notes as a list"), empty, table, pages);
    let page = 0, followed = null, shown = null, here = null;
    el.addEventListener("toggle", () => { if (el.open) { shown = null; draw(); } });

    const fields = {
      bar: { label: "bar", text: (n) => String(time.numberOf(s.roll, time.barAt(s.roll, n[0]))), hint: "a bar of the tune", read: (text, n) => moveTo(n, time.tickFrom(s.roll, Number(text), time.beatText(s.roll, n[0]).replace("~", ""))) },
      beat: { label: "beat", text: (n) => time.beatText(s.roll, n[0]), hint: "like 2, or 2 + 1/8", read: (text, n) => moveTo(n, time.tickFrom(s.roll, time.numberOf(s.roll, time.barAt(s.roll, n[0])), text)) },
      pitch: { label: "pitch", text: (n) => (s.drums() ? time.drumOf(n[2]) : time.signs(time.nameOf(s.roll, n[2]))), hint: "like F#4", read(text, n) {
        const number = /^\d{1,3}$/.test(text.trim()) ? Number(text) : null, pitch = number !== null && number < 128 ? number : s.drums() ? drum(text) : time.pitchFrom(text);
        return pitch === null ? null : [n[0], n[1], pitch, n[3]];
      } },
      length: { label: "length", text: (n) => time.fraction(s.roll, n[1]), hint: "like 1/8", read(text, n) { const ticks = time.ticksFrom(s.roll, text); return ticks === null ? null : [n[0], ticks, n[2], n[3]]; } },
      velocity: { label: "velocity", text: (n) => String(n[3]), hint: "from 1 to 127", read(text, n) { const v = Number(text); return Number.isInteger(v) && v > 0 && v < 128 ? [n[0], n[1], n[2], v] : null; } },
    };
    const moveTo = (n, tick) => (tick === null ? null : [tick, n[1], n[2], n[3]]);
    function drum(text) {
      for (let pitch = 27; pitch < 88; pitch++) if (time.drumOf(pitch).toLowerCase() === text.trim().toLowerCase()) return pitch;
      return null;
    }

    function turn(by) {
      page += by;
      shown = null;
      draw();
      say(count.textContent);
    }
    function change(input, note, name) {
      const field = fields[name], text = input.value;
      if (text.trim() === field.text(note)) { input.value = field.text(note); return; }
      const made = field.read(text, note);
      if (!made || made[0] + made[1] > s.roll.length) {
        const why = made ? "That would go beyond the end of the tune." : `“${text}” is not ${field.hint.startsWith("like") ? `a ${field.label}: write it ${field.hint}` : field.hint}.`;
        input.setAttribute("aria-invalid", "true");
        input.title = why;
        return say(why);
      }
      here = name;
      const done = s.commit(name === "length" ? ops.stretch(s.notes(), [note], made[1] - note[1], s.rules()) : { notes: [...s.notes().filter((n) => n !== note), made], picked: [made] }, "list", () => (s.chosen()[0] ? `${s.words(s.chosen()[0])}.` : ""));
      if (!done) input.value = field.text(note);
      else if (name === "pitch") run.hear(made[2]);
      return undefined;
    }
    function row(note, i) {
      const words = `Note ${i + 1}`;
      const cell = (name) => {
        const field = fields[name], input = h("input", { type: "text", value: field.text(note), "aria-label": `${words}, ${field.label}`, "data-key": `${i}-${name}`, autocomplete: "off", spellcheck: "false", size: "6", inputmode: name === "bar" || name === "velocity" ? "numeric" : null });
        input.addEventListener("change", () => change(input, note, name));
        return h("td", {}, input);
      };
      const gone = h("button", { type: "button", class: "quiet", "aria-label": `Delete note ${i + 1}`, "data-key": `${i}-gone`, onclick: () => { s.select([note]); run.remove(); } }, music.glyph("bin", 16));
      const tr = h("tr", { class: [s.selected.has(note) && "chosen", s.unsure.has(note) && "unsure"].filter(Boolean).join(" ") || null }, Object.keys(fields).map(cell), h("td", {}, gone));
      tr.addEventListener("focusin", () => { if (!s.selected.has(note)) { s.bars = null; s.select([note]); view.reveal(note[0], note[2]); } });
      return tr;
    }
    function draw() {
      if (!el.open || !s.roll) return;
      const list = s.notes(), one = s.selected.size === 1 ? list.indexOf([...s.selected][0]) : -1;
      if (one >= 0 && list[one] !== followed) page = Math.floor(one / ROWS); // follow what is chosen in the roll
      followed = list[one] || null;
      page = Math.max(0, Math.min(page, Math.ceil(list.length / ROWS) - 1));
      if (shown?.list === list && shown.page === page && shown.roll === s.roll.bars && shown.voice === s.voice) {
        [...body.rows].forEach((tr, i) => tr.classList.toggle("chosen", s.selected.has(list[page * ROWS + i])));
        return;
      }
      shown = { list, page, roll: s.roll.bars, voice: s.voice };
      const from = page * ROWS, some = list.slice(from, from + ROWS), key = here && one >= 0 ? `${one}-${here}` : null, focused = body.contains(document.activeElement);
      here = null;
      Studio.fill(body, some.map((note, i) => row(note, from + i)));
      if (key && focused) body.querySelector(`[data-key="${key}"]`)?.focus();
      empty.hidden = list.length > 0;
      table.hidden = !list.length;
      pages.hidden = list.length <= ROWS;
      earlier.disabled = page === 0;
      later.disabled = from + ROWS >= list.length;
      count.textContent = `Notes ${from + 1} to ${from + some.length} of ${list.length.toLocaleString()}`;
    }
    return { el, draw };
  };
})();
