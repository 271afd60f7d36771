// What `stripe.elements()` gives: at most one element of a kind, and what they share.
class Elements {
  #options;
  #elements = new Map();
  #submitted = false;

  constructor(options = {}) {
    if (options.clientSecret && options.mode) {
      throw new IntegrationError("Please provide either clientSecret or mode to elements(), not both.");
    }
    if (options.clientSecret) intentOf(options.clientSecret);
    this.#options = options;
  }

  get clientSecret() {
    return this.#options.clientSecret;
  }

  get locale() {
    return this.#options.locale;
  }

  get scheme() {
    return this.#options.appearance?.theme === "night" ? "dark" : null;
  }

  get variables() {
    return this.#options.appearance?.variables ?? {};
  }

  get needsSubmit() {
    return !this.clientSecret && !this.#submitted;
  }

  create(type, options) {
    if (type !== "payment" && type !== "card") {
      throw new IntegrationError(`A valid Element name must be provided. Valid Elements are: payment; you passed: ${type}.`);
    }
    if (this.#elements.has(type)) {
      throw new IntegrationError(`Can only create one Element of type ${type}.`);
    }
    const element = new PaymentElement(this, options);
    this.#elements.set(type, element);
    return element;
  }

  getElement(type) {
    return this.#elements.get(type) ?? null;
  }

  update(options) {
    this.#options = { ...this.#options, ...options };
    for (const element of this.#elements.values()) element.update({});
  }

  async fetchUpdates() {
    return {};
  }

  async submit() {
    const { error } = await this.payment().validate();
    this.#submitted = !error;
    return error ? { error } : { selectedPaymentMethod: "card" };
  }

  // The mounted element that knows the card.
  payment() {
    const [element] = this.#elements.values();
    return required(element, "Elements is missing an Element: create and mount a payment Element first.");
  }

  forget(element) {
    for (const [type, known] of this.#elements) if (known === element) this.#elements.delete(type);
  }
}
