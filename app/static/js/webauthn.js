// Asking the browser for a passkey (https://www.w3.org/TR/webauthn-3/), for a form that names where its challenge comes from.
import { gettext } from "./language.js";

const framed = () => gettext("Passkeys only work in a tab of their own.");
const PROBLEMS = {
  FramedError: framed,
  ConfirmationError: () => gettext("Reload this page, and confirm that it's you."),
  NotAllowedError: () => gettext("No passkey was used. Try again, or use something else."),
  AbortError: () => "",
  InvalidStateError: () => gettext("This device already has a passkey for your account."),
};
const failed = () => gettext("Passkeys don't work here right now. Check your connection and try again.");

export const hasPasskeys = Boolean(window.PublicKeyCredential && window.isSecureContext);

// What to say to the person about an error of `fillIn`.
export const problemOf = (error) => (PROBLEMS[error.name] ?? failed)();

// A page that another site shows in a frame gets no passkey: browsers give none, and the server would take none.
function isFramed() {
  try {
    return window.top.location.origin !== window.location.origin;
  } catch {
    return true;
  }
}

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

// Let the person use a passkey, and fill its answer into the form. `more` goes to the browser as it is.
export async function fillIn(form, more = {}) {
  if (isFramed()) throw new DOMException("framed", "FramedError");
  const asks = form.dataset.passkey === "create" ? "create" : "get";
  const publicKey = await challenge(form);
  const found = await navigator.credentials[asks]({ publicKey, ...more });
  form.elements.credential.value = written(found);
}

export function say(form, text) {
  const place = form.querySelector("[data-problem]");
  place.textContent = text;
  if (text === framed()) place.append(" ", ...ownTab());
}

// The link is where the language has it in the sentence.
function ownTab() {
  const [before, linked, after] = gettext("<a>Open this page in a new tab</a>, and reload this one afterwards.").split(/<\/?a>/);
  const link = document.createElement("a");
  Object.assign(link, { href: window.location.href, target: "_blank", rel: "noopener", textContent: linked });
  return [before, link, after];
}
