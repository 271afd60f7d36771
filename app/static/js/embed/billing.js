// The shell's side: <voice-portal-billing src="https://billing.example/billing" token-url="/billing-token">.
// It gets a token from the shell's own server and posts it into the frame; a token is never part of an address.
import { Address } from "./address.js";
import { Keyboard } from "./keyboard.js";
import { pageAt } from "./pages.js";
import { read } from "./said.js";
import { fetchToken, post, sessionOf } from "./session.js";
import { FrameView } from "./view.js";
import { gettext, langOf } from "./words.js";

const SOURCE = "voice-portal-billing";
// What pages and Stripe's fields in them may use; named for their origin, because the frame has no `src` to be known by.
const ALLOWED = ["payment", "publickey-credentials-get", "publickey-credentials-create", "clipboard-write"];
// Milliseconds before each try to begin a session again. After the last, a person has to ask: else it would never stop.
const PAUSES = [0, 0, 5_000];
const SIGNING_OUT = 3_000;
// However often the page asks.
const BETWEEN_RENEWALS = 5_000;
let count = 0;

class VoicePortalBilling extends HTMLElement {
  #frame = null;
  #view = null;
  #keyboard = null;
  #origin = "";
  #first = "";
  #path = "";
  #address = null;
  #tokens = {};
  #isMet = false;
  #prints = false;
  #isOver = false;
  #signedOut = () => {};
  #wanted = null;
  #isStep = false;
  #tries = 0;
  #fetching = null;
  #status = 0;
  #renewedAt = -Infinity;

  connectedCallback() {
    const start = new URL(this.getAttribute("src"), location.href);
    this.#origin = start.origin;
    this.#first = start.pathname + start.search;
    this.#address = this.hasAttribute("keep-address") ? new Address(this.getAttribute("keep-address"), start.pathname) : null;
    this.#path = this.#address?.page(this.#origin) ?? pageAt(this.getAttribute("path"), this.#origin) ?? this.#first;
    this.#isMet = this.#prints = this.#isOver = this.#isStep = false;
    this.#tries = 0;
    this.#frame = document.createElement("iframe");
    this.#frame.name = `${SOURCE}-${(count += 1)}`;
    this.#frame.title = this.getAttribute("label") || gettext("Billing", this);
    this.#frame.allow = ALLOWED.map((feature) => `${feature} ${this.#origin}`).join("; ");
    // Unseen until it has the shell's colors.
    this.#frame.style.visibility = "hidden";
    this.replaceChildren(this.#frame);
    this.#view = new FrameView(this, this.#frame, this.#origin);
    this.#view.watch();
    this.#keyboard = new Keyboard(this.#frame, () => this.#isMet, () => this.#send("focus"));
    this.session = sessionOf(this);
    this.session.addPages(this, this.#frame);
    addEventListener("message", this.#receive);
    addEventListener("popstate", this.#goBack);
    this.#enter();
  }

  disconnectedCallback() {
    removeEventListener("message", this.#receive);
    removeEventListener("popstate", this.#goBack);
    this.#view?.stop();
    this.session?.removePages(this);
  }

  // For the shell: shows a page of billing.
  navigate(path) {
    const page = pageAt(path, this.#origin);
    if (!page) return;
    this.#lead({ path: page, step: true });
  }

  // The same, for who pressed something beside the frame.
  show(path) {
    this.navigate(path);
    this.#frame.focus();
  }

  // Hands over colors, lengths and a font.
  theme(tokens) {
    this.#tokens = tokens;
    if (this.#isMet) this.#color();
  }

  // Gives the keyboard to the page in the frame, once it is there.
  focus() {
    this.#keyboard.ask();
  }

  // Prints the page in the frame alone, once one is there: as a part of the shell's page it would be cut where a sheet
  // ends.
  print() {
    this.#prints = !this.#isMet;
    this.#send("print");
  }

  // Billing has asked who the person is, and the shell has made sure: billing gets a token that says so.
  confirmed() {
    this.#renew({ confirms: true });
  }

  // Ends the session along with the shell's; resolves once the frame has ended its session, or can't be expected to any more.
  signOut() {
    this.#isOver = true;
    this.#send("sign-out");
    this.session.signOut();
    return new Promise((resolve) => {
      this.#signedOut = resolve;
      setTimeout(resolve, SIGNING_OUT);
    });
  }

  // A token for who is signed in to the shell; null where there is none. One at a time, however often it is asked for.
  #token() {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #fetch() {
    const { token, status } = await fetchToken(this.getAttribute("token-url"));
    if (token) return token;
    this.#status = status;
    this.#tell("problem", { reason: "no_token", status });
    // No one is signed in to the shell any more: nor here.
    if (status === 401) this.#send("sign-out");
    return null;
  }

  // By a form: where no page of billing is in the frame yet, or it can't take a token itself.
  async #enter(target = this.#frame.name) {
    const token = await this.#token();
    if (!token && !this.#isMet) this.#sayThatThereIsNone();
    // The browser may have gone back to a page in the frame meanwhile.
    if (!token || this.#isOver || !this.isConnected || (this.#isMet && !this.#tries && target !== "_top")) return;
    post(this.#origin, { token, path: this.#path, lang: langOf(this) }, target);
    this.#frame.addEventListener("load", () => this.#show());
  }

  // In the frame, which is empty otherwise.
  #sayThatThereIsNone() {
    const said = new URLSearchParams({ "without-token": this.#status, lang: langOf(this), path: this.#path });
    this.#frame.src = `${this.#origin}/auth/shell?${said}`;
    this.#frame.addEventListener("load", () => this.#show());
  }

  // By a message to the page in the frame: it stays as it is, and the window's history gets no step.
  async #renew(more = {}) {
    const token = await this.#token();
    // Nothing begins again of who has signed out meanwhile.
    if (token && !this.#isOver) this.#send("token", { token, ...more });
  }

  #again({ reason, asked, stay, after }) {
    if (this.#isOver) return this.#signedOut();
    if (asked) this.#tries = 0;
    if (this.#tries === PAUSES.length) return this.#tell("problem", { reason });
    // Not all of those at the same moment who were told the same.
    const pause = Math.max(PAUSES[this.#tries], asked ? 0 : after * 1000 * (1 + Math.random() / 2));
    this.#tries += 1;
    // Nothing of one person's or organization's is shown on to another.
    if (reason === "other_session") this.#path = this.#first;
    const isInPlace = (stay || this.#tries === 1) && reason !== "other_session";
    setTimeout(() => (isInPlace ? this.#renew() : this.#enter()), pause);
  }

  #goBack = () => {
    const path = this.#address?.page(this.#origin);
    if (path && path !== this.#path) this.#lead({ path, step: false });
  };

  #lead(wanted) {
    this.#path = wanted.path;
    this.#wanted = wanted;
    if (this.#isMet) this.#send("navigate", wanted);
  }

  // Said once more where another page was on its way, which didn't hear it. A page may lead on to another by itself.
  #leadAgain(path) {
    const wanted = this.#wanted;
    this.#wanted = null;
    if (!wanted || wanted.path === path) return false;
    this.#send("navigate", wanted);
    return true;
  }

  #color() {
    const { colorScheme } = getComputedStyle(this);
    this.#send("theme", { tokens: { ...(colorScheme === "normal" ? {} : { "color-scheme": colorScheme }), ...this.#tokens } });
  }

  #show() {
    this.#frame.style.visibility = "";
    this.#keyboard.give();
  }

  // Before a page is there, no one would hear it.
  #send(type, more = {}) {
    if (this.#isMet) this.#frame?.contentWindow?.postMessage({ source: SOURCE, type, ...more }, this.#origin);
  }

  #tell(type, detail) {
    return this.dispatchEvent(new CustomEvent(`${SOURCE}:${type}`, { detail, bubbles: true, composed: true, cancelable: true }));
  }

  #does = {
    ready: () => {
      this.#isMet = true;
      if (this.#isOver) this.#send("sign-out");
      this.#send("history", { kept: this.#address !== null });
      this.#color();
      this.#keyboard.give();
      if (this.#prints) this.print();
    },
    resize: ({ height }) => {
      this.#view.height = height;
      this.#show();
    },
    navigate: ({ path, title, step }) => {
      this.#tries = 0;
      if (this.#leadAgain(path)) return;
      this.#path = path;
      this.#address?.show(path, title, step);
    },
    renew: () => {
      if (performance.now() - this.#renewedAt < BETWEEN_RENEWALS) return;
      this.#renewedAt = performance.now();
      this.#renew();
    },
    confirm: () => this.confirmed(),
    escape: () => this.closest("dialog[open]")?.close(),
    "session-expired": (detail) => this.#again(detail),
    "open-in-window": ({ path }) => {
      this.#path = path;
      this.#enter("_top");
    },
  };

  #receive = (event) => {
    if (event.origin !== this.#origin || event.source !== this.#frame.contentWindow) return;
    const said = read(event.data, SOURCE, this.#origin);
    if (said?.type === "step") this.#isStep = said.detail.is;
    else if (said && this.#tell(said.type, this.#withStep(said))) this.#does[said.type]?.(said.detail);
  };

  // What the page before said of this one.
  #withStep({ type, detail }) {
    if (type !== "navigate") return detail;
    detail.step = this.#isStep;
    this.#isStep = false;
    return detail;
  }
}

customElements.define(SOURCE, VoicePortalBilling);
