// What can be done with the bars that are chosen: one list, shown as a menu at the bar and as buttons in the side.
(() => {
  const music = (Studio.music ||= {}), { h } = Studio;
  const numberOf = (roll, bar) => bar + (roll.pickup ? 0 : 1);
  music.barsInWords = (roll, [from, to]) => (from === to ? `bar ${numberOf(roll, from)}` : `bars ${numberOf(roll, from)} to ${numberOf(roll, to)}`);

  music.barActs = (ctx) => {
    const range = ([a, b]) => Array.from({ length: b - a + 1 }, (_, i) => a + i);
    function lock(bars, what) {
      const list = ctx.editor.locks().filter((l) => !(bars.includes(l.bar) && (l.what === what || what === "none")));
      const had = ctx.editor.locks().length !== list.length;
      if (what !== "none" && !had) list.push(...bars.map((bar) => ({ bar, what })));
      ctx.editor.setLocks(list);
      ctx.editedNow();
      const words = { all: "locked", rhythm: "rhythm locked", contour: "shape locked", pitches: "pitches locked", none: "unlocked" };
      Studio.say(`${music.barsInWords(ctx.roll(), [bars[0], bars[bars.length - 1]])} ${had && what !== "none" ? "unlocked" : words[what]}`);
    }
    return [
      { id: "redo", label: "Regenerate", hint: "Four new versions of these bars; everything else stays", run: (bars) => ctx.ask("redo", { bars: range(bars), n: 4 }) },
      { id: "lock", label: "Lock", hint: "Nothing changes these bars", run: (bars) => lock(range(bars), "all") },
      { id: "rhythm", label: "Lock the rhythm", run: (bars) => lock(range(bars), "rhythm") },
      { id: "contour", label: "Lock the shape", run: (bars) => lock(range(bars), "contour") },
      { id: "pitches", label: "Lock the pitches", run: (bars) => lock(range(bars), "pitches") },
      { id: "unlock", label: "Unlock", run: (bars) => lock(range(bars), "none") },
      { id: "fill", label: "Put new bars after", hint: "Two bars that lead on", run: (bars) => ctx.ask("fill", { after: bars[1], bars: 2, n: 4 }) },
      { id: "loop", label: "Loop", run: (bars) => { const r = ctx.roll(); ctx.editor.setLoop([r.bars[bars[0]].start, r.bars[bars[1]].start + r.bars[bars[1]].length]); ctx.tell("loop", ctx.editor.loop()); if (ctx.playing() === "table") ctx.player.update(r, { loop: ctx.editor.loop() }); } },
      { id: "repeat", label: "Repeat", run: ctx.trying((bars) => ctx.change("repeat", null, range(bars))) },
      { id: "clear", label: "Clear", run: ctx.trying((bars) => ctx.change("clear", null, range(bars))) },
      { id: "remove", label: "Take out", run: ctx.trying((bars) => ctx.change("remove", null, range(bars))) },
    ];
  };

  music.barMenu = (ctx) => {
    const acts = music.barActs(ctx);
    let box = null, chosen = null, before = null;
    ctx.on("select", ({ bars }) => { chosen = bars; });
    const close = (back = true) => { if (!box) return; box.remove(); box = null; if (back) before?.focus?.(); };
    document.addEventListener("pointerdown", (e) => { if (box && !box.contains(e.target)) close(false); }, true);
    return {
      open(bar, x, y) {
        close(false);
        before = document.activeElement;
        const bars = chosen && bar >= chosen[0] && bar <= chosen[1] ? chosen : [bar, bar];
        ctx.editor.selectBars(bars);
        const items = acts.map((act) => h("button", { type: "button", role: "menuitem", tabindex: "-1", title: act.hint || "", onclick: () => { close(); act.run(bars); } }, act.label));
        box = h("div", { class: "music-menu", role: "menu", "aria-label": music.barsInWords(ctx.roll(), bars) }, h("p", {}, music.barsInWords(ctx.roll(), bars)), ...items);
        ctx.root.append(box);
        const size = box.getBoundingClientRect();
        box.style.left = `${Math.max(8, Math.min(x, innerWidth - size.width - 8))}px`;
        box.style.top = `${Math.max(8, Math.min(y, innerHeight - size.height - 52))}px`;
        items[0].focus();
        box.addEventListener("keydown", (e) => {
          e.stopPropagation();
          const at = items.indexOf(document.activeElement), move = { ArrowDown: 1, ArrowUp: -1 }[e.key];
          if (move) { e.preventDefault(); items[(at + move + items.length) % items.length].focus(); }
          if (e.key === "Home" || e.key === "End") { e.preventDefault(); items[e.key === "Home" ? 0 : items.length - 1].focus(); }
          if (e.key === "Escape" || e.key === "Tab") { e.preventDefault(); close(); }
        });
      },
    };
  };
})();
