// What one can tell the roll to do with the chosen notes, bars and the cursor: the same commands behind keys and buttons.
(() => {
  const music = (Studio.music ||= {});

  music.rollCommands = (s, { on, say, view, redraw }) => {
    const { time, notes: ops } = music;
    let walk = null;
    const several = (n) => (n === 1 ? "1 note" : `${n} notes`);
    const hear = (pitch) => on.audition?.(pitch, s.voice);
    const describe = (done) => () => {
      const some = s.chosen();
      return some.length === 1 ? `${done}: ${s.words(some[0])}.` : `${several(some.length)} ${done.toLowerCase()}.`;
    };
    function edit(make, what, done) {
      const some = s.chosen();
      if (!some.length) { say("Choose notes first: click one, or press ] for the next."); return false; }
      const result = make(s.notes(), some);
      return result ? s.commit(result, what, done) : false;
    }
    const at = (tick, pitch) => s.notes().find((note) => note[2] === pitch && note[0] <= tick && ops.endOf(note) > tick);
    function moveCursor(tick, pitch, { speak = true } = {}) {
      s.cursor = { tick: Math.min(Math.max(0, tick), s.roll.length - 1), pitch: Math.min(127, Math.max(0, pitch)) };
      s.place = "cursor";
      view.reveal(s.cursor.tick, s.cursor.pitch);
      redraw("notes");
      if (!speak) return;
      const note = at(s.cursor.tick, s.cursor.pitch);
      say(`${time.placeWords(s.roll, s.cursor.tick)}: ${time.pitchWords(s.roll, s.cursor.pitch, s.drums())}${note ? `, a note, ${time.lengthWords(s.roll, note[1])}` : ""}`);
    }
    function draw(tick, pitch, length = s.last) {
      const note = [tick, Math.min(length, s.roll.length - tick), pitch, 80];
      hear(pitch);
      return s.commit({ notes: [...s.notes(), note], picked: [note] }, "draw", describe("Drawn"));
    }
    // The stretch of time that a copy takes, in whole grid steps, or in whole bars when bars are chosen.
    function extent(some) {
      if (s.bars) {
        const from = s.roll.bars[s.bars[0]].start, to = time.endOf(s.roll, s.bars[1]);
        if (some.every((note) => note[0] >= from && note[0] < to)) return [from, to];
      }
      const from = Math.min(...some.map((note) => note[0])), end = Math.max(...some.map(ops.endOf));
      const round = s.grid ? time.before(s.roll, s.step(), end) : end;
      return [s.snap(from, "floorTo"), round === end || !s.grid ? end : time.after(s.roll, s.step(), end - 1)];
    }
    function insert(some, from, spot, width, what) {
      const copies = ops.placed(some, from, spot, s.roll.length), lost = some.length - copies.length;
      if (!copies.length) { say("It does not fit before the end of the tune."); return false; }
      const left = lost ? ` ${several(lost)} did not fit before the end.` : "";
      if (!s.commit({ notes: [...s.notes(), ...copies], picked: copies }, what, `${several(copies.length)} put at ${time.placeWords(s.roll, spot)}.${left}`)) return false;
      s.bars = null;
      s.cursor.tick = Math.min(s.roll.length - 1, spot + width);
      s.place = "cursor";
      view.reveal(spot);
      redraw("all");
      return true;
    }
    const pitchEdit = (make, done) => {
      const moved = edit((notes, some) => ops.pitched(notes, some, make), "transpose", describe(done));
      if (moved) { const some = s.chosen(); hear(some[some.length - 1][2]); view.reveal(some[0][0], some[0][2]); }
      return moved;
    };

    const commands = {
      hear, at, draw, moveCursor,
      undo: () => s.undo(), redo: () => s.redo(),
      all() { s.select(s.notes()); say(`${several(s.selected.size)} chosen.`); },
      none() { s.bars = null; s.select([]); redraw("all"); },
      remove() {
        const count = s.selected.size, first = s.chosen()[0];
        const gone = edit((notes, some) => ops.replaced(notes, some, () => null), "delete", () => `${several(count)} deleted.`);
        if (gone) { s.cursor = { tick: first[0], pitch: first[2] }; redraw("all"); }
        return gone;
      },
      copy() {
        const some = s.chosen();
        if (!some.length) { say("Choose notes first."); return false; }
        const [from, to] = extent(some);
        s.clipboard = { notes: some, from, width: to - from };
        say(`${several(some.length)} copied.`);
        return true;
      },
      cut: () => commands.copy() && commands.remove(),
      paste() {
        if (!s.clipboard) { say("Nothing is copied yet."); return false; }
        return insert(s.clipboard.notes, s.clipboard.from, s.spot(), s.clipboard.width, "paste");
      },
      duplicate() {
        const some = s.chosen();
        if (!some.length) { say("Choose notes first."); return false; }
        const [from, to] = extent(some);
        return insert(some, from, to, to - from, "duplicate");
      },
      quantise() {
        if (!s.grid) { say("The grid is off: choose one first."); return false; }
        const done = edit((notes, some) => ops.quantise(s.roll, s.step(), notes, some), "quantise", describe("On the grid"));
        if (!done && s.selected.size) say("Already on the grid.");
        return done;
      },
      // Where the pointer or the cursor cuts through a chosen note (or the one under it); else each chosen one in half.
      split(spot = null) {
        const under = spot && at(spot.tick, spot.pitch), tick = spot && s.snap(spot.tick);
        if (under && tick > under[0] && tick < ops.endOf(under)) {
          const cut = s.selected.has(under) ? s.chosen() : [under];
          return s.commit(ops.cutAt(s.notes(), cut.filter((n) => n[0] < tick && ops.endOf(n) > tick), tick), "split", describe("Split"));
        }
        if (under && !s.selected.size) return s.commit(ops.halve(s.notes(), [under]), "split", describe("Split"));
        return edit((notes, some) => ops.halve(notes, some), "split", describe("Split"));
      },
      join: () => edit(ops.join, "join", describe("Joined")),
      step: (up) => pitchEdit((p) => (s.drums() ? p + up : time.scaleStep(s.roll, p, up)), up > 0 ? "Up a step" : "Down a step"),
      semitone: (up) => pitchEdit((p) => p + up, up > 0 ? "Up a semitone" : "Down a semitone"),
      octave(up) {
        if (s.chosen().some((n) => n[2] + 12 * up < 0 || n[2] + 12 * up > 127)) { say("That would leave the piano."); return false; }
        return pitchEdit((p) => p + 12 * up, up > 0 ? "Up an octave" : "Down an octave");
      },
      // Steps that follow each other count from where the first began, so that notes passed on the way stay whole.
      nudge(by) {
        const some = s.chosen(), going = walk && walk.after === s.notes() && walk.step === s.step();
        if (!going) walk = { base: s.notes(), some, by: 0, step: s.step() };
        const made = ops.move(walk.base, walk.some, (walk.by + by) * walk.step, 0, s.roll.length);
        if (made.by === walk.by * walk.step) { say("No further."); return false; }
        const done = s.commit(made, "move", describe("Moved"), going ? walk.base : null);
        if (done) { walk.by += by; walk.after = s.notes(); } else if (!going) walk = null;
        if (done) view.reveal(s.chosen()[0][0]);
        return done;
      },
      stretch: (by, left = false) => edit((notes, some) => ops.stretch(notes, some, by * s.step(), { ...s.rules(), left, least: s.step() }), "resize", describe(by > 0 !== left ? "Longer" : "Shorter")),
      velocity: (by) => edit((notes, some) => ops.velocity(notes, some, (v) => v + by), "velocity", () => `Velocity ${s.chosen().map((n) => n[3]).slice(0, 1)}${s.selected.size > 1 ? " and others" : ""}.`),
      next(by, add = false) {
        const list = s.notes(), some = s.chosen();
        if (!list.length) return say("This voice has no notes yet.");
        let i;
        if (some.length) i = list.indexOf(by > 0 ? some[some.length - 1] : some[0]) + by;
        else if (by > 0) i = list.findIndex((note) => note[0] >= s.cursor.tick);
        else i = list.findLastIndex((note) => note[0] < s.cursor.tick);
        if (i < 0 || i >= list.length) return say(by > 0 ? "No later note." : "No earlier note.");
        s.bars = null;
        s.select([list[i]], { add });
        s.cursor = { tick: list[i][0], pitch: list[i][2] };
        s.place = "cursor";
        view.reveal(list[i][0], list[i][2]);
        hear(list[i][2]);
        return say(`${s.words(list[i])}${add ? `; ${several(s.selected.size)} chosen` : ""}.`);
      },
      // Enter: let go of what is chosen, else take the note under the cursor, else draw one there.
      enter() {
        if (s.selected.size) {
          const some = s.chosen(), last = some[some.length - 1];
          s.select([]);
          s.bars = null;
          return moveCursor(Math.min(s.roll.length - 1, ops.endOf(last)), last[2]);
        }
        const note = at(s.cursor.tick, s.cursor.pitch);
        if (note) { s.select([note]); hear(note[2]); return say(`Picked up: ${s.words(note)}.`); }
        return draw(s.cursor.tick, s.cursor.pitch);
      },
      grid(by) {
        const list = music.GRIDS.map(([, parts]) => parts), i = Math.min(list.length - 1, Math.max(0, list.indexOf(s.grid) + by));
        s.grid = list[i];
        redraw("all");
        say(`Grid ${music.GRIDS[i][0]}.`);
      },
      here: () => (s.selected.size ? time.barAt(s.roll, s.chosen()[0][0]) : s.bars ? s.bars[0] : time.barAt(s.roll, s.cursor.tick)),
      lock() { s.bars ? s.toggleLock(...s.bars) : s.toggleLock(commands.here()); },
      bars(extend) {
        const bar = time.barAt(s.roll, s.cursor.tick);
        s.selectBars(extend && s.bars ? [Math.min(s.bars[0], bar), Math.max(s.bars[1], bar)] : [bar, bar]);
        say(`${time.capital(time.barWords(s.roll, s.bars[0]))}${s.bars[1] > s.bars[0] ? ` to ${time.barWords(s.roll, s.bars[1])}` : ""} chosen.`);
      },
      loop() {
        if (s.loop) { s.setLoop(null, true); return say("Loop off."); }
        const some = s.chosen(), [from, to] = s.bars ? [s.bars[0], s.bars[1]] : some.length
          ? [time.barAt(s.roll, some[0][0]), time.barAt(s.roll, ops.endOf(some[some.length - 1]) - 1)] : [commands.here(), commands.here()];
        s.setLoop([s.roll.bars[from].start, time.endOf(s.roll, to)], true);
        return say(`Loop: ${time.barWords(s.roll, from)}${to > from ? ` to ${time.barWords(s.roll, to)}` : ""}.`);
      },
      seek() { on.seek?.(s.cursor.tick); say(`From ${time.placeWords(s.roll, s.cursor.tick)}.`); },
      menu() { const bar = commands.here(); on.barMenu?.(bar, ...view.pointOf(bar)); },
      where() {
        const some = s.chosen(), bars = s.bars ? `Bars ${time.numberOf(s.roll, s.bars[0])} to ${time.numberOf(s.roll, s.bars[1])}. ` : "";
        say(`${bars}${some.length === 1 ? s.words(some[0]) : some.length ? `${several(some.length)} chosen` : `Cursor at ${time.placeWords(s.roll, s.cursor.tick)}, ${time.pitchWords(s.roll, s.cursor.pitch, s.drums())}`}. ${s.current().name}, ${several(s.notes().length)}.`);
      },
    };
    return commands;
  };
})();
