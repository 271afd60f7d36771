// A mistake in the page that uses the script, thrown as Stripe.js throws it.
class IntegrationError extends Error {
  constructor(message) {
    super(message);
    this.name = "IntegrationError";
  }
}

const AUTHENTICATION_FAILED =
  "We are unable to authenticate your payment method. Please choose a different payment method and try again.";

const unreachable = () => ({
  type: "api_connection_error",
  message: "An error occurred with our connection to Stripe.",
});

function required(value, message) {
  if (value === undefined || value === null || value === "") throw new IntegrationError(message);
  return value;
}
