// What the elements say by themselves, in the language of the shell's page: of the `lang` of the element, or around it.
// All else that is shown comes from billing, in its reader's language.
const WORDS = {};

export const langOf = (element) => (element.closest("[lang]") ?? document.documentElement).lang;

export function gettext(text, element) {
  return WORDS[langOf(element).split("-")[0].toLowerCase()]?.[text] ?? text;
}
