// Texts in the language of the page, found by their English: `data-texts` has those of other languages, by a short key
// (app/web/script_texts.py). Values are named, as `%(name)s`.
const key = (text) => text.slice(0, 8) + text.slice(-16);

export const found = (text) => JSON.parse(document.querySelector("[data-texts]")?.dataset.texts ?? "{}")[key(text)];
export const filled = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

export function gettext(text, values = {}) {
  return filled(found(text) ?? text, values);
}
