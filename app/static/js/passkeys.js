// Forms of a page that are sent with a passkey's answer. Without this module, or in a browser without passkeys, such a form
// stays hidden.
import { fillIn, hasPasskeys, problemOf, say } from "./webauthn.js";

// A challenge is good for five minutes; while a page is open, its browser has one that is younger.
const RENEW_AFTER = 240_000;

// What waits in the browser's list of passwords until someone picks a passkey there; only one may be asked for at a time.
let offered = null;

async function ask(form, more) {
  await fillIn(form, more);
  form.submit();
}

async function press(event) {
  const form = event.target;
  event.preventDefault();
  const button = event.submitter;
  offered?.abort();
  say(form, "");
  button?.setAttribute("aria-busy", "true");
  try {
    await ask(form);
  } catch (error) {
    say(form, problemOf(error));
    button?.focus();
  } finally {
    button?.removeAttribute("aria-busy");
  }
}

// The browser offers passkeys where the email address is typed.
async function offer(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  const own = new AbortController();
  offered = own;
  const renewing = setTimeout(() => {
    own.abort();
    offer(form);
  }, RENEW_AFTER);
  try {
    await ask(form, { mediation: "conditional", signal: own.signal });
  } catch {
    // Anyone who wants to use a passkey still has the button.
  } finally {
    clearTimeout(renewing);
  }
}

if (hasPasskeys) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", press);
    if (form.dataset.passkey === "offer") offer(form);
  }
} else {
  for (const place of document.querySelectorAll("[data-no-passkeys]")) place.hidden = false;
}
