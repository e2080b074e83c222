// The layer behind the text box: one block a line, laid out exactly as the box lays it out. It gives the box its height, and
// shows who wrote what, marks, found places and, in focus mode, the words themselves. Only lines in sight are decorated, so
// that a key costs the same in a long scene as in a short one.
(() => {
  const writing = (Studio.writing ||= {}), { h } = Studio;
  const LONGEST = 30000, SPARE = 600; // letters of a line that is still decorated; pixels around what is in sight

  writing.mirror = (root) => {
    let lines = [], show = { spans: null, marks: [], at: null, alone: false }, waiting = 0;

    const block = (text) => {
      const el = document.createElement("div");
      if (text) el.append(document.createTextNode(text));
      return { el, length: text.length, key: "" };
    };
    function set(text) {
      lines = text.split("\n").map(block);
      const rows = document.createDocumentFragment();
      for (const line of lines) rows.append(line.el);
      root.replaceChildren(rows);
      draw();
    }
    // The line a place is in, and where that line begins.
    function lineAt(at) {
      let start = 0, i = 0;
      while (i < lines.length - 1 && start + lines[i].length < at) start += lines[i++].length + 1;
      return [i, start];
    }
    function splice(at, gone, text, after) {
      const [i, start] = lineAt(at);
      let j = i, end = start + lines[i].length;
      while (j < lines.length - 1 && end < at + gone) end += lines[++j].length + 1;
      if (i === j && !text.includes("\n")) {
        const line = lines[i], node = line.el.firstChild;
        line.length += text.length - gone;
        if (!line.key && node?.nodeType === 3 && line.length) node.replaceData(at - start, gone, text);
        else { line.el.textContent = after.slice(start, start + line.length); line.key = ""; }
      } else {
        const fresh = after.slice(start, end - gone + text.length).split("\n").map(block);
        lines[i].el.before(...fresh.map((line) => line.el));
        for (const old of lines.splice(i, j - i + 1, ...fresh)) old.el.remove();
      }
      later();
    }
    const later = () => { waiting ||= requestAnimationFrame(() => { waiting = 0; draw(); }); };
    function use(what) { show = { ...show, ...what }; later(); }

    function draw() {
      cancelAnimationFrame(waiting);
      waiting = 0;
      if (!root.offsetParent) return;
      const top = root.getBoundingClientRect().top, from = -SPARE - top, to = innerHeight + SPARE - top;
      let low = 0, high = lines.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1, el = lines[middle].el;
        if (el.offsetTop + el.offsetHeight < from) low = middle + 1; else high = middle;
      }
      let start = 0;
      for (let i = 0; i < low; i++) start += lines[i].length + 1;
      const spans = show.spans, starts = spans && WritingLedger.begins(spans);
      for (let i = low; i < lines.length; i++) {
        const line = lines[i];
        if (i > low && (i & 7) === 0 && line.el.offsetTop > to) break;
        decorate(line, start, spans, starts);
        start += line.length + 1;
      }
      here();
    }
    // The line of the cursor, bright in focus mode.
    let bright = null;
    function here() {
      const line = show.at === null ? null : lines[lineAt(show.at)[0]].el;
      if (bright !== line) { bright?.classList.remove("here"); line?.classList.add("here"); bright = line; }
    }

    function decorate(line, start, spans, starts) {
      const end = start + line.length, cuts = [];
      if (line.length && line.length <= LONGEST) {
        if (spans?.length) {
          for (let k = WritingLedger.spanAt(starts, start), at = starts[k]; k < spans.length && at < end; at += spans[k++][0]) {
            if (spans[k][1] !== "human") cuts.push([Math.max(at, start) - start, Math.min(at + spans[k][0], end) - start, `by-${spans[k][1]}`]);
          }
        }
        for (const mark of show.marks) if (mark.start < end && mark.end > start) cuts.push([Math.max(mark.start, start) - start, Math.min(mark.end, end) - start, `mark-${mark.kind}`]);
      }
      const key = cuts.map((one) => one.join(" ")).join();
      if (key === line.key) return;
      line.key = key;
      const text = line.el.textContent;
      if (!cuts.length) { line.el.replaceChildren(...(text ? [text] : [])); return; }
      const edges = [...new Set([0, text.length, ...cuts.flatMap(([a, b]) => [a, b])])].sort((a, b) => a - b), out = [];
      for (let k = 0; k + 1 < edges.length; k++) {
        const [a, b] = [edges[k], edges[k + 1]], kinds = cuts.filter(([low, high]) => low <= a && high >= b).map((one) => one[2]);
        out.push(kinds.length ? h("span", { class: kinds.join(" ") }, text.slice(a, b)) : text.slice(a, b));
      }
      line.el.replaceChildren(...out);
    }

    // Where a place of the text is on the screen.
    function rect(at) {
      const [i, start] = lineAt(at), line = lines[i].el, walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      let left = at - start;
      for (let node; (node = walker.nextNode()); left -= node.length) {
        if (left > node.length) continue;
        const range = document.createRange();
        range.setStart(node, left);
        range.collapse(true);
        const found = range.getClientRects();
        if (found.length) return found[found.length - 1];
      }
      return line.getBoundingClientRect();
    }
    const cell = () => root.ownerDocument.defaultView;
    cell().addEventListener("scroll", later, { passive: true, capture: true });
    cell().addEventListener("resize", later);
    return { set, splice, use, draw, rect };
  };
})();
