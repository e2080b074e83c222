// The keys of the piano roll. One table feeds both the handler and the help, so that they cannot part. A key that the
// roll uses does not reach the page's own shortcuts; Tab and every other key go their way.
(() => {
  const music = (Studio.music ||= {});

  music.ROLL_HELP = [
    ["Arrows", "Move the cursor; chosen notes: a step of the scale up or down, one grid left or right"],
    ["Shift + ↑ ↓", "An octave"], ["Alt + ↑ ↓", "A semitone"], ["Ctrl + ← →", "Shorter, longer (with Shift: the left edge); cursor: a bar"],
    ["Enter", "Draw or pick up a note at the cursor; let go of the chosen ones"],
    ["[ ]", "Previous, next note (with Shift: add it to the chosen)"], ["Ctrl+A / Esc", "Choose all / nothing"], ["Delete", "Delete"],
    ["Ctrl+C X V D", "Copy, cut, paste at the cursor, double"], ["S / J / Q", "Split / join / onto the grid"],
    ["V", "Velocity: then ↑ ↓, until V or Esc"], [", .", "Coarser, finer grid"], ["E", "Draw or select with the mouse"],
    ["Ctrl+Z / Ctrl+Shift+Z", "Undo / redo"], ["Home / End", "Start, end of the bar (with Ctrl: of the tune)"], ["Page ↑ ↓", "A bar back, on"],
    ["B / Shift+B", "Choose the bar / up to this bar"], ["L / O / M", "Lock the bar / loop it / its menu"], ["P", "Play from the cursor"],
    ["I", "Say what is chosen"], ["+ − 0", "Zoom in, out, fit (with Alt: the rows)"],
  ];

  music.rollKeys = (s, run, { view, say, redraw, pointer, tool, cancel }) => {
    const { time } = music;
    const bar = (by) => {
      const i = Math.min(s.roll.bars.length - 1, Math.max(0, time.barAt(s.roll, s.cursor.tick) + by));
      run.moveCursor(s.roll.bars[i].start, s.cursor.pitch);
    };
    const edge = (end, whole) => {
      const i = time.barAt(s.roll, s.cursor.tick);
      const tick = whole ? (end ? s.roll.length : 0) : end ? time.endOf(s.roll, i) : s.roll.bars[i].start;
      run.moveCursor(end ? time.before(s.roll, s.step(), tick) : tick, s.cursor.pitch);
    };
    function arrows(e, ctrl) {
      const up = { ArrowUp: 1, ArrowDown: -1 }[e.key], right = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
      const { tick, pitch } = s.cursor;
      if (up && s.velocityKeys) return run.velocity(up * (e.shiftKey ? 1 : 6));
      if (!s.selected.size) {
        if (up) return run.moveCursor(tick, pitch + up * (e.shiftKey ? 12 : 1));
        if (ctrl || e.shiftKey) return bar(right);
        return run.moveCursor(right > 0 ? Math.min(time.after(s.roll, s.step(), tick), time.before(s.roll, s.step(), s.roll.length)) : time.before(s.roll, s.step(), tick), pitch);
      }
      if (up) return e.shiftKey ? run.octave(up) : e.altKey ? run.semitone(up) : run.step(up);
      return ctrl ? run.stretch(right, e.shiftKey) : run.nudge(right);
    }
    const withCtrl = {
      a: run.all, c: run.copy, x: run.cut, v: run.paste, d: run.duplicate, y: run.redo, Home: () => edge(false, true), End: () => edge(true, true),
      z: (e) => (e.shiftKey ? run.redo() : run.undo()),
    };
    const plain = {
      Enter: run.enter, Delete: run.remove, Backspace: run.remove, "[": () => run.next(-1), "]": () => run.next(1),
      "{": () => run.next(-1, true), "}": () => run.next(1, true), s: () => run.split(pointer() || s.cursor), j: run.join, q: run.quantise,
      ",": () => run.grid(-1), ".": () => run.grid(1), b: (e) => run.bars(e.shiftKey), l: run.lock, o: run.loop, m: run.menu, ContextMenu: run.menu,
      p: run.seek, i: run.where, e: () => tool(), Home: () => edge(false), End: () => edge(true), PageUp: () => bar(-1), PageDown: () => bar(1),
      "+": (e) => view.zoom(e.altKey ? "y" : "x", 1.25), "=": (e) => view.zoom(e.altKey ? "y" : "x", 1.25), "-": (e) => view.zoom(e.altKey ? "y" : "x", 0.8), 0: view.fit,
      v() {
        if (!s.selected.size) return say("Choose notes first, then V and up or down.");
        s.velocityKeys = !s.velocityKeys;
        return say(s.velocityKeys ? "Velocity: up and down change it, V ends." : "Velocity done.");
      },
      Escape() {
        if (cancel()) return true;
        if (s.velocityKeys) { s.velocityKeys = false; return say("Velocity done."); }
        if (!s.selected.size && !s.bars) return false; // the page may have use for it
        run.none();
        return say("Nothing chosen.");
      },
    };
    return (e) => {
      if (!s.roll || e.key === "Tab" || e.isComposing) return;
      const ctrl = e.ctrlKey || e.metaKey, name = e.key.length === 1 ? e.key.toLowerCase() : e.key;
      let action = null;
      if (e.key.startsWith("Arrow")) action = () => arrows(e, ctrl);
      else if (e.key === "F10" && e.shiftKey) action = run.menu;
      else if (ctrl) action = withCtrl[name];
      else if (!e.altKey || "+=-".includes(name)) action = plain[name];
      if (!action) return;
      if (!["m", "ContextMenu"].includes(name)) { s.keyed = true; redraw("notes"); }
      if (action(e) === false && e.key === "Escape") return;
      e.preventDefault();
      e.stopPropagation();
    };
  };
})();
