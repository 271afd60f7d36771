// What was stopped until the person has confirmed who they are: its form stays as it is, and is sent once that is done.
import { LOST, refuse, told } from "./refused.js";
import { offerIn } from "./show_password.js";
import { complain, say } from "./text.js";

// By the form that asks: what continues when it is answered.
const stopped = new WeakMap();
let isSending = false;

const asking = (place) => place?.querySelector("form[data-confirms]");

// Called with the server's question once it is in the page.
export function ask(place, form, again) {
  const question = asking(place);
  if (!question) return;
  stopped.set(question, { form, again });
  offerIn(question);
  setTimeout(() => question.querySelector("input:not([type=hidden], [readonly]), button")?.focus());
}

async function confirm(question, { form, again }) {
  const place = question.closest("[data-beside-form], #alert");
  const headers = { "HX-Request": "true", "X-Organization": document.body.dataset.organization };
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
  ask(place, form, again);
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
    await confirm(event.target, waiting);
  } catch {
    complain(LOST, { form: waiting.form });
  }
  button?.removeAttribute("aria-busy");
  isSending = false;
});
