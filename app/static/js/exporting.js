// A file that is being written says how many rows it has, and can be stopped. Without this the browser downloads it by itself.
import { gettext } from "./language.js";
import { ngettext, number } from "./plurals.js";
import { complain } from "./text.js";

const NAME = /filename="([^"]+)"/;
const QUOTE = 34;
const NEWLINE = 10;

// Cells may have line breaks of their own: those are within quotes. The head is no row.
function rowCounter() {
  let isQuoted = false;
  let lines = 0;
  return (bytes) => {
    for (const byte of bytes) {
      if (byte === QUOTE) isQuoted = !isQuoted;
      else if (byte === NEWLINE && !isQuoted) lines += 1;
    }
    return Math.max(lines - 1, 0);
  };
}

function nameOf(answer) {
  return NAME.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "export.csv";
}

function panel(place, total, stop) {
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", gettext("Export"));
  if (total) bar.max = total;
  const said = document.createElement("span");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-small";
  button.textContent = gettext("Stop export");
  button.addEventListener("click", stop);
  place.replaceChildren(bar, " ", said, " ", button);
  return (count) => {
    if (total) bar.value = Math.min(count, total);
    said.textContent = total
      ? ngettext("%(written)s of %(num)s row written", "%(written)s of %(num)s rows written", total, { written: number(count) })
      : ngettext("%(num)s row written", "%(num)s rows written", count);
  };
}

function offer(place, blob, name, count) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.textContent = gettext("Save the file again");
  place.replaceChildren(ngettext("%(num)s row exported.", "%(num)s rows exported.", count), " ", link);
  link.click();
}

async function write(link, place) {
  const stopping = new AbortController();
  const answer = await fetch(link.href, { signal: stopping.signal });
  // Signed out, or refused: the page that says so is shown.
  if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("text/csv")) {
    location.assign(link.href);
    return;
  }
  const tell = panel(place, Number(answer.headers.get("X-Rows") ?? 0), () => stopping.abort());
  const count = rowCounter();
  const pieces = [];
  let written = 0;
  tell(written);
  for (let reader = answer.body.getReader(), piece = await reader.read(); !piece.done; piece = await reader.read()) {
    pieces.push(piece.value);
    written = count(piece.value);
    tell(written);
  }
  offer(place, new Blob(pieces, { type: "text/csv" }), nameOf(answer), written);
}

export async function exportFile(link) {
  const place = document.getElementById(link.dataset.exports);
  try {
    await write(link, place);
  } catch (error) {
    place.replaceChildren(error.name === "AbortError" ? gettext("The export was stopped.") : "");
    if (error.name !== "AbortError") complain(gettext("The export stopped before its end. Check your connection and try again."));
  }
}
