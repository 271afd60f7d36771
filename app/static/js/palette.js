// The search over a page: arrow keys go from what is typed into the results and back, Enter opens the first of them.
// Where it is pressed before they are there, or this module is, the form goes to the page of the same results.
import { arriveAt } from "./focus.js";

const dialog = document.getElementById("palette");
const input = document.getElementById("palette-q");
const links = () => [...dialog.querySelectorAll("#palette-results a")];

// What was typed when the results were asked for, as the server got it.
const shownFor = () => dialog.querySelector("#palette-results [data-for]")?.dataset.for;

function fromInput(event) {
  const [first] = links();
  if (!first || event.isComposing) return;
  if (event.key === "ArrowDown") first.focus();
  else if (event.key === "Enter" && shownFor() === input.value) first.click();
  else return;
  event.preventDefault();
}

// Typing goes on where it was, also while a result has focus.
function fromResult(event) {
  if (event.key === "ArrowUp" && event.target === links()[0]) {
    event.preventDefault();
    input.focus();
  } else if ((event.key.length === 1 || event.key === "Backspace") && !event.ctrlKey && !event.metaKey && !event.altKey) input.focus();
}

// A file, another tab, or a part of this page: it stays as it is, and the search is over.
function leaveFor(link) {
  dialog.close();
  const [page, part] = link.href.split("#");
  if (part && page === location.href.split("#")[0]) setTimeout(arriveAt, 0, part);
}

dialog.addEventListener("click", ({ target }) => {
  const link = target.closest("#palette-results a");
  if (link) leaveFor(link);
});
dialog.addEventListener("keydown", (event) => {
  if (event.target === input) fromInput(event);
  else if (links().includes(event.target)) fromResult(event);
});
dialog.addEventListener("focusin", ({ target, relatedTarget }) => {
  if (target === input && !dialog.contains(relatedTarget)) input.select();
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement === input && !dialog.contains(document.activeElement) && dialog.open) input.focus();
});
