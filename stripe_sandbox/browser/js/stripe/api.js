// The few calls of Stripe's API that a publishable key may make.
const KINDS = {
  pi: { path: "payment_intents", object: "payment_intent", result: "paymentIntent" },
  seti: { path: "setup_intents", object: "setup_intent", result: "setupIntent" },
};

function intentOf(clientSecret) {
  const [, id, prefix] = /^((pi|seti)_[^_]+)_secret_/.exec(clientSecret ?? "") ?? [];
  if (!id) throw new IntegrationError("Invalid value for clientSecret: it should be of the form ${id}_secret_${secret}.");
  return { id, ...KINDS[prefix] };
}

async function call(key, method, path, parameters) {
  const query = new URLSearchParams(parameters);
  const address = new URL(`/v1/${path}`, HOME);
  if (method === "GET") address.search = query;
  try {
    const response = await fetch(address, {
      method,
      headers: { Authorization: `Bearer ${key}` },
      body: method === "GET" ? undefined : query,
      credentials: "omit",
    });
    return await response.json();
  } catch {
    return { error: unreachable() };
  }
}

async function retrieve(key, clientSecret) {
  const { id, path, result } = intentOf(clientSecret);
  const answer = await call(key, "GET", `${path}/${id}`, { client_secret: clientSecret });
  return answer.error ? { error: answer.error } : { [result]: answer };
}

async function confirm(key, clientSecret, parameters) {
  const { id, path, result } = intentOf(clientSecret);
  const answer = await call(key, "POST", `${path}/${id}/confirm`, {
    client_secret: clientSecret,
    use_stripe_sdk: "true",
    ...parameters,
  });
  return answer.error ? { error: answer.error } : { [result]: answer };
}
