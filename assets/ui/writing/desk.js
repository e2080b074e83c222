// The manuscript as this page has it: the text of each scene with its makers, the edits that the studio has not acknowledged,
// and undo over all scenes. No DOM. Places are UTF-16 units here; edits that are waiting are in code points, as they are sent.
(() => {
  const writing = (Studio.writing ||= {}), PAIR = /[\ud800-\udbff]/, LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
  const BY_PERSON = ["typed", "pasted", "moved"], AROUND = 16, AT_ONCE = 2000, BURST = 1500;

  writing.desk = () => {
    const L = WritingLedger, past = L.history(1000), scenes = new Map();
    let pending = [], flying = 0, pieces = [], burst = null, group = null;
    const length = (text) => (PAIR.test(text) ? L.points(text) : text.length);

    function load(chapters, { keep = false } = {}) {
      const found = new Set(chapters.flatMap((chapter) => chapter.scenes.map((one) => one.id)));
      for (const id of scenes.keys()) if (!found.has(id)) scenes.delete(id);
      for (const chapter of chapters) for (const one of chapter.scenes) if (one.text !== undefined) put(one.id, one.text, one.spans);
      burst = null;
      if (!keep) { past.clear(); pieces = []; pending = []; flying = 0; }
    }
    function put(id, text, told) { scenes.set(id, { id, text, told, spans: null, pairs: PAIR.test(text) }); }
    function get(id) {
      const one = scenes.get(id);
      if (one && !one.spans) one.spans = one.pairs ? L.toUnits(one.text, one.told) : one.told;
      return one;
    }
    const point = (id, unit) => { const one = scenes.get(id); return one?.pairs ? L.points(one.text.slice(0, unit)) : unit; };
    const unit = (id, at) => { const one = scenes.get(id); return one?.pairs ? L.unitAt(one.text, at) : at; };

    // ---- changes
    // Who wrote what comes, as far as the page can tell; the studio says for sure with its next answer.
    function makers(text, how, offer) {
      if (how === "accepted") return [[text.length, "model", offer]];
      if (how === "rewritten") return [[text.length, "human-rewritten", offer]];
      if (how === "pasted" || how === "moved") return piece(text)?.spans || [[text.length, "pasted", null]];
      return [[text.length, "human", null]];
    }
    const piece = (text) => pieces.find((one) => one.text === text);
    function note(id, start, end, cut = false) {
      const one = get(id);
      if (one && end > start) pieces = [{ text: one.text.slice(start, end), spans: L.part(one.spans, start, end), cut }, ...pieces].slice(0, 16);
    }

    // Puts `text` in the place of `gone` units and queues the edit for the studio. Gives what undoes it.
    function change(id, at, gone, text, { how = "typed", offer = null, spans = null } = {}) {
      const one = get(id);
      text = text.replaceAll("\0", "\ufffd").replace(/\r\n?/g, "\n").replace(LONE, "\ufffd");
      if (how === "pasted" && piece(text)?.cut) { how = "moved"; spans = piece(text).spans; }
      const before = one.text, was = before.slice(at, at + gone);
      if (gone > 1 && how !== "undone") note(id, at, at + gone, true);
      const done = L.splice(one, at, gone, text, text ? spans || makers(text, how, offer) : [], BY_PERSON.includes(how));
      const edit = { scene: id, at: point(id, at), gone: length(was), text, how };
      if (offer) edit.offer = offer;
      if (spans && text) edit.spans = L.toCodePoints(text, spans).map(([n, maker, from]) => ({ length: n, maker, offer: from }));
      edit.kept = { was, before: before.slice(Math.max(0, at - AROUND), at), after: before.slice(at + gone, at + gone + AROUND) };
      one.text = done.scene.text;
      one.spans = done.scene.spans;
      one.pairs ||= PAIR.test(text);
      queue(edit);
      return { ...done.undo, scene: id };
    }

    // Letters typed one after another are sent as one edit, and so are letters deleted backwards.
    function queue(edit) {
      const last = pending.length > flying ? pending[pending.length - 1] : null;
      if (last && last.scene === edit.scene && last.how === "typed" && edit.how === "typed" && last.text.length + last.gone < 2000) {
        if (!edit.gone && last.text && edit.at === last.at + length(last.text)) { last.text += edit.text; return; }
        if (!edit.text && !last.text && edit.at + edit.gone === last.at) {
          Object.assign(last, { at: edit.at, gone: last.gone + edit.gone });
          last.kept = { was: edit.kept.was + last.kept.was, before: edit.kept.before, after: last.kept.after };
          return;
        }
      }
      pending.push(edit);
    }

    // ---- undo
    // Two undoing splices, the newer first, as one; null where they do not touch.
    function composed(newer, older) {
      const end = newer.at + newer.text.length, stop = older.at + older.gone; // both in the state between the two
      if (newer.scene !== older.scene || older.structure || newer.at > stop || end < older.at) return null;
      const head = Math.max(0, older.at - newer.at), tail = Math.max(0, end - stop), text = newer.text, cut = text.length - tail;
      return {
        scene: older.scene, at: Math.min(newer.at, older.at),
        gone: Math.max(0, newer.at - older.at) + newer.gone + Math.max(0, stop - end),
        text: text.slice(0, head) + older.text + text.slice(cut),
        spans: L.joined([...L.part(newer.spans, 0, head), ...older.spans, ...L.part(newer.spans, cut, text.length)]),
      };
    }
    // What a person did in one go is undone in one go: a run of typing, a row of replacements.
    function edit(id, at, gone, text, more = {}) {
      const undo = change(id, at, gone, text, more), how = more.how || "typed", now = performance.now();
      const kind = how === "typed" && !text.includes("\n") && text.length < 40 && gone < 40 ? (text ? "in" : "out") : "";
      if (group) { group.unshift(undo); burst = null; return undo; }
      const whole = burst && kind && kind === burst.kind && now - burst.at < BURST && burst.entry.length === 1 && composed(undo, burst.entry[0]);
      if (whole) { burst.entry[0] = whole; burst.at = now; return undo; }
      const entry = [undo];
      past.push(entry);
      burst = kind ? { kind, at: now, entry } : null;
      return undo;
    }
    function together(act) {
      group = [];
      try { return act(); } finally { if (group.length) past.push(group); group = null; burst = null; }
    }
    function step(entry) { burst = null; past.push(entry); }
    // `turn(one)` does what no splice can do (the order of chapters) and gives what undoes that.
    function back(which, turn, done) {
      burst = null;
      return past[which]((one) => {
        if (one.structure) return turn(one);
        const at = one.at;
        const inverse = change(one.scene, at, one.gone, one.text, { how: "undone", spans: one.spans });
        done?.({ scene: one.scene, at, gone: one.gone, text: one.text });
        return inverse;
      });
    }
    // A whole new state of a scene came from the studio: the least splice between the two, makers included.
    function undoOf(id, text, spans) {
      const one = get(id);
      if (one.text === text && JSON.stringify(one.spans) === JSON.stringify(spans)) return null;
      const found = L.between(one.text, text), [low, high] = apart(one.spans, spans);
      const at = Math.min(found.at, low), tail = Math.min(one.text.length - found.at - found.gone, high, Math.min(one.text.length, text.length) - at);
      const stop = one.text.length - tail;
      return { scene: id, at, gone: text.length - tail - at, text: one.text.slice(at, stop), spans: L.part(one.spans, at, stop) };
    }
    function apart(a, b) {
      const alike = (x, y) => x && y && x[0] === y[0] && x[1] === y[1] && x[2] === y[2];
      let i = 0, j = 0, low = 0, high = 0;
      while (alike(a[i], b[i])) low += a[i++][0];
      while (j < Math.min(a.length, b.length) - i && alike(a[a.length - 1 - j], b[b.length - 1 - j])) high += a[a.length - 1 - j++][0];
      return i === a.length && i === b.length ? [low, low] : [low, high];
    }

    // ---- what goes to the studio
    function next() {
      const some = pending.slice(0, AT_ONCE);
      flying = some.length;
      return some.map(({ kept, ...edit }) => edit);
    }
    function sent(ok) { if (ok) pending = pending.slice(flying); flying = 0; }
    const waits = (id) => pending.some((one) => one.scene === id);
    // Makers as the studio knows them. False where its text cannot be this one.
    function told(found) {
      const changed = [];
      let sound = true;
      for (const [id, spans] of Object.entries(found || {})) {
        const one = scenes.get(id);
        if (!one || waits(id)) continue;
        if (spans.reduce((sum, span) => sum + span[0], 0) !== (one.pairs ? L.points(one.text) : one.text.length)) { sound = false; continue; }
        one.told = spans;
        one.spans = null;
        changed.push(id);
      }
      return { sound, changed };
    }

    // ---- edits kept in the browser: do they stand in the texts already, do they still fit?
    const cut = (text, at, gone) => { const a = PAIR.test(text) ? L.unitAt(text, at) : at; return [a, a + gone]; };
    function stands(edits) {
      const texts = {};
      for (const one of [...edits].reverse()) {
        const text = texts[one.scene] ?? scenes.get(one.scene)?.text;
        if (text === undefined) return false;
        const [a, b] = cut(text, one.at, one.text.length);
        if (text.slice(a, b) !== one.text || !text.slice(0, a).endsWith(one.kept.before)) return false;
        texts[one.scene] = text.slice(0, a) + one.kept.was + text.slice(b);
      }
      return true;
    }
    function fits(edits) {
      const texts = {};
      for (const one of edits) {
        const text = texts[one.scene] ?? scenes.get(one.scene)?.text;
        if (text === undefined) return false;
        const [a, b] = cut(text, one.at, one.kept.was.length);
        if (text.slice(a, b) !== one.kept.was || !text.slice(0, a).endsWith(one.kept.before) || !text.slice(b).startsWith(one.kept.after)) return false;
        texts[one.scene] = text.slice(0, a) + one.text + text.slice(b);
      }
      return true;
    }
    function again(edits) {
      together(() => {
        for (const one of edits) {
          const [a, b] = cut(scenes.get(one.scene).text, one.at, one.kept.was.length);
          const spans = one.spans && L.toUnits(one.text, one.spans.map((span) => [span.length, span.maker, span.offer]));
          edit(one.scene, a, b - a, one.text, { how: one.how, offer: one.offer, spans });
        }
      });
    }

    return {
      load, put, get, point, unit, change, edit, together, step, back, undoOf, note, next, sent, told, stands, fits, again,
      has: (id) => scenes.has(id), ids: () => [...scenes.keys()], text: (id) => scenes.get(id)?.text,
      pending: () => pending, canUndo: past.canUndo, canRedo: past.canRedo, drop() { pending = []; flying = 0; }, forget() { past.clear(); },
    };
  };
})();
