// The Music room: opens a tune, keeps its edits, asks for takes, and puts the panels of Studio.music together.
Studio.register("music-room", ({ root, trigger }) => {
  const { h } = Studio, music = Studio.music, at = (name) => root.querySelector(name);
  const told = at(".told"), hearers = {}, UNSENT = (id) => `tandem-roll-${id}`;
  let state = null, session = null, run = null, token = "", timer = null, sending = null, dirty = false, view = "roll";
  let switching = false, playing = null; // what sounds: "table", a take's id, "mix"

  // ---- talking to the studio
  const get = (path) => Studio.ask(`studio/music/${path}`);
  const post = (path, body = {}) => Studio.ask(`studio/music/${path}`, { method: "POST", body });
  async function send(path, bytes, type = "application/octet-stream") {
    const answer = await fetch(`studio/music/${path}`, { method: "POST", headers: { "content-type": type }, body: bytes, credentials: "same-origin" });
    const data = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(data.error || "The studio did not answer as expected. Reload the page.");
    return data;
  }
  const on = (name, fn) => (hearers[name] ||= []).push(fn);
  const tell = (name, ...what) => (hearers[name] || []).forEach((fn) => fn(...what));
  const strip = (text, bad) => document.dispatchEvent(new CustomEvent("studio:saved", { detail: { text, bad } }));
  function say(text, { bad = false } = {}) {
    told.textContent = text || "";
    told.hidden = !text;
    told.classList.toggle("bad", bad);
    if (text) Studio.say(text);
  }
  const trying = (act) => async (...args) => {
    try { say(""); return await act(...args); } catch (error) { say(error.message, { bad: true }); }
  };

  // ---- parts
  const player = music.player();
  const editor = music.pianoRoll({
    root: at(".music-roll"),
    on: {
      change: () => edited(),
      select: (what) => tell("select", what),
      audition: (pitch, voice) => player.audition(pitch, roll().voices[voice ?? editor.voice()]?.instrument || "plucked", 90),
      seek: (tick) => seek(tick),
      loop: (range) => { if (playing === "table") player.update(roll(), { loop: range }); tell("loop", range); },
      locks: () => edited(),
      barMenu: (bar, x, y) => menu.open(bar, x, y),
      refused: () => say("This bar is locked. Unlock it to change it."),
    },
  });
  const roll = () => editor.roll() || state?.roll;

  const ctx = {
    root, editor, player, get, post, send, on, tell, say, trying, roll, settle, load, ask, seek, dialog: (title, ...children) => Studio.dialog(root, "music-dialog", title, ...children),
    state: () => state, session: () => session, run: () => run, view: () => view,
    show(name) { view = name; at(".music-roll").hidden = name !== "roll"; at(".music-score").hidden = name !== "score"; at(".music-abc").hidden = name !== "abc"; score?.[name === "score" ? "show" : "hide"]?.(); abc?.[name === "abc" ? "show" : "hide"]?.(); tell("view", name); },
    async change(what, value, bars = []) { await settle(); load(await post(`copies/${state.working}/change`, { version: state.version, what, value, bars }), { keepView: true }); },
    play, stop, playing: () => playing, editedNow: edited,
  };
  const transport = music.transport(ctx, at(".music-transport"));
  ctx.from = () => transport.from();
  const menu = music.barMenu(ctx);
  music.tracks(ctx, at(".music-tracks"));
  music.askPanel(ctx, at(".music-side"));
  music.about(ctx, at(".music-side"));
  music.takes(ctx, at(".music-takes"));
  music.head(ctx, at(".music-head"));
  const score = music.score?.(ctx, at(".music-score")), abc = music.abc?.(ctx, at(".music-abc"));
  music.recordingBar?.(ctx, at(".music-recording"));
  music.playBar?.(ctx, at(".music-playbar"));
  music.dropping?.(ctx);

  // ---- a tune on the table
  function load(next, { keepView = false } = {}) {
    const same = state && next.working === state.working;
    clearTimeout(timer);
    dirty = false;
    state = { ...next, takes: next.takes || (same ? state.takes : null) };
    editor.load(state.roll, { keepView: keepView && same, keepUndo: same });
    editor.setLocks(state.locks);
    mark();
    if (playing === "table") player.update(roll());
    localStorage.setItem(`tandem-tune-${session}`, state.piece);
    strip(state.empty ? "" : `Saved at ${Studio.clock(state.updated)}`);
    if (next.branched) say("This tune was changed in another tab. What you did here is kept as a copy of its own; both are in the list.");
    tell("state", state);
  }

  // Coloured bands: who made which bar, and what a note's own marks say.
  function mark() {
    const bars = {};
    const TONES = { model: ["take", "from a take", 1], "model-edited": ["changed", "a take, edited", 2], pasted: ["shared", "imported", 4] };
    state.bars.forEach((one, i) => { const tone = TONES[one.maker]; if (tone) bars[i] = { kind: tone[0], label: tone[1], tone: tone[2] }; });
    const notes = {};
    for (const i of state.heard?.unsure || []) notes[i] = "unsure";
    editor.marks({ bars, notes });
  }

  async function open(piece, working) {
    const next = await get(`tunes/${piece}${working ? `?working=${encodeURIComponent(working)}` : ""}`);
    load(next);
    const kept = JSON.parse(localStorage.getItem(UNSENT(next.working)) || "null");
    if (kept && JSON.stringify(kept.voices) !== JSON.stringify(next.roll.voices)) {
      editor.load({ ...next.roll, title: kept.title, tempo: kept.tempo, voices: kept.voices }, { keepView: true });
      editor.setLocks(kept.locks || next.locks);
      state.version = kept.version;
      edited();
      say("Edits that had not reached the studio were brought back from this browser.");
    } else localStorage.removeItem(UNSENT(next.working));
  }

  async function openSession(id) {
    if (session === id) return;
    if (session && state) await settle().catch(() => {});
    stop();
    session = id;
    state = null;
    if (!id) return;
    try {
      const { tunes } = await get(`sessions/${id}/tunes`);
      const last = localStorage.getItem(`tandem-tune-${id}`);
      if (!tunes.length) load(await post(`sessions/${id}/new`));
      else await open((tunes.find((t) => t.id === last) || tunes[tunes.length - 1]).id);
    } catch (error) { say(error.message, { bad: true }); }
  }

  // ---- saving what is drawn: kept in this browser at once, on the server's disk when the strip says so
  function edited() {
    if (!state) return;
    dirty = true;
    const { title, tempo, voices } = roll();
    localStorage.setItem(UNSENT(state.working), JSON.stringify({ version: state.version, title, tempo, voices, locks: editor.locks() }));
    strip("Saving …");
    if (playing === "table") player.update(roll());
    tell("edit", roll());
    clearTimeout(timer);
    timer = setTimeout(save, 350);
  }

  async function save({ keepalive = false } = {}) {
    if (!state || !dirty || sending) return sending;
    clearTimeout(timer);
    const sent = JSON.stringify([roll().voices, roll().tempo, roll().title, editor.locks()]), target = state;
    const { title, tempo, voices } = roll();
    dirty = false;
    sending = (async () => {
      try {
        const body = { version: target.version, roll: { title, tempo, voices }, locks: editor.locks() };
        const done = await Studio.ask(`studio/music/copies/${target.working}/save`, { method: "POST", body, keepalive: keepalive && sent.length < 60000 });
        if (state !== target) return;
        const now = JSON.stringify([roll().voices, roll().tempo, roll().title, editor.locks()]);
        if (done.branched) { localStorage.removeItem(UNSENT(target.working)); load({ ...done, takes: target.takes }, { keepView: true }); return; }
        Object.assign(state, { ...done, takes: state.takes, roll: now === sent ? done.roll : state.roll });
        if (now === sent) {
          localStorage.removeItem(UNSENT(state.working));
          if (JSON.stringify(done.roll.voices) !== JSON.stringify(voices)) editor.load(done.roll, { keepView: true, keepUndo: true });
          strip(`Saved at ${Studio.clock(done.updated)}`);
        } else dirty = true;
        mark();
        tell("saved", state);
      } catch (error) {
        dirty = true;
        strip("Not saved yet", true);
        if (error.status) say(error.message, { bad: true });
        clearTimeout(timer);
        timer = setTimeout(save, 2000);
      } finally { sending = null; }
      if (dirty) { clearTimeout(timer); timer = setTimeout(save, 350); }
    })();
    return sending;
  }

  async function settle() {
    for (let k = 0; k < 80 && (dirty || sending); k++) {
      if (sending) await sending; else await save();
      if (dirty) await new Promise((r) => setTimeout(r, 60));
    }
    if (dirty) throw new Error("The last edits are not saved yet: the studio is not answering. They are kept in this browser.");
    return state;
  }
  addEventListener("pagehide", () => save({ keepalive: true }));
  document.addEventListener("studio:back", () => save());
  document.addEventListener("studio:restored", async () => { if (state) open(state.piece).catch(() => {}); });
  document.addEventListener("studio:keep", () => { if (root.offsetParent !== null) ctx.keep(); });
  ctx.keep = trying(async () => {
    await settle();
    const kept = await post(`copies/${state.working}/keep`);
    say(`Kept as a draft: ${kept.summary}.`);
    document.dispatchEvent(new CustomEvent("studio:kept"));
  });
  ctx.open = trying(async (piece, working) => { await settle(); stop(); say(""); await open(piece, working); });
  ctx.create = trying(async () => { await settle(); stop(); load(await post(`sessions/${session}/new`)); });

  // ---- asking
  let hurry = null;
  async function ask(task, fields = {}) {
    if (run && !run.ended) { say("The takes before these are still being made. Stop them first, or wait a moment."); return; }
    try {
      say("");
      await settle();
      token = Math.random().toString(36).slice(2);
      run = { token, task, n: fields.n || 4, piece: state.piece, takes: {}, stage: "queued", fraction: 0, ended: false };
      tell("run", run);
      trigger("ask", { wish: { task, fields, working: state.working, token } });
      heardAt = Date.now();
      watch(token);
      clearTimeout(hurry);
      hurry = setTimeout(() => document.dispatchEvent(new CustomEvent("studio:look")), 150);
    } catch (error) { say(error.message, { bad: true }); }
  }
  // A run whose stream broke is over once the studio knows no job of it; its offers were recorded all the same.
  let heardAt = 0;
  async function watch(mine) {
    await new Promise((r) => setTimeout(r, 3000));
    if (run?.token !== mine || run.ended) return;
    if (Date.now() - heardAt > 8000) {
      const status = await Studio.ask("studio/status").catch(() => null);
      if (status && !status.jobs.some((j) => !run.job || j.id === run.job) && run.token === mine && !run.ended) {
        const { takes } = await get(`tunes/${run.piece}`).catch(() => ({}));
        const found = takes?.job && takes.job === run.job ? Object.fromEntries(takes.offers.map((o) => [o.index, { ...o, done: true }])) : {};
        return follow({ token: mine, takes: found, ended: true, error: Object.keys(found).length ? "" : "The takes did not arrive. Ask once more." });
      }
    }
    watch(mine);
  }
  ctx.halt = trying(async () => {
    if (run?.job && !run.ended) await Studio.ask(`studio/jobs/${encodeURIComponent(run.job)}/stop`, { method: "POST", body: {} });
    else document.dispatchEvent(new CustomEvent("studio:stop"));
  });
  function follow(next) {
    if (!next || next.token !== token || run?.ended) return;
    heardAt = Date.now();
    run = { ...run, ...next };
    if (run.error) say(run.error, { bad: true });
    for (const notice of run.notices || []) say(notice);
    tell("run", run);
    if (run.ended) document.dispatchEvent(new CustomEvent("studio:look"));
  }

  // ---- sound
  const wishes = () => transport.wishes();
  async function play(what = "table", tune = null, from = null) {
    const sounding = tune || roll();
    const goOn = player.playing && playing && from === null ? player.position() : null;
    const start = from ?? (goOn !== null && goOn < sounding.length ? goOn : what === "table" ? transport.from() : 0);
    const more = what === "table" ? wishes() : { chords: wishes().chords, metronome: wishes().metronome, loop: null };
    try {
      switching = true; // the player says "stop" for what sounded before
      const begun = player.play(sounding, { ...more, from: start });
      switching = false;
      playing = what;
      tell("playing", playing);
      await begun;
    } catch (error) { playing = null; tell("playing", null); say(error.message, { bad: true }); }
  }
  function stop() { player.stop(); }
  function seek(tick) {
    transport.cursor(tick);
    if (playing === "table" && player.playing) play("table", null, tick);
    else { editor.playhead(tick); tell("playhead", tick); }
  }
  player.on("tick", (detail) => {
    const tick = typeof detail === "number" ? detail : player.position();
    if (playing === "table") editor.playhead(tick, { follow: true });
    tell("playhead", tick);
  });
  player.on("stop", () => { if (switching) return; const was = playing; playing = null; if (was === "table") editor.playhead(transport.from()); tell("playhead", null); tell("playing", null); });

  return { draw(v) { openSession(v?.session || null); follow(v?.run); } };
});
