// After a swap, focus is where it was. Where that is gone it goes to the heading of what came instead; after a refused
// form, to what was wrong with it; and to what an answer marks for it. A poll moves it only out of what the poll itself
// took away.
import { mayTakeFocus } from "./may_take_focus.js";
import { isPoll } from "./poll.js";
import { startTopUp } from "./shortcuts.js";

let had = null;
let region = null;

// A second press on a button that is disabled by then lands on the nearest thing that takes focus: the page's content.
const isLost = () => {
  const now = document.activeElement;
  return !now || now.matches("body, main, #content") || !now.checkVisibility();
};
const find = (target) => (typeof target === "string" ? document.querySelector(target) : target);

const heading = (within) => within?.querySelector('h3[tabindex="-1"]') ?? within?.querySelector(':is(h1, h2)[tabindex="-1"]');

function remember() {
  had = isLost() ? null : document.activeElement;
  region = had?.closest("section[id]")?.id ?? null;
}

// A button that is disabled while its request is in progress loses focus, so remember it before that.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (!isPoll(ctx)) remember();
});
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  if (isPoll(ctx)) remember();
});

// A swap may have removed the attribute that makes an element focusable: restore it while the element exists.
function keep(thing) {
  thing.focus({ preventScroll: true });
  if (document.activeElement === thing) return;
  thing.tabIndex = -1;
  thing.focus({ preventScroll: true });
}

function goOn(place) {
  const wanted = heading(place) ?? heading(place?.closest("section")) ?? place;
  wanted?.focus();
  if (isLost()) document.getElementById("content").focus();
}

function settle(ctx) {
  const place = isPoll(ctx) ? document.getElementById(region) : find(ctx.target);
  const wanted = !isPoll(ctx) && place?.querySelector("[data-takes-focus]");
  const summary = !isPoll(ctx) && ctx.response?.status === 422 && place?.querySelector(".error-summary");
  if (summary || wanted) (summary || wanted).focus();
  else if (!isLost() || !had) return;
  else if (had.isConnected && !had.disabled && had.checkVisibility()) keep(had);
  else goOn(place);
}

// After the request, htmx enables the buttons again; only then can one have focus.
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (ctx.status === "swapped" || !isPoll(ctx)) setTimeout(settle, 0, ctx);
});

const beginning = (place) => heading(place) ?? place.querySelector("h2, h3") ?? place;
const partNamed = (name) => document.querySelector(`main [id="${CSS.escape(name)}"]`);

// An address that names a part of its page, as filters and `Older` do, continues in that part.
export function arriveAt(part) {
  const place = partNamed(part);
  if (!place) return;
  if (place.querySelector('input[name="amount"]')) startTopUp();
  else keep(beginning(place));
  show(document.activeElement);
}
// A link to a part of the same page leads the keyboard there, too; a field that it names takes focus by itself.
document.addEventListener("click", ({ target }) => {
  const link = target.closest?.('main a[href^="#"]');
  if (link) setTimeout(() => (isLost() || document.activeElement === link) && arriveAt(link.hash.slice(1)));
});
// In a frame it's the shell's window that scrolls, which no fragment does; and again once the frame is as high as its page.
function show(thing) {
  thing.scrollIntoView({ block: "nearest" });
  if (!("framed" in document.documentElement.dataset)) return;
  const again = () => thing === document.activeElement && thing.scrollIntoView({ block: "nearest" });
  window.addEventListener("resize", () => requestAnimationFrame(again), { once: true });
}
// The browser goes to the part itself until the page has loaded, and takes focus away as it does.
window.addEventListener("load", () =>
  setTimeout(() => {
    if (mayTakeFocus() && isLost()) arriveAt(location.hash.slice(1));
  }),
);

// A page after a form begins with its result: the keyboard and screen readers continue there. Browsers leave `autofocus`
// alone in a frame of another site.
const BEGINS = "main :is(.error-summary, [data-takes-focus], [autofocus]:not(dialog *)), #messages .message[tabindex]";

// Where its address names a part of the page, they continue in that part, and the result is read out with it: nothing that
// lies before has to be walked through again.
function begin() {
  const result = document.querySelector(BEGINS);
  const part = result?.matches("#messages *") && partNamed(location.hash.slice(1));
  if (!part) return result?.focus();
  result.id ||= "said";
  beginning(part).setAttribute("aria-describedby", result.id);
}
if (mayTakeFocus()) begin();
