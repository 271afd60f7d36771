// A password is shown on demand, to check what was typed or pasted. The button is made here: without scripts there is none.
import { gettext } from "./language.js";

function offer(field) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-small";
  const name = field.labels[0].textContent;
  // Within a sentence, only German has nouns with a capital (app/language/messages.py).
  const isGerman = document.documentElement.lang.startsWith("de");
  // Translators: a button beside a field, whose name is only read out.
  const [before, named, after] = gettext("Show<span> %(field)s</span>", { field: isGerman ? name : name.toLowerCase() }).split(/<\/?span>/);
  const hidden = document.createElement("span");
  hidden.className = "visually-hidden";
  hidden.textContent = named;
  button.append(before, hidden, after);
  const show = (isShown) => {
    field.type = isShown ? "text" : "password";
    button.setAttribute("aria-pressed", String(isShown));
  };
  button.addEventListener("click", () => show(field.type === "password"));
  // What leaves as a password, browsers offer to save; what leaves as text, they suggest to anyone who types there.
  field.form?.addEventListener("submit", () => show(false));
  show(false);
  field.after(button);
}

// In what was added to the page later, too.
export function offerIn(root) {
  for (const field of root.querySelectorAll(".password > input[type=password]:only-child")) offer(field);
}

offerIn(document);
