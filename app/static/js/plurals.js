// Texts about a number of things (language.js), with numbers as the page's country writes them.
import { filled, found } from "./language.js";

const lang = document.documentElement.lang || undefined;

export const number = (value) => value.toLocaleString(lang);

// In the plural form of the language; `%(num)s` is the count.
export function ngettext(one, other, count, values = {}) {
  const forms = found(one) ?? { one, other };
  return filled(forms[new Intl.PluralRules(lang).select(count)] ?? forms.other, { num: number(count), ...values });
}
