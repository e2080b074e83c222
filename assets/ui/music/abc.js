// The tune as ABC text: read it, change it, use it. What is written and not used yet stays in this browser, copy by copy.
(() => {
  const music = (Studio.music ||= {});
  const { h } = Studio;
  const EXAMPLE = 'X:1\nT:A small jig\nM:6/8\nL:1/8\nQ:3/8=110\nK:D\n|:"D"d2f a2f|"G"g2b a3|"A"e2a c\'2a|"D"d\'3 d3:|\n';
  // Lines that a refusal is about, where it quotes nothing.
  const ABOUT = [[/\bmeter\b/i, /^M:.*$/m], [/\bkey\b/i, /^K:.*$/m], [/\btempo\b/i, /^Q:.*$/m]];

  music.abc = (ctx, root) => {
    let shown = false, timer = null, turn = 0, served = "", of = null, from = null; // what the studio wrote, and of which copy and version

    const area = h("textarea", { spellcheck: "false", autocapitalize: "off", autocorrect: "off", autocomplete: "off", rows: "16", "aria-label": "The tune as ABC text", placeholder: "X:1\nT:Title\nM:4/4\nL:1/8\nK:D\nd2 fa …" });
    const use = h("button", { type: "button", class: "primary use", onclick: () => apply() }, "Use this text"), copy = h("button", { type: "button", class: "copy", onclick: () => copied() }, "Copy");
    const back = h("button", { type: "button", class: "back", hidden: true, onclick: () => discard() }, "Back to the tune’s text"), example = h("button", { type: "button", class: "example", hidden: true, onclick: () => { put(EXAMPLE); changed(); area.focus(); } }, "Put in an example");
    const state = h("span", { class: "soft state", role: "status" }), wrong = h("p", { class: "said bad", hidden: true, role: "alert" });
    const offer = h("p", { class: "said offer", hidden: true });
    const id = `abc-about-${Math.random().toString(36).slice(2, 8)}`, about = h("p", { class: "soft about", id });
    area.setAttribute("aria-describedby", id);
    root.classList.add("music-abc");
    root.replaceChildren(about, offer, area, wrong, h("div", { class: "acts" }, use, back, example, state, copy));

    // ---- the text on the page
    const KEY = (working) => `tandem-abc-${working}`;
    const dirty = () => area.value !== served;
    const unsent = (working) => { try { return JSON.parse(localStorage.getItem(KEY(working)) || "null"); } catch { return null; } };
    function put(text) {
      const { selectionStart, selectionEnd, scrollTop } = area;
      if (area.value === text) return;
      area.value = text;
      area.setSelectionRange(Math.min(selectionStart, text.length), Math.min(selectionEnd, text.length));
      area.scrollTop = scrollTop;
    }
    function changed() {
      if (!of) return;
      wrong.hidden = true;
      if (dirty()) { from ??= ctx.state().version; localStorage.setItem(KEY(of), JSON.stringify({ text: area.value, version: from, at: Date.now() })); }
      else { from = null; localStorage.removeItem(KEY(of)); }
      buttons();
    }
    function buttons() {
      const now = ctx.state(), voices = now?.roll.voices.filter((v) => v.notes.length).length || 0;
      use.disabled = !dirty() || !area.value.trim();
      back.hidden = !dirty() || !served;
      example.hidden = !!area.value.trim();
      copy.disabled = !area.value;
      state.textContent = !dirty() ? "" : from !== null && now && now.version !== from ? "Not used yet. The tune has changed since you began to write." : "Not used yet.";
      about.textContent = `“Use this text” replaces the whole tune by what is written here.${voices > 1 ? ` Its ${voices} voices are all in the text: one that you take out is gone from the tune.` : ""} Ctrl+Enter does the same.`;
    }
    function offering(kept) {
      offer.hidden = !kept;
      if (!kept) return;
      offer.replaceChildren(`Text of ${Studio.ago(kept.at)} was never used. `,
        h("button", { type: "button", class: "bring", onclick: () => { offer.hidden = true; from = kept.version; put(kept.text); changed(); area.focus(); } }, "Bring it back"), " ",
        h("button", { type: "button", class: "quiet", onclick: () => { offer.hidden = true; localStorage.removeItem(KEY(of)); } }, "Throw it away"));
    }

    async function load() {
      if (!shown || !ctx.state()) return;
      const mine = ++turn;
      try {
        const now = await ctx.settle(), another = now.working !== of;
        const text = now.empty ? "" : (await ctx.get(`copies/${now.working}/abc`)).text;
        if (mine !== turn) return;
        const mineStays = !another && dirty(); // never over what the person is writing
        served = text;
        if (!mineStays) { of = now.working; from = null; wrong.hidden = true; put(text); }
        const kept = another && unsent(of);
        if (another) offering(kept && kept.text !== text ? kept : null);
        buttons();
      } catch (error) {
        if (mine === turn) { wrong.textContent = error.message; wrong.hidden = false; }
      }
    }
    const later = (ms = 400) => { clearTimeout(timer); if (shown) timer = setTimeout(load, ms); };
    function discard() {
      localStorage.removeItem(KEY(of));
      put(served);
      changed();
      area.focus();
    }

    // ---- using it
    async function apply() {
      if (use.disabled) return;
      const text = area.value, working = of;
      use.disabled = true;
      root.setAttribute("aria-busy", "true");
      try {
        const now = await ctx.settle();
        if (now.working !== working) throw new Error("Another tune was opened meanwhile. Open the one you were writing and use the text there.");
        const next = await ctx.post(`copies/${working}/write`, { version: now.version, text });
        localStorage.removeItem(KEY(working));
        if (area.value === text) { served = text; from = null; } // the tune's own spelling of it comes with the state
        ctx.load(next);
        const notes = next.roll.voices.reduce((sum, v) => sum + v.notes.length, 0);
        ctx.say(`The tune is now what you wrote: ${next.roll.bars.length} bars, ${notes} notes.`);
      } catch (error) {
        refused(error.message);
      } finally {
        root.removeAttribute("aria-busy");
        buttons();
      }
    }
    function refused(sentence) {
      wrong.textContent = sentence;
      wrong.hidden = false;
      const range = lineOf(sentence, area.value);
      if (!range) return;
      area.focus();
      area.setSelectionRange(...range);
      const before = area.value.slice(0, range[0]).split("\n").length - 1, all = area.value.split("\n").length;
      area.scrollTop = Math.max(0, (area.scrollHeight * before) / all - area.clientHeight / 3);
    }
    async function copied() {
      try { await navigator.clipboard.writeText(area.value); } catch { area.select(); document.execCommand("copy"); } // no clipboard without https
      ctx.say("The text is copied.");
    }

    area.addEventListener("input", changed);
    area.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") event.stopPropagation(); // no shortcut of the page while text is typed
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); apply(); }
    });
    ctx.on("state", (now) => { if (now.working === of) later(60); else { turn++; later(0); } });
    ctx.on("edit", () => later(900));
    ctx.on("saved", () => later(300));
    return { show() { shown = true; load(); }, hide() { shown = false; turn++; clearTimeout(timer); } };
  };

  // The line a refusal is about: by its number, by what it quotes, or by the field it names.
  function lineOf(sentence, text) {
    const number = /\bline (\d+)/i.exec(sentence), quoted = /[`“"]([^`”"]{1,60})[`”"]/.exec(sentence) || /(?:read|printed): ([^.]{1,20})/.exec(sentence);
    const lineAt = (at) => { const start = text.lastIndexOf("\n", at - 1) + 1, end = text.indexOf("\n", at); return [start, end < 0 ? text.length : end]; };
    if (number) {
      const lines = text.split("\n"), i = Number(number[1]) - 1;
      if (lines[i] !== undefined) return lineAt(lines.slice(0, i).reduce((sum, line) => sum + line.length + 1, 0));
    }
    const about = ABOUT.find(([word, line]) => word.test(sentence) && line.test(text));
    const field = about && about[1].exec(text);
    if (quoted && field?.[0].includes(quoted[1].trim())) return lineAt(field.index);
    if (quoted && text.includes(quoted[1].trim())) return lineAt(text.indexOf(quoted[1].trim()));
    return field && /cannot be (read|printed)/.test(sentence) ? lineAt(field.index) : null;
  }
  music.abcLine = lineOf;
})();
