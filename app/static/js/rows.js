// Lists by keyboard: from what can be pressed in a row, the arrow keys go to the same of the next row, Home and End to the
// first and the last; a table is one list, also where its rows are in groups. Enter presses it, and Tab goes through all of them as ever. At an end the key does what it does
// elsewhere.
const PRESSED = "a[href], button:not(:disabled), summary";
const LISTS = "[data-rows], main tbody";
const STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

function rowsOf(list) {
  const rows = [...(list.matches("tbody") ? list.closest("table").querySelectorAll(":scope > tbody > tr") : list.querySelectorAll("li"))];
  return rows.map((row) => [...row.querySelectorAll(PRESSED)].filter((one) => one.checkVisibility())).filter((all) => all.length);
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  const list = target.matches?.(PRESSED) && target.closest(LISTS);
  if (!list || !(key in STEPS) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const rows = rowsOf(list);
  const at = rows.findIndex((all) => all.includes(target));
  const to = Math.min(Math.max(at + STEPS[key], 0), rows.length - 1);
  if (at === -1 || to === at) return;
  event.preventDefault();
  (rows[to][rows[at].indexOf(target)] ?? rows[to].at(-1)).focus();
});
