// The ruler over the notes: a row of bars (number, section letter, lock, menu) made of buttons, and a drawn strip below
// for beats, the loop brace, chord names and what is said about bars. Only bars in sight have buttons.
(() => {
  const music = (Studio.music ||= {});
  const { h } = Studio;

  music.rollRuler = (s, { space, redraw, on, say, glyph }) => {
    const { time } = music, paint = music.drawRoll;
    const row = h("div", { class: "barrow" }), clip = h("div", { class: "barclip" }, row);
    const canvas = h("canvas", { "aria-hidden": "true" }), strip = h("div", { class: "strip", title: "Click: play from here. Drag: loop." }, canvas);
    const head = h("div", { class: "headmark", hidden: true }), el = h("div", { class: "ruler" }, clip, strip, head);
    const coarse = matchMedia("(pointer: coarse)");
    let built = "", drag = null, sweep = null, hold = null;
    const rows = () => ({ loop: coarse.matches ? 32 : 18, chords: s.roll?.chords.length ? 20 : 0, marks: Object.keys(s.barMarks).length ? 17 : 0 });
    const height = () => { const r = rows(); return r.loop + r.chords + r.marks; };

    // ---- the row of bars
    function bars() {
      row.style.transform = `translateX(${-space.left}px)`;
      const { roll } = s, [first, last] = paint.visibleBars(roll, space), sections = paint.sectionStarts(roll), size = coarse.matches ? 40 : 22;
      const every = paint.sparse(roll, space, size + 4);
      const key = JSON.stringify([first, last, space.ppt, s.locks, s.bars, every, size, roll.bars.length, roll.length]);
      if (key === built) return;
      built = key;
      const keep = row.contains(document.activeElement) ? document.activeElement.dataset.key : null, shown = [];
      for (let i = first; i <= last; i++) if (every === 1 || i % every === 0 || sections.has(i)) shown.push(bar(i, sections.get(i), size, every));
      row.replaceChildren(...shown);
      if (keep) row.querySelector(`[data-key="${keep}"]`)?.focus();
    }
    function bar(i, letter, size, every) {
      const { start, length } = s.roll.bars[i], wide = length * space.ppt, locked = s.isLocked(i), parts = s.locks.filter((lock) => lock.bar === i && lock.what !== "all");
      const chosen = Boolean(s.bars && i >= s.bars[0] && i <= s.bars[1]), name = time.barWords(s.roll, i), room = wide - (letter ? 37 : 22);
      const number = h("button", { type: "button", tabindex: "-1", class: "number", "data-bar": i, "data-key": `n${i}`, "aria-pressed": String(chosen), "aria-label": `${time.capital(name)}${letter ? `, section ${letter}` : ""}${locked ? ", locked" : ""}` },
        letter && h("b", {}, letter), String(time.numberOf(s.roll, i)), parts.length > 0 && h("i", { title: `Keeps its ${parts.map((lock) => lock.what).join(", ")}` }, parts.map((lock) => lock.what[0]).join("")));
      const lock = (room >= size * 2 || (locked && room >= 0)) && h("button", { type: "button", tabindex: "-1", class: `lock${locked ? " shut" : ""}`, "data-key": `l${i}`, "aria-pressed": String(locked), "aria-label": `Lock ${name}`, title: locked ? "Unlock this bar" : "Lock this bar: nothing changes it", onclick: () => s.toggleLock(i) }, glyph(locked ? "lock" : "unlock", 14));
      const more = (room >= size * 2 || (!locked && room >= size)) && h("button", { type: "button", tabindex: "-1", class: "more", "data-key": `m${i}`, "aria-haspopup": "menu", "aria-label": `Menu of ${name}`, title: "What can be done with this bar", onclick: (e) => menu(i, e.currentTarget) }, "⋯");
      const node = h("div", { class: `measure${chosen ? " chosen" : ""}${locked ? " locked" : ""}`, "data-bar": i }, number, lock, more);
      node.style.left = `${start * space.ppt}px`; // by script: a style attribute would need leave from the page's policy
      node.style.width = `${wide * every}px`;
      return node;
    }
    function menu(i, node) { const box = node.getBoundingClientRect(); on.barMenu?.(i, box.left, box.bottom); }
    const barOf = (node) => { const found = node?.closest?.("[data-bar]"); return found && row.contains(found) ? Number(found.dataset.bar) : null; };

    // Click, shift-click or sweep over the numbers chooses bars; right click or a long press opens the menu.
    clip.addEventListener("pointerdown", (e) => {
      const i = e.target.closest(".number") ? barOf(e.target) : null;
      if (i === null || e.button) return;
      sweep = e.shiftKey && s.bars ? { from: i <= s.bars[0] ? s.bars[1] : s.bars[0], pressed: i } : { from: i, pressed: i, toggle: s.bars && s.bars[0] === i && s.bars[1] === i };
      s.selectBars([Math.min(sweep.from, i), Math.max(sweep.from, i)]);
      if (e.pointerType === "touch") hold = setTimeout(() => { sweep = null; on.barMenu?.(i, e.clientX, e.clientY); }, 500);
    });
    clip.addEventListener("pointermove", (e) => {
      if (!sweep) return;
      const i = time.barAt(s.roll, Math.max(0, space.tick(e.clientX - clip.getBoundingClientRect().left)));
      if (i === (sweep.now ?? sweep.pressed)) return;
      clearTimeout(hold);
      sweep.now = i;
      sweep.toggle = false;
      s.selectBars([Math.min(sweep.from, i), Math.max(sweep.from, i)]);
    });
    const release = () => {
      clearTimeout(hold);
      if (!sweep) return;
      if (sweep.toggle) s.selectBars(null);
      else if (s.bars) say(`${time.capital(time.barWords(s.roll, s.bars[0]))}${s.bars[1] > s.bars[0] ? ` to ${time.barWords(s.roll, s.bars[1])}` : ""} chosen.`);
      sweep = null;
    };
    window.addEventListener("pointerup", release);
    window.addEventListener("pointercancel", release);
    clip.addEventListener("contextmenu", (e) => { const i = barOf(e.target); e.preventDefault(); if (i !== null) on.barMenu?.(i, e.clientX, e.clientY); });
    // By keyboard or a reader's click, where no pointer was pressed.
    clip.addEventListener("click", (e) => { const i = e.target.closest(".number") ? barOf(e.target) : null; if (i !== null && e.detail === 0) s.selectBars([i, i]); });

    // ---- the strip
    function draw(col) {
      const tall = height(), c = (strip.style.height = `${tall}px`, paint.open(canvas, space.width, tall));
      if (!c) return;
      const { roll } = s, { loop, chords, marks } = rows(), [first, last] = paint.visibleBars(roll, space);
      const every = paint.sparse(roll, space, 7);
      c.textBaseline = "middle";
      for (let i = first; i <= last; i++) {
        const bar = roll.bars[i], x = space.x(bar.start), wide = bar.length * space.ppt;
        c.fillStyle = col["ink-soft"];
        c.globalAlpha = 0.5;
        if (i % every === 0) c.fillRect(Math.round(x), 0, 1, tall);
        if (wide > 20) for (const beat of bar.beats) if (beat) c.fillRect(Math.round(space.x(bar.start + beat)), loop - 6, 1, 6);
        if (marks && s.barMarks[i]) band(c, col, i, x, wide, loop + chords, marks);
      }
      c.globalAlpha = 1;
      if (s.loop) brace(c, col, loop);
      if (chords) names(c, col, loop, chords);
      c.fillStyle = col["ink-soft"];
      c.globalAlpha = 0.5;
      c.fillRect(0, tall - 1, space.width, 1);
      c.globalAlpha = 1;
    }
    function band(c, col, i, x, wide, y, tall) {
      const mark = s.barMarks[i], tone = paint.toneOf(col, mark), before = s.barMarks[i - 1];
      c.globalAlpha = 0.2; c.fillStyle = tone; c.fillRect(x + 1, y + 1, wide - 1, tall - 2);
      c.globalAlpha = 1; c.fillRect(x + 1, y + tall - 4, wide - 1, 3);
      if (!mark.label || (before && before.label === mark.label && before.kind === mark.kind && x > 4)) return;
      let end = i;
      while (s.barMarks[end + 1]?.label === mark.label && s.barMarks[end + 1]?.kind === mark.kind) end++;
      c.save();
      c.beginPath(); c.rect(x, y, space.x(time.endOf(s.roll, end)) - x - 2, tall); c.clip();
      c.fillStyle = col.ink;
      c.font = `600 11px ${paint.HAND}`;
      c.fillText(mark.label, Math.max(x, 0) + 5, y + tall / 2 - 1);
      c.restore();
    }
    function brace(c, col, tall) {
      const [from, to] = s.loop.map(space.x);
      c.fillStyle = col["tune-accent"];
      c.globalAlpha = 0.22; c.fillRect(from, 3, to - from, tall - 9);
      c.globalAlpha = 1;
      c.beginPath(); c.roundRect(from, 3, to - from, 4, 2);
      for (const [x, way] of [[from, 1], [to, -1]]) { c.moveTo(x, 3); c.lineTo(x, tall - 6); c.lineTo(x + way * 3.5, tall - 6); c.lineTo(x + way * 3.5, 12); c.lineTo(x + way * 8, 6); c.closePath(); }
      c.fill();
    }
    function names(c, col, y, tall) {
      const { chords } = s.roll;
      c.font = `italic 500 13px ${paint.BOOK}`;
      c.fillStyle = col.ink;
      let free = -Infinity;
      for (let i = 0; i < chords.length; i++) {
        const x = space.x(chords[i][0]), next = i + 1 < chords.length ? space.x(chords[i + 1][0]) : Infinity;
        if (next < 0 || x > space.width || x < free) continue;
        const text = time.chordText(chords[i][1]), wide = c.measureText(text).width;
        const at = x < 0 ? Math.min(2, next - wide - 6) : x + 4; // the chord that still sounds at the left stays readable
        if (x < 0 && next < wide + 8) continue;
        c.fillText(text, at, y + tall / 2);
        free = at + wide + 6;
      }
    }

    // ---- gestures on the strip
    const snapBeat = (tick) => time.nearest(s.roll, s.roll.beat, Math.min(s.roll.length, Math.max(0, tick)));
    const xOf = (e) => e.clientX - strip.getBoundingClientRect().left;
    function grip(x) {
      if (!s.loop) return "new";
      const [from, to] = s.loop.map(space.x), reach = coarse.matches ? 20 : 8;
      if (Math.abs(x - to) <= reach) return "end";
      if (Math.abs(x - from) <= reach) return "start";
      return x > from && x < to ? "body" : "new";
    }
    strip.addEventListener("pointerdown", (e) => {
      if (!s.roll || e.button) return;
      strip.setPointerCapture(e.pointerId);
      const x = xOf(e);
      drag = { x, tick: space.tick(x), grip: grip(x), loop: s.loop, moved: false };
    });
    strip.addEventListener("pointermove", (e) => {
      const x = xOf(e);
      if (!drag) { strip.style.cursor = { end: "ew-resize", start: "ew-resize", body: "grab", new: "pointer" }[s.roll ? grip(x) : "new"]; return; }
      if (Math.abs(x - drag.x) > 4) drag.moved = true;
      if (!drag.moved) return;
      const tick = space.tick(x), [from, to] = drag.loop || [0, 0];
      if (drag.grip === "new") { const a = snapBeat(drag.tick), b = snapBeat(tick); s.setLoop([Math.min(a, b), Math.max(a, b)]); }
      else if (drag.grip === "end") s.setLoop([from, Math.max(snapBeat(tick), time.after(s.roll, s.roll.beat, from))]);
      else if (drag.grip === "start") s.setLoop([Math.min(snapBeat(tick), time.before(s.roll, s.roll.beat, to)), to]);
      else { const start = Math.min(snapBeat(from + tick - drag.tick), s.roll.length - (to - from)); s.setLoop([start, start + to - from]); }
    });
    strip.addEventListener("pointerup", () => {
      if (!drag) return;
      const { moved, tick } = drag;
      drag = null;
      if (moved) { on.loop?.(s.loop); say(s.loop ? `Loop from ${time.placeWords(s.roll, s.loop[0])}.` : "Loop off."); return; }
      const at = s.snap(Math.min(tick, s.roll.length - 1), "floorTo");
      s.cursor.tick = at;
      s.place = "cursor";
      on.seek?.(at);
      redraw("notes");
    });
    strip.addEventListener("pointercancel", () => { if (drag) { s.setLoop(drag.loop); drag = null; } });
    strip.addEventListener("dblclick", () => s.loop && s.setLoop(null, true));
    strip.addEventListener("contextmenu", (e) => { e.preventDefault(); on.barMenu?.(time.barAt(s.roll, Math.max(0, space.tick(xOf(e)))), e.clientX, e.clientY); });

    function playhead(x) {
      head.hidden = x === null || x < -1 || x > space.width + 1;
      if (!head.hidden) head.style.transform = `translateX(${x}px)`;
    }
    function destroy() { window.removeEventListener("pointerup", release); window.removeEventListener("pointercancel", release); }
    return { el, playhead, destroy, draw(col) { bars(); draw(col); }, forget() { built = ""; }, buttonOf: (i) => row.querySelector(`.measure[data-bar="${i}"]`) };
  };
})();
