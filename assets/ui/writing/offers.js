// Offers side by side while they are written: taken whole, in part, or edited; refused; or a reason to ask for others.
(() => {
  const writing = (Studio.writing ||= {}), { h, fill } = Studio;
  const TITLES = { continue: "How it could go on", fill: "What could stand here", spark: "Next lines", describe: "Described", dialogue: "Their talk", rewrite: "Rewritten", expand: "With more in it", summarise: "Summed up", plot: "Plots", weigh: "How sure" };
  const CHANGES = ["rewrite", "expand"], NEW = ["continue", "fill", "spark", "describe", "dialogue"];
  const KEPT = 12; // places of asks that this browser remembers

  writing.offers = (ctx, root) => {
    const { reveal, iconButton, marked, whereNow, letters, size, remember, keep, percent, part } = writing.kit;
    const title = h("h3", {}, "Offers"), state = h("span", { class: "soft state", role: "status" }), bar = h("progress", { max: "1", hidden: true, "aria-label": "How far the offers are" });
    const stop = h("button", { type: "button", class: "stop", hidden: true, onclick: () => ctx.halt() }, "Stop");
    const others = h("button", { type: "button", hidden: true, onclick: different, title: "New ones, without the words of these" }, "More different");
    const older = h("select", { "aria-label": "Offers made before", hidden: true }), spread = h("p", { class: "soft spread", hidden: true });
    const instead = h("p", { class: "soft instead", hidden: true });
    const idea = h("form", { class: "idea", hidden: true }), list = h("ol", { class: "cards" });
    const over = ctx.root.querySelector(".write-plots"), wider = iconButton("columns", "Side by side", () => { spreadOut(!wide); keep("tandem-offers-wide", wide); reveal(section); }, { class: "icon quiet toggle wider", "aria-pressed": "false" });
    const section = h("div", { class: "offers", hidden: true }, h("header", {}, title, state, bar, stop, h("span", { class: "tools" }, others, wider), older), instead, spread, idea, list);
    root.append(section);
    ctx.root.querySelector(".write-side > .asking")?.after(root); // what is asked for comes just below what asks
    requestAnimationFrame(() => spreadOut(wide));
    let cards = [], token = null, task = "", asked = null, where = null, covered = false, wide = !!remember("tandem-offers-wide");
    // Beside the text, or side by side over the whole width.
    function spreadOut(on) {
      wide = on && !!over;
      wider.setAttribute("aria-pressed", String(wide));
      (wide ? over : root).append(section);
    }
    older.addEventListener("change", ctx.trying(async () => show(await ctx.get(`manuscripts/${ctx.state().piece}/offers?job=${encodeURIComponent(older.value)}`))));

    const AWAY = 24, CHANGED = "The passage has changed since this was asked. Select it and ask again.";
    function different() {
      const fields = asked?.fields || {}, away = [...(fields.away || []), ...cards.filter((c) => c.done).map((c) => c.offer.id)].slice(-AWAY);
      anew(ctx.different(task, fields, away));
    }
    // What was asked at a word of a passage is asked there again.
    function anew(changes) {
      if (!where?.over) return ctx.again(changes, task);
      const now = whereNow(ctx, where);
      if (!now) return ctx.say(CHANGED, { bad: true });
      return ctx.askFor(task, { start: where.over, n: 3, ...asked?.fields, ...changes }, { scene: now.scene, start: now.start, end: now.start, instead: now.end });
    }

    // ---- one card
    function card(i) {
      const el = h("li", { class: "offer", tabindex: "0", "aria-label": `Offer ${i + 1}` });
      const c = { i, el, offer: null, done: false, shown: "", editing: null };
      c.node = document.createTextNode("");
      c.text = h("div", { class: "text" }, c.node);
      c.head = h("strong", {}, String(i + 1));
      c.note = h("span", { class: "soft note" });
      c.flag = h("p", { class: "flag", hidden: true });
      c.take = h("button", { type: "button", class: "primary take", onclick: ctx.trying(() => take(c)) }, "Take");
      c.edit = h("button", { type: "button", class: "edit", onclick: () => edit(c) }, "Edit");
      c.words = h("button", { type: "button", class: "words", hidden: true, onclick: () => wordByWord(c) }, "Word by word");
      c.like = iconButton("like", `More like offer ${i + 1}`, () => anew({ start: opening(c.offer.text) }));
      c.no = iconButton("no", `Not offer ${i + 1}`, ctx.trying(() => reject(c)));
      c.about = h("div", { class: "facts" });
      c.why = h("details", { class: "why-offer", hidden: true }, h("summary", {}, "Why"), c.about);
      c.why.addEventListener("toggle", () => facts(c));
      c.acts = h("div", { class: "acts", hidden: true }, c.take, c.edit, c.words);
      c.small = h("span", { class: "small", hidden: true }, c.like, c.no);
      el.append(h("header", {}, c.head, c.note, c.small), c.text, c.flag, c.acts, c.why);
      el.addEventListener("keydown", (e) => keys(e, c));
      return c;
    }
    function lay(n) {
      cards = Array.from({ length: n }, (_, i) => card(i));
      list.replaceChildren(...cards.map((c) => c.el));
    }
    // Words that come are added behind those that are there, so a selection in the card stays.
    function grow(c, text) {
      if (text === c.shown) return;
      if (text.startsWith(c.shown)) c.node.appendData(text.slice(c.shown.length)); else c.node.data = text;
      c.shown = text;
    }
    function put(c, offer) {
      c.offer = offer;
      if (offer.text === undefined) return;
      if (!c.done) grow(c, offer.text.trimStart());
      if (!offer.done || c.done) return;
      c.done = true;
      c.acts.hidden = c.small.hidden = c.why.hidden = false;
      const near = offer.facts?.near?.spans || [], echo = offer.facts?.echo?.spans || [], own = offer.facts?.own?.spans || [];
      const spans = [...near.filter((s) => !s.phrase).map((s) => ({ ...s, kind: "near", title: s.title ? `stands in “${s.title}”` : "stands in known books" })), ...own.map((s) => ({ ...s, kind: "own", title: `stands in your “${s.title}”` })), ...echo.map((s) => ({ ...s, kind: "echo", title: "repeats what stands just before" }))];
      const lead = size(offer.text) - size(offer.text.trimStart()); // spaces before the first word are not shown
      if (spans.length) fill(c.text, marked(offer.text.trimStart(), spans.map((s) => ({ ...s, start: s.start - lead, end: s.end - lead }))));
      const said = [near.some((s) => !s.phrase) && offer.facts.near.sentence, own.length && offer.facts.own.sentence, echo.length && offer.facts.echo.sentence].filter(Boolean).join(" ");
      c.flag.hidden = !said;
      c.flag.textContent = said;
      c.note.textContent = [offer.facts?.lever, offer.partial ? "stopped early" : ""].filter(Boolean).join(", ");
      c.words.hidden = !(task === "rewrite" && where) && !where?.over;
      c.edit.hidden = task === "summarise";
      c.take.textContent = task === "summarise" ? "Keep as the scene's summary" : "Take";
      c.like.hidden = task === "summarise" || task === "dialogue";
      chosen(c, offer.chosen);
      facts(c);
    }
    function chosen(c, what) {
      c.offer.chosen = what;
      c.el.classList.toggle("kept", !!what && what !== "rejected");
      c.el.classList.toggle("rejected", what === "rejected");
      if (what && what !== "rejected") c.note.textContent = "taken";
    }
    function facts(c) {
      if (!c.why.open || !c.offer?.facts) return;
      const { facts: found, seed, model_title: by, model } = c.offer, rows = found.context;
      fill(c.about,
        found.near && h("p", {}, found.near.sentence), found.own && h("p", {}, found.own.sentence), found.echo && h("p", {}, found.echo.sentence),
        found.lever && h("p", {}, `Pulled by: ${found.lever}.`),
        rows && h("div", { class: "went" }, h("p", {}, `What went in: ${rows.total.toLocaleString("en")} of ${rows.budget.toLocaleString("en")} pieces.`), writing.contextBar?.(rows)),
        h("p", { class: "soft" }, `By ${by || model}, seed ${seed}.`));
    }

    // ---- choosing
    function selectedIn(c) {
      const found = document.getSelection();
      if (!found || found.isCollapsed || !c.text.contains(found.anchorNode) || !c.text.contains(found.focusNode)) return "";
      return found.toString();
    }
    document.addEventListener("selectionchange", () => { for (const c of cards) if (c.done && !c.editing && task !== "summarise") c.take.textContent = selectedIn(c).trim() ? "Take the part" : "Take"; });

    // Where it goes: in the place of the passage it was asked for, or at the cursor.
    function target(text) {
      const changes = CHANGES.includes(task), now = changes || where?.over ? where && whereNow(ctx, where) : ctx.editor.selection();
      if (!now) throw new Error(CHANGED);
      const at = changes || where?.over ? now.start : now.end, gone = now.end - at;
      if (changes || (where?.over && /^\S/.test(where.over))) return { scene: now.scene, at, gone, text };
      const own = letters(ctx.editor.text(now.scene) || ""), left = own[at - 1], right = own[at + gone];
      if (!left || /\s/.test(left)) text = text.trimStart();
      const words = /[\p{L}\p{N}“‘"'(]/u, gap = left && !/\s/.test(left) && words.test(text[0]) && !/[“‘(—-]/.test(left) ? " " : "";
      const tail = right && /[\p{L}\p{N}“‘]/u.test(right) && !/\s$/.test(text) ? " " : "";
      return { scene: now.scene, at, gone, text: gap + text + tail };
    }
    async function take(c) {
      if (task === "summarise") return summary(c);
      const text = c.editing ? edited(c) : selectedIn(c) || c.offer.text;
      if (!text.trim()) throw new Error("There is nothing to take.");
      const whole = text === c.offer.text, answer = await writing.take(ctx, c.offer, target(text));
      if (c.editing) stopEditing(c);
      chosen(c, answer.chosen || "kept");
      ctx.say(whole ? "It is in the text." : "That part is in the text.");
      document.dispatchEvent(new CustomEvent("studio:kept"));
    }
    async function summary(c) {
      const scene = where?.scene || ctx.editor.scene();
      await ctx.put("scene", { id: scene, summary: c.offer.text.trim() });
      chosen(c, "kept");
      ctx.say("Kept as the summary of the scene.");
    }
    async function reject(c) {
      await ctx.post(`offers/${c.offer.id}/reject`);
      chosen(c, "rejected");
      c.note.textContent = "left";
    }
    function edit(c) {
      if (c.editing) return stopEditing(c);
      c.editing = h("textarea", { "aria-label": `Offer ${c.i + 1}, to edit. If you select a part of it, only that is taken.`, rows: "7" });
      c.editing.value = c.offer.text.trimStart();
      c.text.replaceWith(c.editing);
      c.edit.textContent = "Do not edit";
      c.editing.addEventListener("keydown", (e) => { e.stopPropagation(); if (e.key === "Escape") { e.preventDefault(); stopEditing(c); c.el.focus(); } else if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); c.take.click(); } });
      c.editing.addEventListener("select", () => { c.take.textContent = "Take the part"; });
      for (const name of ["click", "keyup", "input"]) c.editing.addEventListener(name, () => { if (c.editing?.selectionStart === c.editing?.selectionEnd) c.take.textContent = "Take"; });
      c.editing.focus();
    }
    const edited = (c) => c.editing.value.slice(...(c.editing.selectionStart < c.editing.selectionEnd ? [c.editing.selectionStart, c.editing.selectionEnd] : [0]));
    function stopEditing(c) { c.editing.replaceWith(c.text); c.editing = null; c.edit.textContent = "Edit"; c.take.textContent = "Take"; }
    function wordByWord(c) {
      if (c.diff) { c.diff.replaceWith(c.text); c.diff = null; c.words.textContent = "Word by word"; c.take.hidden = c.edit.hidden = false; return; }
      c.diff = h("div", { class: "worddiff" });
      c.text.replaceWith(c.diff);
      c.words.textContent = "As a text";
      c.take.hidden = c.edit.hidden = true;
      const back = c.diff;
      writing.diff(ctx, c.diff, c.offer, where, () => { if (c.diff === back) { wordByWord(c); c.el.focus({ preventScroll: true }); } chosen(c, "kept"); ctx.say("The changes are in the text."); document.dispatchEvent(new CustomEvent("studio:kept")); });
    }
    const opening = (text) => (/^\s*(\S+\s+){1,4}\S+/u.exec(text)?.[0] || text).trim().slice(0, 200);

    // ---- by keyboard: 1 to 6 go to a card, Enter takes it, Shift+arrows choose sentences of it
    function sentences(text) { return text.match(/[^.!?…]+[.!?…]*["”’']*\s*/gu) || [text]; }
    function keys(e, c) {
      if (e.target !== c.el || !c.done) return;
      if (e.key === "Enter") { e.preventDefault(); c.take.hidden ? c.words.click() : c.take.click(); }
      else if (e.key === "e") { e.preventDefault(); e.stopPropagation(); if (!c.edit.hidden) edit(c); }
      else if (e.key === "Delete") { e.preventDefault(); c.no.click(); }
      else if (e.shiftKey && (e.key === "ArrowRight" || e.key === "ArrowLeft")) {
        e.preventDefault();
        const row = sentences(c.offer.text.trimStart()), before = selectedIn(c);
        let k = 0, sum = 0;
        while (k < row.length && sum < before.length) sum += row[k++].length;
        choosePart(c, row.slice(0, Math.max(0, Math.min(row.length, k + (e.key === "ArrowRight" ? 1 : -1)))).join("").trimEnd());
      } else if (["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"].includes(e.key) && !e.shiftKey) {
        e.preventDefault();
        const live = cards.filter((one) => one.el.isConnected), at = live.indexOf(c) + (e.key === "ArrowRight" || e.key === "ArrowDown" ? 1 : -1);
        live[Math.max(0, Math.min(live.length - 1, at))].el.focus();
      }
    }
    function choosePart(c, text) {
      const found = document.getSelection(), range = document.createRange();
      found.removeAllRanges();
      if (!text) return;
      const walk = document.createTreeWalker(c.text, NodeFilter.SHOW_TEXT);
      let left = text.length;
      range.setStart(c.text, 0);
      for (let node; (node = walk.nextNode()); left -= node.length) if (left <= node.length) { range.setEnd(node, left); break; }
      found.addRange(range);
    }
    ctx.root.addEventListener("keydown", (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey || section.hidden || !/^[1-6]$/.test(e.key) || e.target.closest("input, textarea, select, [contenteditable], dialog") || !ctx.root.contains(e.target)) return;
      if (!e.target.closest(".offers, .asking")) return;
      e.preventDefault();
      e.stopPropagation();
      focus(Number(e.key) - 1);
    });
    function focus(i) { const c = cards[i]; if (c?.el.isConnected) { c.el.focus(); c.el.scrollIntoView({ block: "nearest" }); } }
    ctx.offers = { focus };

    // ---- the person's own line before the offers
    function cover(on) {
      covered = on;
      list.hidden = spread.hidden = on;
      if (!on) spread.hidden = !spread.textContent;
      idea.hidden = !on;
      if (!on) return;
      const line = h("textarea", { rows: "3", "aria-label": "Your own line first", placeholder: "How would you go on?" });
      const mine = h("button", { type: "submit", class: "primary" }, "Put mine in, and show"), see = h("button", { type: "button", onclick: () => uncover(line.value) }, "Show the offers");
      idea.onsubmit = ctx.trying(async (e) => { e.preventDefault(); if (!line.value.trim()) { line.focus(); return; } await ctx.editor.insert({ ...target(line.value.trim()), how: "typed" }); uncover(""); });
      fill(idea, h("label", {}, h("span", {}, "Your own line first"), line), h("div", { class: "acts" }, mine, see));
      requestAnimationFrame(() => line.focus({ preventScroll: true }));
    }
    function uncover(text) {
      cover(false);
      if (text.trim()) { idea.hidden = false; fill(idea, h("p", {}, h("strong", {}, "Yours "), text.trim()), h("div", { class: "acts" }, h("button", { type: "button", onclick: ctx.trying(async () => { await ctx.editor.insert({ ...target(text.trim()), how: "typed" }); idea.hidden = true; }) }, "Take mine"))); }
      focus(0);
    }

    // ---- what comes from the studio
    function far(text) { spread.textContent = text || ""; spread.hidden = !text || covered; }
    // Cards are numbered as they stand: what is said of 1 and 3 is about these.
    function number() {
      for (const c of cards) if (!c.done) c.el.remove();
      cards = cards.filter((c) => c.done);
      cards.forEach((c, k) => {
        c.i = k;
        c.head.textContent = String(k + 1);
        c.el.setAttribute("aria-label", `Offer ${k + 1}`);
        for (const [button, label] of [[c.like, `More like offer ${k + 1}`], [c.no, `Not offer ${k + 1}`]]) { button.setAttribute("aria-label", label); button.title = label; }
      });
    }
    function ended() { number(); stop.hidden = bar.hidden = true; others.hidden = !cards.some((c) => c.done) || task === "summarise"; }
    function whereAsked(run) {
      const wish = run.wish || {}, cursor = ctx.editor.selection(), scene = wish.scene || cursor.scene, start = wish.start ?? cursor.start, end = wish.instead ?? wish.end ?? cursor.end;
      return { scene, start, end, passage: part(ctx.editor.text(scene) || "", start, end), ...(wish.instead === undefined ? {} : { over: wish.fields.start }) };
    }
    function rememberWhere(job, place) {
      const all = remember("tandem-where") || [];
      keep("tandem-where", [[job, place], ...all.filter(([id]) => id !== job)].slice(0, KEPT));
    }
    // Offers at a word of a passage take the place of its rest: said over them, and shown in the text.
    function headed() {
      const over = where?.over, rest = over ? where.passage.trim() : "", tail = rest.split(/\s+/).slice(-5).join(" ");
      title.textContent = over ? `From “${over.trim()}”` : TITLES[task] || "Offers";
      instead.hidden = !over;
      instead.textContent = over ? `What you take stands instead of the rest of the passage: “${tail === rest ? "" : "… "}${tail}”` : "";
      const now = over && whereNow(ctx, where);
      ctx.editor.mark(now ? [now] : [], "instead");
    }
    ctx.on("run", (run) => {
      if (run.task === "plot" || run.task === "weigh") return;
      if (run.token !== token) {
        token = run.token;
        task = run.task;
        asked = run.wish || null;
        where = whereAsked(run);
        headed();
        section.classList.add("growing");
        lay(run.n);
        far("");
        older.hidden = others.hidden = true;
        section.hidden = false;
        cover(!!ctx.ideaFirst?.() && NEW.includes(task));
        reveal(section);
      }
      if (run.job && where && !where.kept) { where.kept = true; rememberWhere(run.job, where); }
      for (const [i, offer] of Object.entries(run.offers || {})) if (cards[i]) put(cards[i], offer);
      stop.hidden = bar.hidden = !!run.ended;
      section.classList.toggle("growing", !run.ended);
      if (run.fraction > 0) bar.value = run.fraction; else bar.removeAttribute("value");
      state.textContent = run.ended ? "" : run.stage === "queued" && run.position > 1 ? `waiting, number ${run.position}` : run.stage === "loading" ? "the model is being loaded" : "being written";
      if (!run.ended) return;
      ended();
      far(run.spread);
      if (!cards.length) section.hidden = true; else Studio.say(cards.length === 1 ? "One offer is ready." : `${cards.length} offers are ready.`);
    });
    function show(group) {
      const found = (group?.offers || []).filter((o) => o.text !== undefined);
      token = null;
      cover(false);
      if (!found.length) { section.hidden = true; cards = []; list.replaceChildren(); return; }
      task = group.task || found[0].task;
      asked = null;
      where = (remember("tandem-where") || []).find(([id]) => id === group.job)?.[1] || group.where || null;
      headed();
      lay(Math.max(...found.map((o) => o.index)) + 1);
      for (const offer of found) put(cards[offer.index], { ...offer, done: true });
      section.hidden = false;
      state.textContent = "";
      ended();
      far(group.spread);
      const jobs = (group.jobs || []).filter((one) => one.task !== "plot" && one.task !== "weigh");
      older.hidden = jobs.length < 2 || !jobs[0].task;
      fill(older, jobs.map((j) => h("option", { value: j.id }, `${TITLES[j.task] || j.task || "Offers"}${j.created ? `, ${Studio.ago(j.created)}` : ""}`)));
      older.value = group.job;
    }
    let shown = null;
    ctx.on("state", (next) => { if (shown === next.piece || next.offers === undefined) return; shown = next.piece; const run = ctx.run(); if (!run || run.ended || run.piece !== next.piece) show(next.offers); });
    ctx.showOffers = show;
  };
})();
