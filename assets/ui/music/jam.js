// Call and response: some bars the person, as many the model, on the beat and round again.
// The transport runs on without end; answers are laid into it while it plays. One beat of time is never waited for: an
// answer that is not there at its bar line comes a bar later.
(() => {
  const music = (Studio.music ||= {}), { h, fill } = Studio;
  const MOST = 64, LONGEST = 600; // rounds; bars the clicks go on
  const SOON = 0.025; // seconds before its bar line that an answer can still be laid in whole
  const DUE = 0.12; // seconds before its bar line that it is chosen and laid in
  const LEAST = 0.7; // seconds before its bar line that it is asked for at the latest: a busy machine takes longer now and then
  const FIRST = 1.2; // seconds an answer is thought to take before one was measured

  // What is due when: no page and no clock, so that it can be tried by itself. All in ticks.
  music.jamPlan = ({ bar, bars, begin = 0 }) => {
    const turn = bars * bar;
    let from = begin;
    return {
      get from() { return from; }, get end() { return from + turn; },
      // The moment to ask: as late as the model allows, so that it hears most; never less than a quarter bar before the end.
      askAt: (needed) => from + turn - Math.min(Math.max(bar / 4, needed), bars > 1 ? bar : bar / 2),
      // Where an answer that is there at `now` begins: at its bar line or at the next that has not come yet.
      answerAt(now, margin) { let at = from + turn; while (now > at - margin) at += bar; return at; },
      next(at) { from = at + turn; return from; },
    };
  };

  music.jam = (ctx, element = null) => {
    const forms = music.forms, { field, check, choice, tempoField, tempoOf, emptyRoll, barOf, beatsOf } = forms;
    const keys = music.keysIn(), { player } = ctx, told = forms.line();
    const now = ctx.roll?.(), kept = JSON.parse(localStorage.getItem("tandem-jam") || "{}");
    const tonic = choice("Key", forms.TONICS, kept.tonic || now?.key.tonic || "D"), mode = choice("Mode", forms.MODES, kept.mode || now?.key.mode || "major"), meter = choice("Meter", forms.METERS, kept.meter || now?.meter || "4/4");
    if (!tonic.value) tonic.value = "D";
    const tempo = tempoField(kept.tempo || Math.round(now?.tempo || 100), () => meter.value), bars = choice("Bars each", ["1", "2", "4"], kept.bars || "2");
    const instrument = choice("The model plays", [["flute", "flute"], ["plucked", "plucked strings"], ["organ", "organ"], ["pad", "soft strings"], ["bass", "bass"]], kept.instrument || "flute");
    const own = choice("You play", [["plucked", "plucked strings"], ["organ", "organ"], ["flute", "flute"], ["bass", "bass"]], kept.own || "plucked");
    const rhythm = check("Answer in my rhythm", kept.rhythm ?? false), clicks = check("Metronome", kept.clicks ?? true);
    const settings = h("div", { class: "music-fields" }, field("Key", tonic), field("Mode", mode), field("Meter", meter), field("Bars each", bars), field("Tempo", tempo.el, { class: "music-field wide" }), field("You play", own), field("The model plays", instrument));
    const setup = h("div", { class: "music-setup" }, h("p", {}, "You play some bars, the model answers with as many, and so on until you stop."), settings, h("div", { class: "music-row" }, rhythm.el, clicks.el));

    const turn = h("p", { class: "music-turn", "aria-hidden": "true" }, "Ready when you are"), spoken = h("p", { class: "visually-hidden", role: "status" }), beats = h("div", { class: "music-beats", "aria-hidden": "true" }), detail = h("p", { class: "soft music-detail" });
    const paper = (label) => h("canvas", { class: "music-jamroll", role: "img", "aria-label": label });
    const canvases = [paper("What you play"), paper("What the model plays")];
    const stage = h("div", { class: "music-stage", hidden: true }, turn, beats, detail,
      h("div", { class: "music-pair" }, h("figure", {}, h("figcaption", {}, "You"), canvases[0]), h("figure", {}, h("figcaption", {}, "The model"), canvases[1])));
    const start = h("button", { type: "button", class: "primary big", onclick: () => (run ? stop() : rounds.length ? again() : begin()) }, "Start");
    const keep = h("button", { type: "button", class: "big", hidden: true, onclick: keeping }, "Keep this jam");
    const parts = music.keyboardParts(keys, (text) => { spoken.textContent = text; });
    const body = h("div", { class: "music-jam" }, setup, stage,
      h("div", { class: "music-acts" }, start, keep), told.el,
      h("div", { class: "music-row" }, parts.mode, parts.octaves, parts.touch, parts.midi, parts.heard), parts.mapBox, parts.place);
    let box = null;
    if (element) element.append(body); else {
      box = ctx.dialog("Jam: call and response", body);
      box.classList.add("music-jamdialog");
      box.setAttribute("data-plays", "");
      box.addEventListener("close", () => { stop({ quiet: true }); drop(); });
      box.addEventListener("cancel", (e) => { if (held()) e.preventDefault(); });
      box.querySelector(".close")?.addEventListener("click", (e) => { if (held()) { e.preventDefault(); e.stopImmediatePropagation(); } }, true);
    }
    // Leaving stops first, and asks once more before a jam is lost.
    function held() {
      if (run) { stop(); return true; }
      if (!rounds.length || warned) return false;
      warned = true;
      told.say("This jam is not kept yet. Once more, and it is gone.");
      return true;
    }
    let warned = false, run = null, rounds = [], frame = null, took = [FIRST], views = null, gone = false, busy = false;

    function drop() { gone = true; parts.drop(); views?.forEach((view) => view.destroy()); }
    const at = (path) => `sessions/${ctx.session?.() || ctx.state().session}/${path}`;
    const warm = () => ctx.post(at("answer"), {}); // loads the model while the person is still choosing
    const show = (words, more = "") => { turn.textContent = words; detail.textContent = more; };
    const speak = (words) => { spoken.textContent = words; };
    function draw() {
      setup.hidden = !!run || rounds.length > 0;
      stage.hidden = !run && !rounds.length;
      start.textContent = run ? "Stop" : rounds.length ? "Play another jam" : "Start";
      start.classList.toggle("primary", !!run || !rounds.length);
      keep.hidden = !!run || !rounds.length;
      keep.classList.toggle("primary", !keep.hidden);
      start.disabled = keep.disabled = busy;
    }

    function again() {
      if (held()) return;
      warned = false;
      rounds = [];
      told.say("");
      draw();
      start.focus();
    }
    async function begin() {
      try {
        told.say("");
        const speed = tempoOf(tempo.box) ?? 100;
        frame = { key: { tonic: tonic.value, mode: mode.value }, meter: meter.value, tempo: speed, bars: Number(bars.value), grid: "1/16" };
        localStorage.setItem("tandem-jam", JSON.stringify({ tonic: tonic.value, mode: mode.value, meter: meter.value, tempo: speed, bars: bars.value, instrument: instrument.value, own: own.value, rhythm: rhythm.box.checked, clicks: clicks.box.checked }));
        busy = true;
        warned = false;
        rounds = [];
        ctx.stop?.();
        keys.instrument = own.value;
        player.wake();
        start.disabled = true;
        start.textContent = "Getting the model …";
        await warm();
        if (gone) return;
        await player.ready();
        const bar = barOf(frame.meter), roll = emptyRoll({ ...frame, ...frame.key }, LONGEST, [{ name: "The model", role: "melody", instrument: instrument.value, notes: [] }]);
        run = { bar, roll, plan: music.jamPlan({ bar, bars: frame.bars }), phase: "you", open: new Map(), played: [], asked: 0, got: null, busy: false, offs: [], beat: -1, rhythm: rhythm.box.checked };
        rounds = [round()];
        look();
        const went = await player.play(roll, { from: 0, to: roll.length, countIn: 1, metronome: clicks.box.checked });
        busy = false;
        if (!went) { run = null; draw(); return; }
        run.offs = [keys.on("note", note), player.on("stop", () => stop()), clearing(setInterval(step, 15))];
        draw();
        start.focus();
        speak(`One bar of clicks, then ${frame.bars === 1 ? "one bar is yours" : `${frame.bars} bars are yours`}.`);
      } catch (error) { busy = false; run = null; rounds = []; told.say(error.message, true); draw(); }
    }
    const clearing = (timer) => () => clearInterval(timer);
    const round = () => ({ played: [], answer: null, offer: null, spare: null, late: 0 });
    const latest = () => rounds[rounds.length - 1];
    const perSecond = () => player.rate;

    // ---- what the person plays, in ticks of their turn
    function note(e) {
      if (!run) return;
      const tick = player.tickAt(e.when), { plan, bar } = run;
      if (tick === null) return;
      if (!e.on) { const begun = run.open.get(e.pitch); if (begun) { run.open.delete(e.pitch); begun[1] = Math.max(1, Math.round(Math.min(tick, begun.end) - begun.at)); look(); } return; }
      // A little before one's bar line is meant for the bar line.
      const early = Math.min(bar / 8, 0.15 * perSecond()), mine = run.phase === "you" && tick >= plan.from - early && tick < plan.end;
      const soon = run.phase === "model" && tick >= run.next - early ? run.next : null;
      if (!mine && soon === null) return;
      const start = soon ?? plan.from, from = Math.max(0, Math.round(tick - start)), list = soon === null ? latest().played : (run.early ||= []);
      const one = Object.assign([from, 0, e.pitch, e.velocity], { at: Math.max(start, tick), end: start + frame.bars * bar });
      run.open.set(e.pitch, one);
      list.push(one);
      look();
    }
    // What is known of the call at a moment: notes still held last until then.
    function callAt(tick, whole) {
      return latest().played.map((n) => [n[0], n[1] || Math.max(1, Math.round(Math.min(whole ? n.end : tick, n.end) - n.at)), n[2], n[3]]);
    }

    // ---- the round: every 15 ms, and as often as the browser likes in a tab that is not seen
    function step() {
      if (!run || !player.playing) return;
      const tick = player.tickAt(performance.now()), { plan } = run;
      if (tick === null) return;
      counter(tick);
      if (tick < 0) { show("Count-in", `${frame.bars} ${frame.bars === 1 ? "bar" : "bars"} each, you begin`); return; }
      if (run.phase === "you") {
        asking(tick);
        if (tick >= plan.end - 1) over(tick);
        else mine();
      }
      if (run.got && !latest().answer && (document.hidden || tick >= plan.end - DUE * perSecond())) place(latest(), run.got.got);
      if (run.phase === "waiting") waiting(tick);
      if (run.phase === "model" && tick >= run.next) yours();
      views?.forEach((view, i) => view.playhead(headOf(i, tick)));
    }
    function mine() {
      if (run.told === "you") return;
      run.told = "you";
      show("Your turn", `Round ${rounds.length}`);
      speak("Your turn.");
    }
    // The first question is asked so early that even a slow answer is there in time. When it comes soon, the model is asked
    // once more with what was played meanwhile; the newest answer that is there at the bar line sounds.
    function ask(tick) {
      const one = latest(), played = callAt(tick, true), mine = run, sent = performance.now();
      if (!played.length) return;
      run.asked = played.length;
      run.busy = true;
      ctx.post(at("answer"), { ...frame, played, rhythm: run.rhythm }).then((got) => {
        took = [...took.slice(-7), (performance.now() - sent) / 1000];
        if (run !== mine || latest() !== one) return;
        run.busy = false;
        if (one.answer) return; // another one sounds already
        run.got = { got, heard: played.length };
        one.spare = ((run.plan.end - player.tickAt(performance.now())) / perSecond()) * 1000;
        step();
      }, (error) => { if (run === mine && latest() === one) { run.busy = false; if (!run.got) { told.say(error.message, true); run.failed = true; } } });
    }
    // Half as much again as the longest of the last answers; what one usually takes.
    const slow = () => Math.max(LEAST, 1.5 * Math.max(...took) + 0.1), middle = () => [...took].sort((x, y) => x - y)[took.length >> 1];
    function asking(tick) {
      if (!run.asked) { if (tick >= run.plan.askAt(slow() * perSecond())) ask(tick); return; }
      if (!run.got || run.busy) return;
      const left = (run.plan.end - tick) / perSecond(), more = latest().played.length > run.asked;
      if (more && left > 1.1 * middle() + 2 * DUE && tick >= run.plan.end - run.bar / 2) ask(tick);
    }
    // The answer goes into the tune that is playing.
    function place(one, got) {
      const { plan, roll } = run, tick = player.tickAt(performance.now()), line = plan.answerAt(tick, SOON * perSecond());
      one.late = Math.round((line - plan.end) / run.bar);
      one.offer = got.offer;
      one.answer = got.roll.voices[0].notes;
      run.at = line;
      run.next = line + frame.bars * run.bar;
      roll.voices[0].notes = [...roll.voices[0].notes, ...one.answer.map(([start, length, pitch, velocity]) => [start + line, length, pitch, velocity])];
      player.update({ ...roll, voices: [{ ...roll.voices[0] }] });
      look();
    }
    // The person's bars are over: what still sounds ends here.
    function over(tick) {
      for (const n of run.open.values()) if (!n[1]) n[1] = Math.max(1, Math.round(n.end - n.at));
      run.open.clear();
      if (!run.asked && latest().played.length) ask(tick); // the only notes came at the very end
      run.phase = "waiting";
      run.said = false;
      look();
    }
    function waiting(tick) {
      const one = latest(), end = run.plan.end;
      if (!one.played.length || run.failed) { // nothing to answer: the same person again, at the next bar line
        run.failed = false;
        one.played = [];
        run.plan.next(end - frame.bars * run.bar);
        Object.assign(run, { phase: "you", asked: 0, got: null, told: "you" });
        show("Your turn", "Nothing was heard. These bars are yours again.");
        speak("Nothing was heard. Your turn again.");
        return;
      }
      if (one.answer && tick >= run.at - 1) {
        run.phase = "model";
        show("The model answers", one.late ? `${one.late === 1 ? "One bar" : `${one.late} bars`} later: the answer was not there in time` : `Round ${rounds.length}`);
        speak("The model answers.");
      } else if (!run.said && tick >= end) {
        run.said = true;
        show("One moment", "The answer comes a bar later");
        speak("The answer comes a bar later.");
      }
    }
    function yours() {
      if (rounds.length >= MOST || run.next + 3 * frame.bars * run.bar > run.roll.length) { stop(); told.say("That is as long as a jam can be. Keep it, and start another."); return; }
      run.plan.next(run.at);
      Object.assign(run, { phase: "you", asked: 0, got: null, busy: false, told: null });
      rounds.push(round());
      latest().played = run.early || [];
      run.early = null;
      mine();
      look();
    }

    // ---- what is seen
    function counter(tick) {
      const inBar = ((tick % run.bar) + run.bar) % run.bar, list = beatsOf(frame.meter), beat = list.findLastIndex((b) => b <= inBar + 1);
      const begun = run.phase === "model" ? run.at : run.plan.from, bar = Math.max(0, Math.floor((tick - begun) / run.bar)), key = `${beat} ${bar} ${run.phase}`;
      if (run.beat === key) return;
      run.beat = key;
      if (beats.children.length !== list.length) fill(beats, ...list.map((_, i) => h("span", {}, String(i + 1))));
      [...beats.children].forEach((el, i) => el.classList.toggle("on", i === beat));
      beats.classList.toggle("model", run.phase === "model");
    }
    // The rounds side by side, as they will be kept: each turn in its place, without the bars of waiting.
    const span = () => 2 * frame.bars * barTicks();
    const barTicks = () => barOf(frame.meter);
    function rolls() {
      const shown = Math.max(2, rounds.length), first = Math.max(0, shown - 4), length = span();
      const voice = (name, pick, shift, ...before) => [...before, { name, role: "melody", instrument: "plucked", notes: rounds.slice(first).flatMap((one, i) => pick(one).map((n) => [n[0] + i * length + shift, n[1] || barTicks() / 16, n[2], n[3]])) }];
      const roll = (voices) => ({ ...emptyRoll({ ...frame, ...frame.key }, 2 * frame.bars * (shown - first)), voices });
      return [roll(voice("You", (one) => one.played, 0)), roll(voice("The model", (one) => one.answer || [], frame.bars * barTicks(), { name: "You", role: "part", instrument: "plucked", notes: [] }))]; // its colour is the second voice's
    }
    function headOf(i, tick) {
      if (!run || tick < 0) return null;
      const first = Math.max(0, Math.max(2, rounds.length) - 4), back = (rounds.length - 1 - first) * span();
      if (i === 0) return run.phase === "you" ? back + tick - run.plan.from : null;
      return run.phase === "model" ? back + frame.bars * barTicks() + tick - run.at : null;
    }
    function look() {
      draw();
      const both = rolls();
      if (!views) views = canvases.map((canvas, i) => music.rollView(canvas, both[i])); else views.forEach((view, i) => view.update(both[i]));
      const count = (pick) => rounds.reduce((n, one) => n + pick(one), 0);
      canvases[0].setAttribute("aria-label", `What you played: ${count((one) => one.played.length)} notes in ${rounds.length} rounds`);
      canvases[1].setAttribute("aria-label", `What the model played: ${count((one) => one.answer?.length || 0)} notes`);
    }

    function stop({ quiet = false } = {}) {
      if (!run) return;
      const { offs } = run;
      for (const n of run.open.values()) if (!n[1]) n[1] = Math.max(1, Math.round(Math.min(player.position(), n.end) - n.at));
      run = null;
      offs.forEach((off) => off());
      player.stop();
      keys.liftAll();
      rounds = rounds.filter((one) => one.played.length);
      if (quiet || gone) return;
      const full = rounds.filter((one) => one.answer), late = full.filter((one) => one.late).length;
      show(rounds.length ? "That was your jam" : "Stopped", rounds.length ? `${rounds.length} ${rounds.length === 1 ? "round" : "rounds"}, ${full.length ? `${full.length - late} of ${full.length} answers in time` : "no answer yet"}` : "Nothing was played.");
      speak(`Stopped. ${detail.textContent}`);
      views?.forEach((view) => view.playhead(null));
      [...beats.children].forEach((el) => el.classList.remove("on"));
      look();
      (keep.hidden ? start : keep).focus();
    }
    async function keeping() {
      busy = true;
      draw();
      try {
        told.say("");
        await ctx.settle?.();
        const state = await ctx.post(at("keep-jam"), { ...frame, rounds: rounds.map((one) => ({ played: one.played.map((n) => [n[0], n[1] || 1, n[2], n[3]]), offer: one.offer })) });
        if (box) box.close(); else drop();
        ctx.load(state);
        ctx.say(`Your jam is on the table: ${state.roll.bars.length} bars. Yours and the model's are marked.`);
      } catch (error) { told.say(error.message, true); }
      busy = false;
      if (!gone) draw();
    }
    music.keysAtHand(keys, parts);
    warm().catch(() => null);
    draw();
    start.focus();
    return { el: body, box, get rounds() { return rounds; }, get phase() { return run?.phase || null; }, get took() { return took; }, begin, stop, drop };
  };
})();
