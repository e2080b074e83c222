// Mouse, pen and fingers on the notes: every gesture shows what it would give while it lasts and is kept at its end.
// One finger on a note moves it, on paper it scrolls (or draws with the pencil); two fingers zoom.
(() => {
  const music = (Studio.music ||= {});
  const SLIP = 4, EDGE = 7, FINGER = 14, HOLD = 420, TWICE = 350;

  music.rollPointer = (stage, s, run, { space, view, redraw, on, say }) => {
    const { time, notes: ops } = music;
    const fingers = new Map();
    let gesture = null, latest = null, over = null, lastClick = null, hold = null, pinch = null, glide = null, loud = null, touched = 0;

    const tiny = () => Math.ceil(s.roll.ticks / 256); // the shortest note where there is no grid
    const spot = (e) => {
      const box = stage.getBoundingClientRect();
      return { px: e.clientX - box.left, py: e.clientY - box.top };
    };
    const place = ({ px, py }) => ({ tick: space.tick(px), pitch: space.pitch(py) });
    const inside = ({ px, py }) => px < stage.clientWidth && py < stage.clientHeight; // not on a scroll bar

    // The note under a point, and which part of it; fingers may miss by a little.
    function hit({ px, py }, slack = 0) {
      const list = s.notes(), [first, last] = ops.span(list, space.tick(px - slack), space.tick(px + slack) + 1, ops.longest(list));
      let best = null, least = Infinity;
      for (let i = first; i < last; i++) {
        const note = list[i], x = space.x(note[0]), w = Math.max(4, note[1] * space.ppt), y = space.y(note[2]);
        const off = Math.max(x - px, px - x - w, y - py, py - y - space.row, 0);
        if (off > slack || off > least) continue;
        least = off;
        best = { note, x, w };
      }
      if (!best) return null;
      if (best.w < 10) return { note: best.note, zone: "body" }; // too narrow to have edges: zoom in for them
      const edge = Math.min(slack ? FINGER : EDGE, best.w / 3), reach = slack && s.selected.has(best.note) ? FINGER : 0;
      const zone = px > best.x + best.w - edge && px < best.x + best.w + EDGE + reach ? "right" : px < best.x + edge ? "left" : "body";
      return { note: best.note, zone: slack && !s.selected.has(best.note) ? "body" : zone };
    }
    const lockedAt = (note) => s.locked().find((bar) => note[0] < time.endOf(s.roll, bar) && ops.endOf(note) > s.roll.bars[bar].start);

    function down(e) {
      if (!s.roll) return;
      const point = spot(e), touch = e.pointerType === "touch";
      if (!touch && !inside(point)) return;
      stage.focus({ preventScroll: true });
      s.keyed = false;
      if (touch) {
        touched = performance.now();
        fingers.set(e.pointerId, point);
        cancelAnimationFrame(glide);
        if (fingers.size === 2) return startPinch();
        if (fingers.size > 2) return undefined;
      }
      if (e.button === 2 || gesture) return undefined;
      stage.setPointerCapture(e.pointerId);
      const found = hit(point, touch ? FINGER : 0), ctrl = e.ctrlKey || e.metaKey;
      gesture = { id: e.pointerId, touch, from: point, left: space.left, top: space.top, ...place(point), found, moved: false, shift: e.shiftKey, base: s.notes() };
      latest = { ...point, shift: e.shiftKey };
      if (e.button === 1) gesture.kind = "pan";
      else if (found && e.altKey) { gesture.kind = "none"; run.split(gesture); }
      else if (found) onNote(found, e.shiftKey || ctrl);
      else if (touch && s.tool === "hand") gesture.kind = "pan";
      else if (s.tool === "pencil" && !e.shiftKey && !ctrl) startDraw();
      else { gesture.kind = "band"; gesture.add = e.shiftKey || ctrl ? new Set(s.selected) : new Set(); }
      if (touch) hold = setTimeout(() => held(point), HOLD);
      e.preventDefault();
      redraw("notes");
      return undefined;
    }
    function onNote({ note, zone }, add) {
      s.bars = null;
      if (!s.selected.has(note)) {
        if (add) gesture.adding = true; else s.select([note]);
      } else if (add) gesture.adding = true;
      else gesture.single = true;
      if (!add && zone === "body") run.hear(note[2]);
      const bar = lockedAt(note);
      gesture.kind = bar !== undefined ? "locked" : zone === "body" ? "move" : zone;
      gesture.bar = bar;
    }
    function startDraw() {
      s.bars = null;
      const start = s.grid ? s.snap(gesture.tick, "floorTo") : Math.round(gesture.tick);
      if (start >= s.roll.length || start < 0) { gesture.kind = "none"; return; }
      const bar = time.barAt(s.roll, start);
      if (s.isLocked(bar)) { gesture.kind = "locked"; gesture.bar = bar; return; }
      gesture.kind = "draw";
      gesture.note = [start, Math.min(s.last, s.roll.length - start), gesture.pitch, 80];
      run.hear(gesture.pitch);
      s.preview({ notes: [...gesture.base, gesture.note], picked: [gesture.note] });
    }

    function move(e) {
      over = spot(e);
      if (e.pointerType === "touch" && fingers.has(e.pointerId)) {
        fingers.set(e.pointerId, over);
        if (pinch) return redraw("notes");
      }
      if (!gesture) return e.pointerType === "touch" ? undefined : hover(over, e);
      if (e.pointerId !== gesture.id) return undefined;
      latest = { ...over, shift: e.shiftKey };
      if (!gesture.moved && Math.hypot(over.px - gesture.from.px, over.py - gesture.from.py) > (gesture.touch ? 8 : SLIP)) {
        gesture.moved = true;
        clearTimeout(hold);
        if (gesture.kind === "locked") s.refuse(gesture.bar);
        if (gesture.adding && gesture.kind !== "band") s.select([gesture.found.note], { add: true });
      }
      return redraw("notes");
    }
    function hover(point, e) {
      const found = s.roll && inside(point) ? hit(point) : null;
      stage.style.cursor = !found ? (s.tool === "pencil" && !e.shiftKey ? "crosshair" : "default") : lockedAt(found.note) !== undefined ? "not-allowed" : found.zone === "body" ? "grab" : "ew-resize";
    }

    // Once a frame while a gesture lasts: what it gives now.
    function frame() {
      if (pinch) return pinched();
      if (!gesture?.moved || !latest) return undefined;
      const g = gesture, dx = latest.px - g.from.px + space.left - g.left, dy = latest.py - g.from.py + space.top - g.top;
      if (g.kind === "pan") return pan(g);
      const pulled = ["move", "left", "right", "draw", "band"].includes(g.kind) && pull();
      const tick = space.tick(latest.px), some = s.chosen();
      if (g.kind === "move") moved(g, some, dx, dy);
      else if (g.kind === "draw") {
        const end = s.snap(Math.max(tick, g.note[0] + 1), "after"), stop = s.grid ? end : Math.max(g.note[0] + tiny(), Math.round(tick));
        g.made = [g.note[0], Math.min(Math.max(stop - g.note[0], 1), s.roll.length - g.note[0]), g.note[2], g.note[3]];
        s.preview({ notes: [...g.base, g.made], picked: [g.made] });
      } else if (g.kind === "right" || g.kind === "left") {
        const { note } = g.found, was = g.kind === "left" ? note[0] : ops.endOf(note), by = s.snap(was + dx / space.ppt) - was;
        g.result = ops.stretch(g.base, some, by, { ...s.rules(), left: g.kind === "left", least: s.grid ? s.step() : tiny() });
        g.what = "resize";
        s.preview(g.result);
      } else if (g.kind === "band") band(g);
      return pulled;
    }
    function moved(g, some, dx, dy) {
      const { note } = g.found, sideways = Math.abs(dx) >= Math.abs(dy);
      const by = latest.shift && !sideways ? 0 : Math.abs(dx) < SLIP ? 0 : s.snap(Math.max(0, note[0] + dx / space.ppt)) - note[0];
      const up = latest.shift && sideways ? 0 : -Math.round(dy / space.row);
      g.result = ops.move(g.base, some, by, up, s.roll.length);
      if (g.up !== undefined && g.up !== g.result.up) run.hear(note[2] + g.result.up);
      g.up = g.result.up;
      g.what = "move";
      s.preview(g.result);
    }
    function band(g) {
      s.band = [g.from.px + g.left, g.from.py + g.top, latest.px + space.left, latest.py + space.top];
      const [x0, x1] = [s.band[0], s.band[2]].sort((a, b) => a - b), [y0, y1] = [s.band[1], s.band[3]].sort((a, b) => a - b);
      const within = s.notes().filter((n) => n[0] * space.ppt < x1 && ops.endOf(n) * space.ppt > x0 && (127 - n[2]) * space.row < y1 && (128 - n[2]) * space.row > y0);
      s.selected = new Set([...g.add, ...within]);
    }
    // Near an edge the paper comes along.
    function pull() {
      const near = (at, size) => (at < 18 ? -10 : at > size - 18 ? 10 : 0), dx = near(latest.px, space.width), dy = near(latest.py, space.height);
      if (!dx && !dy) return false;
      const { left, top } = space;
      view.scrollBy(dx, dy);
      return left !== space.left || top !== space.top;
    }
    function pan(g) {
      view.scrollTo(g.left - (latest.px - g.from.px), g.top - (latest.py - g.from.py));
      const now = performance.now();
      g.speed = g.stamp ? { x: (g.px - latest.px) / (now - g.stamp), y: (g.py - latest.py) / (now - g.stamp) } : null;
      Object.assign(g, { stamp: now, px: latest.px, py: latest.py });
    }
    function coast({ x, y }) {
      let then = performance.now();
      const on = () => {
        const now = performance.now(), ms = Math.min(50, now - then);
        then = now;
        view.scrollBy(x * ms, y * ms);
        x *= 0.995 ** ms; y *= 0.995 ** ms;
        if (Math.hypot(x, y) > 0.03) glide = requestAnimationFrame(on);
      };
      glide = requestAnimationFrame(on);
    }

    function up(e) {
      fingers.delete(e.pointerId);
      if (pinch) { if (fingers.size < 2) pinch = null; return; }
      if (!gesture || gesture.id !== e.pointerId) return;
      clearTimeout(hold);
      if (gesture.moved) { latest = { ...spot(e), shift: e.shiftKey }; frame(); }
      const g = gesture;
      gesture = null;
      s.band = null;
      if (e.type === "pointercancel") s.preview(null);
      else if (!g.moved) click(g, e);
      else if (g.kind === "draw") finish({ notes: [...g.base, g.made || g.note], picked: [g.made || g.note] }, "draw", "Drawn");
      else if (g.result) finish(g.result, g.what, g.what === "move" ? "Moved" : "Length");
      else if (g.kind === "band") { s.tellSelection(); say(`${s.selected.size} chosen.`); }
      else if (g.kind === "pan" && g.touch && g.speed && !matchMedia("(prefers-reduced-motion: reduce)").matches) coast(g.speed);
      redraw("all");
    }
    function finish(result, what, done) {
      s.commit(result, what, () => { const some = s.chosen(); return some.length === 1 ? `${done}: ${s.words(some[0])}.` : `${done}: ${some.length} notes.`; });
    }
    function click(g, e) {
      const now = performance.now(), note = g.found?.note, twice = note && lastClick?.note === note && now - lastClick.at < TWICE;
      lastClick = note ? { note, at: now } : null;
      if (twice) { lastClick = null; s.select([note]); run.remove(); return; }
      s.cursor = { tick: Math.min(s.roll.length - 1, s.snap(Math.max(0, note ? note[0] : g.tick), "floorTo")), pitch: note ? note[2] : g.pitch };
      s.place = "cursor";
      if (g.kind === "draw") { finish({ notes: [...g.base, g.note], picked: [g.note] }, "draw", "Drawn"); lastClick = null; }
      else if (g.kind === "locked" && !note) s.refuse(g.bar);
      else if (g.adding) s.select([note], { toggle: true });
      else if (g.single && note) s.select([note]);
      else if (!note && !e.shiftKey && g.kind !== "none") run.none();
      if (note && g.kind !== "none") say(`${s.words(note)}.`);
    }
    function held(point) {
      if (!gesture || gesture.moved) return;
      const { found } = gesture;
      gesture = null;
      s.preview(null);
      if (found) s.select([found.note], { add: true });
      else menuAt(point);
    }
    function menuAt(point) {
      const tick = space.tick(point.px), box = stage.getBoundingClientRect();
      if (tick < s.roll.length) on.barMenu?.(time.barAt(s.roll, Math.max(0, tick)), box.left + point.px, box.top + point.py);
    }

    function startPinch() {
      clearTimeout(hold);
      if (gesture) { gesture = null; s.band = null; s.preview(null); }
      const [a, b] = [...fingers.values()];
      pinch = { dx: Math.abs(a.px - b.px), dy: Math.abs(a.py - b.py), ppt: space.ppt, row: space.row, tick: space.tick((a.px + b.px) / 2), high: 127 - (space.top + (a.py + b.py) / 2) / space.row };
    }
    function pinched() {
      const [a, b] = [...fingers.values()];
      if (!b) return;
      const wide = pinch.dx > 40 ? Math.abs(a.px - b.px) / pinch.dx : 1, tall = pinch.dy > 60 ? Math.abs(a.py - b.py) / pinch.dy : 1;
      view.setScale(pinch.ppt * wide, pinch.row * tall);
      view.scrollTo(pinch.tick * space.ppt - (a.px + b.px) / 2, (127 - pinch.high) * space.row - (a.py + b.py) / 2);
    }

    function wheel(e) {
      if (!s.roll) return;
      const point = spot(e);
      if (e.ctrlKey || e.metaKey) {
        e.preventDefault();
        view.zoom(e.shiftKey ? "y" : "x", Math.exp(-Math.max(-60, Math.min(60, e.deltaY || e.deltaX)) * 0.006), e.shiftKey ? point.py : point.px);
      } else if (e.altKey) {
        e.preventDefault();
        turn(e, point);
      }
    }
    // Alt and the wheel: velocity of the chosen notes or the one under the pointer; kept when the wheel rests.
    function turn(e, point) {
      const found = hit(point);
      if (!loud) {
        if (found && !s.selected.has(found.note)) s.select([found.note]);
        if (!s.selected.size) return;
        loud = { by: 0, base: s.notes(), some: s.chosen() };
      }
      clearTimeout(loud.timer);
      loud.by -= Math.sign(e.deltaY || e.deltaX) * 4;
      const result = ops.velocity(loud.base, loud.some, (v) => v + loud.by);
      s.preview(result);
      loud.timer = setTimeout(() => { loud = null; s.commit(result, "velocity", () => `Velocity ${s.chosen()[0]?.[3]}.`); }, 350);
    }

    stage.addEventListener("pointerdown", down);
    stage.addEventListener("pointermove", move);
    stage.addEventListener("pointerup", up);
    stage.addEventListener("pointercancel", up);
    stage.addEventListener("pointerleave", () => { over = null; });
    stage.addEventListener("wheel", wheel, { passive: false });
    stage.addEventListener("contextmenu", (e) => {
      e.preventDefault();
      if (s.roll && performance.now() - touched > 1500 && inside(spot(e)) && e.button === 2) menuAt(spot(e));
    });
    function cancel() {
      if (!gesture) return false;
      clearTimeout(hold);
      gesture = null;
      s.band = null;
      s.preview(null);
      return true;
    }
    return { frame, cancel, busy: () => Boolean(gesture || pinch), pointer: () => (over && s.roll && inside(over) && over.px >= 0 && over.py >= 0 ? place(over) : null) };
  };
})();
