// Drawing of the piano roll on canvases: the still grid, the notes over it, and the piano at the left. Only what is in
// sight is drawn; notes of one colour are one path.
(() => {
  const music = (Studio.music ||= {});
  const NAMES = ["paper", "card", "sunken", "ink", "ink-soft", "line", "accent", "tune-accent", "good", "warn", "bad", "text-accent", "picture-accent"];
  const BLACK = new Set([1, 3, 6, 8, 10]);
  const HAND = '"Source Sans 3", "Segoe UI", system-ui, sans-serif', BOOK = '"Literata", Georgia, serif';
  const FAINT = 0.3; // voices that are not being edited

  function colours(root) {
    const style = getComputedStyle(root), read = (name) => style.getPropertyValue(`--${name}`).trim();
    const found = Object.fromEntries(NAMES.map((name) => [name, read(name) || "#777"]));
    found.voices = Array.from({ length: 8 }, (_, i) => read(`voice-${i}`) || found["tune-accent"]);
    return found;
  }
  const toneOf = (colours, mark) => {
    if (typeof mark.tone === "number") return colours.voices[mark.tone % 8];
    return colours[mark.tone] || mark.tone || { shared: colours.warn, changed: colours["picture-accent"], take: colours.accent }[mark.kind] || colours["ink-soft"];
  };

  // A canvas as sharp as the screen; returns its context cleared, or null when it has no size yet.
  function open(canvas, width, height) {
    const ratio = window.devicePixelRatio || 1, w = Math.round(width * ratio), h = Math.round(height * ratio);
    if (!w || !h) return null;
    if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
    const c = canvas.getContext("2d");
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, height);
    return c;
  }
  let hatching = null;
  function hatch(c, colour) {
    if (hatching?.colour !== colour) {
      const tile = document.createElement("canvas");
      tile.width = tile.height = 8;
      const t = tile.getContext("2d");
      t.strokeStyle = colour;
      t.lineWidth = 1;
      t.beginPath();
      for (const at of [-8, 0, 8]) { t.moveTo(at, 8); t.lineTo(at + 8, 0); }
      t.stroke();
      hatching = { colour, tile };
    }
    return c.createPattern(hatching.tile, "repeat");
  }
  const crisp = (x) => Math.round(x) + 0.5;

  function visibleBars(roll, space) {
    const { barAt } = music.time;
    return [barAt(roll, Math.max(0, space.tick(0))), barAt(roll, Math.min(roll.length - 1, Math.max(0, space.tick(space.width))))];
  }

  function grid(canvas, s, space, col) {
    const c = open(canvas, space.width, space.height);
    if (!c || !s.roll) return;
    const { roll } = s, { time } = music, right = Math.min(space.width, space.x(roll.length)), drums = s.drums();
    c.fillStyle = col.card;
    c.fillRect(0, 0, right, space.height);
    for (let pitch = Math.min(127, space.pitch(0)); pitch >= 0 && space.y(pitch) < space.height; pitch--) {
      const y = space.y(pitch), tonic = time.classOf(pitch) === roll.key.root;
      if (!drums && !time.inScale(roll, pitch)) { c.fillStyle = col.sunken; c.globalAlpha = 0.85; c.fillRect(0, y, right, space.row); }
      else if (!drums && tonic) { c.fillStyle = col["tune-accent"]; c.globalAlpha = 0.13; c.fillRect(0, y, right, space.row); }
      if (space.row >= 7) { c.fillStyle = col.line; c.globalAlpha = tonic ? 0.9 : 0.45; c.fillRect(0, Math.round(y + space.row) - 1, right, 1); }
    }
    const [first, last] = visibleBars(roll, space), starts = sectionStarts(roll), every = sparse(roll, space, 7);
    for (let i = first; i <= last; i++) {
      const bar = roll.bars[i], x = space.x(bar.start), wide = bar.length * space.ppt;
      const mark = s.barMarks[i];
      if (mark) { c.fillStyle = toneOf(col, mark); c.globalAlpha = 0.09; c.fillRect(x, 0, wide, space.height); }
      if (s.bars && i >= s.bars[0] && i <= s.bars[1]) { c.fillStyle = col["tune-accent"]; c.globalAlpha = 0.1; c.fillRect(x, 0, wide, space.height); }
      lines(c, s, space, col, i);
      if (s.isLocked(i)) { c.fillStyle = hatch(c, col["ink-soft"]); c.globalAlpha = 0.26; c.fillRect(x, 0, wide, space.height); }
      if (i % every && !starts.has(i)) continue;
      c.fillStyle = col["ink-soft"];
      c.globalAlpha = starts.has(i) ? 0.85 : 0.5;
      c.fillRect(Math.round(x), 0, starts.has(i) && i ? 2 : 1, space.height);
    }
    c.globalAlpha = 0.85;
    c.fillStyle = col["ink-soft"];
    c.fillRect(Math.round(space.x(roll.length)) - 1, 0, 2, space.height);
    if (s.loop) {
      const [from, to] = s.loop.map(space.x);
      c.globalAlpha = 0.4;
      c.fillStyle = col.sunken;
      c.fillRect(0, 0, Math.min(from, right), space.height);
      if (to < right) c.fillRect(to, 0, right - to, space.height);
    }
    c.globalAlpha = 1;
  }
  // Only every second, fourth, ... bar has a line or a number when they are too narrow.
  function sparse(roll, space, least) {
    const wide = roll.bars[Math.min(1, roll.bars.length - 1)].length * space.ppt;
    let every = 1;
    while (wide * every < least) every *= 2;
    return every;
  }
  function lines(c, s, space, col, i) {
    const { roll } = s, { time } = music, bar = roll.bars[i], step = s.grid ? s.step() : 0;
    c.fillStyle = col.line;
    if (step * space.ppt >= 6) {
      c.globalAlpha = 0.55;
      for (let t = time.after(roll, step, bar.start); t < time.endOf(roll, i); t = time.after(roll, step, t)) c.fillRect(Math.round(space.x(t)), 0, 1, space.height);
    }
    c.fillStyle = col["ink-soft"];
    c.globalAlpha = 0.26;
    if (bar.length * space.ppt > 14) for (const beat of bar.beats) if (beat) c.fillRect(Math.round(space.x(bar.start + beat)), 0, 1, space.height);
  }
  function sectionStarts(roll) {
    const starts = new Map();
    let bar = 0;
    for (const section of roll.sections) { starts.set(bar || (roll.pickup ? 1 : 0), section.label); bar += section.bars; } // after the upbeat
    return starts;
  }

  // ---- notes
  function paint(c, notes, space, { colour, alpha, skip }) {
    const [first, last] = music.notes.span(notes, space.tick(-4), space.tick(space.width), music.notes.longest(notes));
    const bodies = [new Path2D(), new Path2D(), new Path2D(), new Path2D()], h = Math.max(2, space.row - (space.row > 8 ? 2 : 1));
    for (let i = first; i < last; i++) {
      const note = notes[i], y = space.y(note[2]);
      if (y + space.row < 0 || y > space.height || skip?.has(note)) continue;
      box(bodies[Math.min(3, note[3] >> 5)], space, note, y, h);
    }
    c.fillStyle = colour;
    bodies.forEach((path, loud) => { c.globalAlpha = alpha * (0.7 + loud * 0.1); c.fill(path); });
    c.globalAlpha = 1;
    return [first, last];
  }
  function box(path, space, note, y, h, grow = 0) {
    const x = space.x(note[0]), w = Math.max(2.5, note[1] * space.ppt - 1);
    if (w > 7 && h > 6) path.roundRect(x - grow, y + 0.5 - grow, w + 2 * grow, h + 2 * grow, 3 + grow);
    else path.rect(x - grow, y + 0.5 - grow, w + 2 * grow, h + 2 * grow);
  }
  function labels(c, s, notes, [first, last], space, col) {
    if (space.row < 13 || s.drums()) return;
    c.fillStyle = col.card;
    c.font = `600 ${Math.min(12, space.row - 3)}px ${HAND}`;
    c.textBaseline = "middle";
    for (let i = first; i < last; i++) {
      const note = notes[i], y = space.y(note[2]);
      if (note[1] * space.ppt < 22 || y + space.row < 0 || y > space.height || s.unsure.has(note)) continue;
      c.fillText(music.time.signs(s.roll.key.names[note[2] % 12]), space.x(note[0]) + 5, y + space.row / 2 + 0.5);
    }
  }
  // Uncertain notes are hollow with a dashed edge.
  function doubts(c, s, notes, [first, last], space, col, colour) {
    c.strokeStyle = colour;
    c.lineWidth = 1.5;
    c.setLineDash([4, 3]);
    for (let i = first; i < last; i++) {
      const note = notes[i];
      if (!s.unsure.has(note)) continue;
      const path = new Path2D(), y = space.y(note[2]);
      box(path, space, note, y + 0.5, space.row - 3);
      c.globalAlpha = 1; c.fillStyle = col.card; c.fill(path);
      c.globalAlpha = 0.25; c.fillStyle = colour; c.fill(path);
      c.globalAlpha = 1; c.stroke(path);
    }
    c.setLineDash([]);
  }

  function notes(canvas, s, space, col) {
    const c = open(canvas, space.width, space.height);
    if (!c || !s.roll) return;
    s.roll.voices.forEach((voice, i) => {
      if (i !== s.voice && (voice.role === "drums") === s.drums()) paint(c, voice.notes, space, { colour: col.voices[i % 8], alpha: s.muted.has(i) ? 0.1 : FAINT });
    });
    const list = s.ghost ? s.ghost.notes : s.notes(), picked = s.ghost ? s.ghost.picked : s.selected, colour = col.voices[s.voice % 8];
    const unsure = new Set(list.filter((note) => s.unsure.has(note)));
    const range = paint(c, list, space, { colour, alpha: s.muted.has(s.voice) ? FAINT : 1, skip: unsure });
    if (unsure.size) doubts(c, s, list, range, space, col, colour);
    labels(c, s, list, range, space, col);
    rings(c, list, picked, range, space, col, s.ghost && s.ghost.refused !== null);
    for (const note of s.live) {
      const path = new Path2D();
      box(path, space, [note[0], Math.max(1, (note[1] || (s.head ?? note[0]) - note[0])), note[2]], space.y(note[2]), space.row - 2);
      c.fillStyle = col.bad;
      c.fill(path);
    }
    if (s.band) frame(c, space, s.band, col);
    if (s.keyed) cursor(c, s, space, col);
  }
  function rings(c, list, picked, [first, last], space, col, refused) {
    if (!picked.size) return;
    const ring = new Path2D(), h = Math.max(2, space.row - (space.row > 8 ? 2 : 1));
    for (let i = first; i < last; i++) if (picked.has(list[i])) box(ring, space, list[i], space.y(list[i][2]), h, 0.5);
    c.globalAlpha = 1;
    c.strokeStyle = refused ? col.bad : col.ink;
    c.lineWidth = 2;
    c.stroke(ring);
    if (refused) { c.globalAlpha = 0.45; c.fillStyle = col.bad; c.fill(ring); c.globalAlpha = 1; }
    else { c.globalAlpha = 0.16; c.fillStyle = col.ink; c.fill(ring); c.globalAlpha = 1; }
  }
  function frame(c, space, [x0, y0, x1, y1], col) {
    const box = [Math.min(x0, x1) - space.left, Math.min(y0, y1) - space.top, Math.abs(x1 - x0), Math.abs(y1 - y0)];
    c.fillStyle = col.accent; c.globalAlpha = 0.12; c.fillRect(...box);
    c.strokeStyle = col.accent; c.globalAlpha = 1; c.lineWidth = 1; c.strokeRect(crisp(box[0]), crisp(box[1]), box[2], box[3]);
  }
  function cursor(c, s, space, col) {
    const w = Math.max(6, Math.min(s.step(), s.roll.length - s.cursor.tick) * space.ppt);
    c.strokeStyle = col.accent;
    c.lineWidth = 2;
    c.setLineDash([3, 2]);
    c.strokeRect(space.x(s.cursor.tick) + 1, space.y(s.cursor.pitch) + 1, w - 2, space.row - 2);
    c.setLineDash([]);
  }

  // ---- the piano
  function piano(canvas, s, space, col, width, pressed) {
    const c = open(canvas, width, space.height);
    if (!c || !s.roll) return;
    const { time } = music, drums = s.drums(), wide = width - 1;
    c.fillStyle = drums ? col.sunken : col.card;
    c.fillRect(0, 0, width, space.height);
    c.textBaseline = "middle";
    for (let pitch = Math.min(127, space.pitch(0)); pitch >= 0 && space.y(pitch) < space.height; pitch--) {
      const y = space.y(pitch), black = BLACK.has(pitch % 12), tonic = time.classOf(pitch) === s.roll.key.root, middle = y + space.row / 2;
      if (!drums && black) {
        c.fillStyle = col["ink-soft"]; c.globalAlpha = 0.22; c.fillRect(0, y, wide, space.row);
        c.fillStyle = Studio.dark() ? "#000" : col.ink; c.globalAlpha = 0.82; c.beginPath(); c.roundRect(-3, y + 0.5, wide * 0.5 + 3, space.row - 1, 2); c.fill();
      }
      c.globalAlpha = 1;
      c.fillStyle = col.line;
      if (!black && !BLACK.has((pitch + 11) % 12)) c.fillRect(0, Math.round(y + space.row) - 1, wide, 1); // E-F and B-C
      else if (drums) c.fillRect(0, Math.round(y + space.row) - 1, wide, 1);
      if (pressed === pitch) { c.fillStyle = col["tune-accent"]; c.globalAlpha = 0.5; c.fillRect(0, y, wide, space.row); c.globalAlpha = 1; }
      if (!(tonic || space.row >= 13 || (drums && space.row >= 10))) continue;
      const scale = time.inScale(s.roll, pitch), size = Math.max(9, Math.min(12, space.row - 1));
      c.font = `${tonic && !drums ? 700 : 400} ${size}px ${HAND}`;
      c.fillStyle = tonic && !drums ? col["tune-accent"] : drums || scale ? col.ink : col["ink-soft"];
      c.globalAlpha = drums || scale ? 1 : 0.9;
      const name = drums ? (space.row >= 10 ? time.drumOf(pitch).replace(/^Drum .*/, "") : "") : time.signs(tonic || pitch % 12 === 0 ? time.nameOf(s.roll, pitch) : s.roll.key.names[pitch % 12]);
      c.textAlign = drums ? "left" : "right";
      c.fillText(name, drums ? 5 : wide - 5, middle + 0.5, wide - 8);
      c.globalAlpha = 1;
    }
    c.textAlign = "left";
    c.fillStyle = col["ink-soft"];
    c.globalAlpha = 0.5;
    c.fillRect(wide, 0, 1, space.height);
    c.globalAlpha = 1;
  }

  music.drawRoll = { colours, toneOf, open, grid, notes, piano, visibleBars, sectionStarts, sparse, crisp, HAND, BOOK };
})();
