// <voice-portal-top-up token-url="/billing-token" amount="100">Top up $100</voice-portal-top-up>: opens billing there.
import { make, Part } from "./part.js";

class TopUp extends Part {
  static observedAttributes = ["organization"];
  #path = "/billing/wallet#top-up";

  build() {
    const label = make("slot", { textContent: "Top up" });
    this.button = this.opener(() => this.#where(), { className: "main", hidden: true, children: [label] });
    return [this.button];
  }

  draw(credit) {
    this.button.hidden = !credit;
    if (credit) this.#path = credit.path;
  }

  #where() {
    const amount = this.getAttribute("amount");
    return amount ? this.#path.replace(/#|$/, `?amount=${encodeURIComponent(amount)}$&`) : this.#path;
  }
}

customElements.define("voice-portal-top-up", TopUp);
