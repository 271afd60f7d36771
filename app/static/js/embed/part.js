// What the small elements have in common: how they look, when they are drawn, and how they open billing.
import { sessionOf } from "./session.js";

const SOURCE = "voice-portal-billing";
const look = new CSSStyleSheet();
look.replaceSync(`
  :host { --ink: var(--vp-ink, light-dark(#1d2433, #eef0f4)); --soft: var(--vp-ink-soft, light-dark(#515a6b, #b3bac7));
    --line: var(--vp-line-strong, light-dark(#7c8494, #7d8594)); --surface: var(--vp-surface, light-dark(#fff, #171b24));
    --accent: var(--vp-accent, light-dark(#3f45c4, #a3b1ff)); --accent-ink: var(--vp-accent-ink, light-dark(#fff, #11152b));
    --good: var(--vp-good, light-dark(#0b5c38, #7fdcae)); --warn: var(--vp-warn, light-dark(#6e4a00, #f0c66f));
    --bad: var(--vp-bad, light-dark(#a31621, #ff9d95)); --radius: var(--vp-radius, 0.75rem);
    display: block; color: var(--ink); font-family: var(--vp-font, inherit); font-size: 0.9375rem; line-height: 1.4; }
  :host([hidden]), [hidden] { display: none; }
  * { box-sizing: border-box; margin: 0; }
  a, button { font: inherit; color: inherit; cursor: pointer; text-decoration: none; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  .main:not([hidden]) { min-block-size: 2.75rem; display: inline-flex; align-items: center; padding: 0.375rem 1rem; font-weight: 600;
    color: var(--accent-ink); background: var(--accent); border: 1px solid transparent; border-radius: calc(var(--radius) * 0.6); }
  .box { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5rem 1rem; padding: 0.75rem 1rem;
    background: var(--surface); border: 1px solid var(--line); border-inline-start: 4px solid var(--tone, var(--line)); border-radius: var(--radius); }
  .soft { color: var(--soft); }
  .unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`);

export function make(name, { children = [], ...properties } = {}) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export class Part extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [look];
  }

  connectedCallback() {
    if (!this.shadowRoot.firstChild) this.shadowRoot.append(...this.build());
    this.session = sessionOf(this);
    this.session.add(this);
  }

  disconnectedCallback() {
    this.session.remove(this);
  }

  attributeChangedCallback() {
    if (this.isConnected && this.session) this.show(this.session.credit);
  }

  // Nothing of another organization than the one that the shell's page is about.
  show(credit) {
    const named = this.getAttribute("organization");
    this.draw(credit && (!named || named === credit.organization) ? credit : null);
  }

  signOut() {
    return this.session.signOut();
  }

  tell(type, detail) {
    return this.dispatchEvent(new CustomEvent(`${SOURCE}:${type}`, { detail, bubbles: true, cancelable: true }));
  }

  // A link to the page of the shell that has billing, where `href` names one, or else a button. It leads to nothing yet.
  opener(properties) {
    const isLink = this.getAttribute("href");
    const made = make(isLink ? "a" : "button", isLink ? properties : { ...properties, type: "button" });
    made.addEventListener("click", (event) => {
      if (isLink && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
      event.preventDefault();
      this.open(made.path);
    });
    return made;
  }

  // A link shows where it leads, and may be opened in another tab.
  lead(opener, path) {
    opener.path = path;
    if (opener.localName === "a") opener.href = this.#address(path);
  }

  // Where billing is on the page, there; otherwise at the shell's own address, or in a dialog.
  open(path) {
    if (!this.tell("open", { path })) return;
    const billing = document.querySelector(SOURCE);
    const to = this.#address(path);
    if (billing) billing.show(path);
    else if (to) location.assign(to);
    else import("./dialog.js").then(({ openDialog }) => openDialog(this, path), () => this.tell("problem", { reason: "unreachable", message: "" }));
  }

  // `{path}` in the attribute stands for the page of billing, which a query has encoded.
  #address(path) {
    const [before, after] = (this.getAttribute("href") ?? "").split("{path}");
    return after === undefined ? before : before + (before.includes("?") ? encodeURIComponent(path) : path) + after;
  }
}
