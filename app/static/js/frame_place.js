// Tells the shell where the page is and how high, and goes to where the shell wants it.
import { pageAt } from "./embed/pages.js";
import { stepsAreKept, takePlace } from "./frame_steps.js";
import { send, when } from "./frame_channel.js";
import { startTopUp } from "./shortcuts.js";

// As an address of the shell's: whose organization it is of, the shell says itself.
function here() {
  const url = new URL(location.href);
  if (url.searchParams.has("org")) url.searchParams.delete("org");
  return url.pathname + url.search + (url.hash === "#content" ? "" : url.hash);
}

export const tellWhere = () => send("navigate", { path: here(), title: document.title });

let height = 0;
export function tellHeight() {
  height = Math.ceil(document.body.getBoundingClientRect().height);
  send("resize", { height });
}

when("navigate", ({ path, step }) => {
  const page = pageAt(path, location.origin);
  if (!page || page === here()) return;
  if (stepsAreKept()) takePlace(page, step === true);
  else location.assign(page);
});
when("focus", () => {
  if (location.hash !== "#top-up" || !startTopUp()) document.getElementById("main")?.focus();
});

new ResizeObserver(() => {
  if (Math.ceil(document.body.getBoundingClientRect().height) !== height) tellHeight();
}).observe(document.body);
for (const event of ["hashchange", "popstate"]) window.addEventListener(event, tellWhere);
document.addEventListener("htmx:after:history:update", tellWhere);
