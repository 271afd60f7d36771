// <voice-portal-balance token-url="/billing-token">: available credit and its state, which open billing.
import { make, Part } from "./part.js";
import { gettext } from "./words.js";

const look = new CSSStyleSheet();
look.replaceSync(`
  :host { display: inline-block; min-inline-size: 5.5rem; min-block-size: 2rem; }
  .chip:not([hidden]) { display: inline-flex; align-items: center; gap: 0.5rem; min-block-size: 2rem; padding: 0.125rem 0.75rem; background: var(--surface);
    border: 1px solid var(--tone); border-radius: 99rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
  .chip:hover { text-decoration: underline; }
  .state { color: var(--tone); font-weight: 600; }
  bdi { direction: ltr; }
`);

class Balance extends Part {
  static observedAttributes = ["organization"];
  #amount = make("bdi");
  #state = make("span", { className: "state" });

  build() {
    this.shadowRoot.adoptedStyleSheets.push(look);
    const children = [make("span", { className: "unseen", textContent: gettext("Credit", this) }), this.#amount, this.#state];
    this.chip = this.opener({ className: "chip", hidden: true, children });
    this.lead(this.chip, "/billing");
    return [this.chip];
  }

  draw(credit) {
    this.chip.hidden = !credit;
    this.#amount.textContent = credit?.available ?? "";
    this.#state.textContent = credit?.label ?? "";
    this.chip.style.setProperty("--tone", `var(--${credit?.tone})`);
  }
}

customElements.define("voice-portal-balance", Balance);
