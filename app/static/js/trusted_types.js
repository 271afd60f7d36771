// What strings may become in the browsers that have Trusted Types (https://www.w3.org/TR/trusted-types/): markup that runs
// nothing, which is what htmx makes of our answers, and the address of Stripe's script and of its parts, which Stripe's
// script loads by itself. Nothing else: what is turned away throws where it is tried, and is reported to /csp-reports.
const RUNS = "script, iframe, frame, object, embed, base, meta[http-equiv]";
const ADDRESS = /^(?:href|src|action|formaction|xlink:href|(?:data-)?hx-.*)$/i;
const SCRIPT_ADDRESS = /^\s*(?:javascript|js|data|vbscript):/i;
const stripe = new URL(document.querySelector('meta[name="stripe-script"]').content, location.href);

// For parsing markup in a separate document, which is never shown and runs nothing.
const inspect = window.trustedTypes?.createPolicy("inspect", { createHTML: (markup) => markup });

const isEvent = (name) => /^(?:on|(?:data-)?hx-on\b)/i.test(name);
const isAddressOfScript = ({ name, value }) => ADDRESS.test(name) && SCRIPT_ADDRESS.test(value.replace(/[\t\n\r]/g, ""));
const runs = (element) => element.matches(RUNS) || [...element.attributes].some((one) => isEvent(one.name) || isAddressOfScript(one));

// Of a whole page htmx takes the title out of the head, and leaves the scripts that every page has there.
const HEAD = /^<head[\s>]/i;
const isOwn = (script) =>
  script.matches("head > script[src]") && !script.textContent && script.getAttribute("src").startsWith("/static/");

// What a template holds is no child of it.
function isHarmless(root, isHead) {
  for (const element of root.querySelectorAll("*")) {
    if (runs(element) && !(isHead && isOwn(element))) return false;
    if (element.content instanceof DocumentFragment && !isHarmless(element.content, false)) return false;
  }
  return true;
}

function createHTML(markup) {
  const found = new DOMParser().parseFromString(inspect.createHTML(markup), "text/html");
  return isHarmless(found, HEAD.test(markup)) ? markup : null;
}

// Its parts come from below its own host (https://docs.stripe.com/security/guide#content-security-policy).
function createScriptURL(address) {
  const { href, protocol, host, username, password, search } = new URL(address, location.href);
  if (href === stripe.href) return address;
  const isAtStripe = protocol === stripe.protocol && (host === stripe.host || host.endsWith(`.${stripe.host}`));
  return isAtStripe && !username && !password && !search ? address : null;
}

window.trustedTypes?.createPolicy("default", { createHTML, createScriptURL, createScript: () => null });
