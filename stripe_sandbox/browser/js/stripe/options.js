// What `stripe.elements()` takes: a client secret, or what an intent that is made later will have.
const MODES = ["payment", "setup", "subscription"];
const OF_AN_INTENT = ["mode", "amount", "currency", "setupFutureUsage"];

function checkOptions(options) {
  const { clientSecret, mode, amount, currency } = options;
  if (clientSecret && mode) {
    throw new IntegrationError("Please provide either clientSecret or mode to elements(), not both.");
  }
  if (clientSecret) {
    intentOf(clientSecret);
    const mistaken = OF_AN_INTENT.find((name) => options[name] !== undefined);
    if (mistaken) throw new IntegrationError(`You cannot pass ${mistaken} together with clientSecret: the intent has it.`);
  }
  if (mode) checkMode(mode, amount, currency);
  checkMethods(options);
}

// https://docs.stripe.com/js/elements_object/create_without_intent
function checkMode(mode, amount, currency) {
  if (!MODES.includes(mode)) invalidOption("mode", `one of ${MODES.join(", ")}`, mode);
  if (mode === "payment" && !(Number.isInteger(amount) && amount > 0)) {
    invalidOption("amount", "an integer greater than 0, in the smallest unit of the currency", amount);
  }
  if (mode === "subscription" && !(Number.isInteger(amount) && amount >= 0)) {
    invalidOption("amount", "an integer that is not negative, in the smallest unit of the currency", amount);
  }
  if (mode === "setup" && amount !== undefined) invalidOption("amount", "left out where mode is setup", amount);
  const mayLackCurrency = mode === "setup" && currency === undefined;
  if (!mayLackCurrency && !/^[a-z]{3}$/.test(currency)) {
    invalidOption("currency", "a three-letter code in lowercase", currency);
  }
}

// https://docs.stripe.com/changelog/endive/2026-09-30/remove-elements-deferred-intent-payment-method-types
function checkMethods({ paymentMethodCreation, paymentMethodTypes, allowedPaymentMethodTypes, setupFutureUsage }) {
  if (paymentMethodCreation !== undefined && paymentMethodCreation !== "manual") {
    invalidOption("paymentMethodCreation", "manual", paymentMethodCreation);
  }
  if (paymentMethodTypes !== undefined) {
    throw new IntegrationError("paymentMethodTypes can't be set any more: use allowedPaymentMethodTypes, or dynamic payment methods.");
  }
  if (allowedPaymentMethodTypes && !allowedPaymentMethodTypes.includes("card")) {
    const wanted = "a list with card, which is all that the stand-in serves";
    invalidOption("allowedPaymentMethodTypes", wanted, allowedPaymentMethodTypes);
  }
  if (setupFutureUsage && !["off_session", "on_session"].includes(setupFutureUsage)) {
    invalidOption("setupFutureUsage", "off_session or on_session", setupFutureUsage);
  }
}

function invalidOption(name, wanted, given) {
  throw new IntegrationError(`Invalid value for elements(): ${name} should be ${wanted}. You specified: ${JSON.stringify(given)}.`);
}

// Elements without a secret promised the payer an amount; Stripe confirms no intent that has another.
function mismatchOf({ mode, amount, currency, setupFutureUsage }, intent) {
  const isPayment = intent.object === "payment_intent";
  if ((mode === "setup") === isPayment) {
    return `The elements were made for the mode ${mode}, and can't confirm a ${intent.object.replace("_", " ")}.`;
  }
  const pairs = isPayment
    ? { amount: [intent.amount, amount], currency: [intent.currency, currency],
        setup_future_usage: [intent.setup_future_usage ?? null, setupFutureUsage ?? null] }
    : {};
  const [name, [provided, expected]] = Object.entries(pairs).find(([, [one, other]]) => one !== other) ?? ["", []];
  if (!name) return null;
  return (
    `The provided ${name} (${provided}) does not match the expected ${name} (${expected}). ` +
    "Try confirming with an intent that is configured with the same parameters as Stripe Elements."
  );
}
