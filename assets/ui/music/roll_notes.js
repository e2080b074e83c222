// What can be done to the notes of one voice: pure functions on lists of [start, length, pitch, velocity]. A note is
// never changed, only replaced; a note that stays is the same object before and after, which is how marks and
// selections find it again.
(() => {
  const music = (Studio.music ||= {});
  const endOf = (note) => note[0] + note[1];
  const order = (a, b) => a[0] - b[0] || a[2] - b[2];

  // The same rule as the studio's: notes that begin together end together, at the latest where the next begins. Of two
  // equal ones the later in the list stays, so edited notes are put last. `became` tells what a note turned into.
  function settle(notes, { drums = false, length = Infinity } = {}) {
    const sorted = notes.filter((note) => note[0] < length).sort((a, b) => a[0] - b[0]), became = new Map(), line = [];
    for (let i = 0; i < sorted.length;) {
      const start = sorted[i][0], group = new Map();
      let end = 0, next = i;
      for (; next < sorted.length && sorted[next][0] === start; next++) {
        group.set(sorted[next][2], sorted[next]);
        end = Math.max(end, endOf(sorted[next]));
      }
      if (next < sorted.length && !drums) end = Math.min(end, sorted[next][0]);
      for (const note of [...group.values()].sort(order)) {
        const stop = Math.min(drums ? endOf(note) : end, length);
        const kept = stop === endOf(note) ? note : [note[0], stop - start, note[2], note[3]];
        became.set(note, kept);
        line.push(kept);
      }
      i = next;
    }
    return { notes: line, became };
  }

  // The notes of `some` replaced by what `make` gives for each (one note, a list of notes, or nothing).
  function replaced(notes, some, make) {
    const chosen = new Set(some), picked = [];
    for (const note of some) {
      const made = make(note);
      if (made) picked.push(...(Array.isArray(made[0]) ? made : [made]));
    }
    return { notes: [...notes.filter((note) => !chosen.has(note)), ...picked], picked };
  }
  // Notes that begin together have one length: whoever stretches one stretches all of them.
  const chordsOf = (notes, some) => { const starts = new Set(some.map((note) => note[0])); return notes.filter((note) => starts.has(note[0])); };

  const within = (value, low, high) => Math.min(high, Math.max(low, value));
  function move(notes, some, by, up, length) {
    const far = within(by, -Math.min(...some.map((n) => n[0])), length - Math.max(...some.map(endOf)));
    const high = within(up, -Math.min(...some.map((n) => n[2])), 127 - Math.max(...some.map((n) => n[2])));
    return { ...replaced(notes, some, (n) => (far || high ? [n[0] + far, n[1], n[2] + high, n[3]] : n)), by: far, up: high };
  }
  const pitched = (notes, some, make) => replaced(notes, some, (n) => [n[0], n[1], within(make(n[2]), 0, 127), n[3]]);
  const velocity = (notes, some, make) => replaced(notes, some, (n) => [n[0], n[1], n[2], within(Math.round(make(n[3])), 1, 127)]);
  function stretch(notes, some, by, { left = false, least = 1, drums = false, length = Infinity } = {}) {
    const all = drums ? some : chordsOf(notes, some), chosen = new Set(some);
    const result = replaced(notes, all, (n) => {
      const short = Math.min(n[1], least);
      if (!left) return [n[0], within(n[1] + by, short, length - n[0]), n[2], n[3]];
      const start = within(n[0] + by, 0, endOf(n) - short);
      return [start, endOf(n) - start, n[2], n[3]];
    });
    return { notes: result.notes, picked: result.picked.filter((_, i) => chosen.has(all[i])) };
  }
  const cutAt = (notes, some, at) => replaced(notes, some, (n) => (at > n[0] && at < endOf(n) ? [[n[0], at - n[0], n[2], n[3]], [at, endOf(n) - at, n[2], n[3]]] : n));
  const halve = (notes, some) => replaced(notes, some, (n) => {
    const half = Math.floor(n[1] / 2);
    return half ? [[n[0], half, n[2], n[3]], [n[0] + half, n[1] - half, n[2], n[3]]] : n;
  });

  // Several notes become one (one per pitch, where a pitch comes twice); a single one swallows the next.
  function join(notes, some) {
    let all = [...some].sort(order);
    if (all.length === 1) {
      const next = notes.find((note) => note[0] >= endOf(all[0]));
      if (!next) return null;
      all.push(next);
    }
    const pitches = new Map();
    for (const note of all) pitches.set(note[2], [...(pitches.get(note[2]) || []), note]);
    const groups = [...pitches.values()].some((group) => group.length > 1) ? [...pitches.values()] : [all];
    const picked = groups.map((group) => (group.length === 1 ? group[0]
      : [group[0][0], Math.max(...group.map(endOf)) - group[0][0], group[0][2], group[0][3]]));
    const gone = new Set(all);
    return { notes: [...notes.filter((note) => !gone.has(note)), ...picked], picked };
  }

  function quantise(roll, step, notes, some) {
    const { nearest } = music.time;
    return replaced(notes, some, (n) => {
      const start = Math.min(nearest(roll, step, n[0]), roll.length - 1), end = nearest(roll, step, endOf(n));
      const stop = Math.min(end > start ? end : start + step, roll.length);
      return start === n[0] && stop === endOf(n) ? n : [start, stop - start, n[2], n[3]];
    });
  }

  // Copies of `some` so that the first begins at `at`; what does not fit before the end stays out.
  function placed(some, from, at, length) {
    const copies = some.map((n) => [n[0] - from + at, n[1], n[2], n[3]]);
    return copies.filter((n) => n[0] >= 0 && n[0] < length).map((n) => (endOf(n) > length ? [n[0], length - n[0], n[2], n[3]] : n));
  }

  // ---- locked bars: what sounds in them must be the same before and after
  function sounding(notes, from, to) {
    const heard = [];
    for (const note of notes) {
      if (note[0] >= to) break;
      if (endOf(note) > from) heard.push(Math.max(note[0], from - 1), Math.min(endOf(note), to), note[2], note[3]);
    }
    return heard.join();
  }
  function brokenLock(roll, before, after, bars) {
    for (const bar of bars) {
      const { start, length } = roll.bars[bar] || {};
      if (length && sounding(before, start, start + length) !== sounding(after, start, start + length)) return bar;
    }
    return null;
  }

  // Notes of a sorted list that may be seen between two ticks: [first, last) by halving, `longest` is the longest note.
  function span(notes, from, to, longest) {
    const find = (tick) => {
      let low = 0, high = notes.length;
      while (low < high) { const mid = (low + high) >> 1; if (notes[mid][0] < tick) low = mid + 1; else high = mid; }
      return low;
    };
    return [find(from - longest), find(to)];
  }
  const longest = (notes) => notes.reduce((most, note) => Math.max(most, note[1]), 0);

  music.notes = { endOf, order, settle, replaced, move, pitched, velocity, stretch, cutAt, halve, join, quantise, placed, brokenLock, span, longest };
})();
