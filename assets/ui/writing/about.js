// Who wrote it: shares by maker and by model, a tint in the text, a statement to hand on, and the making as a film.
(() => {
  const writing = (Studio.writing ||= {}), { h, fill } = Studio;
  const MAKERS = { human: "yours", model: "a model's, as it came", "model-edited": "a model's, edited by you", "human-rewritten": "yours, reworded by a model", pasted: "pasted" };
  const PRESETS = [["plain", "plain"], ["kdp", "for Amazon KDP"], ["copyright", "for the US Copyright Office"]];
  const DID = { typed: "typed", pasted: "pasted", accepted: "taken from an offer", rewritten: "reworded", undone: "undone", moved: "moved", draft: "kept as a draft", restored: "a draft restored", imported: "brought in", "add-scene": "a scene added", "add-chapter": "a chapter added", rename: "renamed", delete: "deleted", "split-scene": "a scene split", "join-scenes": "scenes joined", "move-scene": "a scene moved", "move-chapter": "a chapter moved" };

  writing.shareBar = (percent) => {
    const made = Object.keys(MAKERS).filter((maker) => percent?.[maker]);
    return h("div", { class: "sharebar" },
      h("div", { class: "bar", role: "img", "aria-label": made.length ? made.map((maker) => `${percent[maker]} % ${MAKERS[maker]}`).join(", ") : "Nothing is written yet" }, made.map((maker) => { const piece = h("i", { class: `m-${maker}` }); piece.style.flexBasis = `${percent[maker]}%`; return piece; })),
      h("ul", { class: "key" }, made.map((maker) => h("li", {}, h("i", { class: `m-${maker}`, "aria-hidden": "true" }), `${percent[maker]} % ${MAKERS[maker]}`))));
  };

  writing.about = (ctx, side) => {
    const { panel, remember, keep, select, iconButton, copy, sceneName, scenes, count, statement: laid } = writing.kit;
    const { box, body, note } = panel(side, "Who wrote it", { name: "who" }), bars = h("div"), by = h("div");
    const tint = h("input", { type: "checkbox", checked: ctx.editor.tinted(), onchange: () => ctx.editor.tint(tint.checked) });
    ctx.on("tint", (on) => { tint.checked = on; });
    body.append(bars, h("label", { class: "tick" }, tint, "Tint the text"), by, h("div", { class: "acts" }, h("button", { type: "button", onclick: ctx.trying(statement) }, "Statement"), h("button", { type: "button", onclick: ctx.trying(replay) }, "Replay")));

    function shares() {
      const percent = ctx.state()?.shares?.percent;
      note.textContent = percent && ctx.state().words ? `${percent.human || 0} % yours` : "";
      fill(bars, writing.shareBar(percent));
    }
    async function models() {
      if (!box.open || !ctx.state()) return;
      const { working } = ctx.state();
      try {
        await ctx.settle();
        const { models: found } = await ctx.get(`copies/${working}/about?preset=plain`), rows = Array.isArray(found) ? found.map((m) => [m.title || m.model, m.words ?? m.letters]) : Object.entries(found || {});
        if (ctx.state().working === working) fill(by, rows.length > 0 && h("ul", { class: "models" }, rows.map(([name, n]) => h("li", {}, h("span", {}, name), h("span", { class: "soft" }, count(n, "word"))))));
      } catch (error) { fill(by, h("p", { class: "soft" }, error.message)); }
    }
    box.addEventListener("toggle", models);
    let wait = null;
    for (const name of ["state", "saved"]) ctx.on(name, () => { shares(); clearTimeout(wait); wait = setTimeout(models, 800); });

    async function statement() {
      await ctx.settle();
      const { working } = ctx.state(), preset = select("Wording", PRESETS, remember("tandem-statement") || "plain"), text = h("div", { class: "statement", tabindex: "0", role: "region", "aria-label": "Statement" });
      let said = "";
      const draw = ctx.trying(async () => { keep("tandem-statement", preset.value); said = (await ctx.get(`copies/${working}/about?preset=${preset.value}`)).statement; fill(text, laid(said)); });
      preset.addEventListener("change", draw);
      const dialog = ctx.dialog("How this text was made", h("div", { class: "acts" }, h("label", { class: "inline" }, "Wording", preset), h("button", { type: "button", class: "primary", onclick: () => copy(said, ctx) }, "Copy")), text);
      dialog.classList.add("broad");
      await draw();
    }

    // ---- the making, step by step
    async function replay() {
      await ctx.settle();
      const { working } = ctx.state(), { steps } = await ctx.get(`copies/${working}/replay`);
      const slider = h("input", { type: "range", min: "0", max: String(steps.length), value: String(steps.length), "aria-label": "Step of the making" }), line = h("p", { class: "soft", role: "status" }), text = h("div", { class: "replay", tabindex: "0", "aria-label": "The text at this step" });
      const known = new Map();
      let shown = -1, timer = null;
      const play = iconButton("play", "Play the making", () => (timer ? halt() : run()));
      function halt() { clearInterval(timer); timer = null; play.replaceChildren(writing.kit.glyph("play")); play.setAttribute("aria-label", "Play the making"); }
      function run() {
        if (Number(slider.value) >= steps.length) slider.value = "0";
        play.replaceChildren(writing.kit.glyph("pause"));
        play.setAttribute("aria-label", "Stop playing");
        timer = setInterval(() => { if (Number(slider.value) >= steps.length) return halt(); slider.value = String(Number(slider.value) + 1); draw(); }, 220);
      }
      async function at(i) {
        if (!known.has(i)) known.set(i, ctx.get(`copies/${working}/replay/${i}`).then((found) => {
          const rows = found.text ?? found.scenes ?? found;
          return Array.isArray(rows) ? rows.map((one) => [one.id, one.text, one.title]) : Object.entries(rows);
        }));
        return known.get(i);
      }
      const draw = ctx.trying(async () => {
        const i = Number(slider.value), step = steps[i - 1];
        line.textContent = step ? `${i} of ${steps.length}: ${new Date(step.time).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}, ${DID[step.what] || step.what}${step.scene ? ` in ${sceneName(ctx.state(), step.scene)}` : ""}, ${[step.added && `${count(step.added, "word")} came`, step.removed && `${count(step.removed, "word")} went`].filter(Boolean).join(", ") || "no words changed"}; ${count(step.total, "word")} in all` : steps.length ? "The beginning" : "Nothing has been written yet.";
        slider.setAttribute("aria-valuetext", line.textContent);
        const [rows, before] = await Promise.all([at(i), i ? at(i - 1) : []]);
        if (i !== Number(slider.value) || shown === i) return;
        shown = i;
        const old = new Map(before);
        const place = text.scrollTop;
        fill(text, rows.filter(([, words]) => words.trim()).map(([id, words, title]) => h("section", {}, h("h4", {}, title || (scenes(ctx.state()).some((s) => s.id === id) ? sceneName(ctx.state(), id) : "a scene that went later")), h("p", {}, fresh(old.get(id), words)))));
        text.scrollTop = place;
        text.querySelector("mark")?.scrollIntoView({ block: "nearest" });
      });
      // What this step brought is marked; the rest is the same before and behind.
      function fresh(was = "", now) {
        if (was === now) return now;
        let head = 0, tail = 0;
        while (head < Math.min(was.length, now.length) && was[head] === now[head]) head++;
        while (tail < Math.min(was.length, now.length) - head && was[was.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
        const end = now.length - tail;
        return head < end ? [now.slice(0, head), h("mark", { class: "came" }, now.slice(head, end)), now.slice(end)] : now;
      }
      slider.addEventListener("input", draw);
      const dialog = ctx.dialog("Replay", h("div", { class: "scrub" }, play, slider), line, text);
      dialog.classList.add("broad");
      dialog.addEventListener("close", halt);
      await draw();
      slider.focus();
    }
  };
})();
