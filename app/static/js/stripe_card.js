// The card form: Stripe's own element in a form of ours. What comes back is the id of the setup, never a card.
import { say } from "./text.js";

const AWAY = "The card form can't be loaded. Check the connection, or an extension that blocks js.stripe.com, and load the page again.";

function start(form) {
  const problem = form.querySelector("[data-stripe-problem]");
  if (typeof window.Stripe !== "function") {
    say(problem, AWAY, { error: true });
    return;
  }
  const { publishableKey, clientSecret, returnUrl } = form.dataset;
  const stripe = window.Stripe(publishableKey);
  const elements = stripe.elements({ clientSecret });
  const element = elements.create("payment");
  const button = form.querySelector("button[type=submit]");
  element.on("loaderror", () => say(problem, AWAY, { error: true }));
  element.mount(form.querySelector("[data-stripe-element]"));

  form.addEventListener("submit", async (event) => {
    if (form.elements.setup_intent.value) return;
    event.preventDefault();
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    problem.replaceChildren();
    const { error, setupIntent } = await stripe.confirmSetup({
      elements,
      confirmParams: { return_url: returnUrl },
      redirect: "if_required",
    });
    button.disabled = false;
    button.removeAttribute("aria-busy");
    if (error) {
      say(problem, `${error.message} The card was not saved.`, { error: true });
      return;
    }
    form.elements.setup_intent.value = setupIntent.id;
    form.requestSubmit();
  });
}

const form = document.querySelector("form[data-stripe-card]");
if (form) start(form);
