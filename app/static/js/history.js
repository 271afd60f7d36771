// The steps of one top-up share a URL: moving from one to the next adds no history entry.
document.addEventListener("htmx:before:history:update", ({ detail: { history: update } }) => {
  if (new URL(update.path, location.href).href === location.href) update.type = "replace";
});
