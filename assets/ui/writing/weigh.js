// How sure a model was of each word of a passage: a heat map. A word tells what else might have come, and can begin a new branch.
(() => {
  const writing = (Studio.writing ||= {}), { h, fill } = Studio;
  const LEVELS = [[0.2, "sure", "one in five or more"], [0.02, "likely", "one in fifty or more"], [0.001, "unsure", "one in a thousand or more"], [0, "surprised", "less"]];

  writing.weigh = (ctx, root) => {
    const { iconButton, percent, size, part, whereNow, word } = writing.kit;
    const text = h("p", { class: "heat", role: "group", "aria-label": "Words by how sure the model was; arrow keys go from one to the next" }), others = h("div", { class: "others", "aria-live": "polite" });
    const key = h("ul", { class: "key" }, LEVELS.map(([, name, chance], i) => h("li", { title: chance }, h("span", { class: `p${i}` }, name)))), state = h("p", { class: "soft state", role: "status" });
    const section = h("section", { class: "weighed", "aria-label": "How sure", hidden: true }, h("header", {}, h("h3", {}, "How sure"), iconButton("no", "Close how sure", () => { section.hidden = true; })), state, key, text, others);
    root.prepend(section);
    let where = null, pieces = [], token = null;

    // Models count in pieces of words; people read words. A word's chance is that of its pieces one after the other; what
    // might have come instead is what its first piece had beside it.
    function words(found) {
      const out = [];
      for (const one of found) {
        const before = out[out.length - 1];
        if (before && /[\p{L}\p{N}]$/u.test(before.text) && /^[\p{L}\p{M}\p{N}]/u.test(one.text)) out[out.length - 1] = { ...before, text: before.text + one.text, logprob: before.logprob + one.logprob };
        else out.push(one);
      }
      return out;
    }
    const chance = (p) => (p >= 0.01 ? percent(p) : p > 1e-5 ? `1 in ${Math.round(1 / p).toLocaleString("en")}` : "under 1 in 100,000");
    const level = (p) => LEVELS.findIndex(([least]) => p >= least);
    function show(offer) {
      pieces = words(offer.weighed?.pieces || offer.pieces || []);
      let at = where.start;
      fill(text, pieces.map((one, i) => {
        const p = Math.exp(one.logprob), here = at, name = LEVELS[level(p)][1];
        at += size(one.text);
        return word({ class: `piece p${level(p)}`, tabindex: i ? "-1" : "0", "aria-label": `${one.text.trim() || "a space"}, ${chance(p)}, ${name}`, onclick: () => alternatives(i, here), onkeydown: (e) => move(e, i) }, one.text);
      }));
      const mean = pieces.reduce((sum, one) => sum + one.logprob, 0) / Math.max(1, pieces.length);
      state.textContent = `${offer.model_title || offer.model || "The model"}, for a usual word ${chance(Math.exp(mean))}`;
      fill(others, h("p", { class: "soft" }, "Choose a word to see what else might have come."));
      section.hidden = false;
      writing.kit.reveal(section);
    }
    function move(e, i) {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: pieces.length - 1 }[e.key];
      if (to === undefined || !text.children[to]) return;
      e.preventDefault();
      e.stopPropagation();
      text.children[i].tabIndex = -1;
      text.children[to].tabIndex = 0;
      text.children[to].focus();
    }
    function alternatives(i, at) {
      const one = pieces[i], p = Math.exp(one.logprob);
      for (const [k, button] of [...text.children].entries()) button.classList.toggle("here", k === i);
      const rows = one.others.filter(([other]) => other !== one.text);
      fill(others, h("p", {}, h("strong", {}, `“${one.text.trim() || one.text}”`), ` ${chance(p)}, ${LEVELS[level(p)][1]}. `, rows.length ? "Go on from here with:" : "Nothing else came to its mind."),
        h("div", { class: "acts" }, rows.map(([other, log]) => h("button", { type: "button", "data-key": `alt-${other}`, onclick: () => branch(at, other) }, h("span", {}, other.trim() || "(a space)"), " ", h("span", { class: "soft" }, chance(Math.exp(log)))))));
    }
    // Offers that begin with that word, to stand instead of all from the old word to the end of the passage.
    function branch(at, other) {
      const now = whereNow(ctx, where);
      if (!now) return ctx.say("The passage has changed since it was weighed. Select it and weigh it again.", { bad: true });
      const start = now.start + at - where.start, words = Math.max(20, Math.min(250, part(where.passage, at - where.start).trim().split(/\s+/).length + 10));
      ctx.editor.select(now.scene, start, start);
      ctx.askFor("continue", { start: other, words, n: 3 }, { scene: now.scene, start, end: start, instead: now.end });
    }
    ctx.on("run", (run) => {
      if (run.task !== "weigh") return;
      if (run.token !== token) {
        token = run.token;
        const wish = run.wish || {}, cursor = ctx.editor.selection();
        where = { scene: wish.scene || cursor.scene, start: wish.start ?? cursor.start, end: wish.end ?? cursor.end };
        where.passage = part(ctx.editor.text(where.scene) || "", where.start, where.end);
        section.hidden = false;
        fill(text);
        fill(others);
        state.textContent = "being weighed";
      }
      const offer = run.offers?.[0];
      if (offer?.done !== false && offer && (offer.weighed || offer.pieces)) show(offer);
      else if (run.ended) section.hidden = true;
    });
    ctx.on("state", (next) => { if (where && !(next.manuscript?.chapters || []).some((c) => c.scenes.some((s) => s.id === where.scene))) section.hidden = true; });
  };
})();
