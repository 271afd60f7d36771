// From the card fields to a confirmed intent: the steps that `confirmSetup` and `confirmPayment` share.
async function confirmWithElements(key, options, kind) {
  const { elements, confirmParams = {}, redirect = "always" } = options;
  const clientSecret = required(
    options.clientSecret ?? elements?.clientSecret,
    "In order to call this function, provide a client secret, or elements that were made with one.",
  );
  const { object, result } = intentOf(clientSecret);
  if (object !== kind) throw new IntegrationError(`The client secret is not one of a ${kind}.`);
  if (redirect === "always") required(confirmParams.return_url, "You must provide confirmParams.return_url.");

  const mismatch = await mismatchAt(key, elements, clientSecret);
  if (mismatch) return mismatch;
  const method = await paymentMethodFor(key, elements, confirmParams);
  if (method.error) return method;
  const given = confirmParams.return_url ? { return_url: new URL(confirmParams.return_url, window.location.href).href } : {};
  const answer = await confirmIntent(key, clientSecret, { ...given, ...method.parameters });
  if (!answer.error && redirect === "always") return leave(given.return_url, object, answer[result], clientSecret);
  return answer;
}

// What an intent has other than its elements said before it was made; nothing where they agree.
async function mismatchAt(key, elements, clientSecret) {
  if (!elements?.isDeferred) return null;
  requireSubmit(elements, "stripe.confirmPayment() or stripe.confirmSetup()");
  const answer = await retrieve(key, clientSecret);
  if (answer.error) return answer;
  const [intent] = Object.values(answer);
  const message = elements.mismatchWith(intent);
  return message ? { error: { type: "invalid_request_error", message, [intent.object]: intent } } : null;
}

async function paymentMethodFor(key, elements, confirmParams) {
  if (!elements) {
    return { parameters: confirmParams.payment_method ? { payment_method: confirmParams.payment_method } : {} };
  }
  const { error, paymentMethod } = await elements.payment().createPaymentMethod(key, confirmParams.payment_method_data);
  return error ? { error } : { parameters: { payment_method: paymentMethod.id } };
}

async function confirmIntent(key, clientSecret, parameters) {
  const { result } = intentOf(clientSecret);
  const answer = await confirm(key, clientSecret, parameters);
  return answer.error ? answer : finishNextAction(key, clientSecret, answer[result]);
}

// The page is left for its return address; what called never learns more.
function leave(returnUrl, object, intent, clientSecret) {
  const address = new URL(returnUrl);
  address.searchParams.set(object, intent.id);
  address.searchParams.set(`${object}_client_secret`, clientSecret);
  address.searchParams.set("redirect_status", intent.status === "succeeded" ? "succeeded" : "pending");
  window.location.assign(address.href);
  return new Promise(() => {});
}
