// The one request that carries a card: from this frame to the stand-in, with the page's publishable key.
const ALLOWED = ["billing_details", "metadata", "allow_redisplay"];

function flattened(path, value, into) {
  if (value === null || value === undefined || value === "") return;
  if (typeof value !== "object") into.append(path, value);
  else for (const [name, part] of Object.entries(value)) flattened(`${path}[${name}]`, part, into);
}

async function createPaymentMethod({ key, card, params }) {
  const body = new URLSearchParams({ type: "card" });
  flattened("card", card, body);
  for (const name of ALLOWED) flattened(name, params[name], body);
  try {
    const response = await fetch("/v1/payment_methods", {
      method: "POST",
      headers: { Authorization: `Bearer ${key}` },
      body,
      credentials: "omit",
    });
    const answer = await response.json();
    return answer.error ? { error: answer.error } : { paymentMethod: answer };
  } catch {
    return { error: { type: "api_connection_error", message: "An error occurred with our connection to Stripe." } };
  }
}
