// The one request that carries a card: from this frame to the stand-in, with the page's publishable key.
const ALLOWED = ["billing_details", "metadata", "allow_redisplay"];

function flattened(path, value, into) {
  if (value === null || value === undefined || value === "") return;
  if (typeof value !== "object") into.append(path, value);
  else for (const [name, part] of Object.entries(value)) flattened(`${path}[${name}]`, part, into);
}

async function send(key, path, parameters) {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) flattened(name, value, body);
  try {
    const response = await fetch(`/v1/${path}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}` },
      body,
      credentials: "omit",
    });
    return await response.json();
  } catch {
    return { error: { type: "api_connection_error", message: "An error occurred with our connection to Stripe." } };
  }
}

const described = (card, params) => ({ type: "card", card, ...Object.fromEntries(ALLOWED.map((name) => [name, params[name]])) });

async function createPaymentMethod({ key, card, params }) {
  const answer = await send(key, "payment_methods", described(card, params));
  return answer.error ? { error: answer.error } : { paymentMethod: answer };
}

// `context` is the payment as the page's Elements know it; a token is good for no other.
async function createConfirmationToken({ key, card, params, context }) {
  const { payment_method_data: data = {}, return_url: returnUrl } = params;
  const answer = await send(key, "confirmation_tokens", { payment_method_data: described(card, data), return_url: returnUrl, ...context });
  return answer.error ? { error: answer.error } : { confirmationToken: answer };
}
