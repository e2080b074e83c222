// On narrow pages the sessions come in from the left.
Studio.register("drawer", ({ root }) => {
  root.querySelector("button").addEventListener("click", (e) => { e.stopPropagation(); document.body.classList.toggle("drawer"); });
  document.addEventListener("click", (e) => { if (document.body.classList.contains("drawer") && !e.target.closest("#left, #drawer")) document.body.classList.remove("drawer"); });
  return { draw() {} };
});
