// The writing room: opens a manuscript, keeps its edits, asks for offers, and puts the panels of Studio.writing together.
Studio.register("write-room", ({ root, trigger }) => {
  const { h } = Studio, writing = Studio.writing, at = (name) => root.querySelector(name);
  const told = at(".told"), hearers = {}, UNSENT = (id) => `tandem-write-${id}`, LAST = (id) => `tandem-manuscript-${id}`;
  const IDLE = 350, LONGEST = 2000; // milliseconds after the last key, and after the first
  let state = null, session = null, run = null, token = "", timer = null, since = 0, sending = null, lost = false, alone = false;

  // ---- talking to the studio
  const get = (path) => Studio.ask(`studio/writing/${path}`);
  // While the studio changes the manuscript by itself, edits wait: they belong to the version that comes back.
  let holding = 0;
  async function post(path, body = {}) {
    holding++;
    try { return await Studio.ask(`studio/writing/${path}`, { method: "POST", body }); }
    finally { holding--; if (!holding && desk.pending().length) { clearTimeout(timer); timer = setTimeout(save, IDLE); } }
  }
  async function send(path, bytes, type = "application/octet-stream") {
    const answer = await fetch(`studio/writing/${path}`, { method: "POST", headers: { "content-type": type }, body: bytes, credentials: "same-origin" });
    const data = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(data.error || "The studio did not answer as expected. Reload the page.");
    return data;
  }
  const on = (name, fn) => (hearers[name] ||= []).push(fn);
  const tell = (name, ...what) => (hearers[name] || []).forEach((fn) => fn(...what));
  const strip = (text, bad) => document.dispatchEvent(new CustomEvent("studio:saved", { detail: { text, bad } }));
  // Lies over the page and pushes nothing away. What is not a complaint goes by itself.
  let hush = null;
  function say(text, { bad = false, act = null } = {}) {
    clearTimeout(hush);
    const shut = h("button", { type: "button", class: "quiet", "aria-label": "Close this message", onclick: () => say("") }, "✕");
    told.replaceChildren(...(text ? [h("span", {}, text), ...(act ? [act] : []), shut] : []));
    told.hidden = !text;
    told.classList.toggle("bad", bad);
    if (text) Studio.say(text);
    if (text && !bad) hush = setTimeout(() => { if (!told.contains(document.activeElement)) say(""); }, act ? 20000 : 9000);
  }
  const trying = (act) => async (...args) => {
    try { say(""); return await act(...args); } catch (error) { say(error.message, { bad: true }); }
  };

  // ---- parts
  const desk = writing.desk();
  const ctx = {
    root, get, post, send, on, tell, say, trying, ask, settle, load, dialog: (title, ...children) => Studio.dialog(root, "write-dialog", title, ...children), desk, change, put, undo: () => back("undo"), redo: () => back("redo"),
    state: () => state, session: () => session, run: () => run, alone: () => alone, edited,
  };
  const editor = writing.editor(ctx, at(".write-work"), desk);
  ctx.editor = { ...editor, applied };
  writing.head(ctx, at(".write-head"));
  writing.bar(ctx, at(".write-bar"));
  writing.tree(ctx, at(".write-tree"));
  writing.find(ctx, at(".write-find"));
  writing.dropping(ctx);
  for (const name of ["asking", "context", "bible", "about", "compare", "continuity"]) writing[name]?.(ctx, at(".write-side"));
  writing.goals(ctx, at(".write-side"));
  for (const name of ["offers", "weigh"]) writing[name]?.(ctx, at(".write-offers"));
  writing.plots?.(ctx, at(".write-plots"));
  writing.keys(ctx);

  // ---- a manuscript on the desk
  // Texts are the desk's from now on: whoever reads them in the state reads what is written now.
  function live(manuscript) {
    for (const chapter of manuscript.chapters) for (const scene of chapter.scenes) {
      Object.defineProperty(scene, "text", { get: () => desk.text(scene.id) ?? "", enumerable: true });
      Object.defineProperty(scene, "spans", { get: () => desk.get(scene.id)?.spans ?? [], enumerable: true });
    }
    return manuscript;
  }
  function load(next, { keepUndo = false, scene = null } = {}) {
    const same = state && next.working === state.working, chapters = next.manuscript.chapters;
    const rest = same && chapters.some((one) => one.scenes.some((scene) => scene.text !== undefined)) ? desk.pending() : [];
    if (rest.length) desk.drop(); // typed while the studio answered
    clearTimeout(timer);
    timer = null;
    if (same && !keepUndo) remember(chapters);
    desk.load(chapters, { keep: same });
    if (!same) lost = false;
    const beside = state && { models: state.models, ...(state.piece === next.piece ? { offers: state.offers } : {}) }; // not every answer has them
    state = { ...beside, ...next, manuscript: live(next.manuscript) };
    const fits = rest.length && desk.fits(rest);
    if (fits) desk.again(rest);
    const shown = [scene, editor.scene(), localStorage.getItem(`${LAST(session)}-scene`)].find((id) => id && desk.has(id)) || desk.ids()[0];
    if (shown) editor.show(shown, { keep: same });
    localStorage.setItem(LAST(session), state.piece);
    strip(state.empty ? "" : `Saved at ${Studio.clock(state.updated)}`);
    if (next.branched) say("This manuscript was changed in another tab. What you wrote here is kept as a copy of its own; both are in the list.");
    tell("state", state);
    if (fits) edited({});
  }
  on("scene", (id) => { if (session) localStorage.setItem(`${LAST(session)}-scene`, id); });
  // What the studio changed in the texts (a replacement, an older draft) is one step of undo.
  function remember(chapters) {
    const row = [];
    for (const one of chapters.flatMap((chapter) => chapter.scenes)) {
      if (one.text === undefined || !desk.has(one.id)) continue;
      const before = desk.get(one.id), pairs = /[\ud800-\udbff]/.test(one.text);
      const undo = before.text === one.text && !before.spans.length ? null : desk.undoOf(one.id, one.text, pairs ? WritingLedger.toUnits(one.text, one.spans) : one.spans);
      if (undo) row.push(undo);
    }
    if (row.length) desk.step(row);
  }

  async function open(piece, working, { scene = null } = {}) {
    const next = await get(`manuscripts/${piece}${working ? `?working=${encodeURIComponent(working)}` : ""}`);
    load(next, { scene });
    bringBack();
  }
  // Edits that had not reached the studio when the page went: put back if they still fit, shown if they do not.
  function bringBack() {
    const kept = JSON.parse(localStorage.getItem(UNSENT(state.working)) || "null");
    if (!kept?.edits?.length) return;
    const here = kept.version === state.version;
    if (!here && desk.stands(kept.edits)) { localStorage.removeItem(UNSENT(state.working)); return; }
    if (desk.fits(kept.edits)) {
      desk.again(kept.edits);
      editor.show(kept.edits[kept.edits.length - 1].scene);
      edited({});
      say("Edits that had not reached the studio were brought back from this browser.");
    } else if (desk.stands(kept.edits)) localStorage.removeItem(UNSENT(state.working));
    else {
      const words = kept.edits.map((one) => one.text).filter(Boolean).join("\n");
      ctx.dialog("Words that had not reached the studio",
        h("p", {}, "The manuscript has changed since they were written, so they cannot be put in their places. Copy what you want to keep."),
        h("textarea", { readonly: true, rows: "8", "aria-label": "Words that had not reached the studio", value: words }),
        h("button", { type: "button", onclick: (e) => { localStorage.removeItem(UNSENT(state.working)); e.target.closest("dialog").close(); } }, "I have what I need"));
    }
  }

  async function openSession(id) {
    if (session === id) return;
    if (session && state) await settle().catch(() => {});
    leave();
    session = id;
    state = null;
    if (!id) return;
    try {
      const { manuscripts } = await get(`sessions/${id}/manuscripts`);
      if (session !== id) return;
      const last = localStorage.getItem(LAST(id));
      if (!manuscripts.length) load(await post(`sessions/${id}/new`));
      else await open((manuscripts.find((one) => one.id === last) || manuscripts[manuscripts.length - 1]).id);
    } catch (error) { say(error.message, { bad: true }); }
  }

  // ---- saving: kept in this browser at once, on the studio's disk when the strip says so
  function edited({ scene } = {}) {
    if (!state) return;
    keepHere();
    strip("Saving …");
    const now = performance.now();
    since ||= now;
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(IDLE, since + LONGEST - now)));
    tell("edit", scene);
  }
  function keepHere() {
    const edits = desk.pending();
    try {
      if (edits.length) localStorage.setItem(UNSENT(state.working), JSON.stringify({ version: state.version, edits }));
      else localStorage.removeItem(UNSENT(state.working));
    } catch { if (!lost) { lost = true; say("This is too much to be kept in this browser as well. Wait for “Saved” before you close the page."); } }
  }

  async function save({ keepalive = false } = {}) {
    if (!state || sending || holding || !desk.pending().length) return sending;
    clearTimeout(timer);
    timer = null;
    since = 0;
    const edits = desk.next(), target = state;
    sending = (async () => {
      try {
        const body = { version: target.version, edits }, small = keepalive && JSON.stringify(body).length < 60000;
        const done = await Studio.ask(`studio/writing/copies/${target.working}/edit`, { method: "POST", body, keepalive: small });
        if (state !== target) return;
        desk.sent(true);
        await written(done);
      } catch (error) {
        if (state !== target) return;
        desk.sent(false);
        strip("Not saved yet", true);
        if (error.status) say(error.message, { bad: true });
        clearTimeout(timer);
        timer = setTimeout(save, 2000);
      } finally { sending = null; }
      if (state === target && desk.pending().length && !timer) timer = setTimeout(save, IDLE);
    })();
    return sending;
  }
  // The studio has it. It says who wrote what; where its text is not ours, its own is right.
  async function written(done) {
    if (done.branched) {
      const rest = desk.pending();
      localStorage.removeItem(UNSENT(state.working));
      desk.drop();
      load(done);
      if (rest.length && desk.fits(rest)) { desk.again(rest); editor.show(editor.scene(), { keep: true }); edited({}); }
      return;
    }
    Object.assign(state, { version: done.version, updated: done.updated, words: done.words, shares: done.shares, empty: false });
    for (const scene of state.manuscript.chapters.flatMap((chapter) => chapter.scenes)) scene.words = done.scene_words?.[scene.id] ?? scene.words;
    const { sound } = desk.told(done.spans);
    keepHere();
    if (!sound && !desk.pending().length) load(await get(`manuscripts/${state.piece}?working=${state.working}`));
    if (!desk.pending().length) strip(`Saved at ${Studio.clock(done.updated)}`);
    tell("saved", state);
  }
  async function settle() {
    editor.commit();
    for (let k = 0; k < 80 && state && (desk.pending().length || sending); k++) {
      if (sending) await sending; else await save();
      if (desk.pending().length) await new Promise((r) => setTimeout(r, 60));
    }
    if (desk.pending().length) throw new Error("The last edits are not saved yet: the studio is not answering. They are kept in this browser.");
    return state;
  }
  addEventListener("pagehide", () => { editor.commit(); save({ keepalive: true }); });
  document.addEventListener("studio:back", () => save());
  document.addEventListener("studio:restored", async () => { if (state) open(state.piece).catch(() => {}); });
  document.addEventListener("studio:keep", () => { if (root.offsetParent !== null) ctx.keep(); });
  ctx.keep = trying(async () => {
    await settle();
    const kept = await post(`copies/${state.working}/keep`);
    say(`Kept as a draft: ${kept.summary}.`);
    document.dispatchEvent(new CustomEvent("studio:kept"));
  });
  ctx.open = trying(async (piece, working) => { await settle(); await open(piece, working); });
  ctx.create = trying(async () => { await settle(); load(await post(`sessions/${session}/new`)); });

  // ---- other changes than of words
  // The order of chapters and scenes: done by the studio, shown when it is.
  async function structure(edits) {
    await settle();
    const done = await post(`copies/${state.working}/edit`, { version: state.version, edits });
    if (done.branched) { load(done); throw new Error("This manuscript was changed in another tab. Both are kept as copies."); }
    return done;
  }
  async function change(edit, { scene = null } = {}) {
    const done = await structure([edit].flat());
    desk.step([{ structure: true, edits: done.undo }]);
    await again(scene);
  }
  async function again(scene) { load(await get(`manuscripts/${state.piece}?working=${state.working}`), { keepUndo: true, scene }); }
  async function put(what, value) {
    await settle();
    const done = await post(`copies/${state.working}/put`, { version: state.version, what, value });
    load(done, { keepUndo: true });
  }
  // Serial: a step over the order of scenes waits for the studio.
  let turning = Promise.resolve();
  const back = (which) => (turning = turning.then(() => turn(which)).catch((error) => say(error.message, { bad: true })));
  async function turn(which) {
    editor.commit();
    let waiting = null, last = null, seen = [];
    const more = desk.back(which, (one) => {
      const inverse = { structure: true, edits: null };
      waiting = structure(one.edits).then((done) => { inverse.edits = done.undo; }, (error) => { waiting = null; desk.back(which === "undo" ? "redo" : "undo", () => one); throw error; });
      return inverse;
    }, (done) => { last = done; seen.push(done); });
    if (!more) { Studio.say(which === "undo" ? "There is nothing to undo." : "There is nothing to redo."); return; }
    if (waiting) { await waiting; await again(); Studio.say(which === "undo" ? "Undone." : "Done again."); }
    if (last) {
      for (const done of seen) editor.follow(done, { caret: done === last });
      editor.show(editor.scene(), { keep: true });
      edited({ scene: last.scene });
    }
    tell("undo");
  }

  // An offer was taken: the studio has put it in, the page follows. `sent`: what was sent to take.
  async function applied(answer, sent) {
    if (answer.branched || !sent || !desk.has(sent.scene)) { if (answer.branched) load(answer); else await again(sent?.scene); return; }
    const one = desk.get(sent.scene), from = desk.unit(sent.scene, sent.at), to = desk.unit(sent.scene, sent.at + sent.gone);
    const text = one.text.slice(0, from) + sent.text + one.text.slice(to), found = answer.spans?.[sent.scene];
    if (desk.pending().length || !found) { await again(sent.scene); return; }
    const spans = WritingLedger.toUnits(text, found), undo = desk.undoOf(sent.scene, text, spans);
    desk.put(sent.scene, text, found);
    if (undo) desk.step([undo]);
    editor.follow({ scene: sent.scene, at: from, gone: to - from, text: sent.text });
    await written(answer);
    tell("edit", sent.scene);
  }

  // ---- asking
  let hurry = null;
  // Seen at once; sent when what was written last is saved, since the studio reads it from there.
  async function ask(task, fields = {}, extra = {}) {
    if (run && !run.ended) { say("The offers before these are still being made. Stop them first, or wait a moment."); return; }
    const mine = token = Math.random().toString(36).slice(2), here = state && editor.scene() ? editor.selection() : {};
    const wish = { task, fields, working: state?.working, scene: here.scene, start: here.start, end: here.end, without: ctx.without?.() || [], ...extra, token };
    run = { token, task, n: fields.n || 3, piece: state?.piece, offers: {}, stage: "queued", fraction: 0, ended: false, sent: false, wish };
    say("");
    tell("run", run);
    try { if (state) await settle(); } catch (error) { return follow({ token: mine, offers: {}, ended: true, error: error.message }); }
    if (token !== mine || run.ended) return; // stopped meanwhile
    wish.working = state?.working;
    run.sent = true;
    trigger("ask", { wish });
    heardAt = Date.now();
    watch(mine);
    clearTimeout(hurry);
    hurry = setTimeout(() => document.dispatchEvent(new CustomEvent("studio:look")), 150);
  }
  // A run whose stream broke is over once the studio knows no job of it; its offers were recorded all the same.
  let heardAt = 0;
  async function watch(mine) {
    await new Promise((r) => setTimeout(r, 3000));
    if (run?.token !== mine || run.ended) return;
    if (Date.now() - heardAt > 8000) {
      const status = await Studio.ask("studio/status").catch(() => null);
      if (status && !status.jobs.some((j) => !run.job || j.id === run.job) && run.token === mine && !run.ended) {
        const found = run.job ? await get(`manuscripts/${run.piece}/offers?job=${encodeURIComponent(run.job)}`).catch(() => null) : null;
        const offers = found?.job === run.job ? Object.fromEntries(found.offers.map((o) => [o.index, { ...o, done: true }])) : {};
        return follow({ token: mine, offers, ended: true, error: Object.keys(offers).length ? "" : "The offers did not arrive. Ask once more." });
      }
    }
    watch(mine);
  }
  ctx.halt = trying(async () => {
    if (run && !run.ended && !run.sent) follow({ token: run.token, offers: {}, ended: true });
    else if (run?.job && !run.ended) await Studio.ask(`studio/jobs/${encodeURIComponent(run.job)}/stop`, { method: "POST", body: {} });
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

  // ---- focus mode: only the words, and of them only the paragraph at the cursor bright
  const leaving = h("button", { type: "button", class: "leave-alone", hidden: true, onclick: () => leave() }, "Leave focus (Esc)");
  root.append(leaving);
  ctx.focusMode = (on = !alone) => {
    alone = on;
    document.body.classList.toggle("writing-alone", on);
    leaving.hidden = !on;
    editor.paint();
    editor.focus();
    editor.range(...editor.units());
    tell("alone", on);
    Studio.say(on ? "Focus mode. Escape leaves it." : "Focus mode is off.");
  };
  function leave() { if (alone) ctx.focusMode(false); }
  ctx.leave = leave;

  return { draw(v) { openSession(v?.session || null); follow(v?.run); } };
});
