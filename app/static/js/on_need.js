// What only some pages need, loaded where it is needed, also where a later answer brings that.
const NEEDED = {
  "[data-pays-now]": () => import("./paying.js"),
  "[data-kept]": () => import("./amount.js"),
  ".password": () => import("./show_password.js"),
};

const pay = () => import("./paying.js").catch(() => {});

// A page works without them, or says what is missing.
function loadAll() {
  for (const [place, load] of Object.entries(NEEDED)) if (document.querySelector(place)) load().catch(() => {});
  if (document.querySelector("[data-new-card]")?.checkVisibility()) pay();
}

document.addEventListener("htmx:after:swap", loadAll);
loadAll();

// What is for someone who is there already: the usage of the Overview, the search, and where something may be paid.
for (const name of ["focusin", "pointerover", "change"]) {
  document.addEventListener(name, ({ target }) => {
    if (target.closest?.("#usage")) import("./chart.js").catch(() => {});
    if (target.closest?.("#palette")) import("./palette.js").catch(() => {});
    if (target.closest?.("[data-pays]")) pay();
  });
}

// What is pressed seldom is loaded when it is. Without it the browser downloads the file by itself: also in a frame, where
// Firefox takes a file that a page has made for a page of the frame, which the shell's `frame-src` doesn't allow.
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-exports]");
  if (!link || document.documentElement.matches("[data-framed]") || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const loaded = await import("./exporting.js").catch(() => null);
  if (loaded) loaded.exportFile(link);
  else location.assign(link.href);
});
