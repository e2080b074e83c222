// Every model card with its state, and the buttons that load, unload, fetch and delete it.
Studio.register("model-shelf", ({ root }) => {
  const { h, fill, bytes, ask } = Studio;
  const NAMES = { text: "Write", picture: "Picture", tune: "Music" };
  const STATES = {
    embedded: "Embedded, ready to load", installed: "Installed, ready to load", available: "Available to download",
    loading: "Loading", loaded: "Loaded", failed: "Failed", unusable: "Cannot run here", downloading: "Downloading",
  };
  let timer = null, trouble = {};

  async function act(id, what) {
    delete trouble[id];
    try { await ask(`studio/models/${encodeURIComponent(id)}/${what}`, { method: "POST", body: {} }); }
    catch (error) { trouble[id] = error.message; }
    document.dispatchEvent(new CustomEvent("studio:look"));
    look();
  }

  function buttons(m) {
    const b = (what, label, kind = "") => h("button", { type: "button", class: kind, "data-key": `${what}-${m.id}`, "aria-label": `${label} ${m.title}`, onclick: () => act(m.id, what) }, label);
    switch (m.state) {
      case "embedded": return [b("load", "Load", "primary")];
      case "installed": return [b("load", "Load", "primary"), ...(m.deletable ? [b("delete", "Delete")] : [])];
      case "failed": return [b("load", "Try again", "primary")];
      case "loaded": return m.leases ? [h("span", { class: "soft" }, "in use")] : [b("unload", "Unload")];
      case "available": return [b("download", `Download ${bytes(m.size)}`, "primary")];
      case "downloading": return [b("cancel", "Cancel")];
      default: return [];
    }
  }

  function card(m) {
    const facts = [
      ["Does", m.tasks.join(", ")], ["Licence", m.licence], ["Disk", m.server ? "on a server" : m.size ? bytes(m.size) : "not stated"],
      ["Memory", m.measured ? `${bytes(m.measured)}, measured` : m.memory ? `about ${bytes(m.memory)}` : "none here"],
      ["Runs on", m.device || m.devices.join(", ")], ["Runtime", m.runtime],
    ];
    const said = trouble[m.id] || m.reason;
    return h("article", { class: `card ${m.state}`, "data-model": m.id, "aria-label": m.title },
      h("header", {}, h("h4", {}, m.title), h("span", { class: "state" }, STATES[m.state] || m.state, m.queue ? `, ${m.queue} waiting` : "")),
      m.state === "downloading" ? h("progress", { max: 1, value: m.fraction || 0, "aria-label": `Downloading ${m.title}` }) : null,
      said ? h("p", { class: m.state === "failed" || trouble[m.id] ? "said bad" : "said" }, said) : null,
      h("dl", {}, facts.map(([k, v]) => h("div", {}, h("dt", {}, k), h("dd", {}, v)))),
      m.limits ? h("p", { class: "limits" }, m.limits) : null,
      m.training_data ? h("p", { class: "limits" }, `Trained on: ${m.training_data}`) : null,
      h("div", { class: "acts" }, buttons(m)));
  }

  function show(s) {
    root.querySelector(".memory-line .text").textContent = `Models use ${bytes(s.used)} of the ${bytes(s.budget)} they may take`;
    root.querySelector(".bar i").style.width = `${Math.min(100, (100 * s.used) / s.budget)}%`;
    root.querySelector(".bar").setAttribute("aria-label", `${bytes(s.used)} of ${bytes(s.budget)}`);
    fill(root.querySelector(".problems"), (s.problems || []).map((p) => h("p", { class: "said bad" }, p)));
    const groups = Object.keys(NAMES).map((medium) => {
      const cards = s.models.filter((m) => m.medium === medium);
      return h("section", { class: `medium ${medium}` }, h("h3", {}, NAMES[medium]),
        cards.length ? h("div", { class: "shelf" }, cards.map(card)) : h("p", { class: "soft" }, "No model of this medium is in the catalogue."));
    });
    fill(root.querySelector(".cards"), groups);
  }

  async function look() {
    clearTimeout(timer);
    let busy = false;
    if (root.isConnected && root.offsetParent !== null) {
      try {
        const s = await ask("studio/models");
        busy = s.models.some((m) => m.state === "loading" || m.state === "downloading");
        show(s);
      } catch (error) { fill(root.querySelector(".problems"), h("p", { class: "said bad" }, error.message)); }
    }
    timer = setTimeout(look, busy ? 700 : 4000);
  }
  return { draw: look };
});
