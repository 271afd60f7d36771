// What an intent still asks of the person, until it asks nothing more.
const isDone = (intent) => ["succeeded", "processing", "requires_capture"].includes(intent.status);

function failureOf(intent, object) {
  const last = intent.last_payment_error ?? intent.last_setup_error;
  return { ...(last ?? authenticationFailure(object)), [object]: intent };
}

const authenticationFailure = (object) => ({
  type: "invalid_request_error",
  code: `${object}_authentication_failure`,
  message: AUTHENTICATION_FAILED,
});

async function finishNextAction(key, clientSecret, intent) {
  const { object, result } = intentOf(clientSecret);
  if (intent.status !== "requires_action") {
    return isDone(intent) ? { [result]: intent } : { error: failureOf(intent, object) };
  }
  const action = intent.next_action;
  if (action?.type === "redirect_to_url") {
    window.location.assign(action.redirect_to_url.url);
    return new Promise(() => {});
  }
  const outcome = await challenge(key, { ...intent, client_secret: clientSecret });
  if (outcome === "abandon") await answerChallenge(intent.id, clientSecret, "fail");
  const answer = await retrieve(key, clientSecret);
  if (answer.error) return answer;
  const updated = answer[result];
  if (isDone(updated)) return { [result]: updated };
  if (outcome === "complete") return { error: failureOf(updated, object) };
  return { error: { ...failureOf(updated, object), ...authenticationFailure(object) } };
}

// As Stripe does when the person closes the window: the intent fails, and asks for another payment method.
async function answerChallenge(id, clientSecret, outcome) {
  const body = new URLSearchParams({ client_secret: clientSecret, outcome });
  try {
    await fetch(new URL(`/_sandbox/challenges/${id}`, HOME), { method: "POST", body, credentials: "omit" });
  } catch {
    // The intent is fetched next, with its status.
  }
}
