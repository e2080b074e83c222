// A small still roll to look at: notes fitted to their pitches, bar lines, the scale as a tint. Takes grow in it.
(() => {
  const music = (Studio.music ||= {});

  music.rollView = (canvas, first, { marks = {}, playhead = null } = {}) => {
    let roll = first && music.time.read(first), told = marks, head = playhead, low = 127, high = 0, asked = 0, col = null, still = null, gone = false;
    const ask = (fresh) => { if (fresh) still = null; if (!asked && !gone) asked = requestAnimationFrame(draw); };

    function fitPitches() {
      [low, high] = [127, 0];
      for (const voice of roll.voices) if (voice.role !== "drums") for (const note of voice.notes) { low = Math.min(low, note[2]); high = Math.max(high, note[2]); }
      if (low > high) [low, high] = [60, 72];
      const spare = Math.max(2, (14 - (high - low)) / 2);
      low = Math.floor(low - spare); high = Math.ceil(high + spare);
    }
    function draw() {
      asked = 0;
      const width = canvas.clientWidth, height = canvas.clientHeight;
      if (!roll || !width || !height) return;
      col ||= music.drawRoll.colours(canvas);
      if (!still || still.width !== width || still.height !== height) {
        const paper = document.createElement("canvas");
        fitPitches();
        picture(music.drawRoll.open(paper, width, height), width, height);
        still = { paper, width, height };
      }
      const c = music.drawRoll.open(canvas, width, height);
      c.drawImage(still.paper, 0, 0, width, height);
      if (head === null) return;
      c.fillStyle = col["tune-accent"];
      c.fillRect(Math.round((head / roll.length) * width) - 1, 0, 2, height);
    }
    function picture(c, width, height) {
      const { time } = music, row = height / (high - low + 1), x = (tick) => (tick / roll.length) * width, y = (pitch) => (high - pitch) * row;
      c.fillStyle = col.card;
      c.fillRect(0, 0, width, height);
      for (let pitch = low; pitch <= high; pitch++) {
        const tonic = time.classOf(pitch) === roll.key.root;
        if (!tonic && time.inScale(roll, pitch)) continue;
        c.fillStyle = tonic ? col["tune-accent"] : col.sunken;
        c.globalAlpha = tonic ? 0.14 : 0.8;
        c.fillRect(0, y(pitch), width, row);
      }
      const every = Math.max(1, Math.ceil(roll.bars.length / (width / 6)));
      roll.bars.forEach((bar, i) => {
        const mark = told.bars?.[i];
        if (mark) {
          c.fillStyle = music.drawRoll.toneOf(col, mark);
          c.globalAlpha = 0.14; c.fillRect(x(bar.start), 0, x(bar.length), height);
          c.globalAlpha = 1; c.fillRect(x(bar.start), height - 3, x(bar.length) - 0.5, 3);
        }
        if (!i || i % every) return;
        c.fillStyle = col["ink-soft"]; c.globalAlpha = 0.3; c.fillRect(Math.round(x(bar.start)), 0, 1, height);
      });
      const lead = Math.max(0, roll.voices.findIndex((voice) => voice.role === "melody"));
      roll.voices.map((voice, i) => [voice, i]).sort((a, b) => (a[1] === lead) - (b[1] === lead)).forEach(([voice, i]) => {
        if (voice.role === "drums") return;
        c.fillStyle = col.voices[i % 8];
        c.globalAlpha = i === lead ? 1 : 0.38;
        for (const note of voice.notes) c.fillRect(x(note[0]), y(note[2]) + (row > 4 ? 0.5 : 0), Math.max(1.5, x(note[1]) - 0.8), Math.max(2, row - (row > 4 ? 1 : 0)));
      });
      c.globalAlpha = 1;
    }
    const recolour = () => { col = null; ask(true); };
    document.addEventListener("studio:theme", recolour);
    const watcher = new ResizeObserver(() => ask(true));
    watcher.observe(canvas);
    ask(true);
    return {
      update(next) { roll = next && music.time.read(next); ask(true); },
      playhead(tick) { if (tick !== head) { head = tick; ask(false); } },
      marks(next) { told = next || {}; ask(true); },
      destroy() { gone = true; cancelAnimationFrame(asked); watcher.disconnect(); document.removeEventListener("studio:theme", recolour); },
    };
  };
})();
