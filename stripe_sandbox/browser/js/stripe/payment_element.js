// The card fields: a frame from the stand-in's origin, of which the page learns everything but the card.
const FRAME_STYLE = {
  border: "0",
  display: "block",
  width: "calc(100% + 8px)",
  height: "170px",
  margin: "-4px",
  background: "transparent",
  "max-width": "none",
  "min-width": "100%",
};

const LOAD_PATIENCE_MS = 5000;
const PREFERS_DARK = window.matchMedia("(prefers-color-scheme: dark)");

class PaymentElement extends Emitter {
  #owner;
  #options;
  #frame = null;
  #channel = null;
  #ready = null;
  #giveUp = () => {};
  #gone = false;
  #recolor = () => this.#channel?.post("options", this.#settings());
  state = { empty: true, complete: false };

  constructor(owner, options = {}) {
    super();
    this.#owner = owner;
    this.#options = options;
  }

  mount(where) {
    if (this.#gone) throw new IntegrationError("This Element has already been destroyed. Please create a new one.");
    const parent = typeof where === "string" ? document.querySelector(where) : where;
    if (!parent) {
      throw new IntegrationError(
        `The selector you specified (${where}) applies to no DOM elements that are currently on the page. ` +
          "Make sure the element exists on the page before calling mount().",
      );
    }
    this.unmount();
    this.#build(parent);
    PREFERS_DARK.addEventListener("change", this.#recolor);
  }

  unmount() {
    PREFERS_DARK.removeEventListener("change", this.#recolor);
    this.#channel?.close();
    this.#giveUp();
    this.#frame?.remove();
    this.#channel = null;
    this.#frame = null;
    this.#ready = null;
    this.state = { empty: true, complete: false };
  }

  destroy() {
    this.unmount();
    this.#gone = true;
    this.#owner.forget(this);
  }

  update(options) {
    this.#options = { ...this.#options, ...options };
    this.#channel?.post("options", this.#settings());
  }

  collapse() {
    return this;
  }

  focus() {
    this.#postWhenReady("focus");
  }

  blur() {
    this.#postWhenReady("blur");
  }

  clear() {
    this.#postWhenReady("clear");
  }

  // Shows what is wrong with the fields, in the frame; `{}` where nothing is.
  async validate() {
    return (await this.#mounted()).ask("validate");
  }

  // `params` are those of the API but for the card itself, which only the frame knows.
  async createPaymentMethod(key, params = {}) {
    return (await this.#mounted()).ask("createPaymentMethod", { key, params });
  }

  async createConfirmationToken(key, params, context) {
    return (await this.#mounted()).ask("createConfirmationToken", { key, params, context });
  }

  async #mounted() {
    const channel = this.#channel;
    if (!channel) {
      throw new IntegrationError(
        "We could not retrieve data from the specified Element. Please make sure the Element you are attempting to use is still mounted.",
      );
    }
    await this.#ready;
    return channel;
  }

  #postWhenReady(type) {
    const channel = this.#channel;
    this.#ready?.then(() => channel.post(type));
  }

  #build(parent) {
    const frame = document.createElement("iframe");
    frame.title = "Secure payment input frame";
    frame.name = `__stripe_sandbox_${crypto.randomUUID()}`;
    frame.setAttribute("allowtransparency", "true");
    frame.setAttribute("scrolling", "no");
    for (const [name, value] of Object.entries(FRAME_STYLE)) frame.style.setProperty(name, value);
    parent.replaceChildren(frame);
    this.#frame = frame;
    frame.src = framed("/_sandbox/frames/card", { scheme: this.#scheme(), locale: this.#owner.locale });
    this.#ready = new Promise((resolve) => {
      this.#giveUp = resolve;
      this.#channel = new Channel(frame, (type, content) => this.#received(type, content, resolve));
    });
    frame.addEventListener("load", () => this.#loaded(frame));
  }

  // A frame that could not be loaded fires `load` too, but never answers: its script has run before `load`.
  #loaded(frame) {
    let answered = false;
    this.#ready?.then(() => {
      answered = true;
    });
    setTimeout(() => {
      if (answered || this.#frame !== frame) return;
      this.#channel.close();
      this.#giveUp();
      this.emit("loaderror", { elementType: "payment", error: unreachable() });
    }, LOAD_PATIENCE_MS);
  }

  // The frame shows the scheme of the page around it, as long as the page doesn't ask for one.
  #scheme() {
    const scheme = this.#owner.scheme ?? schemeAround(this.#frame.parentElement);
    this.#frame.style.setProperty("color-scheme", scheme);
    return scheme;
  }

  #settings() {
    const background = backgroundAround(this.#frame.parentElement);
    return { scheme: this.#scheme(), background, variables: this.#owner.variables, defaults: this.#options.defaultValues ?? {} };
  }

  #received(type, content, ready) {
    if (type === "hello") this.#channel.post("options", this.#settings());
    if (type === "resize") this.#frame.style.setProperty("height", `${Math.ceil(content.height)}px`);
    if (type === "ready") {
      ready();
      this.emit("ready", { elementType: "payment" });
    }
    if (type === "change") {
      this.state = content;
      this.emit("change", { elementType: "payment", collapsed: false, value: { type: "card" }, ...content });
    }
    if (type === "focus" || type === "blur") this.emit(type, { elementType: "payment" });
    if (type === "enter") this.#frame.closest("form")?.requestSubmit();
    if (type === "escape") this.emit("escape", { elementType: "payment" });
  }
}
