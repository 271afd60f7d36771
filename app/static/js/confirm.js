// What was stopped until the person has confirmed who they are: its form stays as it is, and is sent once that is done.
import { lost, refuse, told } from "./refused.js";
import { offerIn } from "./show_password.js";
import { complain, drawnFor, say } from "./text.js";
import { fillIn, hasPasskeys, problemOf, say as sayInForm } from "./webauthn.js";

// By the form that asks: what continues when it is answered.
const stopped = new WeakMap();
let isSending = false;

const usesPasskey = (question) => question.dataset.passkey !== undefined;

// Called with the server's question once it is in the page: a form for each way to confirm, the preferred one first. With
// `tried`, the focus goes back to that way.
export function ask(place, form, again, tried) {
  const questions = [...(place?.querySelectorAll("form[data-confirms]") ?? [])];
  for (const question of questions) {
    stopped.set(question, { form, again });
    offerIn(question);
    if (usesPasskey(question) && hasPasskeys) question.hidden = false;
  }
  const shown = questions.filter((question) => !question.hidden);
  const first = shown.find((question) => question.elements.method.value === tried) ?? shown[0];
  setTimeout(() => first?.querySelector("input:not([type=hidden], [readonly]), button")?.focus());
}

async function confirm(question, { form, again }) {
  const place = question.closest("[data-beside-form], #alert");
  const headers = { "HX-Request": "true", "X-Organization": drawnFor().organization };
  const answer = await fetch(question.action, { method: "POST", headers, body: new FormData(question) });
  if (answer.status === 204) {
    if (place?.matches("[data-beside-form]")) place.remove();
    else place?.replaceChildren();
    again();
    return;
  }
  const text = await answer.text();
  const found = [422, 429].includes(answer.status) ? told(text) : null;
  if (!found || !place) {
    refuse(form, { status: answer.status, headers: answer.headers, text });
    return;
  }
  say(place, found, { tone: "error" });
  ask(place, form, again, question.elements.method.value);
}

// Whether there is an answer to send; if not, the form says why.
async function fill(question) {
  if (!usesPasskey(question)) return true;
  sayInForm(question, "");
  try {
    await fillIn(question);
    return true;
  } catch (error) {
    sayInForm(question, problemOf(error));
    return false;
  }
}

document.addEventListener("submit", async (event) => {
  const waiting = stopped.get(event.target);
  if (!waiting) return;
  event.preventDefault();
  if (isSending) return;
  isSending = true;
  const button = event.submitter;
  button?.setAttribute("aria-busy", "true");
  try {
    if (await fill(event.target)) await confirm(event.target, waiting);
  } catch {
    complain(lost(waiting.form), { form: waiting.form });
  }
  button?.removeAttribute("aria-busy");
  isSending = false;
});
