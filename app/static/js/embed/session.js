// What the parts of a page have in common: one source of what they show. That is the frame of <voice-portal-billing>
// where there is one, and otherwise one hidden frame for all of them, signed in by a token like that one.

const SOURCE = "voice-portal-billing";
const HIDDEN = "/billing/parts";
const PATIENCE = 20_000;
const FIRST_WAIT = 5_000;
const LONGEST_WAIT = 300_000;
const FINAL = ["not_owner", "unknown_role", "address_taken", "connect_first", "cookies_blocked", "not_set_up"];
// What a page says that has billing on it, and goes on.
const ENDS = ["session_ended", "not_owner", "other_organization", "unavailable"];
const sessions = new Map();
let count = 0;

// A token for who is signed in to the shell, from its own server; none where there is none, with the status of the answer.
// It is posted into a frame, and never part of an address.
export async function fetchToken(url) {
  let status = 0;
  try {
    const answer = await fetch(url, { method: "POST", credentials: "same-origin", cache: "no-store" });
    status = answer.status;
    const { token } = await answer.json();
    if (answer.ok && typeof token === "string") return { token, status };
  } catch {
    // No connection, or no JSON: as if it had answered without a token.
  }
  return { status };
}

export function post(origin, fields, target) {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: `${origin}/auth/shell`, target, hidden: true });
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
  form.remove();
}

class Session {
  tokenUrl = null;
  credit = null;
  #parts = new Set();
  #pages = new Map();
  #hidden = null;
  #answered = () => {};
  #signedOut = () => {};
  #checks = new Map();
  #failures = 0;
  #retry = 0;
  #waitsForFocus = false;
  #isOver = false;

  constructor(origin) {
    this.origin = origin;
    addEventListener("message", (event) => this.#receive(event));
    // Nothing is left for Back, which may bring the page again to someone else.
    addEventListener("pagehide", () => this.#show(null));
    addEventListener("pageshow", (event) => event.persisted && this.#enter());
    addEventListener("focus", () => this.#waitsForFocus && this.#enter());
  }

  // A part is told what to show, and dispatches events.
  add(part) {
    this.#parts.add(part);
    this.#arrangeSoon();
  }

  remove(part) {
    this.#parts.delete(part);
    this.#arrangeSoon();
  }

  // An element with pages of billing, in `frame`, which say all that the parts need.
  addPages(element, frame) {
    this.#pages.set(element, frame);
    this.#arrangeSoon();
  }

  removePages(element) {
    this.#pages.delete(element);
    this.#arrangeSoon();
  }

  // Whether credit covers a campaign: the answer, or null where no one can say now.
  check(fields) {
    const frame = this.#frame();
    if (!frame || !this.credit) return Promise.resolve(null);
    const id = (count += 1);
    return new Promise((resolve) => {
      this.#checks.set(id, resolve);
      setTimeout(resolve, PATIENCE, null);
      this.#send(frame, "campaign-check", { id, fields });
    }).finally(() => this.#checks.delete(id));
  }

  // Nothing of the person stays, and what is added to the page from now on is someone else's. Resolves once the
  // session has ended, or it can't be said that it has.
  signOut() {
    if (this.#isOver) return Promise.resolve();
    this.#isOver = true;
    this.#show(null);
    clearTimeout(this.#retry);
    sessions.delete(this.origin);
    const ended = [...this.#pages.keys()].map((element) => element.signOut());
    if (ended.length === 0) ended.push(this.#endHidden());
    return Promise.all(ended).then(() => this.#hidden?.remove());
  }

  #endHidden() {
    if (this.#hidden) this.#send(this.#hidden, "sign-out");
    else this.#addHidden().src = this.origin + HIDDEN;
    return new Promise((resolve) => {
      this.#signedOut = resolve;
      setTimeout(resolve, FIRST_WAIT);
    });
  }

  #frame() {
    return this.#pages.values().next().value ?? this.#hidden;
  }

  // Later, when all elements of the page are there.
  #arrangeSoon() {
    this.#draw();
    setTimeout(() => this.#arrange());
  }

  #arrange() {
    const isWanted = this.#parts.size > 0 && this.#pages.size === 0 && !this.#isOver;
    if (isWanted === Boolean(this.#hidden?.isConnected)) return;
    if (!isWanted && this.#isOver) return;
    clearTimeout(this.#retry);
    this.#hidden?.remove();
    this.#hidden = null;
    if (!isWanted) return;
    this.#addHidden();
    this.#enter();
  }

  #addHidden() {
    this.#hidden = document.createElement("iframe");
    Object.assign(this.#hidden, { name: `${SOURCE}-hidden-${(count += 1)}`, hidden: true });
    document.body.append(this.#hidden);
    return this.#hidden;
  }

  async #enter() {
    clearTimeout(this.#retry);
    this.#waitsForFocus = false;
    const frame = this.#hidden;
    if (!frame || this.#isOver) return;
    const token = await this.#token();
    // Posted to a frame that is gone, it would open a window.
    if (!token || !frame.isConnected || this.#isOver) return;
    const answered = new Promise((resolve) => {
      this.#answered = () => resolve(true);
      setTimeout(resolve, PATIENCE, false);
    });
    post(this.origin, { token, path: HIDDEN }, frame.name);
    if (!(await answered) && frame === this.#hidden) this.#fail("unreachable");
  }

  async #token() {
    const { token, status } = await fetchToken(this.tokenUrl);
    if (!token) this.#fail("no_token", `token-url ${status}`);
    return token;
  }

  // Waits twice as long each time, and never as long as all others who lost the connection at the same moment.
  #fail(reason, message = "") {
    this.#show(null);
    for (const part of this.#parts) part.tell("problem", { reason, message });
    clearTimeout(this.#retry);
    if (!this.#hidden || this.#isOver || FINAL.includes(reason)) return;
    // Of two windows for two organizations, the one in use has the session: they don't take it from each other.
    this.#waitsForFocus = reason === "other_organization" && !document.hasFocus();
    if (this.#waitsForFocus) return;
    const wait = Math.min(FIRST_WAIT * 2 ** this.#failures, LONGEST_WAIT) * (0.75 + Math.random() / 2);
    this.#failures += 1;
    this.#retry = setTimeout(() => this.#enter(), wait);
  }

  #show(credit) {
    this.credit = credit;
    this.#draw();
  }

  #draw() {
    for (const part of this.#parts) part.show(this.credit);
  }

  #send(frame, type, more = {}) {
    frame.contentWindow?.postMessage({ source: SOURCE, type, ...more }, this.origin);
  }

  #receive(event) {
    const frame = [...this.#pages.values(), this.#hidden].find((one) => one && one.contentWindow === event.source);
    if (!frame || event.origin !== this.origin || event.data?.source !== SOURCE) return;
    const { type, ...detail } = event.data;
    if (type === "campaign-check") this.#checks.get(detail.id)?.(detail.answer);
    if (type === "wallet" && !this.#isOver) {
      this.#failures = 0;
      this.#show(detail);
    }
    if (frame === this.#hidden) this.#receiveHidden(frame, type, detail);
    else if (type === "problem" && ENDS.includes(detail.reason)) this.#fail(detail.reason);
  }

  async #receiveHidden(frame, type, detail) {
    if (type !== "ready") this.#answered();
    if (type === "ready" && this.#isOver) this.#send(frame, "sign-out");
    if (type === "signed-out") this.#signedOut();
    if (this.#isOver) return;
    if (type === "session-expired") this.#fail("session_ended");
    if (type === "problem") this.#fail(String(detail.reason));
    if (type === "renew") {
      const token = await this.#token();
      if (token && !this.#isOver) this.#send(frame, "token", { token });
    }
  }
}

// The session of an element: of the origin of its `src`, or of this script's.
export function sessionOf(element) {
  const { origin } = new URL(element.getAttribute("src") ?? import.meta.url, location.href);
  if (!sessions.has(origin)) sessions.set(origin, new Session(origin));
  const session = sessions.get(origin);
  session.tokenUrl ??= element.getAttribute("token-url");
  return session;
}
