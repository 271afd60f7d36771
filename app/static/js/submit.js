// A form that is being sent says so and is sent once. One that could not be sent says that, and keeps what it holds.
import { isPoll } from "./poll.js";
import { SESSION_ENDED, complain, signIn } from "./text.js";

const LOST = "The connection was lost before an answer came. Nothing you entered is gone, and trying again charges nothing twice.";
const BROKEN = "Something went wrong on our side. Nothing you entered is gone, and trying again charges nothing twice.";
const TOO_OFTEN = "This was tried too often in a short time. Wait a little, then try again.";

function mark(form, submitter, isBusy) {
  const button = submitter ?? [...form.elements].find((element) => element.type === "submit");
  if (isBusy) button?.setAttribute("aria-busy", "true");
  else button?.removeAttribute("aria-busy");
}

function failure({ response }) {
  if (response.status === 401) complain(SESSION_ENDED, { link: signIn() });
  else if (response.status === 429) complain(TOO_OFTEN);
  else if (response.status >= 500) complain(BROKEN);
}

const isForm = (ctx) => ctx?.sourceElement instanceof HTMLFormElement;
const isButton = (ctx) => ctx?.sourceElement instanceof HTMLButtonElement;

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (isForm(ctx)) mark(ctx.sourceElement, ctx.request.submitter, true);
  else if (isButton(ctx)) mark(null, ctx.sourceElement, true);
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (isButton(ctx)) mark(null, ctx.sourceElement, false);
  else if (ctx?.request.form) mark(ctx.request.form, ctx.request.submitter, false);
});
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (!isPoll(ctx)) failure(ctx);
});
document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  // With an answer it is the page that could not take it in.
  if (isForm(ctx) || isButton(ctx)) complain(ctx.response ? BROKEN : LOST);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  mark(form, event.submitter, true);
});

// Back from the next page by the browser's cache, the form is as it was left: sent.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});
