// What needs no server: marks lead to their quotes, quotes are shown beside their marks, answers are copied, and the
// document takes the language, theme, title and talk that the page's head tells.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const night = matchMedia("(prefers-color-scheme: dark)");

let followed = "";
function follow() {
  const frame = document.querySelector("header.frame");
  if (!frame) return;
  const { theme, title, cookie, talk } = frame.dataset;
  // Gradio sets this too, for the device's own theme, and may do so later.
  document.body.classList.toggle("dark", theme === "dark" || (theme === "auto" && night.matches));
  // What else is set here is itself a change of the document: it is set once.
  const told = JSON.stringify([frame.lang, { ...frame.dataset }]);
  if (told === followed) return;
  followed = told;
  const root = document.documentElement;
  root.lang = frame.lang;
  root.dir = frame.dir;
  root.dataset.ready = "1";
  document.title = title;
  document.cookie = `sanad_preferences=${cookie}; path=/; max-age=31536000; samesite=lax`;
  const address = new URL(location);
  if (frame.querySelector("[data-toggle]") && talk !== (address.searchParams.get("talk") ?? "")) {
    if (talk) address.searchParams.set("talk", talk);
    else address.searchParams.delete("talk");
    // Another talk is a step that Back takes back; that a new one has its address now is none.
    const another = new URL(location).searchParams.get("talk") && talk;
    history[another ? "pushState" : "replaceState"](history.state, "", address);
  }
}

let asked = 0;
function keepUp() {
  // A new question, or a talk that was opened, comes into view.
  const questions = document.querySelectorAll(".turn.asked");
  if (questions.length > asked && questions.length > 1) questions[questions.length - 1].scrollIntoView({ block: "start" });
  asked = questions.length;
}

function showQuote(mark) {
  for (const section of document.querySelectorAll(".evidence"))
    section.classList.toggle("current", section.dataset.turn === mark.dataset.turn);
  for (const other of document.querySelectorAll("mark.chosen")) other.classList.remove("chosen");
  const quote = document.getElementById(mark.hash.slice(1));
  if (!quote) return;
  quote.classList.add("chosen");
  quote.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth", block: "center" });
  quote.focus({ preventScroll: true });
}

function tip(mark) {
  let box = document.getElementById("tip");
  const quote = mark && document.getElementById(mark.hash.slice(1));
  if (!quote) return box?.remove();
  if (!box) {
    box = document.createElement("div");
    box.id = "tip";
    box.setAttribute("aria-hidden", "true"); // the mark is already described by its quote
    document.body.append(box);
  }
  const { lang, dir } = quote.closest("[lang]");
  Object.assign(box, { lang, dir, textContent: quote.textContent });
  const at = mark.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left + at.width / 2 - box.offsetWidth / 2), innerWidth - box.offsetWidth - 8);
  const above = at.top - box.offsetHeight - 8;
  Object.assign(box.style, { left: `${left}px`, top: `${above > 8 ? above : at.bottom + 8}px` });
}

async function copy(button) {
  const told = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch { // no permission, or not a safe address
    const box = document.body.appendChild(document.createElement("textarea"));
    box.value = button.dataset.copy;
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  button.textContent = button.dataset.copied;
  setTimeout(() => (button.textContent = told), 2000);
}

document.addEventListener("click", (event) => {
  const mark = event.target.closest("a.mark");
  if (mark) {
    event.preventDefault();
    tip(null);
    return showQuote(mark);
  }
  const button = event.target.closest("button[data-copy]");
  if (button) return void copy(button);
  const toggle = event.target.closest("[data-toggle]");
  if (toggle) toggle.setAttribute("aria-expanded", document.body.classList.toggle(`show-${toggle.dataset.toggle}`));
  else if (event.target.closest("[data-do=select], [data-do=clear]") || !event.target.closest("#talks-column"))
    document.body.classList.remove("show-talks");
  if (event.target.closest("#talk [data-do=edit]")) document.querySelector("#question textarea")?.focus();
  for (const menu of document.querySelectorAll("details.more[open]"))
    if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  tip(null);
  document.body.classList.remove("show-talks");
  document.querySelector("details.more[open]")?.removeAttribute("open");
});
for (const [on, off] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
  document.addEventListener(on, (event) => {
    const mark = event.target.closest?.("a.mark");
    if (mark) tip(mark);
  });
  document.addEventListener(off, (event) => event.target.closest?.("a.mark") && tip(null));
}
addEventListener("popstate", () => location.reload());
night.addEventListener("change", follow);
new MutationObserver(() => { follow(); keepUp(); }).observe(document, { childList: true, subtree: true });
// Gradio may draw the frame anew by its attributes alone.
new MutationObserver((changes) => changes.some(({ target }) => target.matches("body, header.frame")) && follow())
  .observe(document, { attributes: true, subtree: true });
// Where the session has ended, the page on which one begins.
const { fetch: ask } = window;
window.fetch = async (...request) => {
  const response = await ask(...request);
  if (response.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  return response;
};
