// The steps of one top-up share an address: going on from one to the next is no place to come back to.
document.addEventListener("htmx:before:history:update", ({ detail: { history: update } }) => {
  if (new URL(update.path, location.href).href === location.href) update.type = "replace";
});
