// On narrow pages the sessions come in from the left.
Studio.register("drawer", ({ root }) => {
  root.querySelector("button").append(Studio.icon("menu"));
  root.querySelector("button").addEventListener("click", () => document.body.classList.toggle("drawer"));
  document.addEventListener("click", (e) => { if (e.target.isConnected && !e.target.closest("#left, #drawer")) document.body.classList.remove("drawer"); });
  document.addEventListener("studio:session", (e) => { root.querySelector(".here").textContent = e.detail; });
  return { draw() {} };
});
