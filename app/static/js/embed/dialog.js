// Billing in a dialog of its own, where the page has none and a part names no other page: loaded once it is needed.
import { make } from "./part.js";
import { gettext } from "./words.js";

const SOURCE = "voice-portal-billing";
const look = new CSSStyleSheet();
look.replaceSync(`
  dialog { inline-size: min(60rem, 96vw); max-block-size: 94vh; padding: 1rem; color: var(--ink); background: var(--surface);
    border: 1px solid var(--line); border-radius: var(--radius); }
  dialog::backdrop { background: rgb(0 0 0 / 50%); }
`);

export function openDialog(part, path) {
  const billing = make(SOURCE);
  for (const name of ["src", "token-url"]) if (part.hasAttribute(name)) billing.setAttribute(name, part.getAttribute(name));
  if (!billing.hasAttribute("src")) billing.setAttribute("src", `${part.session.origin}/billing`);
  billing.setAttribute("path", path);
  const close = make("button", { className: "main", type: "button", textContent: gettext("Close", part) });
  const dialog = make("dialog", { ariaLabel: gettext("Billing", part), children: [close, billing] });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  const styles = part.shadowRoot.adoptedStyleSheets;
  if (!styles.includes(look)) styles.push(look);
  part.shadowRoot.append(dialog);
  dialog.showModal();
}
