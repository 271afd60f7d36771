// The card form: Stripe's own fields in a form of ours. What comes back is the id of the setup, never a card's number.
// The setup is created when Save is pressed; the fields stay until the card is saved.
import { appearance } from "./card_look.js";
import { gettext } from "./language.js";
import { CARDS, paymentFields } from "./payment_fields.js";
import { askingBank, stripe } from "./processor.js";
import { refuse } from "./refused.js";
import { drawnFor, withdraw } from "./text.js";

const away = () =>
  gettext("The card form couldn't load. Check your connection, and that nothing blocks js.stripe.com, then press Save card to try again.");
const started = new WeakMap();
const open = new Set();

class CardForm {
  constructor(form) {
    this.form = form;
    this.button = form.querySelector("button[type=submit]");
    this.problem = form.querySelector("[data-problem]");
  }

  // Fields without an intent: https://docs.stripe.com/js/elements_object/create_without_intent
  async start() {
    const isPressed = document.activeElement === this.button;
    this.tell("");
    this.wait(true);
    try {
      this.stripe = await stripe(this.form.dataset);
      if (!this.form.isConnected) return;
      const elements = this.stripe.elements({
        mode: "setup",
        currency: this.form.dataset.currency,
        setupFutureUsage: "off_session",
        allowedPaymentMethodTypes: CARDS,
        appearance: appearance(),
      });
      this.fields = paymentFields(elements, this.form);
      this.fields.on("loaderror", () => this.tell(away()));
      this.fields.mount(this.form.querySelector("[data-card]"));
      this.elements = elements;
    } catch {
      this.tell(away());
    }
    this.wait(false);
    if (isPressed && document.activeElement === document.body) this.button.focus();
  }

  // Once Stripe has the card, the form is sent to our server like any other.
  submit(event) {
    if (this.form.elements.setup_intent.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.button.disabled) return;
    if (this.elements) this.save();
    else this.start();
  }

  async save() {
    this.tell("");
    withdraw(this.form);
    this.wait(true);
    const { problem, id } = await this.confirm().catch(() => ({ problem: gettext("The connection was lost, and the card wasn't saved. Try again.") }));
    this.wait(false);
    // The disabled button lost focus; later code needs to know where it was.
    if (document.activeElement === document.body) this.button.focus();
    if (problem) {
      this.tell(problem);
      return;
    }
    this.form.elements.setup_intent.value = id;
    this.form.requestSubmit();
  }

  async confirm() {
    const { error: incomplete } = await this.elements.submit();
    if (incomplete) return { problem: notSaved(incomplete) };
    const refused = await this.begin();
    if (refused) return { problem: refused };
    const { error, setupIntent } = await askingBank(this.stripe.confirmSetup({
      elements: this.elements,
      clientSecret: this.secret,
      confirmParams: { return_url: this.form.dataset.returnUrl },
      redirect: "if_required",
    }));
    // An attempt whose response was lost may have saved it.
    const done = setupIntent ?? (error.setup_intent?.status === "succeeded" ? error.setup_intent : null);
    return done ? { id: done.id } : { problem: notSaved(error) };
  }

  // One setup for each form, however often a card is declined in it.
  async begin() {
    if (this.secret) return null;
    const { setupUrl } = this.form.dataset;
    const answer = await fetch(setupUrl, { method: "POST", headers: { "HX-Request": "true", "X-Organization": drawnFor().organization }, body: new FormData(this.form) });
    const { status, headers } = answer;
    const isTold = headers.get("Content-Type")?.startsWith("application/json");
    const { client_secret: secret, error } = isTold ? await answer.json() : {};
    this.secret = secret;
    if (secret) return null;
    // A request that failed at Stripe fails again with the same key for a day.
    if (status === 503) this.form.elements.attempt.value = crypto.randomUUID();
    if (error) return error;
    refuse(this.form, { status, headers, text: await answer.text() });
    return gettext("The card wasn't saved.");
  }

  // What our server says to a finished setup: one that it refused is done again, one that it could not check is sent again.
  answered(status) {
    if (status === 422) this.form.elements.setup_intent.value = "";
  }

  leave() {
    this.fields?.destroy();
    this.form.parentElement.replaceChildren();
    document.getElementById("add-card").focus();
  }

  wait(isBusy) {
    this.button.disabled = isBusy;
    if (isBusy) this.button.setAttribute("aria-busy", "true");
    else this.button.removeAttribute("aria-busy");
  }

  tell(text) {
    this.problem.textContent = text;
  }
}

// Stripe says what is wrong; the step after it is ours.
function notSaved({ type, code, message }) {
  const isBank = type === "card_error" && !/^(incorrect|invalid)_/.test(code);
  return isBank
    ? gettext("%(problem)s The card wasn't saved. Use another card, or ask your bank and try again.", { problem: message })
    : gettext("%(problem)s The card wasn't saved. Try again.", { problem: message });
}

const openForm = () => document.querySelector("#card-form form[data-card-form]");

function startAll() {
  for (const form of document.querySelectorAll("form[data-card-form]")) {
    if (started.has(form)) continue;
    const card = new CardForm(form);
    started.set(form, card);
    open.add(card);
    card.start();
  }
}

// Before htmx handles it.
document.addEventListener("submit", (event) => started.get(event.target)?.submit(event), true);

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-leaves-form]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  started.get(link.closest("form")).leave();
});

// An open form is focused, never rendered again, because typed input would be lost.
document.addEventListener("htmx:config:request", (event) => {
  const { sourceElement } = event.detail.ctx;
  if (sourceElement.getAttribute("hx-target") !== "#card-form" || !openForm()) return;
  event.preventDefault();
  openForm().querySelector("h3").focus();
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  started.get(ctx?.request?.form)?.answered(ctx.response?.status);
});
// A form that is no longer there was answered, or its step is over.
function letGo() {
  for (const one of open) {
    if (one.form.isConnected) continue;
    one.fields?.destroy();
    open.delete(one);
  }
}

document.addEventListener("htmx:after:swap", () => {
  letGo();
  startAll();
});
startAll();
