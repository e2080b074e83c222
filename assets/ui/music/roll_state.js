// What a piano roll knows: the roll, which voice is edited, what is chosen, locks, loop, cursor, undo. No page.
// Every edit goes through commit(): it settles overlaps, refuses what would touch a locked bar, and keeps the undo.
(() => {
  const music = (Studio.music ||= {});
  const DEPTH = 200;
  music.GRIDS = [["1/4", 4], ["1/8", 8], ["1/12 (eighth triplets)", 12], ["1/16", 16], ["1/24 (sixteenth triplets)", 24], ["1/32", 32], ["off", 0]];

  music.rollState = (on, { redraw, say }) => {
    const { time, notes: ops } = music;
    const s = {
      roll: null, voice: 0, selected: new Set(), bars: null, locks: [], loop: null, muted: new Set(), unsure: new WeakSet(), barMarks: {},
      ghost: null, live: [], grid: 8, last: 0, cursor: { tick: 0, pitch: 60 }, keyed: false, place: "cursor", head: null, clipboard: null,
      tool: "pencil", velocityKeys: false, past: [], future: [],
    };
    const current = () => s.roll.voices[s.voice];
    const notes = () => (s.roll ? current().notes : []);
    const drums = () => current().role === "drums";
    const rules = () => ({ drums: drums(), length: s.roll.length });
    const step = () => (s.grid ? s.roll.ticks / s.grid : s.roll.ticks / 64);
    const snap = (tick, how = "nearest") => (s.grid ? time[how](s.roll, step(), tick) : Math.min(s.roll.length, Math.max(0, Math.round(tick))));
    const locked = () => s.locks.filter((lock) => lock.what === "all").map((lock) => lock.bar);
    const isLocked = (bar) => s.locks.some((lock) => lock.bar === bar && lock.what === "all");
    const chosen = () => [...s.selected].sort(ops.order);
    const words = (note) => time.noteWords(s.roll, note, drums());

    function tellSelection() {
      const places = new Map(notes().map((note, i) => [note, i]));
      on.select?.({ notes: chosen().map((note) => places.get(note)).filter((i) => i !== undefined), bars: s.bars });
    }
    function select(some, { add = false, toggle = false } = {}) {
      if (!add && !toggle) s.selected = new Set();
      for (const note of some) toggle && s.selected.has(note) ? s.selected.delete(note) : s.selected.add(note);
      if (!s.selected.size) s.velocityKeys = false;
      tellSelection();
      redraw("notes");
    }
    // Choosing bars chooses their notes too, so that every command for notes works on bars.
    function selectBars(range) {
      s.bars = range;
      const from = range && s.roll.bars[range[0]].start, to = range && time.endOf(s.roll, range[1]);
      s.selected = new Set(range ? notes().filter((note) => note[0] >= from && note[0] < to) : []);
      tellSelection();
      redraw("all");
    }

    function refuse(bar) {
      s.refused = bar;
      say(`${time.capital(time.barWords(s.roll, bar))} is locked. Unlock it on the ruler, or with L.`);
      on.refused?.(bar);
    }
    // What a gesture would give, shown while it lasts; nothing is kept.
    function preview(result) {
      if (!result) { s.ghost = null; return redraw("notes"); }
      const { notes: line, became } = ops.settle(result.notes, rules());
      s.ghost = {
        notes: line, picked: new Set(result.picked.map((note) => became.get(note)).filter(Boolean)), longest: ops.longest(line),
        refused: ops.brokenLock(s.roll, notes(), line, locked()),
      };
      redraw("notes");
    }
    // With `base` (the notes before a run of equal steps) it replaces what the last step gave, as one step of undo.
    function commit(result, what, text, base = null) {
      s.ghost = null;
      const old = base || notes(), { notes: line, became } = ops.settle(result.notes, rules());
      const broken = ops.brokenLock(s.roll, old, line, locked());
      if (broken !== null) { redraw("notes"); refuse(broken); return false; }
      if (!base && line.length === old.length && line.every((note, i) => note === old[i])) { redraw("notes"); return false; }
      if (!base) s.past.push({ voices: s.roll.voices, voice: s.voice, selected: s.selected });
      if (s.past.length > DEPTH) s.past.shift();
      s.future = [];
      s.roll = { ...s.roll, voices: s.roll.voices.map((voice, i) => (i === s.voice ? { ...voice, notes: line } : voice)) };
      s.selected = new Set(result.picked.map((note) => became.get(note)).filter(Boolean));
      if (s.selected.size === 1 && what !== "paste") s.last = [...s.selected][0][1];
      if (text) say(typeof text === "function" ? text() : text);
      changed(what);
      return true;
    }
    function changed(what) {
      if (!s.selected.size) s.velocityKeys = false;
      redraw("notes");
      tellSelection();
      on.change?.(out(), what);
    }
    function travel(from, to, what) {
      const then = from.pop();
      if (!then) { say(what === "undo" ? "Nothing to undo." : "Nothing to do again."); return false; }
      to.push({ voices: s.roll.voices, voice: s.voice, selected: s.selected });
      s.roll = { ...s.roll, voices: then.voices };
      s.voice = Math.min(then.voice, then.voices.length - 1);
      s.selected = new Set([...then.selected].filter((note) => notes().includes(note)));
      say(what === "undo" ? "Undone." : "Done again.");
      redraw("all");
      changed(what);
      return true;
    }

    // The undo is kept only while the bars are the same: notes of another form would have no place to go back to.
    function load(roll, { keepUndo = false } = {}) {
      const alike = s.roll && s.roll.ticks === roll.ticks && s.roll.length === roll.length && s.roll.bars.length === roll.bars.length;
      if (keepUndo && alike) { s.past.push({ voices: s.roll.voices, voice: s.voice, selected: new Set() }); s.future = []; }
      else { s.past = []; s.future = []; }
      s.roll = { ...time.read(roll), voices: roll.voices.map((voice) => ({ ...voice, notes: [...voice.notes].sort(ops.order) })) };
      s.voice = Math.min(s.voice, roll.voices.length - 1);
      s.selected = new Set();
      s.ghost = null;
      if (s.bars && s.bars[1] >= roll.bars.length) s.bars = null;
      if (!alike) s.last = roll.ticks / 8;
      s.cursor.tick = Math.min(s.cursor.tick, roll.length - 1);
      if (!alike) { s.cursor = { tick: s.roll.pickup || 0, pitch: notes()[0]?.[2] ?? 60 }; s.barMarks = {}; }
      tellSelection();
    }

    function setLocks(list) { s.locks = list.filter((lock) => s.roll?.bars[lock.bar]); redraw("all"); }
    function toggleLock(from, to = from) {
      const bars = Array.from({ length: to - from + 1 }, (_, i) => from + i), all = bars.every(isLocked);
      const rest = s.locks.filter((lock) => lock.what !== "all" || !bars.includes(lock.bar));
      s.locks = all ? rest : [...rest, ...bars.map((bar) => ({ bar, what: "all" }))].sort((a, b) => a.bar - b.bar);
      const which = from === to ? time.barWords(s.roll, from) : `bars ${time.numberOf(s.roll, from)} to ${time.numberOf(s.roll, to)}`;
      say(`${time.capital(which)} ${all ? "unlocked" : "locked"}.`);
      redraw("all");
      on.locks?.(s.locks);
    }
    function setLoop(range, tell = false) {
      s.loop = range && range[1] > range[0] ? range : null;
      redraw("all");
      if (tell) on.loop?.(s.loop);
    }
    // The roll in the form it came in, with the edits.
    const out = () => s.roll && { ...s.roll.raw, voices: s.roll.voices };
    // Where a paste goes: the place that moved last, playhead or cursor.
    const spot = () => snap(s.place === "head" && s.head !== null ? s.head : s.cursor.tick, "floorTo");

    return Object.assign(s, {
      out, current, notes, drums, step, snap, locked, isLocked, chosen, words, tellSelection, select, selectBars, preview, commit, refuse, load,
      setLocks, toggleLock, setLoop, spot, rules, undo: () => travel(s.past, s.future, "undo"), redo: () => travel(s.future, s.past, "redo"),
    });
  };
})();
