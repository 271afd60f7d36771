// The card form: Stripe's own fields in a form of ours. What comes back is the id of the setup, never a card's number.
import { appearance } from "./card_look.js";
import { stripe } from "./processor.js";

const AWAY = "The card form can't be loaded. Check the connection, and that nothing blocks js.stripe.com, then load this page again.";

class CardForm {
  constructor(form) {
    this.form = form;
    this.button = form.querySelector("button[type=submit]");
    this.problem = form.querySelector("[data-problem]");
  }

  async start() {
    this.wait(true);
    try {
      this.stripe = await stripe(this.form.dataset);
      this.elements = this.stripe.elements({ clientSecret: this.form.dataset.clientSecret, appearance: appearance() });
      const fields = this.elements.create("payment");
      fields.on("loaderror", () => this.tell(AWAY));
      fields.mount(this.form.querySelector("[data-card]"));
      this.form.addEventListener("submit", (event) => this.submit(event));
      this.wait(false);
    } catch {
      this.button.removeAttribute("aria-busy");
      this.tell(AWAY);
    }
  }

  async submit(event) {
    if (this.form.elements.setup_intent.value) return;
    event.preventDefault();
    this.tell("");
    this.wait(true);
    const confirmParams = { return_url: this.form.dataset.returnUrl };
    const { error, setupIntent } = await this.stripe
      .confirmSetup({ elements: this.elements, confirmParams, redirect: "if_required" })
      .catch(() => ({ error: { message: AWAY } }));
    this.wait(false);
    if (error) {
      // Disabled, the button lost focus.
      if (document.activeElement === document.body) this.button.focus();
      this.tell(`${error.message} The card was not saved.`);
      return;
    }
    this.form.elements.setup_intent.value = setupIntent.id;
    this.form.requestSubmit();
  }

  wait(isBusy) {
    this.button.disabled = isBusy;
    if (isBusy) this.button.setAttribute("aria-busy", "true");
    else this.button.removeAttribute("aria-busy");
  }

  tell(text) {
    this.problem.textContent = text;
  }
}

const form = document.querySelector("form[data-card-form]");
if (form) new CardForm(form).start();
