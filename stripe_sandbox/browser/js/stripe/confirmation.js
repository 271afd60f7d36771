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

  const method = await paymentMethodFor(key, elements, confirmParams);
  if (method.error) return method;
  const given = confirmParams.return_url ? { return_url: new URL(confirmParams.return_url, window.location.href).href } : {};
  const answer = await confirmIntent(key, clientSecret, { ...given, ...method.parameters });
  if (!answer.error && redirect === "always") return leave(given.return_url, object, answer[result], clientSecret);
  return answer;
}

async function paymentMethodFor(key, elements, confirmParams) {
  if (!elements) {
    return { parameters: confirmParams.payment_method ? { payment_method: confirmParams.payment_method } : {} };
  }
  if (elements.needsSubmit) {
    throw new IntegrationError("elements.submit() must be called before stripe.confirmPayment() or stripe.confirmSetup().");
  }
  const details = confirmParams.payment_method_data?.billing_details;
  const { error, paymentMethod } = await elements.payment().createPaymentMethod(key, details);
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
