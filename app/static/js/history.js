// What wasn't shown has no address: after an error the page stays where it was.
document.addEventListener("htmx:before:history:update", (event) => {
  if (event.detail.response?.status >= 400 && event.detail.response.status !== 422) event.preventDefault();
});
// The steps of one top-up share a URL: moving from one to the next adds no history entry.
document.addEventListener("htmx:before:history:update", ({ detail: { history: update } }) => {
  if (new URL(update.path, location.href).href === location.href) update.type = "replace";
});
