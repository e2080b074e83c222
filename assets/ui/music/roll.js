// The piano roll: puts its parts together, keeps the view (scale, scrolling, sizes), and is what the tab talks to.
// Three still layers (grid, notes, playhead) lie under one scroller, which is also the element that has the focus.
(() => {
  const music = (Studio.music ||= {});
  const { h } = Studio;
  const MOST = 1600, LOW = 6, HIGH = 34, ROWS = [10, 14, 18, 24, 30];
  let count = 0;

  music.pianoRoll = ({ root, on = {} }) => {
    const say = (text) => text && Studio.say(text), coarse = matchMedia("(pointer: coarse)");
    const space = {
      ppt: 0.004, row: 14, left: 0, top: 0, width: 0, height: 0,
      x: (tick) => tick * space.ppt - space.left, y: (pitch) => (127 - pitch) * space.row - space.top,
      tick: (px) => (px + space.left) / space.ppt, pitch: (py) => Math.max(0, Math.min(127, 127 - Math.floor((py + space.top) / space.row))),
    };
    const dirty = { grid: false, notes: false, rest: false }, frames = [];
    let col = null, asked = 0, rendering = false, unfitted = true, pressed = null, gone = false;

    function redraw(what) {
      if (what === "all") dirty.grid = dirty.notes = dirty.rest = true;
      else if (what === "grid") dirty.grid = dirty.notes = true;
      else dirty.notes = dirty.rest = true;
      if (!rendering && !asked && !gone) asked = requestAnimationFrame(render);
    }

    const id = `roll-help-${++count}`;
    const gridCanvas = h("canvas", { "aria-hidden": "true" }), noteCanvas = h("canvas", { "aria-hidden": "true" }), head = h("div", { class: "playline", hidden: true });
    const spacer = h("div", { class: "spacer" }), stage = h("div", { class: "stage", tabindex: "0", role: "application", "aria-roledescription": "piano roll", "aria-label": "Piano roll", "aria-describedby": id }, spacer);
    const keyboard = h("canvas", { class: "piano", "aria-hidden": "true" });
    const help = h("p", { id, class: "visually-hidden" }, "Arrow keys move the cursor, Enter draws or picks up a note, brackets go from note to note, I says where you are. Tab leaves. The notes are also a list below.");

    const view = {
      redraw, barMenu: (...args) => on.barMenu?.(...args),
      scrollTo(left, top) { stage.scrollLeft = left; if (top !== undefined) stage.scrollTop = top; sync(); },
      scrollBy: (dx, dy) => view.scrollTo(stage.scrollLeft + dx, stage.scrollTop + dy),
      setScale(ppt, row) {
        const least = Math.min(space.width / (s.roll.length * 1.02), 540 / s.roll.ticks);
        space.ppt = Math.min(MOST / s.roll.ticks, Math.max(least, ppt));
        space.row = Math.min(HIGH, Math.max(LOW, row));
        spacer.style.width = `${Math.max(1, s.roll.length * space.ppt + 24)}px`;
        spacer.style.height = `${128 * space.row}px`;
        redraw("all");
      },
      zoom(axis, factor, at) {
        if (!s.roll) return;
        if (axis === "x") {
          const px = at ?? space.width / 2, tick = space.tick(px);
          view.setScale(space.ppt * factor, space.row);
          view.scrollTo(tick * space.ppt - px, stage.scrollTop);
        } else {
          const py = at ?? space.height / 2, high = (py + space.top) / space.row;
          view.setScale(space.ppt, space.row * factor);
          view.scrollTo(stage.scrollLeft, high * space.row - py);
        }
      },
      rows() { const next = ROWS.find((row) => row > space.row + 0.5) ?? ROWS[0]; view.zoom("y", next / space.row); },
      fit: () => fit(true),
      reveal(tick, pitch) {
        if (!space.width) return;
        const x = space.x(tick), y = pitch === undefined ? null : space.y(pitch);
        const left = x < 8 ? space.left + x - 40 : x > space.width - 48 ? space.left + x - space.width * 0.7 : space.left;
        const top = y === null ? space.top : y < space.row ? space.top + y - 3 * space.row : y > space.height - 2 * space.row ? space.top + y - space.height + 4 * space.row : space.top;
        if (left !== space.left || top !== space.top) view.scrollTo(left, top);
      },
      pointOf(bar) {
        const box = (ruler.buttonOf(bar) || stage).getBoundingClientRect();
        return [box.left + 12, Math.min(box.bottom, innerHeight - 20)];
      },
    };
    const s = music.rollState(on, { redraw, say }), run = music.rollCommands(s, { on, say, view, redraw });
    if (coarse.matches) s.tool = "hand";
    function tool(name = s.tool === "pencil" ? "hand" : "pencil") {
      s.tool = name;
      redraw("notes");
      say(name === "pencil" ? "Draw." : coarse.matches ? "Scroll and move." : "Select.");
    }
    const pointer = music.rollPointer(stage, s, run, { space, view, redraw, on, say });
    const ruler = music.rollRuler(s, { space, redraw, on, say, glyph: music.glyph }), lane = music.rollLane(s, { space, redraw, say });
    const tools = music.rollTools(s, run, { view, tool, lane: () => tools.velocity.setAttribute("aria-pressed", String(lane.toggle())) }), list = music.rollList(s, { view, say, run });
    stage.addEventListener("keydown", music.rollKeys(s, run, { view, say, redraw, pointer: pointer.pointer, tool, cancel: pointer.cancel }));
    stage.addEventListener("blur", () => { s.keyed = false; redraw("notes"); });
    stage.addEventListener("focus", () => { if (s.roll && stage.matches(":focus-visible")) { s.keyed = true; redraw("notes"); } });
    stage.addEventListener("scroll", sync);

    root.classList.add("roll");
    root.replaceChildren(tools.el, tools.keys, h("div", { class: "desk" }, h("div", { class: "corner" }), ruler.el, keyboard, h("div", { class: "layers" }, gridCanvas, noteCanvas, head, stage), h("div", { class: "lanename" }), lane.el), help, list.el);

    // ---- view
    function sync() {
      if (stage.scrollLeft === space.left && stage.scrollTop === space.top) return;
      space.left = stage.scrollLeft;
      space.top = stage.scrollTop;
      placeHead();
      redraw("grid");
    }
    function measure() {
      const width = stage.clientWidth, height = stage.clientHeight;
      if (!width || !height || !s.roll) return;
      const first = !space.width || unfitted;
      Object.assign(space, { width, height });
      if (first) fit(false); else { view.setScale(space.ppt, space.row); sync(); }
      redraw("all");
    }
    function fit(whole) {
      if (!s.roll || !stage.clientWidth) { unfitted = true; return; }
      unfitted = false;
      Object.assign(space, { width: stage.clientWidth, height: stage.clientHeight });
      const full = (space.width - 2) / s.roll.length, bar = s.roll.bars[Math.min(1, s.roll.bars.length - 1)].length;
      const ppt = whole ? full : Math.max(full, (coarse.matches ? 104 : 72) / bar);
      const heard = s.roll.voices.flatMap((voice, i) => (s.muted.has(i) || (voice.role === "drums") !== s.drums() ? [] : voice.notes.map((n) => n[2])));
      const own = s.notes().map((n) => n[2]), least = coarse.matches ? 13 : 11;
      let [low, high] = range(heard.length ? heard : [55, 79]);
      if (own.length && !whole && space.height / (high - low + 7) < least) [low, high] = range(own);
      view.setScale(ppt, Math.min(coarse.matches ? 20 : 18, Math.max(whole ? LOW : least, space.height / (high - low + 7))));
      const middle = (127.5 - (low + high) / 2) * space.row;
      view.scrollTo(0, middle - space.height / 2);
    }
    const range = (pitches) => pitches.reduce(([low, high], p) => [Math.min(low, p), Math.max(high, p)], [127, 0]);

    function placeHead() {
      const x = s.head === null || !s.roll ? null : space.x(s.head);
      head.hidden = x === null || x < -1 || x > space.width;
      if (!head.hidden) head.style.transform = `translateX(${x}px)`;
      ruler.playhead(x);
    }
    function render() {
      asked = 0;
      if (!s.roll || !space.width) return;
      const begun = performance.now();
      rendering = true;
      const again = pointer.frame();
      rendering = false;
      const { grid, notes, rest } = dirty;
      dirty.grid = dirty.notes = dirty.rest = false;
      col ||= music.drawRoll.colours(root);
      if (grid) {
        music.drawRoll.grid(gridCanvas, s, space, col);
        music.drawRoll.piano(keyboard, s, space, col, keyboard.clientWidth, pressed);
        ruler.draw(col);
        placeHead();
      }
      if (notes) { music.drawRoll.notes(noteCanvas, s, space, col); lane.draw(col); }
      if (rest && !pointer.busy()) { tools.draw(); list.draw(); }
      frames.push(performance.now() - begun);
      if (frames.length > 600) frames.shift();
      if (again) redraw("notes");
    }

    // ---- the piano at the left sounds
    const press = (e) => {
      if (!s.roll || !(e.buttons & 1)) return;
      const pitch = space.pitch(e.clientY - keyboard.getBoundingClientRect().top);
      if (pitch === pressed) return;
      pressed = pitch;
      run.hear(pitch);
      redraw("grid");
    };
    const release = () => { if (pressed !== null) { pressed = null; redraw("grid"); } };
    keyboard.addEventListener("pointerdown", (e) => { keyboard.setPointerCapture(e.pointerId); press(e); });
    keyboard.addEventListener("pointermove", press);
    for (const event of ["pointerup", "pointercancel"]) keyboard.addEventListener(event, release);

    const recolour = () => { col = null; redraw("all"); };
    document.addEventListener("studio:theme", recolour);
    document.fonts?.ready.then(() => redraw("all"));
    const watcher = new ResizeObserver(measure);
    watcher.observe(stage);
    const label = () => stage.setAttribute("aria-label", `Piano roll, ${s.current().name}`);

    // ---- recording: notes grow with the playhead until they are let go; one step of undo for all
    function record() {
      const open = new Map();
      const close = (pitch, tick) => {
        const note = open.get(pitch);
        if (!note) return;
        open.delete(pitch);
        note[1] = Math.max(1, Math.round((tick > note[0] ? Math.min(tick, s.roll.length) : s.loop ? s.loop[1] : s.roll.length) - note[0])); // let go after the loop came round
        redraw("notes");
      };
      return {
        noteOn(pitch, tick, velocity = 80) {
          close(pitch, tick);
          if (tick < 0 || tick >= s.roll.length) return;
          const near = s.live.find((note) => Math.abs(note[0] - tick) <= s.roll.ticks / 96), note = [near ? near[0] : Math.round(tick), 0, pitch, velocity];
          s.live.push(note);
          open.set(pitch, note);
          redraw("notes");
        },
        noteOff: close,
        stop({ tick = s.head ?? s.roll.length, quantise = false, replace = null } = {}) {
          for (const pitch of [...open.keys()]) close(pitch, tick);
          const made = s.live, kept = replace ? s.notes().filter((n) => n[0] < replace[0] || n[0] >= replace[1]) : s.notes();
          s.live = [];
          if (!made.length) return false;
          let result = { notes: [...kept, ...made], picked: made };
          if (quantise && s.grid) result = music.notes.quantise(s.roll, s.step(), result.notes, made);
          return s.commit(result, "record", `${made.length === 1 ? "1 note" : `${made.length} notes`} recorded.`);
        },
      };
    }

    return {
      load(roll, { keepView = false, keepUndo = false } = {}) {
        const fresh = !s.roll || !keepView;
        pointer.cancel();
        s.load(roll, { keepUndo });
        ruler.forget();
        col = null;
        label();
        if (fresh) fit(false); else if (space.width) { view.setScale(space.ppt, space.row); sync(); }
        measure();
        redraw("all");
      },
      roll: () => s.out(),
      voice(index) {
        if (index === undefined) return s.voice;
        if (index === s.voice || !s.roll?.voices[index]) return s.voice;
        pointer.cancel();
        s.voice = index;
        label();
        run.none();
        const own = s.notes();
        if (own.length && own.every((n) => space.y(n[2]) < 0 || space.y(n[2]) > space.height - space.row)) view.reveal(own[0][0], own[0][2]);
        return s.voice;
      },
      muted(indexes) { s.muted = new Set(indexes); redraw("all"); },
      playhead(tick, { follow = false } = {}) {
        if (tick !== null && tick !== s.head) s.place = "head";
        s.head = tick;
        placeHead();
        if (s.live.length) redraw("notes");
        if (tick === null || !follow || pointer.busy() || !space.width) return;
        const x = space.x(tick);
        if (x < 0 || x > space.width * 0.92) view.scrollTo(space.left + x - space.width * 0.08, stage.scrollTop);
      },
      loop: () => s.loop, setLoop: (range) => s.setLoop(range),
      locks: () => s.locks, setLocks: (list) => s.setLocks(list),
      marks({ bars, notes } = {}) {
        if (bars) s.barMarks = bars;
        if (notes) { s.unsure = new WeakSet(); for (const [i, kind] of Object.entries(notes)) if (kind === "unsure" && s.notes()[i]) s.unsure.add(s.notes()[i]); }
        redraw("all");
      },
      select(indexes) { s.bars = null; s.select(indexes.map((i) => s.notes()[i]).filter(Boolean)); },
      selectBars: (range) => s.selectBars(range),
      grid(parts) { if (parts !== undefined) { s.grid = parts; redraw("all"); } return s.grid; },
      record, undo: () => s.undo(), redo: () => s.redo(), canUndo: () => s.past.length > 0, canRedo: () => s.future.length > 0,
      run, fit: () => view.fit(), focus: () => stage.focus(), pointOf: view.pointOf,
      // Where a note or a moment is on the page; work of the last frames in milliseconds.
      at(tick, pitch) { sync(); const box = stage.getBoundingClientRect(); return [box.left + space.x(tick), box.top + space.y(pitch) + space.row / 2]; },
      frames: () => frames.splice(0),
      destroy() {
        gone = true;
        cancelAnimationFrame(asked);
        watcher.disconnect();
        ruler.destroy();
        document.removeEventListener("studio:theme", recolour);
        root.replaceChildren();
        root.classList.remove("roll");
      },
    };
  };
})();
