// Sounds in the browser: the studio's own samples; simple oscillator voices stand in for what is not there (yet).
// Nothing is fetched, decoded or sounded before wake(), which has to be called from a gesture of the person.
(() => {
  const music = (Studio.music ||= {});
  // As in studio/music/sound/instruments.py: loudness beside the others, place, share of the room, seconds of release and
  // how quickly it dies, power of velocity. `wave` and `decay` are for the stand-in.
  const MANNERS = {
    plucked: { level: 0.16, pan: -0.12, room: 0.11, release: 0.42, ease: 4, loudness: 1.5, wave: [1, 0.5, 0.3, 0.12, 0.06], decay: 0.45 },
    flute: { level: 0.112, pan: 0.1, room: 0.17, release: 0.11, ease: 1.5, loudness: 1.2, wave: [1, 0.25, 0.08], rise: 0.03 },
    organ: { level: 0.095, pan: 0, room: 0.2, release: 0.12, ease: 1.5, loudness: 0.5, wave: [1, 0.6, 0.35, 0.25, 0, 0.1], rise: 0.015 },
    bass: { level: 0.15, pan: 0, room: 0.03, release: 0.11, ease: 2.5, loudness: 1.5, wave: [1, 0.8, 0.4, 0.12], decay: 0.7 },
    pad: { level: 0.05, pan: 0, room: 0.15, release: 0.55, ease: 2, loudness: 1.2, wave: [1, 0.4, 0.25, 0.12, 0.06], rise: 0.2 },
    drums: { level: 0.46, pan: 0, room: 0.05, release: 0, ease: 1, loudness: 1.6 },
  };
  const LIFT = 2.4; // the server lifts the sum to -1 dBFS; here a fixed share of that, the limiter takes the rest
  const MOST = 80; // notes at once; the oldest gives way
  const CLOSED = [42, 44], OPEN = 46; // a closed hat ends an open one
  const hertz = (pitch) => 440 * 2 ** ((pitch - 69) / 12);

  music.sampler = ({ base = "studio/sounds/", room = true, volume = 0.9 } = {}) => {
    let ctx = null, awake = null, clips = {}, files = {}, waves = {}, standing = {}, live = new Set(), loaded = false;
    let out, sum, echo;

    // A gesture's first call makes the context and begins to load; later ones only see to it that it runs.
    function wake() {
      if (!ctx) {
        ctx = new AudioContext({ latencyHint: "interactive" });
        build();
        awake = load().catch(() => null).then(() => { loaded = true; });
      }
      return ctx.state === "running" ? null : ctx.resume();
    }

    function build() {
      out = new GainNode(ctx, { gain: volume });
      out.connect(ctx.destination);
      // The browser makes up for what a compressor takes; `sum` is that much lower.
      const limiter = new DynamicsCompressorNode(ctx, { threshold: -8, knee: 6, ratio: 12, attack: 0.002, release: 0.15 });
      limiter.connect(out);
      sum = new GainNode(ctx, { gain: LIFT * 0.62 });
      sum.connect(limiter);
      echo = new GainNode(ctx, { gain: 1 });
      if (room) {
        const answer = new ConvolverNode(ctx, { disableNormalization: true, buffer: hall() });
        echo.connect(answer).connect(sum);
      }
      for (const [name, manner] of Object.entries(MANNERS)) {
        if (manner.wave) waves[name] = new PeriodicWave(ctx, { imag: [0, ...manner.wave] });
      }
      standing = { kick: thud(0.25, 120, 0.06), snare: hiss(0.2, 0.05, 0.4), hat: hiss(0.06, 0.02, 0), wood: thud(0.08, 800, 0.02), tick: thud(0.05, 1100, 0.012), tock: thud(0.05, 1650, 0.012) };
    }

    // A small room: noise that dies within a second, its treble first, after 14 ms.
    function hall() {
      const rate = ctx.sampleRate, size = Math.round(1.1 * rate), made = new AudioBuffer({ numberOfChannels: 2, length: size, sampleRate: rate });
      for (let side = 0; side < 2; side++) {
        const data = made.getChannelData(side);
        let low = 0, energy = 0;
        for (let i = Math.round(0.014 * rate); i < size; i++) {
          const t = i / rate, soft = 0.5 / (1 + 6 * t);
          low += soft * (Math.random() * 2 - 1 - low);
          data[i] = low * Math.exp(-6.5 * t) * Math.min(1, (t - 0.014) / 0.012);
          energy += data[i] ** 2;
        }
        for (let i = 0; i < size; i++) data[i] /= Math.sqrt(energy);
      }
      return made;
    }
    function shape(seconds, sample) {
      const made = new AudioBuffer({ length: Math.round(seconds * ctx.sampleRate), sampleRate: ctx.sampleRate });
      const data = made.getChannelData(0);
      for (let i = 0; i < data.length; i++) data[i] = sample(i / ctx.sampleRate) * (1 - i / data.length);
      return made;
    }
    const thud = (seconds, freq, fall) => shape(seconds, (t) => Math.cos(2 * Math.PI * freq * (t + (freq < 200 ? 0.02 * (1 - Math.exp(-t / 0.02)) : 0))) * Math.exp(-t / fall));
    const hiss = (seconds, fall, tone) => shape(seconds, (t) => ((Math.random() * 2 - 1) * 0.6 + tone * Math.cos(2 * Math.PI * 190 * t)) * Math.exp(-t / fall));

    // The manifest of studio/music/sound/samples.py: files with many notes in each. A file that fails is left to the stand-ins.
    async function load() {
      const answer = await fetch(base + "samples.json", { credentials: "same-origin" });
      if (!answer.ok) return;
      const { instruments } = await answer.json();
      await Promise.all(Object.entries(instruments).filter(([name]) => MANNERS[name]).map(async ([name, told]) => {
        const found = await Promise.all(told.notes.map((note) => file(note.file).then((buffer) => ({ ...note, buffer }), () => null)));
        clips[name] = { loudness: told.loudness, notes: found.filter(Boolean) };
      }));
    }
    const file = (name) => (files[name] ||= fetch(base + name, { credentials: "same-origin" })
      .then((got) => { if (!got.ok) throw new Error(name); return got.arrayBuffer(); })
      .then((bytes) => ctx.decodeAudioData(bytes)));

    // Where the notes of one voice go: gate (mute), loudness beside the others, place, share of the room. `direct` goes
    // round the limiter, which makes a note under the fingers 6 ms sooner.
    function channel(instrument, { direct = false, share = 1 } = {}) {
      const gate = new GainNode(ctx, { channelCount: 2, channelCountMode: "explicit" });
      const pan = new StereoPannerNode(ctx), send = new GainNode(ctx), level = new GainNode(ctx, { gain: share }), lift = new GainNode(ctx, { gain: direct ? LIFT : 1 });
      gate.connect(level).connect(pan).connect(lift).connect(direct ? out : sum);
      level.connect(send).connect(echo);
      const made = { gate, open: true, instrument: null, hat: null,
        use(name) {
          made.instrument = MANNERS[name] ? name : "plucked";
          pan.pan.value = MANNERS[made.instrument].pan;
          send.gain.value = MANNERS[made.instrument].room;
        },
        shut(shut) {
          if (made.open !== shut) return;
          made.open = !shut;
          gate.gain.setTargetAtTime(shut ? 0 : 1, ctx.currentTime, 0.006);
        },
        drop() { for (const node of [gate, pan, send, level, lift]) node.disconnect(); } };
      made.use(instrument);
      return made;
    }

    // One note from `at` on, for `seconds` (null: until it is released).
    function strike(to, pitch, velocity, at, seconds = null) {
      const manner = MANNERS[to.instrument], drums = to.instrument === "drums";
      const gain = new GainNode(ctx, { gain: 0 });
      const loud = manner.level * (velocity / 100) ** manner.loudness;
      const source = clip(to.instrument, pitch, gain, velocity, at) || (drums ? beat(pitch, gain, loud, at) : tone(to.instrument, pitch, gain, loud, at));
      gain.connect(to.gate);
      const voice = hold(source, gain, at, manner);
      if (drums && CLOSED.includes(pitch)) to.hat?.cut(at);
      if (drums && pitch === OPEN) to.hat = voice;
      if (seconds !== null && !drums) voice.release(at + seconds);
      return voice;
    }

    function hold(source, gain, at, manner) {
      const tau = manner.release / (manner.ease + 1.5);
      const voice = { at, end: Infinity,
        // Notes have their end from the start; it may be moved as long as it has not come.
        release(end) {
          end = Math.max(end, at + 0.005);
          gain.gain.cancelScheduledValues(end);
          gain.gain.setTargetAtTime(0, end, tau);
          source.stop(end + 7 * tau);
          voice.end = end;
        },
        cut(when = ctx.currentTime) {
          when = Math.max(when, ctx.currentTime);
          if (when <= at) { source.stop(0); gain.disconnect(); live.delete(voice); voice.end = at; return; }
          gain.gain.cancelScheduledValues(when);
          gain.gain.setTargetAtTime(0, when, 0.006);
          source.stop(when + 0.05);
          voice.end = Math.min(voice.end, when);
        } };
      source.onended = () => { gain.disconnect(); live.delete(voice); };
      live.add(voice);
      if (live.size > MOST) live.values().next().value.cut();
      return voice;
    }

    function clip(name, pitch, gain, velocity, at) {
      const known = clips[name], drums = name === "drums";
      if (!known?.notes.length) return null;
      const best = known.notes.reduce((a, b) => (Math.abs(b.pitch - pitch) < Math.abs(a.pitch - pitch) ? b : a));
      if (drums && best.pitch !== pitch) return null;
      const source = new AudioBufferSourceNode(ctx, { buffer: best.buffer, playbackRate: drums ? 1 : 2 ** ((pitch - best.pitch) / 12) });
      gain.gain.setValueAtTime(best.gain * (velocity / 100) ** known.loudness, at);
      source.connect(gain);
      if (best.loop_end) {
        Object.assign(source, { loop: true, loopStart: best.start + best.loop_start, loopEnd: best.start + best.loop_end });
        source.start(at, best.start);
      } else source.start(at, best.start, best.length);
      return source;
    }
    function tone(name, pitch, gain, loud, at) {
      const { wave, decay, rise = 0.002 } = MANNERS[name];
      const source = new OscillatorNode(ctx, { frequency: hertz(pitch) });
      source.setPeriodicWave(waves[name] || waves.plucked);
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(wave ? loud : loud * 0.5, at + rise);
      if (decay) gain.gain.setTargetAtTime(0, at + rise, decay);
      source.connect(gain);
      source.start(at);
      return source;
    }
    function beat(pitch, gain, loud, at) {
      const kind = pitch <= 36 || (pitch >= 41 && pitch <= 50 && pitch % 2) ? "kick" : pitch === 38 || pitch === 40 || pitch === 39 ? "snare" : [37, 75, 76, 77, 56].includes(pitch) ? "wood" : "hat";
      return burst(standing[kind], gain, loud, at);
    }
    function burst(buffer, gain, loud, at) {
      const source = new AudioBufferSourceNode(ctx, { buffer });
      gain.gain.setValueAtTime(loud, at);
      source.connect(gain);
      source.start(at);
      return source;
    }
    function click(to, strong, at) {
      const gain = new GainNode(ctx, { gain: 0 });
      const source = burst(strong ? standing.tock : standing.tick, gain, strong ? 0.3 : 0.17, at);
      gain.connect(to.gate);
      return hold(source, gain, at, MANNERS.drums);
    }

    // The moment of the context's clock that is heard at `when` (of performance.now()) by notes that go through the limiter.
    function heard(when = performance.now()) {
      const now = performance.now(), behind = (when - now) / 1000;
      let time = ctx.currentTime + behind - (ctx.outputLatency || ctx.baseLatency || 0);
      const stamp = ctx.getOutputTimestamp?.();
      if (stamp && stamp.performanceTime > 0 && stamp.contextTime > 0) {
        const exact = stamp.contextTime + (when - stamp.performanceTime) / 1000;
        if (Math.abs(exact - time) < 0.5) time = exact; // some browsers give nonsense after a pause
      }
      return time - api.lag;
    }

    const api = {
      lag: 0.006, // what the compressor looks ahead, the same in every browser
      wake, channel, strike, click, heard,
      get context() { return ctx; },
      get output() { return out; },
      get awake() { return awake || Promise.resolve(); },
      get loaded() { return loaded; },
      get instruments() { return Object.keys(MANNERS); },
      has: (name) => !!clips[name]?.notes.length,
      get volume() { return volume; },
      set volume(to) {
        volume = Math.min(1, Math.max(0, Number(to) || 0));
        out?.gain.setTargetAtTime(volume, ctx.currentTime, 0.01);
      },
    };
    return api;
  };
})();
