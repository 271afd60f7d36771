// One card being entered: Stripe's own fields in a form of ours. The number goes to Stripe alone; what comes back is the
// id of a confirmation token, which is good for one payment and saves the card only where the fields were told so
// (https://docs.stripe.com/payments/build-a-two-step-confirmation).
import { appearance } from "./card_look.js";
import { gettext } from "./language.js";
import { CARDS, paymentFields } from "./payment_fields.js";
import { stripe } from "./processor.js";

// What stands before decimals, and between thousands, in the page's language.
function marks() {
  const parts = new Intl.NumberFormat(document.documentElement.lang || undefined).formatToParts(1_000_000.5);
  return ["decimal", "group"].map((type) => parts.find((one) => one.type === type)?.value ?? "");
}

// How the values of choices are written, in every language.
export const PLAIN = [".", ","];

// An amount in the currency's smallest unit; null if it is not valid yet. A currency's sign may be around it.
export function minor(typed, digits, [decimal, group] = marks()) {
  const plain = typed.replace(/^[\p{Sc}\p{L}\s]+|[\p{Sc}\p{L}\s]+$/gu, "");
  const [whole, part = "", ...more] = plain.split(decimal);
  // A space between thousands is any space, and an apostrophe any apostrophe.
  const alike = [/\s/g, /['\u2019]/g].find((kind) => group.search(kind) >= 0) ?? group;
  const figures = whole.replaceAll(alike, "");
  if (more.length || !/^\d+$/.test(figures) || !/^\d*$/.test(part) || part.length > digits) return null;
  const amount = Number(figures + part.padEnd(digits, "0"));
  return amount > 0 && amount <= 99_999_999 ? amount : null;
}

export class EnteredCard {
  #fields = null;
  #elements = null;
  #stripe = null;
  #starting = null;
  #isSaved;
  #heard;

  // Hears `change` once another card is typed than the one that was made into a token, and `focus` and `blur`, which a
  // page hears of no frame.
  constructor(place, isSaved, heard) {
    this.place = place;
    this.#isSaved = isSaved;
    this.#heard = heard;
    this.start();
  }

  get isThere() {
    return this.place.isConnected;
  }

  start() {
    this.tell("");
    this.#starting = this.#mount().catch(() => this.#fail());
  }

  async #mount() {
    const { amount, currency } = this.place.dataset;
    this.#stripe = await stripe(this.place.dataset);
    if (!this.isThere) return;
    this.#elements = this.#stripe.elements({
      mode: "payment",
      amount: Number(amount),
      currency,
      setupFutureUsage: this.#usage,
      allowedPaymentMethodTypes: CARDS,
      paymentMethodCreation: "manual",
      appearance: appearance(),
    });
    this.#fields = paymentFields(this.#elements, this.place);
    this.#fields.on("loaderror", () => this.#fail());
    for (const [name, hear] of Object.entries(this.#heard)) this.#fields.on(name, hear);
    this.#fields.on("ready", () => {
      if (document.activeElement === this.place) this.focus();
    });
    this.#fields.mount(this.place.querySelector("[data-card]"));
  }

  #fail() {
    this.destroy();
    const hadFocus = document.activeElement === this.place;
    this.tell(
      gettext("The card fields couldn't load, so you can't enter a card right now. Check your connection, and that nothing blocks js.stripe.com."),
      () => this.start(),
    );
    if (hadFocus) this.place.querySelector("[data-problem] button")?.focus();
  }

  // Stripe only reports that there is none, so an invalid amount leaves the previous one.
  set amount(value) {
    if (value !== null) this.#elements?.update({ amount: value });
  }

  get #usage() {
    return this.#isSaved ? "off_session" : null;
  }

  // Whether the payment saves the card. Stripe accepts a token only for what its fields were set up for.
  set isSaved(value) {
    this.#isSaved = value;
    this.#elements?.update({ setupFutureUsage: this.#usage });
  }

  focus() {
    this.#fields?.focus();
  }

  // The token's id; null after showing what is wrong. A field's own errors are shown by the field.
  async token() {
    this.tell("");
    await this.#starting;
    if (!this.#elements) {
      this.#fail();
      return null;
    }
    try {
      const submitted = await this.#elements.submit();
      const { error, confirmationToken } = submitted.error ? submitted : await this.#stripe.createConfirmationToken({ elements: this.#elements });
      if (!error) return confirmationToken.id;
      if (error.type !== "validation_error") this.tell(gettext("%(problem)s Nothing was charged.", { problem: error.message }));
    } catch {
      this.#fail();
    }
    return null;
  }

  tell(text, again = null) {
    const problem = this.place.querySelector("[data-problem]");
    problem?.replaceChildren();
    if (!text || !problem) return;
    const message = document.createElement("p");
    message.className = "field-error";
    message.textContent = text;
    problem.append(message);
    if (!again) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-small";
    button.textContent = gettext("Reload card fields");
    // The button goes; the fields that come in its place have the keyboard next (new_card.js).
    button.addEventListener("click", () => {
      this.place.focus({ preventScroll: true });
      again();
    });
    problem.append(button);
  }

  destroy() {
    this.#fields?.destroy();
    this.#fields = this.#elements = null;
  }
}
