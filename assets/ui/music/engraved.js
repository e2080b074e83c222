// An engraved page as SVG text becomes nodes of the page, and notes in it are found by place and by time.
// Only drawing comes in: what is not on the list of elements and attributes stays out. Nothing is fetched or scheduled here.
(() => {
  const music = (Studio.music ||= {});
  const SVG = "http://www.w3.org/2000/svg";
  const ELEMENTS = new Set(["svg", "g", "defs", "path", "use", "text", "tspan", "rect", "ellipse", "circle", "line", "polygon", "polyline"]);
  const ATTRIBUTES = new Set([
    "viewBox", "class", "transform", "d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "dx", "dy",
    "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "fill-opacity", "stroke-opacity", "opacity", "visibility",
    "font-family", "font-size", "font-style", "font-weight", "text-anchor", "overflow",
  ]);
  const NOTE = /^v(\d+)n(\d+)(?:-\d+)?$/; // as studio/music/notation/write_musicxml.py names them
  const UNREADABLE = "The score that came could not be read. Reload the page and try again.";

  // Classes and ids get a name of their own, so that they meet no others of the page.
  function read(text, name) {
    const found = new DOMParser().parseFromString(text, "image/svg+xml"), root = found.documentElement;
    if (root.localName !== "svg" || found.querySelector("parsererror")) throw new Error(UNREADABLE);
    for (const node of [...root.querySelectorAll("*")]) if (node.namespaceURI !== SVG || !ELEMENTS.has(node.localName)) node.remove();
    for (const node of [root, ...root.querySelectorAll("*")]) {
      const id = node.getAttribute("id"), target = node.getAttribute("href") || node.getAttributeNS("http://www.w3.org/1999/xlink", "href");
      for (const { name: attribute } of [...node.attributes]) if (!ATTRIBUTES.has(attribute)) node.removeAttribute(attribute);
      if (id && NOTE.test(id)) node.dataset.note = id.replace(/-\d+$/, "");
      else if (id && node.parentNode?.localName === "defs") node.setAttribute("id", `${name}-${id}`);
      if (node.localName === "use") { if (target?.startsWith("#")) node.setAttribute("href", `#${name}-${target.slice(1)}`); else node.remove(); }
      const classes = node.getAttribute("class");
      if (classes) node.setAttribute("class", classes.trim().split(/\s+/).map((one) => `eng-${one}`).join(" "));
    }
    return document.importNode(root, true);
  }

  // ---- the notes of a roll, each with its elements on the paper (more than one where it is tied)
  function notesOf(roll, paper) {
    const notes = new Map();
    for (const element of paper.querySelectorAll("[data-note]")) {
      const id = element.dataset.note, [, voice, index] = NOTE.exec(id).map(Number), found = roll.voices[voice]?.notes[index];
      if (!found) continue;
      if (!notes.has(id)) notes.set(id, { id, voice, index, start: found[0], end: found[0] + found[1], pitch: found[2], velocity: found[3], note: found, elements: [] });
      notes.get(id).elements.push(element);
    }
    return notes;
  }

  // What sounds at a moment: by voice, in order of start.
  function timeline(notes, count) {
    const voices = Array.from({ length: count }, () => []);
    for (const note of notes.values()) voices[note.voice].push(note);
    const lines = voices.map((line) => ({ line: line.sort((a, b) => a.start - b.start), longest: line.reduce((most, n) => Math.max(most, n.end - n.start), 0) }));
    return (tick) => {
      const now = tick + 0.5, found = []; // a tick of sound is less than the clock trembles
      for (const { line, longest } of lines) {
        for (let i = after(line, now) - 1; i >= 0 && line[i].start > now - longest - 1; i--) if (line[i].end > now) found.push(line[i]);
      }
      return found;
    };
  }
  function after(line, tick) {
    let low = 0, high = line.length;
    while (low < high) { const mid = (low + high) >> 1; if (line[mid].start <= tick) low = mid + 1; else high = mid; }
    return low;
  }

  // ---- places on the paper, in its own pixels: where the cursor stands from which tick on
  function places(roll, notes, paper) {
    const origin = paper.getBoundingClientRect(), box = (node) => {
      const r = node.getBoundingClientRect();
      return { left: r.left - origin.left, top: r.top - origin.top, right: r.right - origin.left, bottom: r.bottom - origin.top };
    };
    const systems = new Map(), steps = new Map(), heads = [];
    const systemOf = (node) => {
      const system = node.closest(".eng-system");
      if (!systems.has(system)) {
        const staves = [...system.querySelectorAll(".eng-staff")].flatMap((staff) => [...staff.querySelectorAll(":scope > path")].map(box)), whole = box(system);
        const top = Math.min(...staves.map((one) => one.top)), bottom = Math.max(...staves.map((one) => one.bottom));
        systems.set(system, { from: Math.max(0, Math.min(whole.top, top)), to: Math.max(whole.bottom, bottom), top: top - 18, bottom: bottom + 18 }); // of all that is printed, and of the cursor
      }
      return systems.get(system);
    };
    const head = (element) => box(element.querySelector(".eng-notehead") || element);
    const put = (tick, x, system) => { const old = steps.get(tick); if (!old || (old.system === system && x < old.x)) steps.set(tick, { tick, x, system }); };
    for (const note of notes.values()) {
      const first = head(note.elements[0]);
      put(note.start, (first.left + first.right) / 2, systemOf(note.elements[0]));
      for (const element of note.elements) { const at = element === note.elements[0] ? first : head(element); heads.push({ note, x: (at.left + at.right) / 2, y: (at.top + at.bottom) / 2 }); }
    }
    // Bars that begin with a rest or a held note.
    [...paper.querySelectorAll(".eng-measure")].forEach((measure, i) => {
      const start = roll.bars[i]?.start;
      if (start === undefined || steps.has(start)) return;
      const held = measure.querySelector("[data-note]"), rest = measure.querySelector(".eng-rest, .eng-mRest");
      const at = box((held && notes.get(held.dataset.note)?.start < start && held.querySelector(".eng-notehead")) || rest || measure);
      put(start, (at.left + at.right) / 2, systemOf(measure));
    });
    return { steps: [...steps.values()].sort((a, b) => a.tick - b.tick), heads };
  }
  const placeAt = (steps, tick) => {
    let low = 0, high = steps.length;
    while (low < high) { const mid = (low + high) >> 1; if (steps[mid].tick <= tick + 0.5) low = mid + 1; else high = mid; }
    return steps[low - 1] || null;
  };

  // ---- lines under the staves: who made what
  function underline(paper, makerOf) {
    for (const old of paper.querySelectorAll(".made")) old.remove();
    [...paper.querySelectorAll(".eng-measure")].forEach((measure, bar) => {
      [...measure.querySelectorAll(":scope > .eng-staff")].forEach((staff, voice) => {
        const lines = [...staff.querySelectorAll(":scope > path")].map((path) => /^M(\S+) (\S+) L(\S+)/.exec(path.getAttribute("d"))).filter(Boolean);
        const maker = makerOf(bar, voice);
        if (!maker || !lines.length) return;
        const [, left, , right] = lines[0].map(Number), ys = lines.map((line) => Number(line[2])), line = document.createElementNS(SVG, "line");
        const y = Math.max(...ys) + (ys.length > 1 ? 150 : 400);
        for (const [k, v] of Object.entries({ x1: left + 60, x2: right - 60, y1: y, y2: y, class: `made ${maker}` })) line.setAttribute(k, v);
        staff.prepend(line);
      });
    });
  }

  music.engraved = { read, notesOf, timeline, places, placeAt, underline };
})();
