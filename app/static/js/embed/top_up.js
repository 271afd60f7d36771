// <voice-portal-top-up token-url="/billing-token" amount="100">Top up $100</voice-portal-top-up>: opens billing there.
import { make, Part } from "./part.js";
import { gettext } from "./words.js";

class TopUp extends Part {
  static observedAttributes = ["organization", "amount"];

  build() {
    const label = make("slot", { textContent: gettext("Top up", this) });
    this.button = this.opener({ className: "main", hidden: true, children: [label] });
    return [this.button];
  }

  draw(credit) {
    this.button.hidden = !credit;
    if (credit) this.lead(this.button, this.#where(credit.path));
  }

  #where(path) {
    const amount = this.getAttribute("amount");
    return amount ? path.replace(/#|$/, `?amount=${encodeURIComponent(amount)}$&`) : path;
  }
}

customElements.define("voice-portal-top-up", TopUp);
