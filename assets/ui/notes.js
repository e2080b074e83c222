// The notes of a session: an ordinary text area over an autosaved working copy, with its branches.
Studio.register("notes", ({ root, value }) => {
  const { h, fill, ask, clock } = Studio;
  const area = root.querySelector("textarea"), state = root.querySelector(".state"), told = root.querySelector(".told");
  const picker = root.querySelector("select"), keep = root.querySelector(".keep");
  let copies = [], session = null;

  const strip = (text, bad) => document.dispatchEvent(new CustomEvent("studio:saved", { detail: { text, bad } }));
  const saver = Studio.autosave({
    area,
    onSaved(at) { const text = at ? `Saved at ${clock(at)}` : ""; state.textContent = text; state.classList.remove("bad"); if (text) strip(text); },
    onBranch(done) {
      say(`These notes were changed in another tab. What you wrote here is kept as “${done.title}”; the other text is untouched. Choose between them above.`);
      load(done.working);
    },
    onTrouble(error) {
      const text = error.status ? error.message : "Not saved yet: the studio is not answering. Your text is kept in this browser.";
      state.textContent = text; state.classList.add("bad"); strip("Not saved yet", true);
    },
  });
  area.addEventListener("input", () => { state.textContent = "Saving …"; strip("Saving …"); grow(); });
  keep.addEventListener("click", freeze);
  document.addEventListener("studio:keep", () => { if (root.offsetParent !== null) freeze(); });
  document.addEventListener("studio:restored", () => load(null, true));
  picker.addEventListener("change", async () => { if (await saver.settle()) show(copies.find((c) => c.id === picker.value)); });

  function say(text) { told.textContent = text; told.hidden = !text; }
  function grow() { area.style.height = "auto"; area.style.height = `${Math.min(Math.max(area.scrollHeight + 2, 180), 520)}px`; }

  async function freeze() {
    if (!(await saver.settle())) return;
    const copy = saver.current();
    try {
      await ask(`studio/working/${copy.id}/keep`, { method: "POST", body: {} });
      state.textContent = "This version is kept as a draft.";
      Studio.say("This version is kept as a draft.");
      document.dispatchEvent(new CustomEvent("studio:kept"));
    } catch (error) { say(error.message); }
  }

  function show(copy) {
    if (!copy) return;
    saver.open(copy);
    grow();
    picker.value = copy.id;
    state.textContent = copy.text ? `Saved at ${clock(copy.updated)}` : "";
  }

  async function load(id, fresh) {
    if (!session) return;
    if (fresh && !(await saver.settle())) return;
    try {
      const notes = await ask(`studio/sessions/${session}/notes`);
      copies = notes.workings;
      fill(picker, copies.map((c) => h("option", { value: c.id }, c.title || "the first text")));
      root.querySelector(".branches").hidden = copies.length < 2;
      const wanted = id || (fresh ? notes.newest : null) || (saver.current() && copies.some((c) => c.id === saver.current().id) ? saver.current().id : copies[0].id);
      if (id) { picker.value = id; return; }
      show(copies.find((c) => c.id === wanted) || copies[0]);
      area.disabled = false;
      root.dataset.session = session; // whose notes these are
    } catch (error) { say(error.message); }
  }

  return { async draw(v) { const next = v?.session; if (next === session) return; if (session && saver.current()) await saver.settle(); session = next; say(""); area.disabled = true; if (session) load(); } };
});
