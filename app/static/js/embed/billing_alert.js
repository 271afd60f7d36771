// <voice-portal-billing-alert token-url="/billing-token">: what is wrong with credit or plan, and nothing otherwise.
import { make, Part } from "./part.js";

const look = new CSSStyleSheet();
// The title has its room before it is said.
look.replaceSync(`
  .box { margin-block-end: 1rem; }
  .said { position: relative; font-weight: 700; }
  .said::after { content: attr(data-title); visibility: hidden; }
  span { position: absolute; }
`);
const TONES = { low: "warn", reserved: "warn", limit: "warn", no_credit: "accent" };

class BillingAlert extends Part {
  static observedAttributes = ["organization"];
  #shown = new Map();

  build() {
    this.shadowRoot.adoptedStyleSheets.push(look);
    return [];
  }

  // An alert stays the same element while it lasts: only its title is announced, once, and only figures change.
  draw(credit) {
    const wanted = new Map((credit?.alerts ?? []).map((alert) => [alert.kind, alert]));
    for (const [kind, alert] of wanted) {
      if (!this.#shown.has(kind)) this.#shown.set(kind, this.#add(kind));
      this.#shown.get(kind)(alert);
    }
    for (const [kind, change] of this.#shown) {
      if (wanted.has(kind)) continue;
      this.#shown.delete(kind);
      change(null);
    }
  }

  #add(kind) {
    const title = make("span");
    const said = make("p", { role: "status", className: "said", children: [title] });
    const text = make("p", { className: "soft" });
    const button = this.opener({ className: "main" });
    const box = make("section", { className: "box", children: [make("div", { children: [said, text] }), button] });
    box.style.setProperty("--tone", `var(--${TONES[kind] ?? "bad"})`);
    this.shadowRoot.append(box);
    return (alert) => {
      if (!alert) return this.#end(box);
      // A status that is there before it says something is announced.
      if (title.textContent !== alert.title) setTimeout(() => { title.textContent = alert.title; }, 100);
      box.ariaLabel = said.dataset.title = alert.title;
      text.textContent = alert.text;
      button.textContent = alert.action;
      this.lead(button, alert.path);
    };
  }

  // What has focus doesn't vanish from under it.
  #end(box) {
    if (!box.contains(this.shadowRoot.activeElement)) return box.remove();
    for (const said of box.querySelectorAll("p")) said.textContent = "";
    box.addEventListener("focusout", () => box.remove(), { once: true });
  }
}

customElements.define("voice-portal-billing-alert", BillingAlert);
