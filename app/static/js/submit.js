// A form that is being sent says so, and can't be sent twice by a second press. Coming back to the page undoes it.
function mark(form, busy) {
  for (const button of form.querySelectorAll("button[type=submit]")) {
    if (busy) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post") || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  mark(form, true);
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    mark(form, false);
  }
});

for (const [name, busy] of [["htmx:before:request", true], ["htmx:finally:request", false]]) {
  document.addEventListener(name, (event) => {
    const source = event.detail.ctx?.sourceElement;
    if (source instanceof HTMLFormElement) mark(source, busy);
  });
}
