// Paying a top-up with a card that is entered for it: the fields come once they are wanted, and are sent before the form.
import { EnteredCard, PLAIN, minor } from "./entered_card.js";
import { isPoll } from "./poll.js";

const place = () => document.querySelector("[data-new-card]");
const isWanted = () => Boolean(place()?.checkVisibility());
const made = (form) => form.querySelector('input[name="confirmation_token"]');
const isSaved = () => Boolean(place()?.querySelector("#keep")?.checked);
let card = null;
let isSending = false;

// The amount chosen or typed; a step with a fixed amount has it only in its markup.
function amount(form) {
  const chosen = form.querySelector('input[name="amount"]:checked');
  if (!chosen) return null;
  const digits = Number(place().dataset.digits);
  return chosen.value === "other" ? minor(form.elements.other_amount.value, digits) : minor(chosen.value, digits, PLAIN);
}

// While someone is using the form, a poll leaves its cards unchanged.
function noteWhoIsThere() {
  const mark = document.getElementById("is-busy");
  if (mark) mark.value = document.activeElement?.closest("#top-up form") ? "1" : "";
}

const noteSoon = () => setTimeout(noteWhoIsThere);

function forget() {
  if (place()) made(place().form).value = "";
}

// Mounts the fields where they are wanted, and lets go of those whose step is over. No step takes over another's.
function arrange() {
  if (card && card.place !== place()) {
    card.destroy();
    card = null;
  }
  if (!card && isWanted()) card = new EnteredCard(place(), isSaved(), { change: forget, focus: noteSoon, blur: noteSoon });
}

function wait(button, isBusy) {
  if (!button) return;
  button.disabled = isBusy;
  if (isBusy) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
}

// A token for the card as it stands. Where the wish to save it changed while Stripe made one, that one is good for nothing.
async function tokenFor(form) {
  for (;;) {
    const before = isSaved();
    const id = await card.token();
    if (!id || !form.isConnected || isSaved() === before) return id;
  }
}

async function send(form, button) {
  if (isSending) return;
  isSending = true;
  const had = document.activeElement;
  wait(button, true);
  const id = await tokenFor(form);
  wait(button, false);
  isSending = false;
  // The disabled button lost focus; a second press on it moved focus to the page's main part.
  if (document.activeElement.matches("body, main, #content") && had.isConnected) had.focus();
  if (!id || !form.isConnected) return;
  made(form).value = id;
  form.requestSubmit(button);
}

// Before htmx handles it: a form with a new card goes to Stripe first, and to us with the resulting token.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form !== place()?.form || !isWanted() || made(form).value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    arrange();
    send(form, event.submitter ?? [...form.elements].find((one) => one.type === "submit"));
  },
  true,
);

document.addEventListener("change", ({ target }) => {
  if (target.id === "card") arrange();
  if (target.id === "keep" && card) {
    card.isSaved = isSaved();
    forget();
  }
});
document.addEventListener("input", ({ target }) => {
  if (card && target.form === place()?.form && /^(other_)?amount$/.test(target.name)) card.amount = amount(target.form);
});
document.addEventListener("focusin", ({ target }) => {
  if (target === place()) card?.focus();
});

// A token with a response is used up; without a response the same card is sent again, so that it stays one top-up.
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (!isPoll(ctx) && ctx.response) forget();
  setTimeout(arrange);
});

for (const name of ["focusin", "focusout"]) document.addEventListener(name, noteSoon);

noteWhoIsThere();
arrange();
