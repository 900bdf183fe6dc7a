// Runs in each part of a page: turns what is pressed or filled in into an event that Gradio knows.
// <button data-do="event" data-…> sends its data; <form data-do="event"> sends its fields too, whenever one changes, or
// only when it is submitted where it has data-manual. A button with data-sure must be pressed twice. Files that are
// dropped on <label data-drop="event">, or chosen in it, are sent to the server first.
const send = (source, form) => {
  const { do: event, ...data } = source.dataset;
  if (form) data.fields = Object.fromEntries(new FormData(form));
  trigger(event, data);
};
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (!button) return;
  if (button.dataset.sure && !button.dataset.pressed) {
    const before = button.textContent;
    button.dataset.pressed = "1";
    const label = button.getAttribute("aria-label");
    button.textContent = button.dataset.sure;
    if (label) button.setAttribute("aria-label", `${button.dataset.sure} ${label}`);
    setTimeout(() => {
      delete button.dataset.pressed;
      button.textContent = before;
      if (label) button.setAttribute("aria-label", label);
    }, 4000);
    return;
  }
  send(button);
});
let typing;
const formOf = (event) => event.target.closest("form[data-do]");
element.addEventListener("input", (event) => {
  const form = formOf(event);
  if (!form || event.target.type !== "search") return;
  clearTimeout(typing);
  typing = setTimeout(() => send(form, form), 250);
});
element.addEventListener("change", (event) => {
  const form = formOf(event);
  if (form && !form.dataset.manual && event.target.type !== "search") send(form, form);
});
element.addEventListener("submit", (event) => {
  const form = formOf(event);
  if (!form) return;
  event.preventDefault();
  if (form.dataset.manual) send(form, form);
  else document.activeElement?.blur(); // which sends what was changed
});

const take = async (zone, files) => {
  if (!files.length || zone.dataset.busy) return;
  const words = zone.querySelector("span");
  const before = words.textContent;
  zone.dataset.busy = "1";
  const sent = [];
  for (const file of files) {
    words.textContent = `${zone.dataset.sending} ${sent.length + 1}/${files.length}`;
    const response = await fetch("/upload", { method: "POST", body: file });
    const told = await response.json();
    sent.push({ name: file.name, file: told.file ?? "", problem: told.error?.message ?? "" });
  }
  words.textContent = before;
  delete zone.dataset.busy;
  trigger(zone.dataset.drop, { files: sent });
};
element.addEventListener("change", (event) => {
  const zone = event.target.closest("[data-drop]");
  if (!zone) return;
  take(zone, [...event.target.files]);
  event.target.value = ""; // so that the same file can be chosen again
});
for (const kind of ["dragover", "dragleave", "drop"])
  element.addEventListener(kind, (event) => {
    const zone = event.target.closest("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("over", kind === "dragover");
    if (kind === "drop") take(zone, [...event.dataTransfer.files]);
  });
