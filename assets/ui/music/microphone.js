// Records up to half a minute of the microphone as plain samples, for humming and tapping. What is sent is 16 kHz WAV;
// the samples as they came stay with the take. Nothing is asked of the browser before record() is called.
(() => {
  const music = (Studio.music ||= {});
  const SENT = 16000, MOST = 30, LEAD = 0.15; // seconds kept before the count-in is over: people begin a little early
  const SAYS = {
    insecure: "The microphone needs a secure address: open the studio over https, or on this machine as localhost.",
    unsupported: "This browser cannot record from a microphone.",
    refused: "The browser does not let this page use the microphone. Allow it in the browser's settings for this site, then try again.",
    none: "No microphone was found. Connect one and try again.",
    busy: "The microphone is there, but another program seems to hold it. Close that program and try again.",
    nothing: "Nothing was recorded. Try once more, and sing for a second at least.",
  };
  const WORKLET = `registerProcessor("tandem-microphone", class extends AudioWorkletProcessor {
    process([input]) { if (input[0]) this.port.postMessage([currentTime, input[0].slice()]); return true; }
  });`;

  // From one rate to another through a windowed sinc, whose phases repeat: nothing above half the new rate comes back as
  // another tone. Passes what lies below 84 % of that and takes 80 dB from what lies above it.
  function resample(samples, from, to) {
    if (from === to) return samples.slice();
    const gcd = (a, b) => (b ? gcd(b, a % b) : a), shared = gcd(from, to), up = to / shared, down = from / shared;
    const slow = Math.min(1, to / from), reach = Math.ceil(32 / slow), size = 2 * reach, cut = 0.92 * slow;
    const bessel = (x) => { let sum = 1, term = 1; for (let k = 1; k < 40; k++) { term *= (x / (2 * k)) ** 2; sum += term; } return sum; };
    const phases = [], top = bessel(8);
    const phase = (p) => {
      if (phases[p]) return phases[p];
      const taps = new Float32Array(size);
      let sum = 0;
      for (let k = 0; k < size; k++) {
        const t = k - reach + 1 - p / up, x = t / reach;
        taps[k] = Math.abs(x) >= 1 ? 0 : (t === 0 ? cut : Math.sin(Math.PI * cut * t) / (Math.PI * t)) * (bessel(8 * Math.sqrt(1 - x * x)) / top);
        sum += taps[k];
      }
      for (let k = 0; k < size; k++) taps[k] /= sum;
      return (phases[p] = taps);
    };
    const out = new Float32Array(Math.floor((samples.length * up) / down));
    for (let i = 0; i < out.length; i++) {
      const place = i * down, whole = Math.floor(place / up), taps = phase(place % up), first = whole - reach + 1;
      let sum = 0;
      for (let k = Math.max(0, -first), end = Math.min(size, samples.length - first); k < end; k++) sum += taps[k] * samples[first + k];
      out[i] = sum;
    }
    return out;
  }

  function wav(samples, rate) {
    const made = new DataView(new ArrayBuffer(44 + 2 * samples.length));
    const text = (at, word) => [...word].forEach((c, i) => made.setUint8(at + i, c.charCodeAt(0)));
    text(0, "RIFF"); made.setUint32(4, 36 + 2 * samples.length, true); text(8, "WAVEfmt ");
    made.setUint32(16, 16, true); made.setUint16(20, 1, true); made.setUint16(22, 1, true);
    made.setUint32(24, rate, true); made.setUint32(28, 2 * rate, true); made.setUint16(32, 2, true); made.setUint16(34, 16, true);
    text(36, "data"); made.setUint32(40, 2 * samples.length, true);
    for (let i = 0; i < samples.length; i++) made.setInt16(44 + 2 * i, Math.round(32767 * Math.max(-1, Math.min(1, samples[i]))), true);
    return made.buffer;
  }

  function sentence(error) {
    if (/NotAllowed|Security/.test(error.name)) return SAYS.refused;
    if (/NotFound|Overconstrained/.test(error.name)) return SAYS.none;
    if (/NotReadable|Abort/.test(error.name)) return SAYS.busy;
    return SAYS.unsupported;
  }

  let single = null;
  music.microphone = () => (single ||= make());
  Object.assign(music, { resample, wav });

  function make() {
    const player = music.player();
    let module = null, current = null, lastTake = null, playing = null;

    async function open() {
      if (!window.isSecureContext) throw new Error(SAYS.insecure);
      if (!navigator.mediaDevices?.getUserMedia) throw new Error(SAYS.unsupported);
      // What makes speech on the telephone clearer spoils a held note.
      const plain = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      try { return await navigator.mediaDevices.getUserMedia({ audio: plain }); }
      catch (error) { throw new Error(sentence(error), { cause: error }); }
    }

    // Calls take(time, samples) for each block as it comes in; gives a function that ends it.
    async function tap(context, stream, take) {
      const source = context.createMediaStreamSource(stream), silent = new GainNode(context, { gain: 0 });
      let node;
      try {
        module ||= context.audioWorklet.addModule(api.worklet || URL.createObjectURL(new Blob([WORKLET], { type: "text/javascript" })));
        await module;
        node = new AudioWorkletNode(context, "tandem-microphone", { numberOfInputs: 1, channelCount: 1, channelCountMode: "explicit" });
        node.port.onmessage = ({ data: [time, samples] }) => take(time, samples);
      } catch { // no worklets here, or they are forbidden
        module = null;
        node = context.createScriptProcessor(2048, 1, 1);
        node.onaudioprocess = (e) => take(e.playbackTime - 2048 / context.sampleRate, e.inputBuffer.getChannelData(0).slice());
      }
      source.connect(node).connect(silent).connect(context.destination);
      return () => { if (node.port) node.port.onmessage = null; node.onaudioprocess = null; source.disconnect(); node.disconnect(); silent.disconnect(); for (const track of stream.getTracks()) track.stop(); };
    }

    // With a roll, `countIn` bars are clicked first and then (`metronome`) or the tune itself (`withTune`) goes along.
    // onLevel({level, peak, seconds}) comes about twenty times a second, levels 0 to 1. Gives {stop(), cancel(), done}; `done` is
    // the take, null when cancelled: {wav, rate, duration, start (tick of the first sample as heard), raw: {samples, rate, wav()}}.
    async function record({ seconds = MOST, roll = null, from = 0, countIn = 0, metronome = false, withTune = false, onLevel, onState, wishes = {} } = {}) {
      current?.cancel();
      const say = (state) => onState?.(state);
      say("asking");
      player.wake(); // while the click still counts as a gesture
      const stream = await open();
      let close = null, off = null, finish, fail, over = false;
      const done = new Promise((resolve, reject) => { finish = resolve; fail = reject; });
      done.catch(() => null);
      try { await player.ready(); } catch (error) { stream.getTracks().forEach((track) => track.stop()); throw error; }
      const context = player.sounds.context, rate = context.sampleRate, most = Math.min(MOST, seconds);
      const data = new Float32Array(Math.ceil((most + LEAD) * rate) + 4096);
      const delay = (context.outputLatency || context.baseLatency || 0) + (stream.getAudioTracks()[0].getSettings().latency || 0);
      const run = { filled: 0, first: null, open: Infinity, level: 0, peak: 0, told: 0, tick: null, perSecond: 0, lead: 0 };

      function take(time, samples) {
        if (over) return;
        let square = 0, top = 0;
        for (const x of samples) { square += x * x; top = Math.max(top, Math.abs(x)); }
        run.level = Math.max(Math.sqrt(square / samples.length), run.level * 0.94);
        run.peak = Math.max(top, run.peak * 0.97);
        const skip = Math.max(0, Math.ceil((run.open - time) * rate));
        if (skip < samples.length) {
          if (run.first === null) { run.first = time + skip / rate; say("recording"); }
          const part = samples.subarray(skip, skip + data.length - run.filled);
          data.set(part, run.filled);
          run.filled += part.length;
        }
        if (time - run.told > 0.05 || time < run.told) {
          run.told = time;
          onLevel?.({ level: Math.min(1, run.level), peak: Math.min(1, run.peak), seconds: Math.max(0, run.filled / rate - run.lead) });
        }
        if (run.filled >= (most + run.lead) * rate) stop();
      }
      function end() {
        over = true;
        player.recording = false;
        off?.();
        close?.();
        current = null;
        if (goes) player.stop();
        say("done");
      }
      function stop() {
        if (over) return done;
        end();
        if (run.first === null && run.lead) { finish(null); return done; } // stopped while counting in
        const samples = data.slice(0, Math.min(run.filled, Math.round((most + run.lead) * rate)));
        if (samples.length < 0.1 * rate) { fail(new Error(SAYS.nothing)); return done; }
        const start = run.tick === null ? null : run.tick + (run.first - run.due) * run.perSecond;
        lastTake = { wav: wav(resample(samples, rate, SENT), SENT), rate: SENT, duration: samples.length / rate, start, raw: { samples, rate, wav: () => wav(samples, rate) } };
        finish(lastTake);
        return done;
      }
      function cancel() { if (!over) { end(); finish(null); } }

      const goes = !!roll && (countIn > 0 || metronome || withTune);
      player.recording = true;
      current = { stop, cancel };
      try {
        close = await tap(context, stream, take);
        if (over) { close(); return { stop, cancel, done }; } // cancelled meanwhile
        if (goes) {
          const limit = from + (most * roll.ticks * (wishes.tempo || roll.tempo)) / 240 + roll.ticks;
          const began = await player.play({ ...roll, voices: withTune ? roll.voices : [] }, { to: limit, ...wishes, from, countIn, metronome });
          if (!began) { cancel(); return { stop, cancel, done }; }
          // What is sung to the beat heard at `startTime` comes in later by the way out and the way in.
          Object.assign(run, { due: player.startTime + delay + player.sounds.lag, tick: from, perSecond: player.rate, lead: LEAD });
          run.open = run.due - LEAD;
          off = player.on("stop", stop); // Stop means this too
          if (countIn > 0) say("counting");
        } else run.open = 0;
      } catch (error) { end(); stream.getTracks().forEach((track) => track.stop()); throw error; }
      stream.getAudioTracks()[0].addEventListener("ended", stop); // pulled out
      return { stop, cancel, done };
    }

    // Plays a take as it was recorded; gives a function that stops it.
    async function listen(take) {
      await player.ready();
      playing?.stop();
      const context = player.sounds.context, { samples, rate } = take.raw;
      const buffer = new AudioBuffer({ length: samples.length, sampleRate: rate });
      buffer.copyToChannel(samples, 0);
      const source = (playing = new AudioBufferSourceNode(context, { buffer }));
      source.connect(player.sounds.output);
      source.start();
      return () => source.stop();
    }

    const api = {
      record, listen,
      worklet: null, // an address to load the worklet from, where pages may not make their own
      get recording() { return !!current; },
      get last() { return lastTake; },
      stop: () => current?.stop(),
      cancel: () => current?.cancel(),
    };
    return api;
  }
})();
