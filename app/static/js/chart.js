// The chart of days: arrow keys, Home and End go from bar to bar, and the line above says the one with focus or under the
// pointer. What it says is in the table of days. Enter leads to the day's history, as without this.
import { gettext } from "./language.js";
import { complain, withdraw } from "./text.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
const barsOf = (chart) => [...chart.querySelectorAll("a")];
const barAt = (target) => target.closest?.(".days a");

function tell(bar) {
  const place = barsOf(bar.closest(".days")).indexOf(bar);
  const row = document.querySelector("#days tbody")?.rows[place];
  const said = document.querySelectorAll("#readout > *");
  if (!row || !said.length) return;
  const cells = [...row.cells].map((cell) => cell.textContent);
  [said[0].textContent, said[1].textContent] = [cells[0], cells.at(-1)];
  for (const [number, one] of [...said].slice(2).entries()) one.lastElementChild.textContent = cells[number + 1];
  // Who doesn't see the line above hears all of it.
  bar.setAttribute("aria-description", [...said].slice(2).map((one) => one.textContent).join(", "));
}

function goTo(bar, bars) {
  for (const one of bars) one.tabIndex = one === bar ? 0 : -1;
  bar.focus();
}

document.addEventListener("keydown", (event) => {
  const bar = barAt(event.target);
  if (!bar || !(event.key in STEPS) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  event.preventDefault();
  const bars = barsOf(bar.closest(".days"));
  goTo(bars[Math.min(Math.max(bars.indexOf(bar) + STEPS[event.key], 0), bars.length - 1)], bars);
});
for (const name of ["focusin", "pointerover"]) {
  document.addEventListener(name, ({ target }) => {
    const bar = barAt(target);
    if (bar) tell(bar);
  });
}
// A poll draws the section again, and says the newest day. What brought someone here was before this was loaded.
function tellAgain() {
  const bar = barAt(document.activeElement) ?? document.querySelector(".days a:hover");
  if (bar) tell(bar);
}
document.addEventListener("htmx:after:swap", tellAgain);
tellAgain();

// A part of the page that a link asked for and that didn't come: the page stays as it is, and the link leads to the same.
const linkOf = (ctx) => (ctx?.sourceElement instanceof HTMLAnchorElement ? ctx.sourceElement : null);
function miss({ detail: { ctx } }) {
  const link = linkOf(ctx);
  if (link) complain(gettext("That part couldn't be loaded."), { link: { href: link.href, text: gettext("Try again") } });
}
document.addEventListener("htmx:response:error", miss);
document.addEventListener("htmx:error", miss);
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (linkOf(ctx)) withdraw(null);
});
