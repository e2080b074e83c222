// The score: the tune engraved by the studio, a cursor in step with the sound, notes to click and to step through, print.
// What is on the paper belongs to the roll it was engraved from; later edits are engraved again a moment after they were made.
(() => {
  const music = (Studio.music ||= {});
  const { h } = Studio;
  const MAKERS = { human: "by hand", model: "from a take", "model-edited": "a take, edited", "human-rewritten": "by hand, rewritten by a model", pasted: "imported" };
  const PRINTED = { width: 690, height: 930, scale: 36 }; // one sheet of paper, in pixels of the screen
  let count = 0;

  music.score = (ctx, root) => {
    const coarse = matchMedia("(pointer: coarse)"), still = matchMedia("(prefers-reduced-motion: reduce)");
    const name = `score${++count}`, kept = JSON.parse(localStorage.getItem("tandem-score") || "{}");
    let shown = false, timer = null, turn = 0, drawn = null, measured = null, lit = [], at = null, current = null;

    const busy = h("span", { class: "busy soft", hidden: true }, "Engraving …");
    const who = h("input", { type: "checkbox", checked: !!kept.makers }), legend = h("ul", { class: "legend", hidden: true, "aria-label": "Who made which bars" });
    const size = (label, step, text) => h("button", { type: "button", class: "size", "aria-label": label, title: label, onclick: () => zoom(step) }, text);
    const print = h("button", { type: "button", class: "print", onclick: () => printed().catch((error) => ctx.say(error.message, { bad: true })) }, "Print");
    const tools = h("div", { class: "tools", role: "toolbar", "aria-label": "Score" }, size("Smaller notes", -4, "−"), size("Larger notes", 4, "+"), h("label", { class: "who" }, who, "Who made it"), legend, busy, print);
    const line = h("div", { class: "cursor", hidden: true }), ring = h("div", { class: "ring" }), pages = h("div", { class: "pages" });
    const heading = h("h2", {}), composer = h("p", { class: "composer soft" });
    const paper = h("div", { class: "paper", role: "group" }, heading, composer, pages, line, ring);
    const view = h("div", { class: "view" }, paper), note = h("p", { class: "nothing soft", hidden: true });
    const help = h("p", { id: `${name}-help`, class: "visually-hidden" }, "Arrow keys go from note to note and from voice to voice, Enter sets the start of play there.");
    paper.setAttribute("aria-describedby", help.id);
    root.classList.add("music-score");
    root.replaceChildren(tools, note, view, help);
    who.addEventListener("change", () => { kept.makers = who.checked; remember(); makers(); });

    // ---- engraving
    const remember = () => localStorage.setItem("tandem-score", JSON.stringify(kept));
    const scale = () => Math.min(80, Math.max(20, kept.scale || (root.clientWidth < 560 ? 34 : 40)));
    function zoom(step) { kept.scale = Math.min(80, Math.max(20, scale() + step)); remember(); later(120); }
    const later = (ms = 500) => { clearTimeout(timer); if (shown) timer = setTimeout(engrave, ms); };

    async function engrave() {
      if (!shown || !root.clientWidth || !ctx.state()) return;
      const mine = ++turn, slow = setTimeout(() => { busy.hidden = false; }, 300);
      root.setAttribute("aria-busy", "true");
      try {
        const state = await ctx.settle(), width = Math.round(Math.min(2400, Math.max(280, root.clientWidth - 2)));
        const key = [state.working, state.version, width, scale()].join(" ");
        if (mine !== turn) return;
        if (state.empty) return nothing("There are no notes yet. Draw some in the piano roll, sketch a tune, or write it as ABC text: the score appears here.");
        if (drawn?.key === key) return makers();
        const now = { ...state }, found = await ctx.get(`copies/${state.working}/score?width=${width}&scale=${scale()}`);
        if (mine !== turn) return;
        draw(found.pages.map((text, i) => music.engraved.read(text, `${name}-${i}`)), now, key);
      } catch (error) {
        if (mine === turn) nothing(error.message);
      } finally {
        clearTimeout(slow);
        if (mine === turn) { busy.hidden = true; root.removeAttribute("aria-busy"); }
      }
    }
    function nothing(text) {
      drawn = null;
      lit = [];
      note.textContent = text;
      note.hidden = false;
      view.hidden = true;
      print.disabled = true;
    }
    function draw(svgs, { roll, title, working }, key) {
      const focused = paper.contains(document.activeElement), same = drawn?.working === working, before = same ? current : null, top = same ? view.scrollTop : 0;
      note.hidden = true;
      view.hidden = print.disabled = false;
      heading.textContent = title;
      composer.textContent = roll.composer;
      composer.hidden = !roll.composer;
      paper.setAttribute("aria-label", `Score of ${title}`);
      pages.replaceChildren(...svgs);
      const read = music.time.read(roll), notes = music.engraved.notesOf(read, pages);
      drawn = { key, working, roll: read, notes, sounding: music.engraved.timeline(notes, read.voices.length) };
      measured = null;
      lit = [];
      for (const one of notes.values()) {
        const drums = read.voices[one.voice].role === "drums", words = music.time.noteWords({ ...read }, one.note, drums);
        for (const element of one.elements) {
          element.prepend(Object.assign(document.createElementNS("http://www.w3.org/2000/svg", "title"), { textContent: read.voices.length > 1 ? `${read.voices[one.voice].name}, ${words}` : words }));
          element.setAttribute("role", "img");
          element.setAttribute("aria-label", element.firstChild.textContent);
          element.style.setProperty("--voice", `var(--voice-${one.voice % 8})`);
        }
      }
      current = null;
      point(notes.get(before?.id) || notes.values().next().value, focused);
      view.scrollTop = top;
      makers();
      cursor(at);
      setTimeout(layout, 80); // lest the first moment of play waits for it
    }

    // ---- who made it
    function makers() {
      const state = ctx.state(), found = new Set();
      const melody = state.roll.voices.findIndex((v) => v.role === "melody"), tracks = Object.fromEntries(state.tracks.map((t) => [t.name, t.maker]));
      const makerOf = (bar, voice) => {
        if (!who.checked) return null;
        const maker = voice === Math.max(melody, 0) ? state.bars[bar]?.maker : tracks[state.roll.voices[voice]?.name];
        if (maker) found.add(maker);
        return maker;
      };
      music.engraved.underline(pages, makerOf);
      legend.hidden = !found.size;
      legend.replaceChildren(...Object.keys(MAKERS).filter((m) => found.has(m)).map((m) => h("li", { class: m }, h("i", {}), MAKERS[m])));
    }

    // ---- the cursor
    const layout = () => (measured ||= drawn && view.clientWidth ? music.engraved.places(drawn.roll, drawn.notes, paper) : null);
    function cursor(tick, follow = false) {
      at = tick;
      const sounding = tick === null || !drawn || !shown ? [] : drawn.sounding(tick);
      if (sounding.length !== lit.length || sounding.some((one, i) => one !== lit[i])) {
        for (const one of lit) if (!sounding.includes(one)) for (const element of one.elements) element.classList.remove("on");
        for (const one of sounding) for (const element of one.elements) element.classList.add("on");
        lit = sounding;
      }
      const place = tick === null || !drawn || !shown ? null : music.engraved.placeAt(layout()?.steps || [], tick);
      line.hidden = !place;
      if (!place) return;
      const { top, bottom, from, to } = place.system;
      line.style.height = `${bottom - top}px`;
      line.style.transform = `translate(${place.x}px, ${top}px)`;
      if (follow) keepInView(from, to);
    }
    function keepInView(top, bottom) {
      const from = view.scrollTop, height = view.clientHeight;
      if (top >= from - 1 && bottom <= from + height + 1) return;
      if (bottom - top > height && top <= from + height * 0.4 && top > from - 1) return; // higher than the view: its head counts
      view.scrollTo({ top: Math.max(0, top - 8), behavior: still.matches ? "auto" : "smooth" });
    }

    // ---- notes under pointer and keys
    const hear = (one) => { if (!ctx.player.playing) { const voice = drawn.roll.voices[one.voice]; ctx.player.audition(one.pitch, voice.role === "drums" ? "drums" : voice.instrument, one.velocity); } };
    function point(one, focus) {
      if (!one) return;
      current?.elements[0].removeAttribute("tabindex");
      current = one;
      one.elements[0].setAttribute("tabindex", "0");
      if (!focus) return;
      one.elements[0].focus({ preventScroll: true });
      encircle();
      const place = music.engraved.placeAt(layout()?.steps || [], one.start);
      if (place) keepInView(place.system.from, place.system.to);
    }
    function encircle() { // browsers draw no outline round a note
      if (!current || !paper.contains(document.activeElement)) return;
      const origin = paper.getBoundingClientRect(), box = current.elements[0].getBoundingClientRect();
      Object.assign(ring.style, { left: `${box.left - origin.left - 5}px`, top: `${box.top - origin.top - 5}px`, width: `${box.width + 10}px`, height: `${box.height + 10}px` });
    }
    paper.addEventListener("focusin", encircle);
    function nearest(event) {
      const direct = event.target.closest?.("[data-note]");
      if (direct) return drawn.notes.get(direct.dataset.note);
      const box = paper.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
      let best = null, least = coarse.matches ? 26 : 14;
      for (const head of layout()?.heads || []) { const far = Math.hypot(head.x - x, head.y - y); if (far < least) { least = far; best = head.note; } }
      return best;
    }
    paper.addEventListener("click", (event) => {
      const one = drawn && nearest(event);
      if (!one) return;
      point(one, true);
      hear(one);
      ctx.seek(one.start);
    });

    const line_of = (voice) => [...drawn.notes.values()].filter((one) => one.voice === voice).sort((a, b) => a.start - b.start || a.pitch - b.pitch);
    function step(by) {
      const line = line_of(current.voice), i = line.indexOf(current);
      for (let k = i + by; k >= 0 && k < line.length; k += by) if (line[k].start !== current.start) return by > 0 ? line[k] : line.find((one) => one.start === line[k].start);
      return current;
    }
    function beside(up) { // within the chord, then to the nearest voice that has notes
      const chord = line_of(current.voice).filter((one) => one.start === current.start), k = chord.indexOf(current) + (up ? 1 : -1);
      if (chord[k]) return chord[k];
      for (let voice = current.voice + (up ? -1 : 1); voice >= 0 && voice < drawn.roll.voices.length; voice += up ? -1 : 1) {
        const line = line_of(voice), best = line.filter((one) => one.start <= current.start).pop() || line[0];
        if (best) return up ? line.find((one) => one.start === best.start) : best;
      }
      return current;
    }
    const ends = (last) => { const line = line_of(current.voice); return line[last ? line.length - 1 : 0]; };
    const KEYS = { ArrowRight: () => step(1), ArrowLeft: () => step(-1), ArrowUp: () => beside(true), ArrowDown: () => beside(false), Home: () => ends(false), End: () => ends(true), Enter: () => current };
    paper.addEventListener("keydown", (event) => {
      if (!KEYS[event.key] || !current || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      point(KEYS[event.key](), true);
      hear(current);
      if (event.key === "Enter") { ctx.seek(current.start); ctx.say(`Play begins at ${music.time.placeWords(drawn.roll, current.start)}.`); }
    });

    // ---- on paper
    async function printed() {
      const state = await ctx.settle(), { width, height, scale } = PRINTED;
      const found = await ctx.get(`copies/${state.working}/score?width=${width}&scale=${scale}&height=${height}`);
      const sheets = found.pages.map((text, i) => h("div", { class: "sheet" }, music.engraved.read(text, `${name}-print-${i}`)));
      const leaf = h("div", { class: "music-print" }, h("h1", {}, state.title), state.roll.composer && h("p", {}, state.roll.composer), ...sheets);
      document.querySelector(".music-print")?.remove();
      document.body.append(leaf);
      document.body.classList.add("music-printing");
      addEventListener("afterprint", () => { leaf.remove(); document.body.classList.remove("music-printing"); }, { once: true });
      await document.fonts?.load("20px Leipzig").catch(() => {});
      window.print();
    }

    // ---- in step with the room
    let width = 0;
    new ResizeObserver(() => {
      measured = null;
      if (!shown || !root.clientWidth) return;
      if (Math.abs(root.clientWidth - width) > 3) { width = root.clientWidth; later(drawn ? 250 : 0); }
      cursor(at);
      encircle();
    }).observe(root);
    ctx.on("edit", () => later());
    ctx.on("saved", () => later());
    ctx.on("state", () => { cursor(null); later(0); });
    ctx.on("playhead", (tick) => { const what = ctx.playing?.(); if (shown && (!what || what === "table")) cursor(tick, tick !== null); });

    return {
      show() { shown = true; width = root.clientWidth; engrave(); },
      hide() { shown = false; turn++; clearTimeout(timer); cursor(null); busy.hidden = true; root.removeAttribute("aria-busy"); },
      shown: () => drawn && { ids: lit.map((one) => one.id), notes: drawn.notes.size },
    };
  };
})();
