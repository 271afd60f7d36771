// `Stripe(publishableKey)`, with the names that Stripe.js gives. Like that script it runs under the strictest policy of
// the page around it, `require-trusted-types-for 'script'; trusted-types 'none'` included: no part of it writes markup
// (innerHTML, srcdoc) or evaluates strings, and styles are set property by property, never as a style attribute.
// The page's policy names this origin in script-src, connect-src and frame-src, and nothing else for it.
class StripeClient {
  #key;

  constructor(key) {
    this.#key = key;
  }

  elements(options) {
    return new Elements(options);
  }

  confirmSetup(options) {
    return confirmWithElements(this.#key, options, "setup_intent");
  }

  confirmPayment(options) {
    return confirmWithElements(this.#key, options, "payment_intent");
  }

  async confirmCardPayment(clientSecret, data = {}) {
    return this.#confirmCard(clientSecret, data);
  }

  async confirmCardSetup(clientSecret, data = {}) {
    return this.#confirmCard(clientSecret, data);
  }

  async handleNextAction({ clientSecret }) {
    const { result } = intentOf(clientSecret);
    const answer = await retrieve(this.#key, clientSecret);
    if (answer.error || answer[result].status !== "requires_action") return answer;
    return finishNextAction(this.#key, clientSecret, answer[result]);
  }

  handleCardAction(clientSecret) {
    return this.handleNextAction({ clientSecret });
  }

  async retrieveSetupIntent(clientSecret) {
    return retrieve(this.#key, clientSecret);
  }

  async retrievePaymentIntent(clientSecret) {
    return retrieve(this.#key, clientSecret);
  }

  async createPaymentMethod({ params, ...from }) {
    const { billing_details: details, metadata } = from;
    return elementFor(from).createPaymentMethod(this.#key, params ?? { billing_details: details, metadata });
  }

  // https://docs.stripe.com/js/confirmation_tokens/create_confirmation_token
  async createConfirmationToken({ elements, params = {} } = {}) {
    required(elements, "Please provide elements to createConfirmationToken().");
    requireSubmit(elements, "stripe.createConfirmationToken()");
    return elements.payment().createConfirmationToken(this.#key, params, elements.tokenContext);
  }

  // The id of a snapshot of the browser, for Radar: https://docs.stripe.com/js/payment_intents/create_radar_session
  async createRadarSession() {
    return { radarSession: { id: `rse_${crypto.randomUUID().replaceAll("-", "")}`, object: "radar.session" } };
  }

  registerAppInfo() {}

  async #confirmCard(clientSecret, { payment_method: method, return_url: returnUrl }) {
    const given = returnUrl ? { return_url: returnUrl } : {};
    if (!method || typeof method === "string") {
      return confirmIntent(this.#key, clientSecret, method ? { ...given, payment_method: method } : given);
    }
    const made = await method.card.createPaymentMethod(this.#key, { billing_details: method.billing_details });
    return made.error ? made : confirmIntent(this.#key, clientSecret, { ...given, payment_method: made.paymentMethod.id });
  }
}

function Stripe(key) {
  if (typeof key !== "string" || !key.startsWith("pk_")) {
    throw new IntegrationError("Please call Stripe() with your publishable key. You used an empty string or another kind of key.");
  }
  return new StripeClient(key);
}

Stripe.version = "endive";
window.Stripe = Stripe;
