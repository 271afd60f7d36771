// What `stripe.elements()` gives: at most one element of a kind, and what they share.
class Elements {
  #options;
  #elements = new Map();
  #submitted = false;

  constructor(options = {}) {
    checkOptions(options);
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

  // Whether the intent is made after the fields were shown.
  get isDeferred() {
    return !this.clientSecret;
  }

  get wasSubmitted() {
    return this.#submitted;
  }

  get makesPaymentMethods() {
    return this.#options.paymentMethodCreation === "manual";
  }

  // What a confirmation token is bound to: the payment as the page presented it.
  get tokenContext() {
    const { mode, currency, setupFutureUsage } = this.#options;
    return { client_context: { mode, currency }, setup_future_usage: setupFutureUsage };
  }

  mismatchWith(intent) {
    return this.isDeferred && this.#options.mode ? mismatchOf(this.#options, intent) : null;
  }

  create(type, options) {
    if (type === "payment" && !this.clientSecret && !this.#options.mode) {
      throw new IntegrationError("In order to create a payment element, you must pass a clientSecret or mode when creating the Elements group.");
    }
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
    const updated = { ...this.#options, ...options };
    if (updated.clientSecret !== this.clientSecret) {
      throw new IntegrationError("The client secret of elements can't be changed: make new elements.");
    }
    checkOptions(updated);
    this.#options = updated;
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
