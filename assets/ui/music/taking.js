// Tunes come in and go out: the dialogs for a file to open and for the forms to take away, and dropping files on the room.
(() => {
  const music = (Studio.music ||= {});
  const { h } = Studio;
  const MOST = 5_000_000; // as studio/music/notation/files.py
  const KINDS = ".mid,.midi,.rmi,.kar,.musicxml,.xml,.mxl,.abc,.txt,.json";
  const SILENT = "The studio does not answer. See that it is running, and try again.";
  const SOUND = ["wav", "flac", "ogg", "mp3"];
  const FORMS = [
    ["mid", "MIDI", "for a sequencer or another music program"],
    ["musicxml", "MusicXML", "for a notation program"],
    ["abc", "ABC", "as text, for tune books and mail"],
    ["wav", "WAV", "sound, exact, for working on"],
    ["flac", "FLAC", "sound, exact, half the size"],
    ["ogg", "OGG", "sound, small; loops well"],
    ["mp3", "MP3", "sound, small; plays everywhere"],
    ["zip", "All in a zip", "every form, with a README and how it was made"],
  ];

  // ---- out

  music.exportDialog = (ctx) => {
    if (!ctx.state()) return null;
    const roll = ctx.roll(), played = roll.voices.some((v) => v.role === "chords" && v.notes.length);
    const kept = JSON.parse(localStorage.getItem("tandem-export") || "{}");
    let form = FORMS.some(([name]) => name === kept.form) ? kept.form : "mid", going = null;
    const loop = h("input", { type: "checkbox", checked: !!kept.loop }), chords = h("input", { type: "checkbox", checked: kept.chords !== false && !played && roll.chords.length > 0, disabled: played || !roll.chords.length });
    const wrong = h("p", { class: "said bad", hidden: true, role: "alert" }), busy = h("p", { class: "busy soft", hidden: true, role: "status" }, h("progress", { "aria-hidden": "true" }), h("span", {}));
    const take = h("button", { type: "button", class: "primary take", onclick: () => download() }, "Download");
    const rows = FORMS.map(([name, label, what]) => {
      const radio = h("input", { type: "radio", name: "form", value: name, checked: name === form, onchange: () => { form = name; draw(); } });
      return h("label", { class: "form" }, radio, h("span", { class: "name" }, label), h("span", { class: "soft what" }, what));
    });
    const options = h("fieldset", { class: "options" }, h("legend", {}, "The sound"),
      h("label", {}, loop, h("span", {}, "Loops without a gap")),
      h("label", {}, chords, h("span", {}, "Chord symbols sound"), (played || !roll.chords.length) && h("span", { class: "soft why" }, played ? "a chord track plays already" : "there are none yet")));
    const why = h("p", { class: "soft why", hidden: true });
    loop.addEventListener("change", draw);
    chords.addEventListener("change", draw);
    const dialog = ctx.dialog("Export", h("div", { class: "music-taking" }, h("fieldset", { class: "forms" }, h("legend", { class: "visually-hidden" }, "Form"), ...rows), options, why, wrong, h("div", { class: "acts" }, take, busy)));
    dialog.addEventListener("close", () => going?.abort());

    function draw() {
      const sounding = SOUND.includes(form) || form === "zip", mp3 = rows[6].querySelector("input");
      mp3.disabled = loop.checked && form !== "mp3";
      options.disabled = !sounding;
      why.textContent = !sounding ? "These concern sound only." : loop.checked && form === "zip" ? "The zip has no MP3 then: it adds silence at both ends and would stumble." : loop.checked ? "MP3 adds silence at both ends and would stumble: choose WAV, FLAC or OGG for a loop." : "";
      why.hidden = !why.textContent;
      wrong.hidden = true;
      take.disabled = !!going || (form === "mp3" && loop.checked);
      localStorage.setItem("tandem-export", JSON.stringify({ form, loop: loop.checked, chords: chords.disabled ? kept.chords : chords.checked }));
    }
    async function download() {
      going = new AbortController();
      draw();
      const slow = setTimeout(() => { busy.lastChild.textContent = form === "zip" ? "Making every form; sound takes a few seconds …" : "Making the sound …"; busy.hidden = false; }, 400);
      try {
        const { working } = await ctx.settle(), asked = form, path = `studio/music/copies/${working}/export/${asked}?loop=${Number(loop.checked)}&chords=${Number(chords.checked)}`;
        const answer = await fetch(path, { credentials: "same-origin", signal: going.signal }).catch((error) => { throw error.name === "AbortError" ? error : new Error(SILENT); });
        if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error || "The studio did not answer as expected. Reload the page and try again.");
        const name = nameIn(answer.headers.get("content-disposition")) || `tune.${asked}`, blob = await answer.blob();
        save(blob, name);
        ctx.say(`${name} is in your downloads (${Studio.bytes(blob.size)}).`);
        dialog.close();
      } catch (error) {
        if (error.name === "AbortError") return;
        wrong.textContent = error.message;
        wrong.hidden = false;
      } finally {
        clearTimeout(slow);
        going = null;
        busy.hidden = true;
        take.disabled = form === "mp3" && loop.checked;
      }
    }
    draw();
    dialog.querySelector("input:checked")?.focus();
    return dialog;
  };
  const nameIn = (header) => { const found = /filename\*=UTF-8''([^;]+)/i.exec(header || ""); return found ? decodeURIComponent(found[1]) : null; };
  function save(blob, name) {
    const url = URL.createObjectURL(blob), link = h("a", { href: url, download: name, hidden: true });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }

  // ---- in

  // One after the other; the first may take the place of an empty tune, every other is a tune of its own.
  let before = Promise.resolve(); // two drops at once would both see the same empty tune
  const bring = (ctx, files) => (before = before.catch(() => {}).then(() => brought(ctx, files)));
  async function brought(ctx, files) {
    const state = await ctx.settle(), wrong = [], came = [];
    for (const file of files) {
      try {
        if (file.size > MOST) throw new Error(`This file is larger than ${MOST / 1e6} MB. Export a shorter part of it.`);
        const query = `name=${encodeURIComponent(file.name)}${state.empty && !came.length ? `&working=${encodeURIComponent(state.working)}` : ""}`;
        came.push(await ctx.send(`sessions/${state.session}/import?${query}`, await file.arrayBuffer(), "application/octet-stream"));
      } catch (error) { wrong.push(files.length > 1 ? `${file.name}: ${error.message}` : error.message); }
    }
    const last = came[came.length - 1];
    if (last) {
      ctx.stop?.();
      ctx.load(last);
      const notes = last.roll.voices.reduce((sum, v) => sum + v.notes.length, 0), voices = last.roll.voices.length;
      ctx.say(wrong.length ? wrong.join(" ") : `${last.title}: ${last.roll.bars.length} bars, ${notes} notes${voices > 1 ? ` in ${voices} tracks` : ""}.${came.length > 1 ? ` ${came.length} tunes came in.` : ""}`, { bad: wrong.length > 0 });
    } else if (wrong.length) throw new Error(wrong.join(" "));
  }

  music.importDialog = (ctx) => {
    if (!ctx.state()) return null;
    const wrong = h("p", { class: "said bad", hidden: true, role: "alert" }), busy = h("p", { class: "busy soft", hidden: true, role: "status" }, h("progress", { "aria-hidden": "true" }), "Reading …");
    const input = h("input", { type: "file", multiple: true, accept: KINDS, class: "visually-hidden", id: "music-file", onchange: () => come([...input.files]) });
    const zone = h("label", { class: "zone", for: "music-file" }, h("strong", {}, "Choose a file"), h("span", { class: "soft" }, "or drop it here, or anywhere on the room"), h("span", { class: "soft kinds" }, "MIDI, MusicXML (.mxl too) or ABC, up to 5 MB"));
    const empty = ctx.state().empty;
    const dialog = ctx.dialog("Open a file", h("div", { class: "music-taking" }, input, zone, h("p", { class: "soft" }, empty ? "It takes the place of the empty tune." : "It becomes a tune of its own; the one that is open stays."), wrong, busy));
    dropping(dialog, zone, come);
    async function come(files) {
      if (!files.length) return;
      wrong.hidden = true;
      busy.hidden = false;
      try {
        await bring(ctx, files);
        dialog.close();
      } catch (error) {
        wrong.textContent = error.message;
        wrong.hidden = false;
      } finally {
        busy.hidden = true;
        input.value = "";
      }
    }
    input.focus();
    return dialog;
  };

  // Files dropped anywhere on the room.
  music.dropping = (ctx) => {
    const veil = h("div", { class: "music-veil", hidden: true, "aria-hidden": "true" }, h("span", {}, "Drop to open"));
    ctx.root.append(veil);
    dropping(ctx.root, veil, (files) => { if (ctx.state()) bring(ctx, files).catch((error) => ctx.say(error.message, { bad: true })); }, (over) => { veil.hidden = !over; });
  };
  const carries = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  function dropping(root, zone, come, tell = () => {}) {
    let away = null;
    const over = (on) => { zone.classList.toggle("over", on); tell(on); };
    root.addEventListener("dragover", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      event.stopPropagation();
      event.dataTransfer.dropEffect = "copy";
      clearTimeout(away);
      away = setTimeout(() => over(false), 400); // no dragleave tells reliably that it left
      over(true);
    });
    root.addEventListener("drop", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      event.stopPropagation();
      clearTimeout(away);
      over(false);
      come([...event.dataTransfer.files]);
    });
  }
})();
