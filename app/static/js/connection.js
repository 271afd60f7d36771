// What the page says when it can't keep itself current, and what a form says when it could not be sent.
import { say } from "./text.js";

const LOST = "Connection lost. Figures may be out of date; trying again.";
const ENDED = "Your session has ended.";
const place = () => document.getElementById("connection");
const poller = () => document.getElementById("live");
let ended = false;

const isPoll = (ctx) => ctx?.sourceElement?.id === "live";

function signIn() {
  const back = encodeURIComponent(location.pathname + location.search);
  return { href: `/sign-in?next=${back}`, text: "Sign in again" };
}

function lost() {
  if (!place().hasChildNodes()) say(place(), LOST);
}

function refused(ctx) {
  const status = ctx.response?.status;
  if (status === 401) {
    ended = true;
    say(place(), ENDED, { error: true, link: signIn() });
  } else if (isPoll(ctx)) lost();
}

// A hidden tab asks for nothing, nor does one whose session is over; a tab that is shown again asks at once.
document.addEventListener("htmx:before:request", (event) => {
  if (isPoll(event.detail.ctx) && (document.hidden || ended)) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && poller()) poller().dispatchEvent(new CustomEvent("wake"));
});

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (isPoll(ctx) && ctx.response.status < 400) place().replaceChildren();
});
document.addEventListener("htmx:response:error", (event) => refused(event.detail.ctx));
document.addEventListener("htmx:error", (event) => {
  const { ctx } = event.detail;
  if (ctx?.response) return;
  if (isPoll(ctx)) lost();
  else {
    const text = "The connection was lost before an answer came. Nothing you entered is gone, and nothing is charged twice: try again.";
    say(document.getElementById("alert"), text, { error: true });
  }
});
