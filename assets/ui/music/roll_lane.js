// The velocity lane under the roll: one stem a note, dragged up and down; chosen notes go together.
(() => {
  const music = (Studio.music ||= {});
  const { h } = Studio;
  const TALL = 72;

  music.rollLane = (s, { space, redraw, say }) => {
    const { notes: ops } = music, canvas = h("canvas", { "aria-hidden": "true" }), el = h("div", { class: "lane", hidden: true, title: "Velocity: drag the stems" }, canvas);
    let drag = null;
    const lift = (velocity) => TALL - 6 - (velocity / 127) * (TALL - 14);

    function draw(col) {
      if (el.hidden || !s.roll) return;
      const c = music.drawRoll.open(canvas, space.width, TALL);
      if (!c) return;
      const list = s.ghost ? s.ghost.notes : s.notes(), picked = s.ghost ? s.ghost.picked : s.selected, [first, last] = ops.span(list, space.tick(-4), space.tick(space.width + 4), 0);
      c.fillStyle = col.line;
      for (const level of [32, 64, 96]) c.fillRect(0, Math.round(lift(level)), space.width, 1);
      for (const chosen of [false, true]) {
        const path = new Path2D();
        for (let i = first; i < last; i++) {
          if (picked.has(list[i]) !== chosen) continue;
          const x = space.x(list[i][0]) + 2, y = lift(list[i][3]);
          path.rect(x - 1, y, 2, TALL - 5 - y);
          path.moveTo(x + 4, y); path.arc(x, y, 4, 0, 7);
        }
        c.fillStyle = chosen ? col.ink : col.voices[s.voice % 8];
        c.fill(path);
      }
    }

    const at = (e) => { const box = canvas.getBoundingClientRect(); return [e.clientX - box.left, e.clientY - box.top]; };
    const level = (y) => ((TALL - 6 - y) / (TALL - 14)) * 127;
    el.addEventListener("pointerdown", (e) => {
      if (!s.roll || e.button) return;
      const [x, y] = at(e), list = s.notes();
      let best = null, least = 16;
      for (const note of list) {
        const off = Math.abs(space.x(note[0]) + 2 - x) + (s.selected.has(note) ? -0.5 : 0);
        if (off < least) { least = off; best = note; }
      }
      if (!best) return;
      el.setPointerCapture(e.pointerId);
      if (!s.selected.has(best)) s.select(list.filter((note) => note[0] === best[0]));
      drag = { some: s.chosen(), base: list, from: s.selected.size > 1 ? y : null, y };
      moved(y);
    });
    function moved(y) {
      const by = drag.from === null ? null : level(y) - level(drag.from);
      drag.result = ops.velocity(drag.base, drag.some, (v) => (by === null ? level(y) : v + by));
      s.preview(drag.result);
    }
    el.addEventListener("pointermove", (e) => { if (drag) moved(at(e)[1]); });
    const end = (e) => {
      if (!drag) return;
      const { result } = drag;
      drag = null;
      if (e.type === "pointercancel") s.preview(null); else s.commit(result, "velocity", () => `Velocity ${s.chosen()[0]?.[3]}.`);
    };
    el.addEventListener("pointerup", end);
    el.addEventListener("pointercancel", end);
    return { el, draw, toggle() { el.hidden = !el.hidden; say(el.hidden ? "Velocity hidden." : "Velocity shown."); redraw("all"); return !el.hidden; } };
  };
})();
