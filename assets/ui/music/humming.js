// Hum or whistle a tune into the microphone, or bring a recording; and the recording under the roll it became.
(() => {
  const music = (Studio.music ||= {}), { h, fill } = Studio;
  const MOST = 30;
  const PLAIN = /\.(wav|flac|ogg|oga|mp3)$/i; // what the studio reads by itself; the rest the browser has to open
  const several = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

  music.humDialog = (ctx) => {
    const { field, check, choice, emptyRoll, tempoField, tempoOf, beatChoice, beatsOf, forms } = { ...music.forms, forms: music.forms };
    const mic = music.microphone(), told = forms.line();
    const kept = JSON.parse(localStorage.getItem("tandem-hum") || "{}");
    const meter = choice("Meter", forms.METERS, kept.meter || "4/4"), tempo = tempoField(kept.tempo ?? "", () => meter.value, { placeholder: "free" });
    const tonic = choice("Key", [["", "guess it"], ...forms.TONICS], kept.tonic || ""), mode = choice("Mode", forms.MODES, kept.mode || "major");
    const count = choice("Count-in", [["0", "none"], ["1", "1 bar"], ["2", "2 bars"]], kept.count || "1"), clicks = check("Metronome", kept.clicks ?? true);
    const beat = choice("The first note is on", beatChoice(meter.value), "0");
    let take = null, bytes = null, taking = null, busy = false, quiet = null, gone = false;

    const bar = h("i"), meterEl = h("div", { class: "music-level", role: "meter", "aria-label": "Loudness", "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": "0" }, bar);
    const left = h("span", { class: "music-left", role: "timer" }), wave = h("canvas", { class: "music-take", role: "img", hidden: true });
    const record = h("button", { type: "button", class: "primary big", "data-key": "record", onclick: () => (taking ? taking.stop() : begin()) }, "Record");
    const listen = h("button", { type: "button", "data-key": "listen", onclick: hear, hidden: true }, "Listen"), make = h("button", { type: "button", class: "primary big", onclick: notes, hidden: true }, "Make notes");
    const file = h("input", { type: "file", accept: "audio/*,.wav,.flac,.ogg,.mp3,.m4a", "aria-label": "A recording: WAV, FLAC, OGG or MP3", onchange: brought });
    const box = ctx.dialog("Hum a tune",
      h("div", { class: "music-hum" },
        h("p", {}, "Hum, sing or whistle one line, up to half a minute; “da da da” is heard best."),
        h("p", { class: "soft" }, "Wear headphones when the metronome clicks, or it is recorded too."),
        h("div", { class: "music-fields" },
          field("Tempo", tempo.el, { class: "music-field wide" }), field("Meter", meter), field("Key", tonic), field("Mode", mode), field("Count-in", count), field("The first note is on", beat)),
        clicks.el,
        h("div", { class: "music-deck" }, record, meterEl, left),
        wave,
        h("div", { class: "music-acts" }, make, listen),
        h("label", { class: "music-file" }, h("span", {}, "Or a recording from your phone (WAV, FLAC, OGG, MP3)"), file),
        told.el));
    box.addEventListener("close", () => { gone = true; mic.cancel(); quiet?.(); });

    function draw() {
      const timed = tempo.box.value !== "";
      for (const one of [count, clicks.box]) one.disabled = !timed;
      mode.disabled = !tonic.value;
      clicks.el.title = timed ? "" : "With a tempo only";
      record.textContent = taking ? "Stop" : take || bytes ? "Record again" : "Record";
      record.classList.toggle("primary", !(take || bytes) || !!taking);
      make.hidden = !(take || bytes) || !!taking;
      listen.hidden = !take || !!taking;
      make.disabled = record.disabled = file.disabled = busy;
      make.textContent = busy ? "Listening for notes …" : "Make notes";
    }
    tempo.box.addEventListener("input", draw);
    tonic.addEventListener("change", draw);
    meter.addEventListener("change", () => { const chosen = beat.value; fill(beat, ...beatChoice(meter.value).map(([v, t]) => h("option", { value: v }, t))); beat.value = Number(chosen) < beatsOf(meter.value).length ? chosen : "0"; });

    async function begin() {
      try {
        told.say("");
        quiet?.();
        const speed = tempoOf(tempo.box), timed = speed !== null;
        remember();
        take = bytes = null;
        file.value = "";
        wave.hidden = true;
        left.textContent = "";
        const roll = timed ? emptyRoll({ meter: meter.value, tempo: speed }, 1) : null;
        taking = await mic.record({
          seconds: MOST, roll, countIn: timed ? Number(count.value) : 0, metronome: timed && clicks.box.checked,
          wishes: { to: roll ? 4000 * roll.ticks : undefined },
          onState(state) {
            if (state === "asking") left.textContent = "Waiting for the microphone …";
            if (state === "counting") left.textContent = "Counting in …";
            if (state === "recording") Studio.say("Recording.");
          },
          onLevel({ level, seconds }) {
            const shown = Math.min(100, Math.round(100 * Math.sqrt(level)));
            bar.style.width = `${shown}%`;
            meterEl.setAttribute("aria-valuenow", String(shown));
            if (seconds > 0) left.textContent = `${Math.max(0, Math.ceil(MOST - seconds))} s left`;
          },
        });
        draw();
        take = await taking.done;
        if (take) { left.textContent = `${take.duration.toFixed(1)} s recorded`; picture(); Studio.say("Recorded. Listen to it, or make notes."); } else left.textContent = "";
      } catch (error) { left.textContent = ""; told.say(error.message, true); }
      taking = null;
      bar.style.width = "0";
      meterEl.setAttribute("aria-valuenow", "0");
      if (gone) return;
      draw();
      if (take) make.focus();
    }
    function picture() {
      const told = forms.peaksOf(take.raw.samples, take.raw.rate);
      wave.hidden = false;
      wave.setAttribute("aria-label", `The recording, ${told.seconds.toFixed(1)} seconds`);
      const paper = forms.canvasOf(wave);
      forms.drawWave(paper, told, (px) => (px / paper.width) * told.seconds);
    }
    async function hear() { try { quiet?.(); quiet = await mic.listen(take); } catch (error) { told.say(error.message, true); } }

    async function brought() {
      const chosen = file.files[0];
      if (!chosen) return;
      try {
        told.say("");
        if (chosen.size > 40 * 2 ** 20) throw new Error("That file is larger than 40 MB. Cut it to half a minute first.");
        bytes = await chosen.arrayBuffer();
        if (!PLAIN.test(chosen.name)) bytes = await opened(bytes);
        take = null;
        wave.hidden = true;
        left.textContent = chosen.name;
      } catch (error) { bytes = null; told.say(error.message, true); }
      draw();
    }
    // What the studio itself cannot read, such as a telephone's m4a, the browser may.
    async function opened(data) {
      try {
        const sound = await new OfflineAudioContext(1, 1, 44100).decodeAudioData(data), mono = new Float32Array(sound.length);
        for (let k = 0; k < sound.numberOfChannels; k++) sound.getChannelData(k).forEach((x, i) => { mono[i] += x / sound.numberOfChannels; });
        return music.wav(music.resample(mono, sound.sampleRate, 16000), 16000);
      } catch { throw new Error("This file could not be opened as sound. Bring a WAV, FLAC, OGG or MP3 file."); }
    }

    const remember = () => localStorage.setItem("tandem-hum", JSON.stringify({ meter: meter.value, tempo: tempo.box.value, tonic: tonic.value, mode: mode.value, count: count.value, clicks: clicks.box.checked }));
    async function notes() {
      busy = true;
      draw();
      try {
        told.say("");
        quiet?.();
        const speed = tempoOf(tempo.box), { working } = (await ctx.settle()) || ctx.state();
        remember();
        const query = new URLSearchParams({ meter: meter.value, beat: beat.value, working });
        if (speed !== null) query.set("tempo", String(speed));
        if (tonic.value) { query.set("key", tonic.value); query.set("mode", mode.value); }
        const state = await ctx.send(`sessions/${ctx.state().session}/hum?${query}`, take ? take.wav : bytes, "audio/wav");
        if (gone) return;
        box.close();
        ctx.load(state);
        const melody = state.roll.voices[melodyOf(state.roll)].notes.length, unsure = state.heard?.unsure.length || 0;
        ctx.say([`${several(melody, "note")} heard, in ${state.roll.key.name}.`, unsure ? `${several(unsure, "is", "are")} unsure and marked.` : "", ...(state.warnings || [])].filter(Boolean).join(" "));
      } catch (error) { told.say(error.message, true); }
      busy = false;
      if (!gone) draw();
    }
    draw();
    record.focus();
    return box;
  };

  const melodyOf = (roll) => Math.max(0, roll.voices.findIndex((voice) => voice.role === "melody"));

  // ---- under the roll

  music.recordingBar = (ctx, root) => {
    const { player } = ctx;
    const alone = h("button", { type: "button", "aria-pressed": "false", onclick: ctx.trying(() => (source && !joined ? rest() : playAlone())) }, "Play the recording");
    const both = h("button", { type: "button", "aria-pressed": "false", onclick: ctx.trying(() => (joined ? ctx.stop() : playBoth())) }, "With the tune");
    const count = h("span", { class: "soft" }), next = h("button", { type: "button", onclick: show }, "Next unsure note");
    const canvas = h("canvas", { class: "music-wave", role: "img", "aria-label": "Waveform of the recording" });
    const bar = h("section", { class: "music-rec", "aria-label": "The recording", hidden: true }, h("div", { class: "music-recrow" }, alone, both, h("span", { class: "music-gap" }), count, next), canvas);
    root.append(bar);
    let sha = null, sound = null, wave = null, source = null, joined = false, since = 0, stood = 0, head = null, shown = -1, asked = 0, axis = "";

    const perTick = () => { const roll = ctx.roll(); return 240 / (roll.ticks * roll.tempo); };
    const secondOf = (tick) => ctx.state().heard.offset + tick * perTick();
    const tickOf = (second) => (second - ctx.state().heard.offset) / perTick();
    const unsure = () => ctx.state()?.heard?.unsure || [];

    ctx.on("state", arrive);
    ctx.on("saved", tally);
    ctx.on("edit", () => ask());
    ctx.on("view", () => ask());
    ctx.on("playhead", (tick) => { if (!source || joined) { head = tick; ask(); } });
    player.on("stop", () => { if (joined) silence(); });
    player.on("start", () => { if (source && !joined) silence(); });
    document.addEventListener("studio:theme", () => ask());
    ctx.root.addEventListener("scroll", () => ask(), true);
    new ResizeObserver(() => ask()).observe(canvas);
    setInterval(() => { if (wave && bar.offsetParent && String(places()) !== axis) ask(); }, 150); // the roll does not say that it was zoomed

    function arrive(state) {
      const heard = state.heard;
      bar.hidden = !heard;
      if (!heard) { silence(); sha = wave = null; return; }
      if (heard.sha256 !== sha) { silence(); sha = heard.sha256; sound = wave = null; stood = 0; shown = -1; fetchSound(sha); }
      tally();
      ask();
    }
    function tally() {
      const n = unsure().length;
      count.textContent = n ? `${several(n, "unsure note")}` : "Every note is sure or was looked at.";
      next.hidden = !n;
    }
    async function fetchSound(wanted) {
      try {
        const answer = await fetch(`studio/media/${wanted}`, { credentials: "same-origin" });
        if (!answer.ok) throw new Error();
        const made = await new OfflineAudioContext(1, 1, 44100).decodeAudioData(await answer.arrayBuffer());
        if (wanted !== sha) return;
        sound = made;
        wave = music.forms.peaksOf(made.getChannelData(0), made.sampleRate);
        canvas.setAttribute("aria-label", `Waveform of the recording, ${wave.seconds.toFixed(1)} seconds`);
      } catch { ctx.say("The recording could not be opened here. The notes are complete without it.", { bad: true }); }
      ask();
    }

    // Where the tune's first and last moment are in the picture: as in the roll, when that is to be seen.
    function places() {
      const box = canvas.getBoundingClientRect(), stage = ctx.root.querySelector(".music-roll .stage"), roll = ctx.roll();
      const room = stage?.offsetParent ? stage.getBoundingClientRect() : null;
      if (!room || !roll) return [0, box.width, 0, box.width];
      return [ctx.editor.at(0, 60)[0] - box.left, ctx.editor.at(roll.length, 60)[0] - box.left, Math.max(0, room.left - box.left), Math.min(box.width, room.left - box.left + stage.clientWidth)];
    }
    function ask() { if (!asked && !bar.hidden) asked = requestAnimationFrame(draw); }
    function draw() {
      asked = 0;
      if (!canvas.clientWidth || !ctx.roll()) return;
      const paper = music.forms.canvasOf(canvas), [x0, x1, from, to] = places(), { length } = ctx.roll();
      axis = String([x0, x1, from, to]);
      const tickAt = (px) => ((px - x0) / (x1 - x0)) * length;
      if (wave) music.forms.drawWave(paper, wave, (px) => secondOf(tickAt(px)), [from, to]);
      if (head === null) return;
      const x = x0 + (head / length) * (x1 - x0);
      if (x < from || x > to) return;
      paper.c.fillStyle = paper.colour("bad");
      paper.c.fillRect(Math.round(x) - 1, 0, 2, paper.height);
    }

    function silence() {
      const was = source;
      source = null;
      joined = false;
      if (was) { was.onended = null; try { was.stop(); } catch { /* it had not begun */ } was.disconnect(); }
      alone.setAttribute("aria-pressed", "false");
      both.setAttribute("aria-pressed", "false");
      alone.textContent = "Play the recording";
      both.textContent = "With the tune";
    }
    function sounding(button, text) {
      const { context, output } = player.sounds;
      source = new AudioBufferSourceNode(context, { buffer: sound });
      source.connect(output);
      source.onended = () => { if (!joined) { silence(); stood = 0; head = null; ctx.editor.playhead(null); ask(); } };
      button.setAttribute("aria-pressed", "true");
      button.textContent = text;
    }
    function rest() { stood = Math.max(0, player.sounds.context.currentTime - since); silence(); }
    async function playAlone() {
      if (!sound) throw new Error("The recording is still on its way. Try again in a moment.");
      ctx.stop();
      silence();
      player.wake();
      await player.ready();
      sounding(alone, "Pause the recording");
      if (stood >= sound.duration - 0.05) stood = 0;
      since = player.sounds.context.currentTime - stood;
      source.start(0, stood);
      const mine = source, frame = () => {
        if (source !== mine) return;
        head = Math.min(Math.max(0, tickOf(player.sounds.context.currentTime - since)), ctx.roll().length);
        ctx.editor.playhead(head, { follow: true });
        ask();
        requestAnimationFrame(frame);
      };
      frame();
    }
    // Both from the start, or round the loop: the browser keeps them together by its own clock.
    async function playBoth() {
      if (!sound) throw new Error("The recording is still on its way. Try again in a moment.");
      silence();
      player.wake();
      await player.ready();
      const loop = ctx.editor.loop(), from = loop ? loop[0] : 0;
      ctx.stop();
      await ctx.play("table", null, from);
      if (!player.playing) return;
      joined = true;
      sounding(both, "Stop both");
      if (loop) Object.assign(source, { loop: true, loopStart: Math.max(0, secondOf(loop[0])), loopEnd: Math.min(sound.duration, secondOf(loop[1])) });
      const at = player.startTime + player.sounds.lag, second = secondOf(from);
      source.start(at + Math.max(0, -second), Math.max(0, second));
    }

    function show() {
      const list = unsure(), roll = ctx.roll();
      if (!list.length) return;
      const i = list.find((n) => n > shown) ?? list[0], voice = melodyOf(roll), note = roll.voices[voice].notes[i];
      shown = i;
      if (!note) return;
      if (ctx.view?.() !== "roll") ctx.show?.("roll");
      ctx.editor.voice(voice);
      ctx.editor.select([i]);
      ctx.editor.run.moveCursor(note[0], note[2], { speak: false });
      player.audition(note[2], roll.voices[voice].instrument);
      ctx.say(`Unsure note ${list.indexOf(i) + 1} of ${list.length}: ${music.time.noteWords(music.time.read(roll), note, false)}. Move it if it is wrong; as soon as it is changed it counts as yours.`);
    }
    if (ctx.state()) arrive(ctx.state());
  };
})();
