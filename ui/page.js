// A mark shows the passage of its answer and goes to its quote: no round trip to the server.
document.addEventListener("click", (event) => {
  const mark = event.target.closest("a.mark");
  if (!mark) return;
  event.preventDefault();
  for (const section of document.querySelectorAll(".evidence"))
    section.classList.toggle("current", section.dataset.turn === mark.dataset.turn);
  for (const other of document.querySelectorAll("mark.chosen")) other.classList.remove("chosen");
  const quote = document.getElementById(mark.getAttribute("href").slice(1));
  if (!quote) return;
  quote.classList.add("chosen");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  quote.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "center" });
  quote.focus({ preventScroll: true });
});
