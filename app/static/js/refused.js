// A refusal from the server is shown next to the form that was sent; the form keeps everything entered.
// A page of an organization that was left in another tab can go back to it from there (back.js).
import { gettext } from "./language.js";
import { complain, say, sessionEnded, signIn } from "./text.js";

// What may be charged, its form says.
function again(form) {
  return " " + (form?.matches("[data-charges]") ? gettext("Trying again won't charge you twice.") : gettext("Try again."));
}

export const lost = (form = null) =>
  gettext("The connection was lost before we got a response. What you entered is still here.") + again(form);
export const broken = (form = null) => gettext("Something went wrong on our side. What you entered is still here.") + again(form);

// The server's message, from its error page; null if there is none, as on a proxy's page.
export function told(text) {
  try {
    const found = new DOMParser().parseFromString(text, "text/html").querySelector("[data-refusal]");
    found?.querySelector(".step-lead")?.classList.remove("step-lead");
    return found && document.adoptNode(found);
  } catch {
    return null;
  }
}

// A form that was open for too long can be sent unchanged, with a fresh token.
function renew(token) {
  if (!token) return;
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token;
}

// The question is there once it can be answered: sent without its script, the answer would leave the form behind.
async function askBeside(refusal, form, repeat) {
  try {
    const { ask } = await import("./confirm.js");
    ask(complain(refusal, { form }), form, repeat);
  } catch {
    complain(lost(form), { form });
  }
}

export function refuse(form, { status, headers, text }, repeat = () => form.requestSubmit()) {
  renew(headers.get("X-Form-Token"));
  if (status === 401) {
    complain(sessionEnded(), { form, link: signIn() });
    document.dispatchEvent(new CustomEvent("session:ended"));
  }
  else if (status === 429) complain(gettext("Too many attempts. Wait a minute and try again."), { form });
  else {
    const refusal = status < 500 ? told(text) : null;
    // The poll may already have shown the same message with the same buttons: once is enough.
    if (refusal) document.querySelector("#connection .message:has([data-refusal])")?.remove();
    if (refusal?.querySelector("form[data-confirms]")) askBeside(refusal, form, repeat);
    else complain(refusal || broken(form), { form });
  }
}

// The shell has begun another session: a form that was refused meanwhile can be sent again.
document.addEventListener("session:back", ({ detail }) => {
  renew(detail);
  if (document.querySelector("[role=alert] a[data-sign-in]")) {
    say(document.getElementById("status"), gettext("You're signed in again. What you entered is still here."), { tone: "good" });
  }
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const refusal = form.closest("[data-beside-form], .messages");
  if (!form.matches("[data-back]") || !refusal) return;
  event.preventDefault();
  try {
    const { goBack } = await import("./back.js");
    goBack(form, refusal);
  } catch {
    complain(lost());
  }
});
