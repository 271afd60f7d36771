// The shell's side: <voice-portal-billing src="https://billing.example/billing" token-url="/billing-token">.
// It gets a token from the shell's own server and posts it into the frame; a token is never part of an address.
import { FrameView } from "./view.js";

const SOURCE = "voice-portal-billing";
// What pages and Stripe's fields in them may use; named for their origin, because the frame has no `src` to be known by.
const ALLOWED = ["payment", "publickey-credentials-get", "publickey-credentials-create", "clipboard-write"];
let count = 0;

class VoicePortalBilling extends HTMLElement {
  #frame = null;
  #view = null;
  #origin = "";
  #path = "";
  #tries = 0;

  connectedCallback() {
    const start = new URL(this.getAttribute("src"), location.href);
    this.#origin = start.origin;
    this.#path = this.getAttribute("path") || start.pathname + start.search;
    this.#frame = document.createElement("iframe");
    this.#frame.name = `${SOURCE}-${(count += 1)}`;
    this.#frame.title = this.getAttribute("label") || "Billing";
    this.#frame.allow = ALLOWED.map((feature) => `${feature} ${this.#origin}`).join("; ");
    this.replaceChildren(this.#frame);
    this.#view = new FrameView(this, this.#frame, this.#origin);
    this.#view.watch();
    addEventListener("message", this.#receive);
    this.#enter();
  }

  disconnectedCallback() {
    removeEventListener("message", this.#receive);
    this.#view?.stop();
  }

  // For the shell: show a page, hand over colors and fonts, give focus, or end the session along with its own.
  navigate(path) {
    this.#send("navigate", { path });
  }

  theme(tokens) {
    this.#tokens = tokens;
    this.#send("theme", { tokens });
  }

  focus() {
    this.#frame.focus();
    this.#send("focus");
  }

  signOut() {
    // Said again to a page that was still loading.
    this.#isOver = true;
    this.#send("sign-out");
  }

  #tokens = null;
  #isOver = false;

  async #token() {
    const answer = await fetch(this.getAttribute("token-url"), { method: "POST", credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) throw new Error(`token-url answered ${answer.status}`);
    return (await answer.json()).token;
  }

  async #enter(target = this.#frame.name) {
    try {
      const form = document.createElement("form");
      Object.assign(form, { method: "post", action: `${this.#origin}/auth/shell`, target, hidden: true });
      for (const [name, value] of Object.entries({ token: await this.#token(), path: this.#path })) {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name, value });
        form.append(field);
      }
      document.body.append(form);
      form.submit();
      form.remove();
    } catch (error) {
      this.#tell("problem", { reason: "no_token", message: String(error) });
    }
  }

  async #renew() {
    try {
      this.#send("token", { token: await this.#token() });
    } catch (error) {
      this.#tell("problem", { reason: "no_token", message: String(error) });
    }
  }

  #send(type, more = {}) {
    this.#frame?.contentWindow?.postMessage({ source: SOURCE, type, ...more }, this.#origin);
  }

  #tell(type, detail) {
    return this.dispatchEvent(new CustomEvent(`${SOURCE}:${type}`, { detail, bubbles: true, cancelable: true }));
  }

  #receive = (event) => {
    if (event.origin !== this.#origin || event.source !== this.#frame.contentWindow || event.data?.source !== SOURCE) return;
    const { type, ...detail } = event.data;
    if (type === "ready") {
      if (this.#isOver) this.#send("sign-out");
      if (this.#tokens) this.#send("theme", { tokens: this.#tokens });
    }
    if (type === "resize" && Number.isFinite(detail.height)) this.#view.height = detail.height;
    if (type === "navigate") this.#path = String(detail.path);
    if (type === "renew") this.#renew();
    if (!this.#tell(type, detail)) return;
    if (type === "session-expired" && this.#isOver) return;
    if (type === "wallet" || type === "navigate") this.#tries = 0;
    // Three times, or the frame would ask for another token forever.
    if (type === "session-expired" && (this.#tries += 1) <= 3) this.#enter();
    if (type === "open-in-window") this.#enter("_top");
  };
}

customElements.define(SOURCE, VoicePortalBilling);
