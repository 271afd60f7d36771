// The one request that carries a card: from this frame to the stand-in, with the page's publishable key.
function flattened(prefix, values, into) {
  for (const [name, value] of Object.entries(values ?? {})) {
    const path = `${prefix}[${name}]`;
    if (value && typeof value === "object") flattened(path, value, into);
    else if (value !== null && value !== undefined && value !== "") into.append(path, value);
  }
}

async function createPaymentMethod({ key, card, billingDetails }) {
  const body = new URLSearchParams({ type: "card" });
  flattened("card", card, body);
  flattened("billing_details", billingDetails, body);
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
