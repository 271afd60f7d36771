// A payment method out of the card fields, for a server that confirms by itself. Where Stripe.js refuses, so does this:
// https://docs.stripe.com/payments/build-a-two-step-confirmation-legacy
function elementFor({ elements, element, type, card }) {
  if (element ?? (type === "card" && card)) return element ?? card;
  required(elements, "Please provide either elements, an element, or a type with its card to createPaymentMethod().");
  if (!elements.makesPaymentMethods) {
    throw new IntegrationError(
      'To call createPaymentMethod() with elements, pass paymentMethodCreation: "manual" to stripe.elements().',
    );
  }
  requireSubmit(elements, "createPaymentMethod()");
  return elements.payment();
}

function requireSubmit(elements, call) {
  if (elements.wasSubmitted) return;
  throw new IntegrationError(
    `elements.submit() must be called before ${call}. ` +
      "Call elements.submit() as soon as your customer presses pay, prior to any asynchronous work.",
  );
}
