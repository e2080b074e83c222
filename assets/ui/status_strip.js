// The strip at the bottom: model, memory, what is running, Stop, what is saved. Asks the server itself, often
// only while something runs and never in a hidden tab.
Studio.register("status-strip", ({ root }) => {
  const { ask, bytes, clock } = Studio;
  const at = (name) => root.querySelector(name);
  let timer = null, running = null, lost = 0;

  at(".theme").append(Studio.icon("half"));
  at(".stop").addEventListener("click", stop);
  at(".theme").addEventListener("click", () => Studio.setTheme(Studio.dark() ? "light" : "dark"));
  at(".out").addEventListener("click", async () => { await fetch("sign-out", { method: "POST" }); location.reload(); });
  at(".help").addEventListener("click", () => document.dispatchEvent(new CustomEvent("studio:keys")));
  document.addEventListener("studio:stop", stop);
  document.addEventListener("studio:look", () => look());
  document.addEventListener("studio:saved", (e) => showSaved(e.detail));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });

  async function stop() {
    if (!running) return;
    at(".stop").disabled = true;
    await ask(`studio/jobs/${encodeURIComponent(running.id)}/stop`, { method: "POST", body: {} }).catch(() => {});
    at(".stop").disabled = false;
    look();
  }

  function showSaved({ text, bad }) {
    at(".saved").textContent = text;
    at(".saved").classList.toggle("bad", !!bad);
  }

  function words(job) {
    const more = job.more ? ` (+${job.more} more)` : "";
    if (job.stage === "queued") return (job.position > 1 ? `Waiting, number ${job.position} in the queue` : "Waiting, next in the queue") + more;
    if (job.stage === "loading") return `Loading ${job.title || job.model}` + more;
    const left = job.seconds_left;
    const note = job.note || `${job.title || job.model} is working`;
    return note + (left === null || left === undefined ? "" : `, ${Math.max(1, Math.round(left))} s left`) + more;
  }

  function show(s) {
    const loaded = s.models || [];
    at(".model").textContent = loaded.length ? loaded.map((m) => m.title || m).join(", ") : "No model loaded";
    const { used, budget } = s.memory;
    at(".memory .text").textContent = `${bytes(used)} of ${bytes(budget)}`;
    at(".memory i").style.width = `${Math.min(100, (100 * used) / budget)}%`;
    at(".memory .bar").setAttribute("aria-label", `Model memory: ${bytes(used)} of ${bytes(budget)}`);
    at(".out").hidden = !s.person;
    at(".out").title = s.person ? `Signed in as ${s.person}; signing out ends it everywhere` : "";
    const jobs = s.jobs || [];
    running = jobs.find((j) => j.stage !== "queued") || jobs[0] || null;
    at(".work").textContent = running ? words({ ...running, more: jobs.length - 1 }) : "";
    at(".stop").hidden = !running;
    const bar = at("progress");
    bar.hidden = !running;
    if (running && running.fraction > 0) bar.value = running.fraction; else bar.removeAttribute("value");
    document.body.classList.toggle("working", !!running);
    if (s.saved_at && !at(".saved").textContent) showSaved({ text: `Saved at ${clock(s.saved_at)}` });
  }

  async function look() {
    clearTimeout(timer);
    if (!root.isConnected) return;
    if (!document.hidden) {
      try {
        show(await ask("studio/status"));
        if (lost) { lost = 0; at(".work").textContent = ""; document.dispatchEvent(new CustomEvent("studio:back")); }
      } catch (error) {
        lost++;
        if (error.status === 401) location.reload();
        at(".work").textContent = "The studio is not answering. What you type is kept in this browser until it is back.";
      }
    }
    timer = setTimeout(look, document.hidden ? 10000 : running ? 400 : lost ? 1500 : 4000);
  }
  return { draw: look };
});
