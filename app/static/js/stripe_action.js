// The bank's challenge for a payment, in the page. How it ended is asked of our server, which asks Stripe.
import { say } from "./text.js";

const AWAY = "Your bank's page can't be loaded. Check the connection, or an extension that blocks js.stripe.com, and try again.";
const ABANDONED = "The payment is not confirmed yet, and nothing was charged. Confirm it with your bank, or cancel the top-up.";
let loading = null;

function load(address) {
  loading ??= new Promise((resolve, reject) => {
    if (typeof window.Stripe === "function") {
      resolve();
      return;
    }
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => {
      loading = null;
      reject(new Error("not loaded"));
    });
    document.head.append(script);
  });
  return loading;
}

async function challenge(form) {
  const problem = form.querySelector("[data-stripe-problem]");
  const button = form.querySelector("button[type=submit]");
  problem.replaceChildren();
  button.disabled = true;
  try {
    await load(form.dataset.stripeJs);
    const stripe = window.Stripe(form.dataset.publishableKey);
    const { paymentIntent, error } = await stripe.handleNextAction({ clientSecret: form.dataset.clientSecret });
    const status = paymentIntent?.status ?? error?.payment_intent?.status;
    if (status === "requires_action" || (error && !status)) say(problem, ABANDONED, { error: true });
    // Whatever the browser was told, the server asks Stripe itself.
    window.htmx.trigger(form, "confirmed");
  } catch {
    say(problem, AWAY, { error: true });
  } finally {
    button.disabled = false;
  }
}

const isAction = (element) => element instanceof HTMLFormElement && element.matches("form[data-stripe-action]");

document.addEventListener("submit", (event) => {
  if (!isAction(event.target)) return;
  event.preventDefault();
  challenge(event.target);
});

// Paying has just been asked for with a press of the button: the bank's question follows at once.
document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx?.sourceElement?.id === "live") return;
  const form = document.querySelector("#top-up form[data-stripe-action]");
  if (form && !form.dataset.started) {
    form.dataset.started = "yes";
    challenge(form);
  }
});
