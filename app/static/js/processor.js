// Stripe's script, from the origin that the page names; asked for once it is needed, and again after a failure. (Not called
// stripe.js: what blocks that name would take every other module with it.)
const PATIENCE = 20_000;
// The languages that Stripe has besides those without a country, such as "de" (https://docs.stripe.com/js/appendix/supported_locales).
const OF_A_COUNTRY = ["en-GB", "fr-CA", "pt-BR", "zh-HK", "zh-TW"];
let loading = null;

// The page's language in Stripe's own codes, for its fields and its messages.
function locale() {
  const tag = document.documentElement.lang;
  const [language, country] = tag.split("-");
  if (language === "es" && country && country !== "ES") return "es-419";
  return OF_A_COUNTRY.includes(tag) ? tag : language || "auto";
}

function load(address) {
  return new Promise((resolve, reject) => {
    if (typeof window.Stripe === "function") return resolve();
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => reject(new Error("Stripe's script did not load")));
    setTimeout(reject, PATIENCE, new Error("Stripe's script is taking too long"));
    document.head.append(script);
  });
}

export async function stripe({ jsUrl, publishableKey }) {
  loading ??= load(jsUrl);
  try {
    await loading;
    return window.Stripe(publishableKey, { locale: locale() });
  } catch (error) {
    loading = null;
    throw error;
  }
}

// While Stripe asks the bank, which may put a question of its own over the page (view.js).
export async function askingBank(question) {
  document.dispatchEvent(new Event("bank:asks"));
  try {
    return await question;
  } finally {
    document.dispatchEvent(new Event("bank:answered"));
  }
}
