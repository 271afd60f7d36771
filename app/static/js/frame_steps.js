// Where the shell's address bar follows, the steps of the window's history are the shell's: each has an address of its
// own, which also leads back from another page of the shell. Then a page here takes the place of the one before it, and
// says whether it is a new step. Elsewhere, after a form, and where nothing can be stored for the next page, the browser
// adds the step itself.
import { when } from "./frame_channel.js";

const KEPT = "shell-step";
let isKept = false;
export const stepsAreKept = () => isKept;

// Browsers that block other sites' cookies deny a frame its storage, too, even where they keep its partitioned cookie.
const storage = (() => {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
})();

// The next page has to know how it was come to.
function note(isStep) {
  if (isStep) storage?.setItem(KEPT, "new");
  else storage?.removeItem(KEPT);
}

export function isNewStep() {
  const isStep = (storage?.getItem(KEPT) ?? null) !== null;
  note(false);
  return isStep;
}

export function takePlace(address, isStep) {
  note(isStep);
  location.replace(address);
}

when("history", ({ kept }) => {
  isKept = kept === true && "navigation" in window && storage !== null;
});

window.navigation?.addEventListener("navigate", (event) => {
  if (!isKept || event.navigationType === "replace" || event.hashChange) return;
  const isPage = event.cancelable && !event.formData && event.downloadRequest === null && !event.destination.sameDocument;
  if (event.navigationType !== "push" || !isPage || new URL(event.destination.url).origin !== location.origin) {
    note(false);
    return;
  }
  event.preventDefault();
  takePlace(event.destination.url, true);
});

document.addEventListener("htmx:before:history:update", ({ detail: { history: update } }) => {
  if (!isKept || update.type !== "push") return;
  update.type = "replace";
  note(true);
});
