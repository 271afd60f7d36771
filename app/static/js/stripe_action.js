// The bank's check of a payment, in the page. Our server asks Stripe for the result itself.
import { gettext } from "./language.js";
import { isPoll } from "./poll.js";
import { askingBank, stripe } from "./processor.js";

const step = () => document.querySelector("[data-stripe-action]");

function tell(text) {
  const problem = step()?.querySelector("[data-problem]");
  if (problem) problem.textContent = text;
}

// A disabled button loses focus; restore it, so that later code knows where it was.
function release(button, hadFocus) {
  button.disabled = false;
  button.removeAttribute("aria-busy");
  if (hadFocus) button.focus();
}

async function ask({ dataset }) {
  const { clientSecret } = dataset;
  const button = step().querySelector("[data-confirm]");
  const hadFocus = document.activeElement === button;
  tell("");
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    const client = await stripe(dataset);
    await askingBank(client.handleNextAction({ clientSecret }));
    release(button, hadFocus);
    // A poll may already have shown the result; then there is nothing left to ask.
    if (step()?.dataset.clientSecret === clientSecret) step().querySelector("[data-confirmation]").requestSubmit();
  } catch {
    release(button, hadFocus);
    tell(gettext("Your bank's check couldn't load. Check your connection, and that nothing blocks js.stripe.com, then try again. Nothing was charged."));
  }
}

function greet(ctx) {
  const found = step();
  if (!found) return;
  found.querySelector("[data-confirm]").hidden = false;
  if (ctx?.status !== "swapped" || isPoll(ctx)) return;
  if (ctx.request.form?.matches("[data-confirmation]")) {
    tell(gettext("The payment isn't confirmed yet, and nothing was charged. Confirm it with your bank, or cancel."));
  }
  else ask(found);
}

document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-confirm]")) ask(step());
});
// After a press of `Pay` the check starts immediately; if a poll brings it, it waits for the button.
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  setTimeout(greet, 0, ctx);
});
greet();
