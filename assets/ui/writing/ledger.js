// Who wrote what, in the page: the twin of studio/writing/manuscript/{spans,desk}.py, for showing it while a person types and
// for undoing. Plain functions and no DOM. Spans are [length, maker, offer or null], counted in UTF-16 units here and in code
// points in the studio; toCodePoints and toUnits turn one into the other. A test holds both to the same answers.
(() => {
  const SPACE = " \\t\\n\\r\\f\\v\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  const END = () => new RegExp(`[.!?…]+[”’"')\\]]*(?=[${SPACE}]|$)|[。！？]+[”’」』）]*|\\n`, "g");
  const GAP = new RegExp(`[${SPACE}]*`, "y");
  const FAR = 4000;
  const models = (span) => span[1] === "model" || span[1] === "model-edited";
  const same = (a, b) => a[1] === b[1] && a[2] === b[2];
  const size = (spans) => spans.reduce((sum, span) => sum + span[0], 0);

  function part(spans, start, end) {
    const out = [];
    let at = 0;
    for (const span of spans) {
      if (at >= end) break;
      const low = Math.max(start, at), high = Math.min(end, at + span[0]);
      if (low < high) out.push([high - low, span[1], span[2]]);
      at += span[0];
    }
    return out;
  }

  // Verbatim pieces are never joined: each stands in its offer as it is.
  function joined(spans) {
    const out = [];
    for (const span of spans) {
      const last = out[out.length - 1];
      if (last && span[1] !== "model" && same(last, span)) out[out.length - 1] = [last[0] + span[0], span[1], span[2]];
      else out.push(span);
    }
    return out;
  }

  const edited = (spans) => spans.map((span) => (span[1] === "model" ? [span[0], "model-edited", span[2]] : span));

  function begins(spans) {
    const out = [];
    let at = 0;
    for (const span of spans) { out.push(at); at += span[0]; }
    return out;
  }

  function spanAt(starts, at) {
    let low = 0, high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= at) low = middle; else high = middle;
    }
    return low;
  }

  function afterGap(text, at) {
    GAP.lastIndex = at;
    GAP.test(text);
    return GAP.lastIndex;
  }

  // The sentence of text[low:high] that `at` lies strictly within, or null.
  function sentenceAround(whole, low, high, at) {
    const text = whole.slice(low, high), rule = END();
    at -= low;
    let start = afterGap(text, 0);
    for (let found; (found = rule.exec(text)); ) {
      const end = found.index + found[0].length, stop = found[0] === "\n" ? found.index : end;
      if (at <= stop) return start < at && at < stop ? [start + low, stop + low] : null;
      start = Math.max(start, afterGap(text, end));
      if (at <= start) return null;
    }
    return start < at && at < text.length ? [start + low, high] : null;
  }

  function sentenceAt(text, spans, starts, at) {
    if (at <= 0 || at >= text.length) return null;
    let i = spanAt(starts, at), j = starts[i] === at ? i - 1 : i;
    const offer = spans[i][2], ours = (span) => models(span) && span[2] === offer;
    if (!ours(spans[i]) || !ours(spans[j])) return null;
    let low = starts[j], high = starts[i] + spans[i][0];
    while (j > 0 && at - low < FAR && ours(spans[j - 1])) low = starts[--j];
    while (i + 1 < spans.length && high - at < FAR && ours(spans[i + 1])) { i++; high = starts[i] + spans[i][0]; }
    return sentenceAround(text, Math.max(low, at - FAR), Math.min(high, at + FAR), at);
  }

  // A scene is { text, spans }. Gives the new scene, and the splice that undoes it exactly.
  // byPerson: whether a person typed, pasted or moved it; then the sentences of a model around it become edited ones.
  function splice(scene, at, gone, text, inserted, byPerson = true) {
    const { spans } = scene, end = at + gone, total = scene.text.length;
    if (at < 0 || gone < 0 || end > total) throw new RangeError("This change reaches beyond the end of the scene.");
    if (size(inserted) !== text.length) throw new RangeError("The spans do not cover the text exactly.");
    if (!text && !gone) return { scene, undo: { at, gone: 0, text: "", spans: [] } };
    const starts = begins(spans);
    let low = at, high = end;
    if (byPerson && spans.length) {
      const first = sentenceAt(scene.text, spans, starts, at), last = gone ? sentenceAt(scene.text, spans, starts, end) : first;
      if (first) low = first[0];
      if (last) high = last[1];
    }
    let i = spans.length, j = i;
    if (low < total) {
      i = spanAt(starts, low);
      j = high > low ? spanAt(starts, high - 1) + 1 : starts[i] < low ? i + 1 : i;
    }
    const old = spans.slice(i, j), begin = i < spans.length ? starts[i] : total, stop = begin + size(old);
    const from = old.length && old[0][1] === "model" ? begin : low;
    const to = old.length && old[old.length - 1][1] === "model" ? stop : high;
    const undo = {
      at: from, gone: to - from - gone + text.length, text: scene.text.slice(from, to), spans: part(old, from - begin, to - begin),
    };
    const fresh = [
      ...part(old, 0, low - begin), ...edited(part(old, low - begin, at - begin)), ...inserted,
      ...edited(part(old, end - begin, high - begin)), ...part(old, high - begin, stop - begin),
    ];
    const a = Math.max(i - 1, 0), b = Math.min(j + 1, spans.length);
    const middle = joined([...spans.slice(a, i), ...fresh, ...spans.slice(j, b)]);
    return {
      scene: { text: scene.text.slice(0, at) + text + scene.text.slice(end), spans: [...spans.slice(0, a), ...middle, ...spans.slice(b)] },
      undo,
    };
  }

  // What lies between two states of a text box: where, how many units went, what came. `cursor` is where the caret is now:
  // of several places at which "a" may have come into "aaa" it is the one just before the caret.
  function between(before, after, cursor = after.length) {
    const room = Math.min(before.length, after.length);
    let tail = 0, most = Math.min(room, after.length - Math.min(cursor, after.length));
    while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
    let head = 0;
    while (head < room - tail && before[head] === after[head]) head++;
    while (tail < room - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
    const low = (text, at) => at > 0 && at < text.length && /[\udc00-\udfff]/.test(text[at]) && /[\ud800-\udbff]/.test(text[at - 1]);
    while (head > 0 && (low(before, head) || low(after, head))) head--; // never through the middle of a letter
    while (tail > 0 && (low(before, before.length - tail) || low(after, after.length - tail))) tail--;
    return { at: head, gone: before.length - head - tail, text: after.slice(head, after.length - tail) };
  }

  // Undo and redo. Each entry is one step for a person: a row of undoing splices, each { scene, at, gone, text, spans }.
  function history(most = 500) {
    const past = [], future = [];
    return {
      push(entry) { past.push(entry); if (past.length > most) past.shift(); future.length = 0; },
      // `run(splice)` applies one and gives the one that undoes it.
      undo(run) { return turn(past, future, run); },
      redo(run) { return turn(future, past, run); },
      canUndo: () => past.length > 0,
      canRedo: () => future.length > 0,
      clear() { past.length = future.length = 0; },
    };
  }
  function turn(from, to, run) {
    const entry = from.pop();
    if (!entry) return false;
    to.push(entry.map((one) => run(one)).reverse());
    return true;
  }

  // Text moved within a scene: one row of splices that keeps its makers. `to` is counted in the text before the move.
  function move(scene, start, end, to) {
    if (to >= start && to <= end) return { scene, undo: [] };
    const text = scene.text.slice(start, end), spans = part(scene.spans, start, end);
    const out = splice(scene, start, end - start, "", []);
    const back = splice(out.scene, to > end ? to - (end - start) : to, 0, text, spans);
    return { scene: back.scene, undo: [back.undo, out.undo] };
  }

  const points = (text) => { let count = 0; for (const _ of text) count++; return count; };

  // Spans or a splice between the page's units and the studio's code points; `text` is what they lie on.
  function toCodePoints(text, spans) {
    let at = 0;
    return spans.map(([length, maker, offer]) => [points(text.slice(at, (at += length))), maker, offer]);
  }
  function toUnits(text, spans) {
    const letters = text[Symbol.iterator]();
    return spans.map(([length, maker, offer]) => {
      let units = 0;
      for (let i = 0; i < length; i++) units += letters.next().value.length;
      return [units, maker, offer];
    });
  }
  // `text` as it was before the splice.
  function spliceToCodePoints(text, { at, gone, text: fresh, spans = [] }) {
    return { at: points(text.slice(0, at)), gone: points(text.slice(at, at + gone)), text: fresh, spans: toCodePoints(fresh, spans) };
  }
  const unitAt = (text, point) => { let units = 0; for (const letter of text) { if (point-- <= 0) break; units += letter.length; } return units; };

  function shares(spans) {
    const found = {};
    for (const [length, maker] of spans) found[maker] = (found[maker] || 0) + length;
    return found;
  }
  // Whole percentages that add up to 100.
  function percent(counts) {
    const names = Object.keys(counts), total = names.reduce((sum, name) => sum + counts[name], 0), out = {};
    if (!total) return out;
    for (const name of names) out[name] = Math.floor((counts[name] * 100) / total);
    const left = 100 - names.reduce((sum, name) => sum + out[name], 0);
    const rest = (name) => (counts[name] * 100) % total;
    [...names].sort((a, b) => rest(b) - rest(a)).slice(0, left).forEach((name) => out[name]++);
    return out;
  }

  globalThis.WritingLedger = {
    splice, move, between, history, part, joined, size, begins, spanAt, sentenceAround, shares, percent,
    points, unitAt, toCodePoints, toUnits, spliceToCodePoints,
  };
})();
