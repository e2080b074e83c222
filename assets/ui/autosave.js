// Autosave of one working copy: "saved" is shown only after the server has committed. A change nobody has
// acknowledged yet is also kept in this browser, so a crash of either side loses nothing.
Studio.autosave = function ({ area, onSaved, onBranch, onTrouble }) {
  const { ask } = Studio;
  const key = (id) => `tandem-unsaved-${id}`;
  let copy = null, timer = null, sending = false;

  function open(working) {
    clearTimeout(timer);
    copy = { ...working };
    const kept = JSON.parse(localStorage.getItem(key(copy.id)) || "null");
    area.value = kept ? kept.text : copy.text;
    if (kept && kept.text !== copy.text) { copy.version = kept.version; changed(0); }
    else localStorage.removeItem(key(copy.id));
  }

  function changed(delay = 400) {
    if (!copy) return;
    localStorage.setItem(key(copy.id), JSON.stringify({ version: copy.version, text: area.value }));
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  }

  async function save({ keepalive = false } = {}) {
    if (!copy || sending || area.value === copy.text) {
      if (copy && area.value === copy.text && !sending) { localStorage.removeItem(key(copy.id)); onSaved(copy.updated, false); }
      return;
    }
    sending = true;
    const sent = area.value, target = copy;
    try {
      const done = await ask(`studio/working/${target.id}`, { method: "PUT", body: { version: target.version, text: sent }, keepalive: keepalive && sent.length < 60000 });
      if (copy !== target) return;
      if (done.branched) localStorage.removeItem(key(target.id));
      copy = { ...target, id: done.working, version: done.version, text: sent, title: done.title, updated: done.saved_at };
      if (area.value === sent) localStorage.removeItem(key(copy.id));
      else changed();
      onSaved(done.saved_at, true);
      if (done.branched) onBranch(done);
    } catch (error) {
      onTrouble(error);
      clearTimeout(timer);
      timer = setTimeout(save, 2000);
    } finally { sending = false; }
    if (copy && area.value !== copy.text) { clearTimeout(timer); timer = setTimeout(save, 400); }
  }

  area.addEventListener("input", () => changed());
  area.addEventListener("blur", () => save());
  addEventListener("pagehide", () => save({ keepalive: true }));
  document.addEventListener("studio:back", () => save());

  // Everything typed is committed when this resolves; false when the server cannot be reached.
  async function settle() {
    for (let k = 0; k < 50 && copy && (sending || area.value !== copy.text); k++) {
      if (!sending) await save();
      await new Promise((r) => setTimeout(r, 50));
    }
    return copy && area.value === copy.text;
  }
  return { open, settle, current: () => copy };
};
