// What the elements say by themselves, in the language of the shell's page: of the `lang` of the element, or around it.
// All else that is shown comes from billing, in its reader's language.
const WORDS = {};

export function gettext(text, element) {
  const { lang } = element.closest("[lang]") ?? document.documentElement;
  return WORDS[lang.split("-")[0].toLowerCase()]?.[text] ?? text;
}
