// Keeping the figures current: quiet in a hidden tab and while a dialog of the page's asks something, immediately in one that is shown again, honest when it fails.
import { gettext } from "./language.js";
import { isPoll, poller } from "./poll.js";
import { told } from "./refused.js";
import { say, sessionEnded, signIn } from "./text.js";

const place = () => document.getElementById("connection");
let isOver = false;
let isLost = false;
let isSignedOut = false;

// Once, beside the form that was sent or here; and no longer once the person has signed in again in another tab.
function endSession({ isTold }) {
  isSignedOut = true;
  end(isTold ? "" : sessionEnded(), signIn());
}

function lose() {
  if (isLost) return;
  isLost = true;
  say(place(), gettext("Connection lost. Figures may be out of date; trying again."));
}

function recover() {
  if (isSignedOut) {
    isSignedOut = false;
    for (const message of document.querySelectorAll(".message:has(> a[data-sign-in])")) message.remove();
  }
  if (!isLost) return;
  isLost = false;
  place().replaceChildren();
}

function end(text, link) {
  isOver = true;
  isLost = false;
  if (text) say(place(), text, { link });
  else place()?.replaceChildren();
}

document.addEventListener("session:ended", ({ detail }) => endSession({ isTold: detail?.isTold ?? true }));
// Another was begun for this page, as it is.
document.addEventListener("session:back", () => {
  isOver = false;
  recover();
  poller()?.dispatchEvent(new CustomEvent("wake"));
});

document.addEventListener("htmx:before:request", (event) => {
  const isAsking = document.querySelector("main dialog:modal");
  if (isPoll(event.detail.ctx) && (document.hidden || isOver || isAsking)) event.preventDefault();
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  if (isSignedOut) isOver = false;
  poller()?.dispatchEvent(new CustomEvent("wake"));
});

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (!isPoll(ctx)) return;
  const { status } = ctx.response;
  if (status === 401) {
    const isTold = Boolean(document.querySelector("[role=alert] a[data-sign-in]"));
    document.dispatchEvent(new CustomEvent("session:ended", { detail: { isTold } }));
  }
  // If a form was refused for this reason, that is already shown, with the same buttons.
  else if (status === 409 && document.querySelector("[role=alert] [data-refusal]")) isOver = true;
  else if (status === 409 && told(ctx.text)) end(told(ctx.text));
  else if (status >= 500 || status === 429) lose();
  else if (status >= 400) end(gettext("This page is out of date."), { href: location.href, text: gettext("Reload") });
  else recover();
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (isPoll(ctx) && !ctx.response) lose();
});

document.addEventListener("organization:back", () => {
  isOver = false;
});

// Polls begin a while after the page: what places their answers is no part of its first load.
if (poller()) addEventListener("load", () => import("./steady.js").catch(() => {}));
