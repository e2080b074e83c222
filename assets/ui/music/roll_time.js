// Bars, grid, names and words of a roll: pure functions, no page. A roll is what the studio's to_roll() gives: whole
// ticks, bars that carry their own length. Bars are counted from 0 inside, from 1 (0 is an upbeat) for people.
(() => {
  const music = (Studio.music ||= {});
  const LETTERS = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
  const DRUMS = {
    35: "Kick", 36: "Kick", 37: "Stick", 38: "Snare", 39: "Clap", 40: "Snare", 41: "Tom low", 42: "Hat", 43: "Tom low", 44: "Hat foot",
    45: "Tom mid", 46: "Hat open", 47: "Tom mid", 48: "Tom high", 49: "Crash", 50: "Tom high", 51: "Ride", 53: "Bell", 54: "Tambour", 56: "Cowbell",
  };
  const WORDS = {
    "1/1": "whole note", "1/2": "half", "1/4": "quarter", "1/8": "eighth", "1/16": "sixteenth", "1/32": "thirty-second", "3/2": "dotted whole note",
    "3/4": "dotted half", "3/8": "dotted quarter", "3/16": "dotted eighth", "3/32": "dotted sixteenth", "1/12": "eighth triplet", "1/6": "quarter triplet", "1/24": "sixteenth triplet",
  };

  // ---- the roll as it is kept here; bars, key and sections may come as objects or as short rows with a table of meters
  function read(raw) {
    if (!Array.isArray(raw.bars[0])) return { ...raw, raw };
    const metre = (name) => raw.meters[name], whole = (name) => (metre(name).count / metre(name).unit) * raw.ticks;
    const bars = raw.bars.map(([start, length, meter], i) => {
      const missing = i === 0 && raw.bars.length > 1 ? Math.max(0, whole(meter) - length) : 0;
      return { start, length, meter, beats: metre(meter).beats.map((beat) => beat - missing).filter((beat) => beat >= 0 && beat < length) };
    });
    const main = raw.bars[Math.min(1, raw.bars.length - 1)][2], { count, unit, beats } = metre(main);
    const key = { ...raw.key, root: raw.key.names.indexOf(raw.key.tonic), classes: raw.key.scale, name: `${signs(raw.key.tonic)} ${raw.key.mode}` };
    return {
      ...raw, raw, bars, key, meter: main, pickup: raw.bars.length > 1 && bars[0].length < whole(bars[0].meter) ? bars[0].length : 0,
      beat: beats.length > 1 ? beats[1] : (count / unit) * raw.ticks, sections: raw.sections.map(([label, , n]) => ({ label, bars: n })),
    };
  }

  // ---- bars
  function barAt(roll, tick) {
    let low = 0, high = roll.bars.length - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if (roll.bars[mid].start <= tick) low = mid; else high = mid - 1;
    }
    return low;
  }
  const endOf = (roll, i) => roll.bars[i].start + roll.bars[i].length;
  const numberOf = (roll, i) => i + (roll.pickup ? 0 : 1);
  const indexOf = (roll, number) => number - (roll.pickup ? 0 : 1);
  const barWords = (roll, i) => (roll.pickup && i === 0 ? "the upbeat" : `bar ${numberOf(roll, i)}`);

  // ---- grid: lines are counted from the bar's start, in an upbeat from its end, so that beats fall on them
  const anchorOf = (roll, i) => (i === 0 && roll.pickup ? endOf(roll, 0) : roll.bars[i].start);
  function floorTo(roll, step, tick) {
    if (tick >= roll.length) return roll.length;
    if (tick <= 0) return 0;
    const i = barAt(roll, tick), anchor = anchorOf(roll, i);
    return Math.max(anchor + Math.floor((tick - anchor) / step) * step, roll.bars[i].start);
  }
  function after(roll, step, tick) {
    if (tick >= roll.length) return roll.length;
    const i = barAt(roll, Math.max(0, tick)), anchor = anchorOf(roll, i);
    return Math.min(anchor + (Math.floor((tick - anchor) / step) + 1) * step, endOf(roll, i));
  }
  function before(roll, step, tick) {
    const here = floorTo(roll, step, tick);
    return here < tick ? here : floorTo(roll, step, Math.max(0, tick - 1));
  }
  function nearest(roll, step, tick) {
    const low = floorTo(roll, step, tick), high = after(roll, step, tick);
    return tick - low < high - tick ? low : high;
  }

  // ---- scale
  const classOf = (pitch) => ((pitch % 12) + 12) % 12;
  const inScale = (roll, pitch) => roll.key.classes.includes(classOf(pitch));
  function scaleStep(roll, pitch, up) {
    do pitch += up; while (!inScale(roll, pitch) && pitch > 0 && pitch < 127);
    return Math.min(127, Math.max(0, pitch));
  }

  // ---- names
  const signs = (name) => name.replace(/#/g, "♯").replace(/(?<=.)b/g, "♭");
  function nameOf(roll, pitch) {
    const name = roll.key.names[classOf(pitch)];
    const alter = [...name.slice(1)].reduce((sum, sign) => sum + (sign === "#" ? 1 : -1), 0);
    return `${name}${(pitch - alter - LETTERS[name[0]]) / 12 - 1}`;
  }
  const drumOf = (pitch) => DRUMS[pitch] || `Drum ${pitch}`;
  const spoken = (name) => name.replace(/^([A-G])(#*)(b*)(-?\d*)$/, (_, letter, sharp, flat, octave) =>
    [letter, sharp && (sharp.length > 1 ? "double sharp" : "sharp"), flat && (flat.length > 1 ? "double flat" : "flat"), octave].filter(Boolean).join(" "));
  function pitchFrom(text) {
    const found = /^\s*([A-Ga-g])([#♯]{0,2}|[b♭]{0,2})\s*(-?\d)\s*$/.exec(text);
    if (!found) return null;
    const alter = [...found[2]].reduce((sum, sign) => sum + (/[#♯]/.test(sign) ? 1 : -1), 0);
    const pitch = LETTERS[found[1].toUpperCase()] + alter + (Number(found[3]) + 1) * 12;
    return pitch >= 0 && pitch <= 127 ? pitch : null;
  }
  const chordText = (name) => name.replace(/([A-G])#/g, "$1♯").replace(/([A-G])b/g, "$1♭").replace(/b(?=5)/, "♭");

  // ---- lengths as fractions of a whole note
  const gcd = (a, b) => (b ? gcd(b, a % b) : a);
  function fraction(roll, ticks) {
    const common = gcd(ticks, roll.ticks) || 1;
    if (roll.ticks / common <= 96) return `${ticks / common}/${roll.ticks / common}`;
    const near = Math.max(1, Math.round((ticks / roll.ticks) * 64)), part = gcd(near, 64); // played by hand: about
    return `~${near / part}/${64 / part}`;
  }
  function ticksFrom(roll, text) {
    const found = /^\s*(\d+)\s*(?:\/\s*(\d+))?\s*$/.exec(text);
    if (!found || found[2] === "0") return null;
    const ticks = Math.round((Number(found[1]) / Number(found[2] || 1)) * roll.ticks);
    return ticks >= 1 && ticks <= roll.ticks * 16 ? ticks : null;
  }
  const lengthWords = (roll, ticks) => { const text = fraction(roll, ticks); return WORDS[text] || text.replace("~", "about "); };

  // ---- places: beat 2, or beat 2 and an eighth
  function place(roll, tick) {
    const bar = barAt(roll, tick), into = tick - roll.bars[bar].start, beats = roll.bars[bar].beats;
    let beat = 0;
    while (beat + 1 < beats.length && beats[beat + 1] <= into) beat++;
    const rest = beats.length && beats[0] <= into ? into - beats[beat] : into;
    return { bar, beat: beats.length && beats[0] <= into ? beat + 1 : 0, rest };
  }
  function beatText(roll, tick) {
    const { beat, rest } = place(roll, tick);
    return rest ? `${beat} + ${fraction(roll, rest)}` : `${beat}`;
  }
  function tickFrom(roll, number, text) {
    const bar = roll.bars[indexOf(roll, number)], found = /^\s*(\d+)\s*(?:\+\s*(\d+\s*\/\s*\d+))?\s*$/.exec(text);
    if (!bar || !found) return null;
    const beat = Number(found[1]), rest = found[2] ? ticksFrom(roll, found[2]) : 0;
    if (rest === null || beat > bar.beats.length) return null;
    const tick = (beat ? bar.beats[beat - 1] : 0) + rest;
    return tick < bar.length ? bar.start + tick : null;
  }
  function placeWords(roll, tick) {
    const { bar, beat, rest } = place(roll, tick);
    const where = [beat && `beat ${beat}`, rest && lengthWords(roll, rest)].filter(Boolean).join(" and ");
    return `${barWords(roll, bar)}${where ? `, ${where}` : ""}`;
  }
  const pitchWords = (roll, pitch, drums) => (drums ? drumOf(pitch) : spoken(nameOf(roll, pitch)));
  const noteWords = (roll, note, drums) => `${placeWords(roll, note[0])}: ${pitchWords(roll, note[2], drums)}, ${lengthWords(roll, note[1])}`;
  const capital = (text) => text[0].toUpperCase() + text.slice(1);

  music.time = {
    read, barAt, endOf, numberOf, indexOf, barWords, floorTo, after, before, nearest, classOf, inScale, scaleStep, signs, nameOf, drumOf,
    spoken, pitchFrom, chordText, fraction, ticksFrom, lengthWords, place, beatText, tickFrom, placeWords, pitchWords, noteWords, capital,
  };
})();
