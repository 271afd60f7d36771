// The card form: Stripe's own fields in a form of ours. What comes back is the id of the setup, never a card's number.
import { stripe } from "./processor.js";

const AWAY = "The card form can't be loaded. Check the connection, and that nothing blocks js.stripe.com, then load this page again.";

// Stripe takes plain colors only: the page's own, painted and read back.
function plain(color) {
  const brush = new OffscreenCanvas(1, 1).getContext("2d");
  brush.fillStyle = color;
  brush.fillRect(0, 0, 1, 1);
  const [red, green, blue] = brush.getImageData(0, 0, 1, 1).data;
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

// A token may say `light-dark(…)`: only as the color of something does it become the one in use.
function inUse(name) {
  const probe = document.createElement("span");
  probe.style.setProperty("color", `var(${name})`);
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return plain(color);
}

function appearance() {
  return {
    theme: "stripe",
    variables: {
      colorPrimary: inUse("--vp-accent"),
      colorBackground: inUse("--vp-surface"),
      colorText: inUse("--vp-ink"),
      colorTextSecondary: inUse("--vp-ink-soft"),
      colorDanger: inUse("--vp-bad"),
      fontFamily: "system-ui, sans-serif",
      borderRadius: "7px",
    },
  };
}

class CardForm {
  constructor(form) {
    this.form = form;
    this.button = form.querySelector("button[type=submit]");
    this.problem = form.querySelector("[data-problem]");
  }

  async start() {
    this.wait(true);
    try {
      this.stripe = await stripe(this.form.dataset);
      this.elements = this.stripe.elements({ clientSecret: this.form.dataset.clientSecret, appearance: appearance() });
      const fields = this.elements.create("payment");
      fields.on("loaderror", () => this.tell(AWAY));
      fields.mount(this.form.querySelector("[data-card]"));
      this.form.addEventListener("submit", (event) => this.submit(event));
      this.wait(false);
    } catch {
      this.button.removeAttribute("aria-busy");
      this.tell(AWAY);
    }
  }

  async submit(event) {
    if (this.form.elements.setup_intent.value) return;
    event.preventDefault();
    this.tell("");
    this.wait(true);
    const confirmParams = { return_url: this.form.dataset.returnUrl };
    const { error, setupIntent } = await this.stripe
      .confirmSetup({ elements: this.elements, confirmParams, redirect: "if_required" })
      .catch(() => ({ error: { message: AWAY } }));
    this.wait(false);
    if (error) {
      // Disabled, the button lost focus.
      if (document.activeElement === document.body) this.button.focus();
      this.tell(`${error.message} The card was not saved.`);
      return;
    }
    this.form.elements.setup_intent.value = setupIntent.id;
    this.form.requestSubmit();
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

const form = document.querySelector("form[data-card-form]");
if (form) new CardForm(form).start();
