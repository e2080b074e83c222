// Notes from the person: computer keyboard, MIDI keyboard, keys on the screen; recorded step by step, in time, or tapped.
// Every way in goes through press() and lift(), so that whatever listens need not know where a note came from.
(() => {
  const music = (Studio.music ||= {});
  const { h } = Studio;
  // Places on the keyboard, not letters: the same fingers on every layout.
  const CODES = ["KeyA", "KeyW", "KeyS", "KeyE", "KeyD", "KeyF", "KeyT", "KeyG", "KeyY", "KeyH", "KeyU", "KeyJ", "KeyK", "KeyO", "KeyL", "KeyP", "Semicolon", "Quote"];
  const STEP_OF = new Map(CODES.map((code, step) => [code, step]));
  const NAMES = ["C", "C sharp", "D", "D sharp", "E", "F", "F sharp", "G", "G sharp", "A", "A sharp", "B"];
  const BLACK = [1, 3, 6, 8, 10];
  const TOGETHER = 80; // ms within which keys pressed together are one chord of a step recording
  const STRENGTH = 90;
  const SAYS = {
    unsupported: "This browser does not know MIDI keyboards; Chrome, Edge and Firefox do. The computer keyboard works everywhere.",
    insecure: "MIDI keyboards need a secure address: open the studio over https, or on this machine as localhost.",
    refused: "The browser does not let this page use MIDI. Allow it in the browser's settings for this site, then press the button again.",
    none: "No MIDI keyboard is connected. Plug one in and play: it is heard at once.",
  };
  const typing = (node) => node && (node.isContentEditable || /^(TEXTAREA|SELECT)$/.test(node.tagName) || (node.tagName === "INPUT" && !/^(range|checkbox|radio|button|submit|color)$/.test(node.type)));
  const away = (e) => e.ctrlKey || e.metaKey || e.altKey || typing(e.composedPath()[0]) || document.querySelector("dialog[open]:not([data-plays])"); // one that is played in says so

  let single = null;
  music.keysIn = () => (single ||= make());
  music.quantise = quantise;

  // [start, length, pitch, velocity] on a grid of ticks. A line stays a line: chords end together, notes end where the next
  // begins; drums keep what they have.
  function quantise(notes, grid, { drums = false } = {}) {
    const at = new Map();
    for (const [start, length, pitch, velocity] of notes) {
      const begin = Math.max(0, Math.round(start / grid)) * grid, end = Math.max(begin + grid, Math.round((start + length) / grid) * grid);
      if (!at.has(begin)) at.set(begin, new Map());
      at.get(begin).set(pitch, [begin, end - begin, pitch, velocity]); // the same key twice in one cell is once
    }
    const starts = [...at.keys()].sort((a, b) => a - b);
    return starts.flatMap((start, i) => {
      const group = [...at.get(start).values()].sort((a, b) => a[2] - b[2]);
      if (drums) return group;
      const length = Math.min(Math.max(...group.map((n) => n[1])), (starts[i + 1] ?? Infinity) - start);
      return group.map((n) => [start, length, n[2], n[3]]);
    });
  }

  function make() {
    const player = music.player();
    const hearers = { note: new Set(), mode: new Set(), octave: new Set(), midi: new Set() };
    const tell = (name, detail) => [...hearers[name]].forEach((f) => f(detail));
    const held = new Map(); // what holds it -> pitch
    let mode = false, octave = 4, access = null, pedal = false, hanging = new Set();

    function press(holder, pitch, velocity, when, from) {
      if (held.has(holder) || pitch < 0 || pitch > 127) return;
      held.set(holder, pitch);
      if (api.sounding) player.noteOn(pitch, velocity, api.instrument);
      tell("note", { on: true, pitch, velocity, when, from });
    }
    function lift(holder, when, from) {
      const pitch = held.get(holder);
      if (pitch === undefined) return;
      held.delete(holder);
      if ([...held.values()].includes(pitch)) return; // something else still holds it
      player.noteOff(pitch);
      tell("note", { on: false, pitch, velocity: 0, when, from });
    }
    const liftAll = () => { hanging.clear(); [...held.keys()].forEach((holder) => lift(holder, performance.now(), "all")); };

    // ---- the computer keyboard ----

    function down(e) {
      if (away(e)) return;
      const step = STEP_OF.get(e.code), turn = { KeyZ: -1, KeyX: 1 }[e.code];
      if (step === undefined && !turn) return;
      e.preventDefault();
      e.stopPropagation(); // T would change the theme
      if (e.repeat) return;
      if (turn) api.octave = octave + turn;
      else press(e.code, 12 * (octave + 1) + step, STRENGTH, e.timeStamp, "keyboard");
    }
    const up = (e) => lift(e.code, e.timeStamp, "keyboard"); // wherever the focus is by now
    const gone = () => document.hidden !== false && liftAll();
    function setMode(on) {
      on = !!on;
      if (on === mode) return;
      mode = on;
      const change = on ? "addEventListener" : "removeEventListener";
      window[change]("keydown", down, true);
      window[change]("keyup", up, true);
      window[change]("blur", liftAll);
      if (!on) liftAll();
      else player.wake();
      tell("mode", on);
    }
    document.addEventListener("visibilitychange", gone);

    // ---- MIDI ----

    const inputs = () => [...(access?.inputs.values() || [])].filter((port) => port.state !== "disconnected");
    function midiState() {
      const devices = inputs().map((port) => port.name || "MIDI keyboard");
      return devices.length ? { ok: true, devices, sentence: `Connected: ${devices.join(", ")}.` } : { ok: true, devices, sentence: SAYS.none };
    }
    // Only after a click: the browser may ask the person.
    async function connectMidi() {
      player.wake();
      if (!access) {
        if (!window.isSecureContext) return report({ ok: false, devices: [], sentence: SAYS.insecure });
        if (!navigator.requestMIDIAccess) return report({ ok: false, devices: [], sentence: SAYS.unsupported });
        try { access = await navigator.requestMIDIAccess({ sysex: false }); }
        catch { return report({ ok: false, devices: [], sentence: SAYS.refused }); }
        access.onstatechange = (e) => {
          if (e.port && e.port.type !== "input") return;
          if (e.port?.state === "disconnected") [...held.keys()].filter((holder) => String(holder).startsWith(`midi ${e.port.id} `)).forEach((holder) => lift(holder, performance.now(), "midi"));
          attach();
          report(midiState());
        };
      }
      attach();
      return report(midiState());
    }
    const report = (state) => { tell("midi", state); return state; };
    const attach = () => inputs().forEach((port) => { port.onmidimessage = (e) => message(port, e); });
    function message(port, e) {
      const [status, pitch, value] = e.data, kind = status & 0xf0, holder = `midi ${port.id} ${pitch}`, when = e.timeStamp || performance.now();
      if (kind === 0x90 && value > 0) {
        if (hanging.delete(holder) || held.has(holder)) lift(holder, when, "midi");
        press(holder, pitch, value, when, "midi");
      } else if (kind === 0x80 || kind === 0x90) {
        if (pedal) hanging.add(holder); else lift(holder, when, "midi");
      } else if (kind === 0xb0 && pitch === 64) {
        pedal = value >= 64;
        if (!pedal) { hanging.forEach((one) => lift(one, when, "midi")); hanging.clear(); }
      } else if (kind === 0xb0 && (pitch === 120 || pitch === 123)) liftAll();
    }

    // ---- keys on the screen ----

    function piano({ octaves = innerWidth < 600 ? 1 : 2 } = {}) {
      style();
      const root = h("div", { class: "touch-piano", role: "group" });
      const keys = h("div", { class: "keys" });
      const turn = (by, name, sign) => h("button", { type: "button", class: "turn", "aria-label": name, onclick: () => { api.octave = octave + by; } }, sign);
      root.append(turn(-1, "An octave lower", "−"), keys, turn(1, "An octave higher", "+"));
      const fingers = new Map(); // pointer -> key; a finger may slide
      const at = (e) => document.elementFromPoint(e.clientX, e.clientY)?.closest?.(".touch-piano [data-pitch]");
      const hard = (e, key) => { const box = key.getBoundingClientRect(); return Math.round(Math.min(115, 60 + (60 * (e.clientY - box.top)) / box.height)); };
      const finger = (e) => {
        const key = at(e), id = `touch ${e.pointerId}`, inside = key && root.contains(key) ? key : null;
        if (fingers.get(id) === inside) return;
        lift(id, e.timeStamp, "touch");
        fingers.set(id, inside);
        if (inside) press(id, Number(inside.dataset.pitch), hard(e, inside), e.timeStamp, "touch");
      };
      const end = (e) => { lift(`touch ${e.pointerId}`, e.timeStamp, "touch"); fingers.delete(`touch ${e.pointerId}`); };
      keys.addEventListener("pointerdown", (e) => { if (e.button) return; keys.setPointerCapture(e.pointerId); finger(e); });
      keys.addEventListener("pointermove", (e) => fingers.has(`touch ${e.pointerId}`) && finger(e));
      for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) keys.addEventListener(name, end);
      // One stop for Tab; arrows walk, Enter and Space play. A screen reader's click plays shortly.
      keys.addEventListener("keydown", (e) => {
        const all = [...keys.children].sort((a, b) => a.dataset.pitch - b.dataset.pitch), i = all.indexOf(e.target);
        const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: all.length - 1 }[e.key];
        if (i < 0 || (to === undefined && e.key !== "Enter" && e.key !== " ")) return;
        e.preventDefault();
        e.stopPropagation();
        if (to !== undefined) { if (all[to]) { all[i].tabIndex = -1; all[to].tabIndex = 0; all[to].focus(); } }
        else if (!e.repeat) press("focus", Number(e.target.dataset.pitch), STRENGTH, e.timeStamp, "touch");
      });
      keys.addEventListener("keyup", (e) => (e.key === "Enter" || e.key === " ") && lift("focus", e.timeStamp, "touch"));
      keys.addEventListener("focusout", () => lift("focus", performance.now(), "touch"));
      keys.addEventListener("click", (e) => {
        const key = e.target.closest("[data-pitch]");
        if (!key || e.detail !== 0 || !e.isTrusted) return;
        press("click", Number(key.dataset.pitch), STRENGTH, e.timeStamp, "touch");
        setTimeout(() => lift("click", performance.now(), "touch"), 300);
      });
      function draw() {
        const low = 12 * (octave + 1), count = 12 * octaves + 1, whites = 7 * octaves + 1;
        root.setAttribute("aria-label", `Piano keys from C ${octave} to C ${octave + octaves}`);
        let white = 0;
        keys.replaceChildren(...Array.from({ length: count }, (_, i) => {
          const black = BLACK.includes(i % 12), pitch = low + i;
          const key = h("button", { type: "button", tabindex: i === 0 ? 0 : -1, class: black ? "black" : "white", "data-pitch": pitch, "aria-label": `${NAMES[i % 12]} ${Math.floor(pitch / 12) - 1}`, disabled: pitch > 127 }, i % 12 === 0 ? h("span", { "aria-hidden": true }, `C${Math.floor(pitch / 12) - 1}`) : null);
          key.style.left = `${((black ? white - 0.3 : white) / whites) * 100}%`;
          key.style.width = `${((black ? 0.6 : 1) / whites) * 100}%`;
          if (!black) white++;
          return key;
        }));
        light();
      }
      const light = () => { const sounding = new Set(held.values()); for (const key of keys.children) key.classList.toggle("down", sounding.has(Number(key.dataset.pitch))); };
      const offs = [on("octave", draw), on("note", light)];
      root.drop = () => offs.forEach((off) => off());
      draw();
      return root;
    }
    function style() {
      if (document.getElementById("touch-piano-style")) return;
      document.head.append(h("style", { id: "touch-piano-style" }, `
.touch-piano { display: flex; gap: 4px; align-items: stretch; height: 120px; max-width: 960px; user-select: none; -webkit-user-select: none; }
.touch-piano .keys { position: relative; flex: 1; touch-action: none; min-width: 0; }
.touch-piano .keys button { position: absolute; top: 0; margin: 0; padding: 0 0 6px; min-width: 0; border: 1px solid #8d8677; border-radius: 0 0 5px 5px; display: flex; align-items: flex-end; justify-content: center; font: 12px var(--sans); cursor: pointer; touch-action: none; }
.touch-piano .white { height: 100%; background: #fdfaf2; color: #5c5648; }
.touch-piano .keys .black { height: 62%; background: #2a2722; border-color: #171614; z-index: 1; }
.touch-piano .keys .down { background: var(--tune-accent); color: var(--paper); }
.touch-piano .keys button:focus-visible { outline: 3px solid var(--accent); outline-offset: -3px; z-index: 2; }
.touch-piano .turn { width: 44px; flex: none; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: var(--ink); font: 20px var(--sans); cursor: pointer; }`));
    }

    // ---- recording ----

    // Each key puts a note of the grid's length at the cursor and moves on; keys pressed together are a chord.
    function steps({ grid, cursor = 0, onNote, onMove }) {
      let last = null; // the step just written, for chords
      const down = new Set();
      const move = (to) => { self.cursor = Math.max(0, to); onMove?.(self.cursor); };
      const off = on("note", (e) => {
        if (!e.on) { down.delete(e.pitch); return; }
        const chord = last && down.size && e.when - last.when < TOGETHER;
        const start = chord ? last.start : self.cursor;
        down.add(e.pitch);
        onNote([start, self.grid, e.pitch, e.velocity]);
        if (!chord) { last = { start, when: e.when }; move(start + self.grid); }
      });
      const self = { grid, cursor, rest() { last = null; move(self.cursor + self.grid); }, back() { last = null; move(self.cursor - self.grid); }, stop: off };
      return self;
    }

    // In time: what is played while the tune runs, in ticks as heard, each note told when it ends. `wishes` go to the player.
    // Gives {stop(), done}: both the notes on the grid and as they were played.
    async function record({ roll, from = 0, to, countIn = 1, grid = roll.ticks / 16, metronome = true, drums = false, onNote, wishes = {} }) {
      const raw = [], open = new Map(), early = Math.max(grid / 2, roll.ticks / 16);
      let finish, last = from, offs = [];
      const done = new Promise((resolve) => (finish = resolve));
      const close = (pitch, tick) => {
        const begun = open.get(pitch);
        if (!begun) return;
        open.delete(pitch);
        const turned = tick < begun.start, end = turned ? (wishes.loop?.[1] ?? begun.start) : tick; // round the loop's corner
        const note = [begun.start, Math.max(1, end - begun.start), pitch, begun.velocity];
        raw.push(note);
        onNote?.(quantise([note], grid, { drums })[0], note);
      };
      const over = () => {
        if (!offs.length) return;
        for (const off of offs) off();
        offs = [];
        [...open.keys()].forEach((pitch) => close(pitch, last));
        finish({ notes: quantise(raw, grid, { drums }), raw });
      };
      const started = await player.play(roll, { ...wishes, from, to: to ?? Math.max(roll.length, from), countIn, metronome });
      if (!started) { finish({ notes: [], raw }); return { stop: () => done, done }; }
      offs = [
        player.on("tick", (tick) => { last = tick; }),
        player.on("end", () => { last = wishes.loop?.[1] ?? to ?? roll.length; }),
        player.on("stop", (e) => { if (e.at > last) last = e.at; over(); }),
        on("note", (e) => {
          const tick = player.tickAt(e.when);
          if (tick === null) return;
          if (!e.on) return close(e.pitch, tick);
          close(e.pitch, tick);
          if (tick >= from - early) open.set(e.pitch, { start: Math.max(from, tick), velocity: e.velocity });
        }),
      ];
      return { stop() { last = player.tickAt(performance.now()) ?? last; player.stop(); return done; }, done };
    }

    // Taps of the space bar or on `target`, against the metronome or free. Gives {stop(), done} with the onsets on the grid,
    // [onset, length] for as long as each was held, the tempo, which free taps bring along, and `raw`: seconds as they were
    // tapped, from `from` or from the first one.
    async function taps({ roll, from = 0, to, against = "metronome", countIn = 1, grid = roll.ticks / 16, target = null, click = true, onTap, wishes = {} }) {
      const times = [], free = against === "free";
      let finish, offs = [], holding = null;
      const done = new Promise((resolve) => (finish = resolve));
      const tap = (when) => {
        const tick = free ? 0 : player.tickAt(when);
        if (tick === null || (!free && tick < from - roll.ticks / 16)) return;
        if (click) player.audition(76, "drums", 80, 0.1);
        holding = { at: free ? when : tick, end: null };
        times.push(holding);
        onTap?.(times.length, when);
      };
      const untap = (when) => { if (holding) holding.end = free ? when : player.tickAt(when); holding = null; };
      const space = (e) => {
        if (e.code !== "Space" || away(e)) return;
        e.preventDefault();
        e.stopPropagation();
        if (!e.repeat) (e.type === "keydown" ? tap : untap)(e.timeStamp);
      };
      const touch = (e) => { e.preventDefault(); (e.type === "pointerdown" ? tap : untap)(e.timeStamp); };
      const listen = (node, name, f, capture) => { node.addEventListener(name, f, capture); offs.push(() => node.removeEventListener(name, f, capture)); };
      const over = () => {
        if (!offs.length) return;
        for (const off of offs.splice(0)) off();
        const second = (roll.ticks * (wishes.tempo || roll.tempo)) / 240, raw = times.map((t) => (free ? (t.at - times[0].at) / 1000 : (t.at - from) / second));
        finish({ ...(free ? freely(times, roll, grid) : tapped(times.map((t) => [Math.max(from, t.at), t.end]), grid, roll.tempo)), raw });
      };
      if (!free) {
        const started = await player.play({ ...roll, voices: wishes.voices ? roll.voices : [] }, { ...wishes, from, to: to ?? from + 4000 * roll.ticks, countIn, metronome: true });
        if (!started) { finish({ onsets: [], notes: [], raw: [], tempo: roll.tempo }); return { stop: () => done, done }; }
        offs.push(player.on("stop", over));
      } else player.wake();
      listen(window, "keydown", space, true);
      listen(window, "keyup", space, true);
      if (target) { listen(target, "pointerdown", touch); listen(target, "pointerup", touch); listen(target, "pointercancel", touch); }
      return { stop() { if (free) over(); else player.stop(); return done; }, done };
    }
    function tapped(times, grid, tempo) {
      const line = quantise(times.map(([at, end]) => [at, end > at ? end - at : grid, 60, STRENGTH]), grid);
      return { onsets: line.map((n) => n[0]), notes: line.map((n) => [n[0], n[1]]), tempo };
    }
    // The tempo on whose grid the taps lie best, rather near the tune's; the first tap is the first beat.
    function freely(times, roll, grid) {
      if (!times.length) return { onsets: [], notes: [], tempo: roll.tempo };
      const at = times.map((t) => (t.at - times[0].at) / 1000);
      let best = { cost: Infinity, tempo: roll.tempo, shift: 0 };
      for (let tempo = 50; times.length > 2 && tempo <= 200; tempo += 0.5) {
        const cells = at.map((s) => (s * tempo * roll.ticks) / 240 / grid), off = cells.map((c) => c - Math.round(c));
        const shift = off.reduce((a, b) => a + b, 0) / off.length;
        const cost = off.reduce((sum, o) => sum + (o - shift) ** 2, 0) / off.length + 0.01 * Math.log2(tempo / roll.tempo) ** 2;
        if (cost < best.cost) best = { cost, tempo, shift };
      }
      const tick = (when) => Math.max(0, (((when - times[0].at) / 1000) * best.tempo * roll.ticks) / 240 - best.shift * grid);
      return tapped(times.map((t) => [tick(t.at), t.end ? tick(t.end) : 0]), grid, best.tempo);
    }

    function on(name, f) { hearers[name].add(f); return () => hearers[name].delete(f); }
    const api = {
      on, piano, steps, record, taps, connectMidi, liftAll, press, lift,
      instrument: "plucked", // what the keys sound with
      sounding: true,
      get mode() { return mode; },
      set mode(to) { setMode(to); },
      get octave() { return octave; },
      set octave(to) { const next = Math.min(8, Math.max(0, to)); if (next !== octave) { octave = next; tell("octave", octave); } },
      get midi() { return access ? midiState() : { ok: false, devices: [], sentence: "" }; },
      get held() { return [...new Set(held.values())]; },
    };
    return api;
  }
})();
