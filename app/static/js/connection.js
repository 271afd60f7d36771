// Keeping the figures current: quiet in a hidden tab and while a dialog of the page's asks something, immediately in one that is shown again, honest when it fails.
import { isPoll, poller } from "./poll.js";
import { told } from "./refused.js";
import { SESSION_ENDED, say, signIn } from "./text.js";

const LOST = "Connection lost. Figures may be out of date; trying again.";
const OUTDATED = "This page is out of date.";
const place = () => document.getElementById("connection");
let isOver = false;
let isLost = false;

function lose() {
  if (isLost) return;
  isLost = true;
  say(place(), LOST);
}

function recover() {
  if (!isLost) return;
  isLost = false;
  place().replaceChildren();
}

function end(text, link) {
  isOver = true;
  isLost = false;
  say(place(), text, { link });
}

document.addEventListener("htmx:before:request", (event) => {
  const isAsking = document.querySelector("main dialog:modal");
  if (isPoll(event.detail.ctx) && (document.hidden || isOver || isAsking)) event.preventDefault();
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) poller()?.dispatchEvent(new CustomEvent("wake"));
});

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (!isPoll(ctx)) return;
  const { status } = ctx.response;
  if (status === 401) end(SESSION_ENDED, signIn());
  // If a form was refused for this reason, that is already shown, with the same buttons.
  else if (status === 409 && document.querySelector("[role=alert] [data-refusal]")) isOver = true;
  else if (status === 409 && told(ctx.text)) end(told(ctx.text));
  else if (status >= 500 || status === 429) lose();
  else if (status >= 400) end(OUTDATED, { href: location.href, text: "Reload" });
  else recover();
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (isPoll(ctx) && !ctx.response) lose();
});

document.addEventListener("organization:back", () => {
  isOver = false;
});
