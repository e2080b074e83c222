// What the person asks of the models, at the cursor or with the selected text; and plots. One task at a time, its few fields,
// one button. What the chosen model cannot do stays visible, says why, and names a model that can.
(() => {
  const writing = (Studio.writing ||= {}), { h, fill } = Studio;
  const TASKS = {
    continue: { label: "Continue", does: "go on writing", go: (n) => (n === 1 ? "Continue" : `Continue, ${WORD[n]} ways`), fields: ["words"] },
    fill: { label: "Fill", does: "fill a gap", go: () => "Fill at the cursor", fields: ["words"] },
    spark: { label: "Next lines", does: "give next lines", go: (n) => `${CAP(WORD[n])} next ${n === 1 ? "line" : "lines"}`, fields: [], n: "6" },
    describe: { label: "Describe", does: "describe", go: () => "Describe", fields: ["subject", "senses", "words"], words: "40" },
    dialogue: { label: "Dialogue", does: "write dialogue", go: () => "Let them talk", fields: ["speakers", "about", "words"] },
    rewrite: { label: "Rewrite", does: "rewrite a passage", go: () => "Rewrite", fields: ["manner", "instruction"], selected: true },
    expand: { label: "Expand", does: "expand a passage", go: () => "Expand", fields: ["words"], selected: true, words: "120" },
    summarise: { label: "Sum up", does: "sum up", go: () => "Sum up", fields: ["words"], selected: true, n: "1" },
    weigh: { label: "How sure", does: "say how likely each word is", go: () => "Show how sure", fields: [], selected: true, alone: true },
  };
  const WORD = { 1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six" }, CAP = (word) => word[0].toUpperCase() + word.slice(1);
  const MANNERS = [["reword", "in other words"], ["shorter", "shorter"], ["longer", "longer"], ["simpler", "simpler"], ["richer", "richer"], ["show", "show, don't tell"], ["warmer", "warmer"], ["darker", "darker"], ["wry", "dry and wry"], ["formal", "formal"], ["past", "in the past tense"], ["present", "in the present tense"], ["first", "in the first person"], ["third", "in the third person"]];
  const SENSES = [["sight", "sight"], ["sound", "sound"], ["smell", "smell"], ["taste", "taste"], ["touch", "touch"], ["likeness", "likeness"]];
  const LENGTHS = [["20", "a line"], ["40", "short"], ["60", "some sentences"], ["120", "a paragraph"], ["250", "long"], ["500", "a page"]];
  const GENRES = ["adventure", "children", "comedy", "fantasy", "historical", "horror", "literary", "mystery", "romance", "science-fiction", "thriller"];
  const STRUCTURES = ["three acts", "hero's journey", "beat sheet", "kishotenketsu", "clue chain", "five acts", "seven points", "romance beats"];
  const PULLS = ["something breaks", "a stranger arrives", "an old secret", "the weather turns", "somebody lies", "a joke", "a sound from outside", "it is too late"], PULLED = ["continue", "fill", "spark", "dialogue"];

  writing.asking = (ctx, side) => {
    const { select, field, panel, remember, keep } = writing.kit;
    const kept = remember("tandem-asking") || {};
    const f = {
      model: h("select", { "aria-label": "Model" }),
      words: select("Length", LENGTHS, kept.words || "60"), n: select("How many", ["1", "2", "3", "4", "5", "6"], kept.n || "3"),
      boldness: h("input", { type: "range", min: "0", max: "1", step: "0.05", value: kept.boldness ?? 0.5, "aria-label": "Boldness" }),
      levers: h("input", { value: kept.levers || "", maxlength: "600", list: "write-levers", "aria-label": "Pull each offer another way", placeholder: "a stranger arrives; a joke" }),
      genre: select("Genre", [["", "as it is"], ...GENRES], kept.genre || ""), tense: select("Tense", [["", "as it is"], "past", "present"], kept.tense || ""), view: select("Person", [["", "as it is"], ["first", "first"], ["second", "second"], ["third", "third"]], kept.view || ""),
      beat: h("input", { maxlength: "1000", "aria-label": "What happens next", placeholder: "if you know it already" }), seed: h("input", { inputmode: "numeric", placeholder: "new each time", "aria-label": "Seed" }),
      subject: h("input", { maxlength: "400", "aria-label": "What to describe", placeholder: "the harbour at night" }), one: h("input", { list: "write-people", maxlength: "80", "aria-label": "First speaker" }), two: h("input", { list: "write-people", maxlength: "80", "aria-label": "Second speaker" }), about: h("input", { maxlength: "1000", "aria-label": "What they talk about" }),
      manner: select("Manner", MANNERS, kept.manner || "reword"), instruction: h("input", { maxlength: "2000", "aria-label": "In your own words", placeholder: "or say it in your own words" }),
      idea: h("input", { type: "checkbox", checked: !!kept.idea }),
    };
    const senses = SENSES.map(([value, label], i) => h("label", { class: "tick" }, h("input", { type: "checkbox", value, checked: kept.senses ? kept.senses.includes(value) : i < 3 || i === 4 }), label));
    let task = TASKS[kept.task] && !TASKS[kept.task].selected ? kept.task : "continue", before = task, chosen = null, lasts = {}, mine = kept.model || "";

    // ---- the tasks
    const chip = (id) => h("button", { type: "button", class: "chip", "data-task": id, "aria-pressed": "false", onclick: () => choose(id, true) }, TASKS[id].label);
    const chips = Object.keys(TASKS).map(chip), of = (selected) => chips.filter((c) => !!TASKS[c.dataset.task].selected === selected);
    const why = h("div", { class: "why", hidden: true }), go = h("button", { type: "button", class: "primary big", onclick: () => asking() }), stop = h("button", { type: "button", class: "stop big", hidden: true, onclick: () => ctx.halt() }, "Stop");
    const rows = {
      subject: field("What", f.subject), senses: h("fieldset", { class: "ticks" }, h("legend", {}, "Senses"), senses), speakers: h("div", { class: "two" }, field("Who", f.one), field("and", f.two)), about: field("About", f.about),
      manner: field("How", f.manner), instruction: field("Or", f.instruction), words: field("Length", f.words),
    };
    const amount = field("How many", f.n), small = h("div", { class: "two" }, rows.words, amount);
    const more = h("details", { class: "more" }, h("summary", {}, "More"), h("div", { class: "stack" },
      h("label", { class: "field" }, h("span", {}, "Boldness: careful to daring"), f.boldness), field("Pull each offer another way", f.levers), field("What happens next", f.beat),
      h("div", { class: "two" }, field("Genre", f.genre), field("Tense", f.tense)), h("div", { class: "two" }, field("Person", f.view), field("Seed", f.seed))));
    const ask = panel(side, "Ask", { open: true, name: "asking" });
    ask.body.append(
      h("div", { class: "chips", role: "group", "aria-label": "At the cursor" }, of(false)),
      h("div", { class: "chips", role: "group", "aria-label": "With the selected text" }, of(true)),
      why, rows.subject, rows.senses, rows.speakers, rows.about, rows.manner, rows.instruction, small, go, stop,
      h("label", { class: "tick first" }, f.idea, "My idea first"), h("label", { class: "field" }, h("span", {}, "Model"), f.model), more,
      h("datalist", { id: "write-levers" }, PULLS.map((v) => h("option", { value: v }))), h("datalist", { id: "write-people" }));

    const models = () => ctx.state()?.models || [], model = () => models().find((m) => m.id === f.model.value);
    const able = (id) => models().filter((m) => m.tasks.includes(id));
    // Why a task cannot be asked for now: a sentence and what to do about it; null when it can.
    function hindered(id) {
      const usable = able(id).filter((m) => !m.reason), one = model();
      if (one && !one.tasks.includes(id)) return { text: one.why?.[id] || `${one.title} cannot ${TASKS[id]?.does || "make plots"}.`, ways: usable };
      if (one?.reason) return { text: `${one.title}: ${one.reason}`, ways: usable };
      if (!one && !usable.length) return { text: `No model that is here can ${TASKS[id]?.does || "make plots"}.${able(id).length ? ` ${listed(able(id).map((m) => m.title).slice(0, 3))} could.` : ""}`, ways: [] };
      if (TASKS[id]?.selected && !selected()) return { text: "Select some of your text first.", ways: null };
      return null;
    }
    const selected = () => !!chosen && chosen.end > chosen.start;
    const listed = (names) => (names.length > 1 ? `${names.slice(0, -1).join(", ")} or ${names.at(-1)}` : names[0]);
    function explain(box, id) {
      const found = hindered(id);
      box.hidden = !found;
      if (!found) return fill(box);
      fill(box, h("p", {}, found.text), found.ways?.slice(0, 2).map((m) => h("button", { type: "button", "data-key": `use-${m.id}`, onclick: () => { f.model.value = m.id; changed(); } }, `Use ${m.title}`)),
        found.ways && toModels(found.ways.length ? null : able(id).find((m) => m.state === "available")));
    }
    // To the Models tab; where nothing that is here can do it, to the one that could be had.
    function toModels(one) {
      const go = () => {
        document.getElementById("tab-models-button")?.click();
        if (one) setTimeout(() => { const card = document.querySelector(`.card[data-model="${CSS.escape(one.id)}"]`); card?.scrollIntoView({ block: "center" }); card?.querySelector("button")?.focus({ preventScroll: true }); }, 60);
      };
      return h("button", { type: "button", class: one ? "" : "quiet link", onclick: go }, one ? `Get ${one.title}` : "Models");
    }
    let wait = null;
    function choose(id, byHand) {
      clearTimeout(wait); // what the person chose is not changed under their hands
      if (byHand) before = TASKS[id].selected ? before : id;
      task = id;
      if (byHand && TASKS[id].words) f.words.value = TASKS[id].words;
      if (byHand && TASKS[id].n) f.n.value = TASKS[id].n; else if (byHand && ["1", "6"].includes(f.n.value)) f.n.value = "3";
      draw();
    }
    function draw() {
      const spec = TASKS[task];
      for (const c of chips) {
        const id = c.dataset.task, found = hindered(id);
        c.setAttribute("aria-pressed", String(id === task));
        c.classList.toggle("off", !!found);
        c.title = found ? found.text : "";
        c.setAttribute("aria-label", found ? `${TASKS[id].label}. ${found.text}` : TASKS[id].label);
      }
      for (const [name, row] of Object.entries(rows)) row.hidden = !spec.fields.includes(name);
      amount.hidden = !!spec.alone;
      go.textContent = spec.go(Number(f.n.value));
      explain(why, task);
      const running = ctx.run() && !ctx.run().ended, off = !!hindered(task), held = [go, stop].includes(document.activeElement);
      go.hidden = !!running;
      stop.hidden = !running;
      if (held) (running ? stop : go).focus({ preventScroll: true }); // the keyboard keeps its place, the eye what it looks at
      go.setAttribute("aria-disabled", String(off));
      go.classList.toggle("off", off);
      ideas();
      ctx.tell?.("task", task);
    }
    function changed() {
      mine = f.model.value;
      keep("tandem-asking", { ...Object.fromEntries(["words", "n", "boldness", "levers", "genre", "tense", "view", "manner"].map((k) => [k, f[k].value])), idea: f.idea.checked, model: mine, task: before, senses: ticked() });
      draw();
    }
    const ticked = () => senses.map((s) => s.querySelector("input")).filter((b) => b.checked).map((b) => b.value);
    ask.body.addEventListener("change", changed);

    function fields() {
      const spec = TASKS[task], out = spec.alone ? {} : { n: Number(f.n.value), boldness: Number(f.boldness.value) };
      if (spec.fields.includes("words")) out.words = Number(f.words.value);
      const pulls = f.levers.value.split(/[;,]/).map((v) => v.trim()).filter(Boolean).slice(0, 16);
      if (pulls.length && !spec.alone) out.levers = pulls;
      for (const name of ["genre", "tense", "view"]) if (f[name].value && !spec.alone) out[name] = f[name].value;
      if (f.beat.value.trim() && !spec.selected) out.beat = f.beat.value.trim();
      if (/^\d{1,15}$/.test(f.seed.value.trim())) out.seed = Number(f.seed.value.trim());
      if (task === "describe") Object.assign(out, { subject: f.subject.value.trim() || (selected() ? chosen.text.trim().slice(0, 400) : ""), senses: ticked() });
      if (task === "dialogue") Object.assign(out, { speakers: [f.one.value.trim(), f.two.value.trim()], about: f.about.value.trim() });
      if (task === "rewrite") Object.assign(out, { manner: f.manner.value, instruction: f.instruction.value.trim() });
      return out;
    }
    function lacking(sent) {
      if (task === "describe" && !sent.subject) return [f.subject, "Say what to describe, or select it in the text."];
      if (task === "describe" && !sent.senses.length) return [senses[0].querySelector("input"), "Choose at least one sense."];
      if (task === "dialogue" && !(sent.speakers[0] && sent.speakers[1])) return [sent.speakers[0] ? f.two : f.one, "Say who talks with whom."];
      return null;
    }
    const extra = () => ({ ...(f.model.value ? { model: f.model.value } : {}), without: ctx.without?.() || [] });
    function asking() {
      if (hindered(task)) { draw(); why.querySelector("button")?.focus(); return; }
      const sent = fields(), lack = lacking(sent);
      if (lack) { ctx.say(lack[1], { bad: true }); lack[0].focus(); return; }
      send(task, sent, extra());
    }
    function send(name, sent, more) { lasts[name] = { task: name, fields: sent, extra: more }; return ctx.ask(name, sent, more); }
    // The same once more, with something changed; the seed is a new one.
    const last = (name) => lasts[name] || { task: name, fields: name === task ? fields() : {}, extra: {} };
    ctx.again = (changes = {}, name = task) => {
      const { fields: { seed, start, ...rest }, extra: { model: by, without, ...place } } = last(name);
      return ctx.ask(name, { ...rest, ...changes }, { ...place, ...extra() });
    };
    // What takes new offers away from those that are there: their words are left out; the model is bolder; and where it goes
    // on freely and nothing else pulls, each offer is pulled another way.
    ctx.different = (name, old, away) => {
      const { levers } = last(name).fields, turn = away.length;
      const pulls = PULLED.includes(name) && !levers ? PULLS.map((_, k) => PULLS[(turn + k) % PULLS.length]).slice(0, old.n || 3) : levers;
      return { away, boldness: Math.min(1, 0.15 + (old.boldness ?? 0.5)), ...(pulls ? { levers: pulls } : {}) };
    };
    ctx.askFor = (name, sent, place = {}) => send(name, sent, { ...extra(), ...place });
    ctx.go = asking;
    ctx.ideaFirst = () => f.idea.checked;
    ctx.task = () => task;
    ctx.model = () => f.model.value;

    // ---- plots
    const p = {
      premise: h("textarea", { rows: "3", maxlength: "4000", "aria-label": "Premise", placeholder: "A lighthouse keeper finds a letter addressed to her, a hundred years old. Or leave it empty." }),
      names: h("input", { maxlength: "300", "aria-label": "Who must be in it", placeholder: "Mara, Tom" }), genre: select("Genre of the plots", [["", "any"], ...GENRES], ""), structure: select("Structure", STRUCTURES, "three acts"), tone: h("input", { maxlength: "60", "aria-label": "Tone", placeholder: "any" }),
      n: select("How many plots", ["1", "2", "3", "4", "5", "6"], "3"), boldness: h("input", { type: "range", min: "0", max: "1", step: "0.05", value: "0.5", "aria-label": "Boldness of the plots" }),
    };
    const plotWhy = h("div", { class: "why", hidden: true }), plotGo = h("button", { type: "button", class: "primary big", onclick: () => { if (hindered("plot")) { ideas(); plotWhy.querySelector("button")?.focus(); return; } ctx.askFor("plot", ctx.plotFields()); } }, "Three plots");
    const plot = panel(side, "Plots", { name: "plotting" });
    plot.body.append(field("Premise", p.premise), plotWhy, plotGo, h("details", { class: "more" }, h("summary", {}, "More"), h("div", { class: "stack" },
      h("div", { class: "two" }, field("Structure", p.structure), field("How many", p.n)), h("div", { class: "two" }, field("Genre", p.genre), field("Tone", p.tone)), field("Who must be in it", p.names), h("label", { class: "field" }, h("span", {}, "Boldness: careful to daring"), p.boldness))));
    const premiseKey = () => `tandem-premise-${ctx.state()?.piece}`;
    ctx.plotFields = () => {
      const out = { premise: p.premise.value.trim(), structure: p.structure.value, n: Number(p.n.value), boldness: Number(p.boldness.value) };
      const names = p.names.value.split(/[;,]/).map((v) => v.trim()).filter(Boolean).slice(0, 8);
      if (names.length) out.names = names;
      if (p.genre.value) out.genre = p.genre.value;
      if (p.tone.value.trim()) out.tone = p.tone.value.trim();
      return out;
    };
    function ideas() {
      plotGo.textContent = `${CAP(WORD[p.n.value])} ${p.n.value === "1" ? "plot" : "plots"}`;
      explain(plotWhy, "plot");
      plotGo.classList.toggle("off", !!hindered("plot"));
      plotGo.disabled = !!ctx.run() && !ctx.run().ended;
    }
    plot.body.addEventListener("change", () => { if (ctx.state()) keep(premiseKey(), Object.fromEntries(Object.entries(p).map(([k, box]) => [k, box.value]))); ideas(); });

    // ---- what happens in the room
    let piece = null, wasEmpty = null;
    ctx.on("state", (state) => {
      const usable = models().filter((m) => !m.reason);
      fill(f.model, h("option", { value: "" }, "whichever suits"), usable.map((m) => h("option", { value: m.id }, m.server ? `${m.title} (elsewhere)` : m.title)));
      f.model.value = usable.some((m) => m.id === mine) ? mine : "";
      fill(document.getElementById("write-people") || h("i"), (state.manuscript?.bible?.entries || []).filter((e) => e.kind === "person").map((e) => h("option", { value: e.name })));
      if (piece !== state.piece) {
        piece = state.piece;
        lasts = {};
        const old = remember(premiseKey()) || {};
        for (const [k, box] of Object.entries(p)) box.value = old[k] ?? { structure: "three acts", n: "3", boldness: "0.5" }[k] ?? "";
        wasEmpty = null;
      }
      if (wasEmpty === null) plot.box.open = state.empty;
      wasEmpty = state.empty;
      draw();
    });
    ctx.on("select", (what) => {
      const was = selected();
      chosen = what;
      if (selected() !== was) { if (selected() && !TASKS[task].selected) { clearTimeout(wait); wait = setTimeout(() => { if (selected()) choose("rewrite"); }, 250); } if (!selected() && TASKS[task].selected) { choose(before); return; } }
      if (selected() !== was) draw();
    });
    ctx.on("run", (run) => { if (run.ended !== stop.hidden) draw(); });
    draw();
  };
})();
