// How the store is: size, last backup, integrity.
Studio.register("store-health", ({ root }) => {
  const { h, fill, ask, bytes } = Studio;
  const button = root.querySelector(".check");
  const when = (iso) => (iso ? new Date(iso).toLocaleString() : "never");

  function show(s) {
    const facts = [["Size", bytes(s.size)], ["Drafts", s.drafts], ["Last backup", when(s.last_backup)],
      ["Integrity", s.integrity ? `${s.integrity} (checked ${when(s.checked)})` : "not checked yet"]];
    fill(root.querySelector("dl"), facts.map(([k, v]) => h("div", {}, h("dt", {}, k), h("dd", {}, String(v)))));
    root.querySelector(".how").textContent = "Back up with: python -m studio backup";
  }
  async function look(path = "studio/store", options) {
    try { show(await ask(path, options)); } catch (error) { root.querySelector(".how").textContent = error.message; }
  }
  button.addEventListener("click", async () => { button.disabled = true; button.textContent = "Checking …"; await look("studio/store/check", { method: "POST", body: {} }); button.disabled = false; button.textContent = "Check now"; });
  return { draw: () => look() };
});
