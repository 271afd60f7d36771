// What a poll changes doesn't move what someone is about to press. A banner that it brings is put over the page until the
// page is left, the person does something else in it, or dismisses it; the place of one that it takes away stays free. For
// everything else that grows or shrinks, the page is scrolled so that what has focus or the pointer stays where it is.
import { isPoll } from "./poll.js";

const AT_WORK = "a[href], button, input, select, textarea, summary, iframe";
let pointer = null;
let isPolled = false;
let held = null;
let heldAt = 0;

const inFrame = document.documentElement.matches("[data-framed]");
const topOf = (one) => one.getBoundingClientRect().top;

function viewed() {
  const { style } = document.body;
  const top = parseFloat(style.getPropertyValue("--view-top")) || 0;
  return { top, height: parseFloat(style.getPropertyValue("--view-height")) || innerHeight };
}

function focused() {
  const now = document.activeElement;
  return now?.matches(AT_WORK) ? now : null;
}

// What has focus in view, or is under the pointer, or else is in the middle.
function atWork() {
  const { top, height } = viewed();
  const now = focused()?.getBoundingClientRect();
  if (now && now.bottom > top && now.top < top + height) return focused();
  const [x, y] = pointer ?? [innerWidth / 2, top + height / 2];
  return document.elementFromPoint(x, y);
}

function hold() {
  if (!isPolled || !held?.isConnected) return;
  const by = topOf(held) - heldAt;
  if (Math.abs(by) < 1) return;
  if (!inFrame) {
    scrollBy({ top: by, behavior: "instant" });
    return;
  }
  heldAt += by;
  document.dispatchEvent(new CustomEvent("page:moved", { detail: { by } }));
}

// Where it hides neither the focus nor, as it comes, the pointer. It is as wide as the page.
function putOver(one, isNew) {
  const hides = () => {
    const { top, bottom } = one.getBoundingClientRect();
    const now = focused();
    const rect = now?.getBoundingClientRect();
    if (rect && rect.top < bottom && top < rect.bottom && !one.contains(now)) return true;
    return isNew && pointer && one.contains(document.elementFromPoint(...pointer));
  };
  const turn = () => {
    one.dataset.over = one.dataset.over === "end" ? "start" : "end";
  };
  if (isNew) one.dataset.over = "end";
  if (!hides()) return;
  turn();
  if (hides() && !isNew) turn();
}

class Steady {
  #place;
  #over;
  #height = 0;
  #dismissed = null;

  constructor(place) {
    this.#place = place;
    this.#over = place.firstElementChild;
    this.#note();
    new MutationObserver(() => this.#changed()).observe(place, { subtree: true, childList: true, characterData: true });
    place.querySelector("[data-dismisses]")?.addEventListener("click", () => this.#dismiss());
  }

  get #shown() {
    return this.#over.querySelector(".banner, .message");
  }

  // To the fraction of a pixel.
  get #size() {
    return this.#place.getBoundingClientRect().height;
  }

  #note() {
    this.#height = this.#shown ? this.#size : 0;
  }

  // A message in this place is about the connection, and never a person's own action.
  #changed() {
    const was = this.#over.dataset.over;
    delete this.#over.dataset.over;
    delete this.#place.dataset.kept;
    this.#place.style.minBlockSize = "";
    this.#over.hidden = false;
    if (!isPolled && this.#shown?.matches(".banner")) return this.#note();
    const grows = this.#shown && this.#size > this.#height;
    if (this.#height) {
      this.#place.dataset.kept = "";
      this.#place.style.minBlockSize = `${this.#height}px`;
    }
    this.#over.hidden = grows && this.#dismissed === this.#kind;
    if (!grows || this.#over.hidden) return;
    this.#dismissed = null;
    if (was) this.#over.dataset.over = was;
    putOver(this.#over, !was);
  }

  // Of another kind, it is shown again.
  get #kind() {
    return this.#shown.getAttribute("aria-label") ?? this.#shown.textContent;
  }

  #dismiss() {
    const had = this.#over.contains(document.activeElement);
    this.#dismissed = this.#kind;
    delete this.#over.dataset.over;
    this.#over.hidden = true;
    if (had) document.getElementById("content").focus({ preventScroll: true });
  }
}

for (const place of document.querySelectorAll(".steady")) new Steady(place);

document.addEventListener("focusin", () => {
  for (const one of document.querySelectorAll("[data-over]")) putOver(one, false);
});
for (const name of ["pointermove", "pointerdown"]) {
  document.addEventListener(name, ({ clientX, clientY }) => {
    pointer = [clientX, clientY];
  });
}

const content = document.getElementById("content");
if (content) new MutationObserver(hold).observe(content, { subtree: true, childList: true, characterData: true });
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  isPolled = isPoll(ctx);
  held = isPolled ? atWork() : null;
  heldAt = held ? topOf(held) : 0;
});
// A poll's own changes are made by then.
document.addEventListener("htmx:finally:request", () => {
  setTimeout(() => {
    isPolled = false;
    held = null;
  });
});
