// What only some pages need, loaded where it is needed, also where a later answer brings that.
const NEEDED = {
  "[data-pays]": () => import("./paying.js"),
  "[data-exports]": () => import("./exporting.js"),
  ".password": () => import("./show_password.js"),
};

// A page works without them, or says what is missing.
function loadAll() {
  for (const [place, load] of Object.entries(NEEDED)) if (document.querySelector(place)) load().catch(() => {});
}

document.addEventListener("htmx:after:swap", loadAll);
loadAll();
