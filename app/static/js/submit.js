// A form that is being sent shows that and is sent once. One that could not be sent shows that, and keeps its input.
import { gettext } from "./language.js";
import { isPoll } from "./poll.js";
import { broken, lost, refuse } from "./refused.js";
import { complain, withdraw } from "./text.js";

const SLOW = 700;
let announcement = null;

// What takes long is said to those who don't see the button turn; what is quick is said by its result alone.
function announce(button, isBusy) {
  clearTimeout(announcement);
  const place = document.getElementById("busy");
  place?.replaceChildren();
  if (!place || !isBusy || !button) return;
  announcement = setTimeout(() => {
    place.textContent = gettext("In progress: %(button)s. Please wait.", { button: button.textContent.trim() });
  }, SLOW);
}

// Meanwhile the links beside the button lead nowhere: one could leave without learning how it came out.
function hold(button, isBusy) {
  for (const link of button?.closest(".step, .panel")?.querySelectorAll("a[href]") ?? []) {
    if (isBusy) link.setAttribute("aria-disabled", "true");
    else link.removeAttribute("aria-disabled");
  }
}

function turn(button, isBusy) {
  if (isBusy) button?.setAttribute("aria-busy", "true");
  else button?.removeAttribute("aria-busy");
  announce(button, isBusy);
}

function mark(form, submitter, isBusy) {
  const button = submitter ?? [...form.elements].find((element) => element.type === "submit");
  turn(button, isBusy);
  hold(button, isBusy);
}

document.addEventListener(
  "click",
  (event) => {
    if (event.target.closest?.('a[aria-disabled="true"]')) event.preventDefault();
  },
  true,
);

const isForm = (ctx) => ctx?.sourceElement instanceof HTMLFormElement;
const isButton = (ctx) => ctx?.sourceElement instanceof HTMLButtonElement;

const formOf = ({ sourceElement }) => (sourceElement instanceof HTMLFormElement ? sourceElement : sourceElement.form);

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (isForm(ctx) || isButton(ctx)) withdraw(formOf(ctx));
  if (isForm(ctx)) mark(ctx.sourceElement, ctx.request.submitter, true);
  else if (isButton(ctx)) mark(null, ctx.sourceElement, true);
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (isButton(ctx)) mark(null, ctx.sourceElement, false);
  else if (ctx?.request.form) mark(ctx.request.form, ctx.request.submitter, false);
});
// No error takes the place of anything: see `noSwap` in the page's head. What is wrong with a field is no error in this
// sense (422), nor is what an answer itself puts somewhere.
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { status, headers } = ctx.response;
  if (isPoll(ctx) || status === 422 || ctx.text.includes("<hx-partial")) return;
  const { sourceElement, request } = ctx;
  const again = isButton(ctx) ? () => sourceElement.click() : () => sourceElement.requestSubmit(request.submitter ?? undefined);
  refuse(formOf(ctx), { status, headers, text: ctx.text }, again);
});
document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  // With a response, it is the page that could not process it.
  if (isForm(ctx) || isButton(ctx)) complain(ctx.response ? broken(formOf(ctx)) : lost(formOf(ctx)), { form: formOf(ctx) });
});

// What the browser sends by itself takes the page along, and what was typed, also where no one answers. So that is asked
// first. A proxy that doesn't know the question answers it as well. (A form's own properties may be fields of that name.)
const PATIENCE = 15_000;
const reached = new WeakSet();

async function unreachable(form) {
  try {
    const { status } = await fetch(form.getAttribute("action") ?? "", { method: "OPTIONS", signal: AbortSignal.timeout(PATIENCE) });
    return status < 500 || status === 501 ? null : broken(form);
  } catch {
    return lost(form);
  }
}

async function reach(form, submitter) {
  withdraw(form);
  const problem = await unreachable(form);
  delete form.dataset.sent;
  if (problem) {
    mark(form, submitter, false);
    complain(problem, { form });
  } else {
    reached.add(form);
    form.requestSubmit(submitter);
  }
}

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.hasAttribute("hx-post")) return;
  // What leads to another page can be left, and asked again.
  if (form.getAttribute("method") === "get") turn(submitter, true);
  if (form.getAttribute("method") !== "post") return;
  const isSent = form.dataset.sent;
  const isReached = reached.delete(form) || form.closest("[role=alert]");
  if (isSent || !isReached) event.preventDefault();
  if (isSent) return;
  form.dataset.sent = "yes";
  mark(form, submitter, true);
  if (!isReached) reach(form, submitter);
});

// Restored by the browser's back-forward cache, the form is still in its sent state.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) mark(form, button, false);
  }
  for (const button of document.querySelectorAll("form[method=get] [aria-busy]")) turn(button, false);
});
