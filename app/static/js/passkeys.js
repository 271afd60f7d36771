// Passkeys: adding one, and signing in with one (https://www.w3.org/TR/webauthn-3/). A form is sent with what the browser
// answers. Without this module, or in a browser without passkeys, such a form stays hidden.
const CANCELED = "No passkey was used. Try again, or use something else.";
const KNOWN = "This device already has a passkey for your account.";
const FAILED = "Passkeys don't work here right now. Check your connection and try again.";
const AGAIN = "Reload this page, and confirm that it's you.";
const PROBLEMS = { ConfirmationError: AGAIN, NotAllowedError: CANCELED, AbortError: "", InvalidStateError: KNOWN };
// A challenge is good for five minutes; while a page is open, its browser has one that is younger.
const RENEW_AFTER = 240_000;

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const base64url = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const described = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

// What the server sent as JSON, with bytes where the browser wants them.
function read(options) {
  const read = { ...options, challenge: bytes(options.challenge) };
  if (options.user) read.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) read.excludeCredentials = described(options.excludeCredentials);
  if (options.allowCredentials) read.allowCredentials = described(options.allowCredentials);
  return read;
}

// What the browser answered, as JSON. Its own `toJSON` is missing in some browsers and password managers.
function written({ rawId, type, response }) {
  const parts = { transports: response.getTransports?.() ?? [] };
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = base64url(response[name]);
  }
  const id = base64url(rawId);
  return JSON.stringify({ id, rawId: id, type, response: parts });
}

async function challenge(form) {
  const token = form.elements.csrf_token.value;
  const answer = await fetch(form.dataset.challenge, { method: "POST", headers: { "X-CSRFToken": token } });
  if (answer.status === 403) throw new DOMException("not confirmed", "ConfirmationError");
  if (!answer.ok) throw new Error(`${answer.status}`);
  return read(await answer.json());
}

const say = (form, text) => {
  form.querySelector("[data-problem]").textContent = text;
};

// What waits in the browser's list of passwords until someone picks a passkey there; only one may be asked for at a time.
let offered = null;

async function ask(form, more = {}) {
  const asks = form.dataset.passkey === "create" ? "create" : "get";
  const publicKey = await challenge(form);
  const found = await navigator.credentials[asks]({ publicKey, ...more });
  form.elements.credential.value = written(found);
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
    say(form, PROBLEMS[error.name] ?? FAILED);
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

if (window.PublicKeyCredential && window.isSecureContext) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", press);
    if (form.dataset.passkey === "offer") offer(form);
  }
} else {
  for (const place of document.querySelectorAll("[data-no-passkeys]")) place.hidden = false;
}
