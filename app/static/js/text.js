import { gettext } from "./language.js";

// Messages are built without markup in strings. `content` is text, or what the server said, taken out of its answer.
export function say(place, content, { tone = "quiet", link = null } = {}) {
  const message = document.createElement(typeof content === "string" ? "p" : "div");
  message.className = `message message-${tone}`;
  message.append(content);
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    if (link.signsIn) anchor.dataset.signIn = "";
    if (link.aside) {
      anchor.target = "_blank";
      const hint = document.createElement("span");
      hint.className = "visually-hidden";
      hint.textContent = ` ${gettext("(opens in a new tab)")}`;
      anchor.append(hint);
    }
    message.append(" ", anchor);
  }
  place.replaceChildren(message);
}

const FILLED_IN = "input:not([type=hidden]), select, textarea, [data-card]";
const isBeside = (element) => element?.matches("[data-beside-form]");

// Next to a filled-in form, which stays as it is; for a single button, at the top of the page.
function placeFor(form) {
  if (!form?.isConnected || !form.checkVisibility() || !form.querySelector(FILLED_IN)) return document.getElementById("alert");
  if (isBeside(form.previousElementSibling)) return form.previousElementSibling;
  const place = document.createElement("div");
  place.setAttribute("role", "alert");
  place.dataset.besideForm = "";
  form.before(place);
  return place;
}

// A problem with a person's own action: announced, and scrolled into view.
export function complain(content, { form = null, ...options } = {}) {
  const place = placeFor(form);
  if (!place) return null;
  say(place, content, { tone: "error", ...options });
  place.scrollIntoView({ block: "nearest" });
  return place;
}

// The form is sent again, so remove the previous message.
export function withdraw(form) {
  if (isBeside(form?.previousElementSibling)) form.previousElementSibling.remove();
  document.getElementById("alert")?.replaceChildren();
}

// The organization that is shown: said by our document, or by <main> where that is in a page of the shell's.
export const drawnFor = () => document.querySelector("[data-organization]")?.dataset ?? {};

export const sessionEnded = () => gettext("Your session has ended.");

// In a tab of its own, so that nothing typed here is left behind; where there are several organizations, to the page's own.
// In the shell's frame, where the shell signs in again, a page of its own would be of no use.
export function signIn() {
  if (document.documentElement.matches("[data-framed]")) return { href: location.href, text: gettext("Reload"), signsIn: true };
  const here = new URL(location.href);
  const { organization } = drawnFor();
  if (organization && document.getElementById("organization") && !here.searchParams.has("org")) here.searchParams.set("org", organization);
  // What such a form has been filled in with goes along: its page fills it in again.
  for (const form of document.querySelectorAll("form[data-kept]")) {
    const filled = new FormData(form);
    for (const name of form.dataset.kept.split(" ")) if (filled.get(name)) here.searchParams.set(name, filled.get(name));
  }
  return { href: `/sign-in?next=${encodeURIComponent(here.pathname + here.search)}`, text: gettext("Sign in again"), aside: true, signsIn: true };
}
