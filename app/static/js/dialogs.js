// A form that opens a dialog of this page instead of going to the page behind it, and the one that closes it again.
// The browser keeps the rest: focus goes in, Escape closes, and focus returns to the button.
import { poller } from "./poll.js";

function open(dialog) {
  // A poll in progress could remove what the dialog is about.
  poller()?.dispatchEvent(new CustomEvent("htmx:abort"));
  dialog.showModal();
}

document.addEventListener("submit", (event) => {
  const { opens, closes } = event.target.dataset;
  const dialog = opens ? document.getElementById(opens) : closes === undefined ? null : event.target.closest("dialog");
  if (!dialog || event.defaultPrevented) return;
  event.preventDefault();
  if (opens) open(dialog);
  else dialog.close();
});

// The dialog was answered, or failed: the message is on the page behind it. What is searched for in one is no answer.
const close = ({ detail: { ctx } }) => ctx?.sourceElement?.closest("dialog:not([data-stays])")?.close();
document.addEventListener("htmx:after:request", close);
document.addEventListener("htmx:error", close);
