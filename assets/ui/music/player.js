// The transport: plays a roll (studio/music/notation/roll.py) through the sampler and knows what is heard this moment.
// Times on the context's clock are seconds; a run is a chain of segments, each a straight line from seconds to ticks.
(() => {
  const music = (Studio.music ||= {});
  // Seconds of notes handed to the browser beforehand: what a busy page may stop for. Edits do not wait for it, since what
  // does not sound yet is taken back.
  const AHEAD = 0.18;
  const GUARD = 0.008; // what begins within this time can no longer be taken back without a click
  const LATE = 0.12; // a note missed by more is left out
  const SHARES = { melody: 1, part: 0.7, chords: 0.5, bass: 0.65, drums: 0.55 }; // as in studio/music/sound/synth.py
  const HELD = ["organ", "flute", "pad"]; // sound on when play begins in the middle of a note
  const CLICK = "\u0000click", CHORDS = "\u0000chords"; // tracks of our own; no voice can be called so
  const QUALITIES = { "": [0, 4, 7], m: [0, 3, 7], 7: [0, 4, 7, 10], m7: [0, 3, 7, 10], maj7: [0, 4, 7, 11], dim: [0, 3, 6], aug: [0, 4, 8], sus4: [0, 5, 7], m7b5: [0, 3, 6, 10], dim7: [0, 3, 6, 9], 6: [0, 4, 7, 9], m6: [0, 3, 7, 9] };
  const ASLEEP = "The browser lets sound begin only after a click or a key. Press Play once more.";
  const later = (ms) => new Promise((done) => setTimeout(done, ms));

  let single = null;
  music.player = (options) => (single ||= make(options));

  // A timer that background tabs do not slow down: it ticks in a worker. Where that is forbidden, an ordinary one.
  function ticker(call, every = 25) {
    let worker = null, plain = null, on = false;
    try {
      const code = "let t;onmessage=(e)=>{clearInterval(t);if(e.data)t=setInterval(()=>postMessage(0),e.data)}";
      const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
      worker = new Worker(url);
      worker.onmessage = () => on && call();
      worker.onerror = () => { worker = null; if (on) self.run(true); };
    } catch { worker = null; }
    const self = {
      get steady() { return !!worker; },
      run(wanted) {
        on = wanted;
        clearInterval(plain);
        if (worker) worker.postMessage(wanted ? every : 0);
        else if (wanted) plain = setInterval(call, every);
      },
    };
    return self;
  }

  // ---- what a roll sounds like, as tracks: [start, length, pitch, velocity] in order of start ----

  const instrumentOf = (voice, options) => options.instruments?.[voice.name] || (voice.role === "drums" ? "drums" : voice.instrument);
  const inOrder = (notes) => notes.every((n, i) => !i || notes[i - 1][0] <= n[0]) ? notes.slice() : notes.slice().sort((a, b) => a[0] - b[0]);

  function tracksOf(roll, options, end) {
    const tracks = roll.voices.map((voice) => ({ name: voice.name, instrument: instrumentOf(voice, options), share: SHARES[voice.role] ?? 1, notes: inOrder(voice.notes) }));
    tracks.push({ name: CLICK, instrument: "drums", share: 1, notes: options.metronome ? clicks(roll, end) : [] });
    tracks.push({ name: CHORDS, instrument: "pad", share: SHARES.chords, notes: options.chords ? chordNotes(roll) : [] });
    return tracks;
  }

  function wholeBar(roll, i) {
    const bar = roll.bars[i], [count, unit] = bar.meter.split("/").map(Number), length = (count / unit) * roll.ticks;
    const like = roll.bars.find((b) => b.meter === bar.meter && b.length === length && b.beats[0] === 0);
    const missing = i === 0 && roll.pickup ? length - bar.length : 0; // an upbeat is the end of a bar
    return { start: bar.start - missing, length, beats: like ? like.beats : Array.from({ length: count }, (_, k) => (k * roll.ticks) / unit) };
  }

  function clicks(roll, end) {
    const made = [];
    roll.bars.forEach((bar, i) => bar.beats.forEach((beat) => made.push([bar.start + beat, 1, beat === 0 && !(i === 0 && roll.pickup) ? 1 : 0, 100])));
    const last = wholeBar(roll, roll.bars.length - 1);
    for (let at = roll.length; at < end && at < roll.length + 4000 * last.length; at += last.length) {
      for (const beat of last.beats) if (at + beat < end) made.push([at + beat, 1, beat === 0 ? 1 : 0, 100]);
    }
    return made;
  }

  // Whole bars before `from`, on the lines of the tune's own bars carried backwards.
  function countBefore(roll, from, bars) {
    let i = roll.bars.findIndex((bar) => from < bar.start + bar.length);
    if (i < 0) i = roll.bars.length - 1;
    const bar = wholeBar(roll, i), into = Math.floor((from - bar.start) / bar.length) * bar.length; // behind the last bar too
    const start = bar.start + into - bars * bar.length, notes = [];
    for (let k = 0; k <= bars; k++) {
      for (const beat of bar.beats) if (start + k * bar.length + beat < from) notes.push([start + k * bar.length + beat, 1, beat === 0 ? 1 : 0, 100]);
    }
    return { start, notes };
  }

  // A plain close position near the last one, the bass below: as studio/music/sound/accompany.py.
  function chordNotes(roll) {
    const made = [];
    let before = null;
    roll.chords.forEach(([start, name], i) => {
      const length = (roll.chords[i + 1]?.[0] ?? roll.length) - start;
      const placed = length > 0 && voicing(name, before);
      if (!placed) return;
      before = placed;
      for (const pitch of placed) made.push([start, length, pitch, 62]);
    });
    return made;
  }
  const classOf = (name) => ({ C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 })[name[0]] + (name[1] === "#" ? 1 : name[1] === "b" ? -1 : 0) + 12;
  function voicing(name, before) {
    const [, root, quality, bass] = /^([A-G][#b]?)([^/]*)(?:\/([A-G][#b]?))?$/.exec(name) || [];
    if (!root || !QUALITIES[quality]) return null;
    const mod = (n) => ((n % 12) + 12) % 12, mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
    const classes = QUALITIES[quality].map((step) => mod(classOf(root) + step)), low = 40 + mod(classOf(bass || root) - 40);
    const middle = 0.7 * (before && before.length > 1 ? mean(before.slice(1)) : 57) + 0.3 * 57;
    const turns = classes.map((lowest) => classes.map((c) => 47 + mod(lowest - 47) + mod(c - lowest)).sort((a, b) => a - b));
    const best = turns.reduce((a, b) => (Math.abs(mean(b) - middle) < Math.abs(mean(a) - middle) ? b : a));
    return [low, ...best.filter((pitch) => pitch !== low)];
  }
  music.voicing = voicing;

  const firstFrom = (notes, tick) => {
    let low = 0, high = notes.length;
    while (low < high) { const mid = (low + high) >> 1; if (notes[mid][0] < tick) low = mid + 1; else high = mid; }
    return low;
  };
  const sameNotes = (a, b) => a.length === b.length && a.every((n, i) => n[0] === b[i][0] && n[1] === b[i][1] && n[2] === b[i][2] && n[3] === b[i][3]);
  const key = (note) => `${note[0]}:${note[2]}`;

  function make(options = {}) {
    const sounds = music.sampler(options);
    const hearers = { start: new Set(), stop: new Set(), end: new Set(), tick: new Set() };
    const timer = ticker(schedule);
    let run = null, calls = 0, rest = 0, paused = null, idle = null, keys = new Map(), lines = {};
    const tell = (name, detail) => hearers[name].forEach((f) => f(detail));
    document.addEventListener("visibilitychange", () => run && schedule());

    function wake() {
      clearTimeout(idle);
      idle = setTimeout(() => { if (!run && !api.recording) sounds.context?.suspend(); else wake(); }, 120_000); // battery
      return sounds.wake();
    }
    async function ready() {
      const waking = wake();
      if (waking) await Promise.race([waking, later(1500)]);
      if (sounds.context.state !== "running") throw new Error(ASLEEP);
      if (!sounds.loaded) await Promise.race([sounds.awake, later(250)]);
    }

    async function play(roll, wishes = {}) {
      const call = ++calls;
      halt();
      paused = null;
      await ready();
      if (call === calls) begin(roll, wishes);
      return call === calls;
    }

    // ---- the chain of segments ----

    const rateOf = (roll, wishes) => (roll.ticks * (wishes.tempo || roll.tempo)) / 240; // ticks a second
    const loopOf = (roll, wishes) => (wishes.loop && wishes.loop[1] - wishes.loop[0] >= roll.ticks / 128 ? wishes.loop : null);
    const endOf = (roll, wishes) => wishes.to ?? roll.length;
    function segment(at, tick, fresh) {
      const loop = run.loop, end = loop && tick < loop[1] ? loop[1] : Math.max(tick, run.end);
      return { at, tick, rate: run.rate, end, until: at + (end - tick) / run.rate, fresh, wraps: !!loop && end === loop[1] };
    }
    const tickIn = (seg, time) => seg.tick + (time - seg.at) * seg.rate;
    const timeIn = (seg, tick) => seg.at + (tick - seg.tick) / seg.rate;
    function segmentAt(time) {
      for (let i = run.chain.length - 1; i > 0; i--) if (run.chain[i].at <= time) return run.chain[i];
      return run.chain[0];
    }

    function begin(roll, wishes) {
      const loop = loopOf(roll, wishes), end = endOf(roll, wishes);
      let from = wishes.from ?? (loop ? loop[0] : 0);
      if (from >= (loop ? loop[1] : end)) from = loop ? loop[0] : 0;
      run = { roll, wishes: { ...wishes }, loop, end, from, rate: rateOf(roll, wishes), chain: [], tracks: new Map(), until: 0, shown: null, count: null };
      let at = sounds.context.currentTime + 0.05;
      run.until = at;
      if (wishes.countIn > 0) {
        const count = (run.count = countBefore(roll, from, wishes.countIn));
        run.chain.push({ at, tick: count.start, rate: run.rate, end: from, until: at + (from - count.start) / run.rate, counting: true });
        at = run.chain[0].until;
      }
      run.begins = at;
      run.chain.push(segment(at, from, true));
      for (const track of tracksOf(roll, run.wishes, furthest())) open(track);
      gates();
      schedule();
      timer.run(true);
      if (hearers.tick.size) requestAnimationFrame(frame);
      tell("start", { from });
    }
    const furthest = () => Math.max(run.end, run.loop ? run.loop[1] : 0);
    function open(track) {
      const old = run.tracks.get(track.name);
      track.channel = old?.channel || sounds.channel(track.instrument, { share: track.share });
      if (track.channel.instrument !== track.instrument) track.channel.use(track.instrument);
      track.live = old?.live || [];
      run.tracks.set(track.name, track);
    }
    function gates() {
      const { mute, solo } = run.wishes, alone = typeof solo === "string" ? [solo] : [...(solo || [])], off = [...(mute || [])];
      for (const { name, channel } of run.tracks.values()) {
        if (name === CLICK) continue;
        channel.shut(name === CHORDS ? alone.length > 0 : off.includes(name) || (alone.length > 0 && !alone.includes(name)));
      }
    }

    // ---- handing notes to the browser ----

    function schedule() {
      if (!run) return;
      const now = sounds.context.currentTime;
      const until = now + (document.hidden ? (timer.steady ? 0.4 : 2.5) : AHEAD);
      if (until > run.until) {
        fill(run.until, until, run.tracks.values());
        run.until = until;
      }
      for (const track of run.tracks.values()) if (track.live.length) track.live = track.live.filter((one) => one.voice.end > now - 0.2);
      if (run.chain.length > 64) run.chain.splice(0, run.chain.length - 48);
      const last = run.chain[run.chain.length - 1];
      if (!last.wraps && !last.counting && sounds.heard() >= last.until) finish();
    }
    function fill(from, until, tracks) {
      for (;;) {
        const last = run.chain[run.chain.length - 1];
        if (!last.wraps || last.until >= until) break;
        run.chain.push(segment(last.until, run.loop[0], true));
      }
      tracks = [...tracks];
      for (const seg of run.chain) {
        if (seg.until <= from || seg.at >= until) continue;
        const a = from <= seg.at ? seg.tick : tickIn(seg, from), b = until >= seg.until ? seg.end : tickIn(seg, until);
        for (const track of tracks) {
          const notes = !seg.counting ? track.notes : track.name === CLICK ? run.count.notes : [];
          if (seg.fresh && from <= seg.at && (HELD.includes(track.instrument) || track.name === CHORDS)) {
            for (const note of notes) if (note[0] < a && note[0] + note[1] > a) emit(track, note, seg);
          }
          for (let i = firstFrom(notes, a); i < notes.length && notes[i][0] < b; i++) emit(track, notes[i], seg);
        }
      }
    }
    function emit(track, note, seg) {
      const now = sounds.context.currentTime, due = timeIn(seg, Math.max(note[0], seg.tick));
      const end = timeIn(seg, Math.min(note[0] + note[1], seg.end));
      if (now - due > LATE) return;
      const at = Math.max(due, now);
      const voice = track.name === CLICK ? sounds.click(track.channel, note[2] === 1, at) : sounds.strike(track.channel, note[2], note[3], at, Math.max(0.02, end - at));
      track.live.push({ note, seg, at, voice });
    }

    // ---- changes while playing ----

    function update(roll, wishes) {
      if (!run) return;
      run.roll = roll || run.roll;
      if (wishes) Object.assign(run.wishes, wishes);
      const rate = rateOf(run.roll, run.wishes), loop = loopOf(run.roll, run.wishes), end = endOf(run.roll, run.wishes);
      const now = sounds.context.currentTime, from = now + GUARD;
      const bent = rate !== run.rate || end !== run.end || String(loop) !== String(run.loop);
      Object.assign(run, { rate, loop, end });
      if (bent) bend(from);
      const next = tracksOf(run.roll, run.wishes, furthest()), names = new Set(next.map((track) => track.name));
      for (const track of [...run.tracks.values()]) if (!names.has(track.name)) { still(track); run.tracks.delete(track.name); shelve(track); }
      for (const track of next) {
        const old = run.tracks.get(track.name);
        if (old && !bent && old.instrument === track.instrument && sameNotes(old.notes, track.notes)) continue;
        open(track);
        if (!bent) replace(track, old?.notes || [], now, from);
      }
      if (bent) {
        for (const track of run.tracks.values()) takeBack(track, from);
        fill(from, Math.max(run.until, from), run.tracks.values());
      }
      run.until = Math.max(run.until, from);
      gates();
      schedule();
    }
    // From `from` on the line has another slope or another end.
    function bend(from) {
      const seg = segmentAt(from), chain = run.chain.filter((one) => one.at < Math.min(from, seg.at)), counting = seg.counting, ahead = from < seg.at;
      let at = Math.max(from, seg.at), tick = Math.min(tickIn(seg, at), seg.end);
      if (!ahead) chain.push(Object.assign(seg, { until: from, end: tick, wraps: false }));
      if (counting) {
        chain.push({ at, tick, rate: run.rate, end: run.from, until: at + (run.from - tick) / run.rate, counting: true });
        run.begins = at = chain[chain.length - 1].until;
        tick = run.from;
      }
      if (run.loop && tick >= run.loop[1]) tick = run.loop[0];
      chain.push(segment(at, tick, ahead || counting || tick === run.loop?.[0]));
      run.chain = chain;
    }
    function takeBack(track, from) {
      track.live = track.live.filter((one) => { if (one.at >= from) one.voice.cut(0); return one.at < from; });
    }
    const still = (track) => { for (const one of track.live) one.voice.cut(); track.live = []; };
    const shelve = (track) => setTimeout(() => track.channel.drop(), 1500); // the room rings on

    function replace(track, old, now, from) {
      takeBack(track, from);
      const wanted = new Map(track.notes.map((note) => [key(note), note]));
      for (const one of track.live) {
        const note = wanted.get(key(one.note));
        if (track.name === CLICK) continue;
        if (!note) one.voice.release(now);
        else if (note[1] !== one.note[1]) { one.voice.release(Math.max(now, timeIn(one.seg, Math.min(note[0] + note[1], one.seg.end)))); one.note = note; }
      }
      // What is new and was passed by in the time between the ear and here sounds at once.
      const seg = segmentAt(now), known = new Set(old.map(key)), heard = tickIn(seg, Math.max(seg.at, sounds.heard()));
      if (!seg.counting && now >= seg.at) {
        for (let i = firstFrom(track.notes, heard); i < track.notes.length && track.notes[i][0] < Math.min(seg.end, tickIn(seg, from)); i++) {
          if (!known.has(key(track.notes[i]))) emit(track, track.notes[i], seg);
        }
      }
      if (run.until > from) fill(from, run.until, [track]);
    }

    // ---- the end, and where we are ----

    function halt() {
      if (!run) return;
      rest = position();
      timer.run(false);
      for (const track of run.tracks.values()) { still(track); shelve(track); }
      run = null;
      tell("stop", { at: rest });
    }
    function finish() {
      const { from, tracks } = run;
      timer.run(false);
      for (const track of tracks.values()) setTimeout(() => track.channel.drop(), 4000);
      rest = from;
      run = null;
      tell("end", { at: from });
      tell("stop", { at: from });
    }
    function stop() { calls++; paused = null; halt(); }
    function pause() {
      if (!run) return;
      const { roll, wishes } = run;
      calls++;
      halt();
      paused = { roll, wishes: { ...wishes, countIn: 0 } };
    }
    async function resume() { return paused ? play(paused.roll, { ...paused.wishes, from: rest }) : false; }

    // The tick heard at a moment of performance.now() (an event's timeStamp); before the start in a count-in, may be < from.
    function tickAt(when) {
      if (!run) return null;
      const time = sounds.heard(when), seg = segmentAt(time);
      return seg.at > time ? tickIn(seg, time) : Math.min(tickIn(seg, time), seg.end);
    }
    function position() {
      if (!run) return rest;
      const time = sounds.heard(), seg = segmentAt(time);
      if (seg.counting || time < seg.at) return run.from;
      let tick = Math.min(tickIn(seg, time), seg.end);
      const shown = run.shown; // clocks tremble; a playhead must not
      if (shown && shown.seg === seg && tick < shown.tick) tick = shown.tick;
      run.shown = { seg, tick };
      return tick;
    }
    function frame() {
      if (!run) return;
      tell("tick", position());
      if (hearers.tick.size) requestAnimationFrame(frame);
    }
    function on(name, f) {
      const first = name === "tick" && !hearers.tick.size;
      hearers[name].add(f);
      if (first && run) requestAnimationFrame(frame);
      return () => hearers[name].delete(f);
    }

    // ---- notes under the fingers ----

    const line = (instrument) => (lines[instrument] ||= sounds.channel(instrument, { direct: true }));
    function now(instrument, pitch, velocity, seconds) {
      const waking = wake();
      const begin = () => sounds.strike(line(instrument), pitch, velocity, sounds.context.currentTime, seconds);
      if (!waking) return { voice: begin() };
      const coming = { voice: null, gone: false };
      waking.then(() => { if (!coming.gone) coming.voice = begin(); });
      return coming;
    }
    function audition(pitch, instrument = "plucked", velocity = 90, seconds = 0.5) { now(instrument, pitch, velocity, seconds); }
    function noteOn(pitch, velocity = 90, instrument = "plucked") {
      noteOff(pitch);
      keys.set(pitch, now(instrument, pitch, velocity, null));
    }
    function noteOff(pitch) {
      const one = keys.get(pitch);
      if (!one) return;
      keys.delete(pitch);
      one.gone = true;
      one.voice?.release(sounds.context.currentTime);
    }

    const api = {
      play, stop, pause, resume, update, audition, noteOn, noteOff, position, tickAt, on, wake, ready, sounds,
      allOff: () => [...keys.keys()].forEach(noteOff),
      recording: false, // the microphone says so, lest the context goes to sleep
      get playing() { return !!run; },
      get paused() { return !!paused; },
      get counting() { // beats of the count-in still to be heard, 0 when there are none
        if (!run?.count) return 0;
        const tick = tickAt(performance.now());
        return tick >= run.from ? 0 : run.count.notes.filter((note) => note[0] > tick).length + (tick >= run.count.start ? 1 : 0);
      },
      get rate() { return run?.rate ?? 0; },
      get startTime() { return run ? run.begins : null; }, // of `from`, on the context's clock
      get volume() { return sounds.volume; },
      set volume(to) { sounds.volume = to; },
    };
    return api;
  }
})();
