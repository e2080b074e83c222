// How many words, how far towards the goals, and which words and phrases come too often. Counted by the studio.
(() => {
  const writing = (Studio.writing ||= {}), { h, fill } = Studio;

  writing.goals = (ctx, side) => {
    const body = h("div", { class: "body" }), note = h("span", { class: "soft note" });
    const box = h("details", { class: "panel words" }, h("summary", {}, "Words and goals", " ", note), body);
    side.append(box);
    let here = true, last = null, step = {};

    async function draw() {
      const state = ctx.state();
      if (!box.open || !state) return;
      try {
        const found = await ctx.get(`copies/${state.working}/counts${here ? `?scene=${encodeURIComponent(ctx.editor.scene())}` : ""}`);
        if (ctx.state()?.working !== state.working) return;
        last = found;
        show(found);
      } catch (error) { fill(body, h("p", { class: "said bad" }, error.message)); }
    }
    const spoken = (minutes) => (minutes < 1 ? "less than a minute" : minutes < 90 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`);
    function show({ counts, overused, repeated, readings }) {
      const manuscript = ctx.state().manuscript, goal = h("input", { type: "number", min: "0", max: "10000000", step: "1000", value: manuscript.goal || "", "data-key": "goal" });
      goal.addEventListener("change", ctx.trying(() => ctx.put("goal", Math.max(0, Math.round(Number(goal.value) || 0)))));
      const scene = manuscript.chapters.flatMap((chapter) => chapter.scenes).find((one) => one.id === ctx.editor.scene());
      const aim = h("input", { type: "number", min: "0", max: "1000000", step: "50", value: scene?.goal || "", "data-key": "aim" });
      aim.addEventListener("change", ctx.trying(() => ctx.put("scene", { id: scene.id, goal: Math.max(0, Math.round(Number(aim.value) || 0)) })));
      const only = readings?.length === 1 ? readings[0] : null;
      fill(body,
        h("div", { class: "two" }, h("label", { class: "field" }, "Goal of this scene", aim), h("label", { class: "field" }, "Goal of the manuscript", goal)),
        progress("This scene", scene?.words || 0, scene?.goal), progress("All of it", ctx.state().words, manuscript.goal),
        h("div", { class: "acts", role: "group", "aria-label": "What is counted" }, [[true, "This scene"], [false, "All scenes"]].map(([one, label]) =>
          h("button", { type: "button", class: "toggle", "data-key": label, "aria-pressed": String(here === one), onclick: () => { here = one; draw(); } }, label))),
        h("p", {}, `${writing.wordsOf(counts.words)}, ${counts.sentences.toLocaleString()} sentences, ${counts.paragraphs.toLocaleString()} paragraphs; ${spoken(counts.minutes)} to read.`,
          only && only.words ? ` ${only.mean.toFixed(1)} words a sentence, the longest ${only.longest}; ${Math.round(only.dialogue * 100)} % is dialogue.` : ""),
        list("Words you use often here", overused.map((one) => [one.word, `${one.found}, ${one.times.toFixed(one.times < 10 ? 1 : 0)} times as often as usual`, one.places])),
        list("Phrases said more than once", repeated.map((one) => [one.phrase, `${one.found} times`, one.places])));
    }
    function progress(label, words, goal) {
      if (!goal) return null;
      return h("label", { class: "progress" }, h("span", {}, `${label}: ${words.toLocaleString()} of ${goal.toLocaleString()}`), h("progress", { max: String(goal), value: Math.min(words, goal), "aria-label": label }));
    }
    function list(title, rows) {
      if (!rows.length) return null;
      return h("div", { class: "often" }, h("h4", {}, title), h("ul", {}, rows.slice(0, 16).map(([word, said, places]) => h("li", {},
        h("button", { type: "button", class: "quiet link", "data-key": word, onclick: () => walk(word, places) }, word), " ", h("span", { class: "soft" }, said)))));
    }
    // Each press goes on to the next place.
    function walk(word, places) {
      if (step.word !== word) step = { word, at: -1 };
      step.at = (step.at + 1) % places.length;
      ctx.editor.mark(places, "often");
      const one = places[step.at];
      ctx.editor.select(one.scene, one.start, one.end, { focus: false });
      Studio.say(`${step.at + 1} of ${places.length}`);
    }
    box.addEventListener("toggle", () => { if (box.open) draw(); else ctx.editor.mark([], "often"); });
    let wait = null;
    for (const name of ["state", "saved", "scene"]) ctx.on(name, () => { note.textContent = ctx.state()?.manuscript.goal ? `${Math.round((ctx.state().words / ctx.state().manuscript.goal) * 100)} %` : ""; clearTimeout(wait); if (box.open && !box.contains(document.activeElement)) wait = setTimeout(draw, 700); });
  };
})();
