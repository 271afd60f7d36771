// Where the shell's address bar follows, the steps of the window's history are the shell's: each has an address of its
// own, which also leads back from another page of the shell. Then a page here takes the place of the one before it, and
// the shell's element is told before whether the next page is a new step: browsers that block other sites' cookies deny
// a frame its storage. Elsewhere, and after a form, the browser adds the step itself.
import { send, when } from "./frame_channel.js";

let isKept = false;
export const stepsAreKept = () => isKept;

const note = (isStep) => send("step", { is: isStep });

export function takePlace(address, isStep) {
  note(isStep);
  location.replace(address);
}

when("history", ({ kept }) => {
  isKept = kept === true && "navigation" in window;
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
