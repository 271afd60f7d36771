// Back to the organization of this page, which was left in another tab: from the refusal that says so, without leaving the page.
import { gettext } from "./language.js";
import { poller } from "./poll.js";
import { lost } from "./refused.js";
import { complain, drawnFor, say } from "./text.js";

function isBack(place) {
  const form = place?.nextElementSibling;
  for (const refusal of document.querySelectorAll("[data-beside-form]:has([data-refusal]), .message:has([data-refusal])")) refusal.remove();
  const text = gettext("You're viewing %(organization)s again. What you entered is still here.", { organization: drawnFor().organizationName });
  say(document.getElementById("status"), text, { tone: "good" });
  document.dispatchEvent(new CustomEvent("organization:back"));
  poller()?.dispatchEvent(new CustomEvent("wake"));
  const wanted = place && form?.querySelector("button[type=submit]");
  (wanted ?? document.getElementById("content")).focus({ preventScroll: true });
}

export async function goBack(form, refusal) {
  const body = new FormData();
  body.set("stays", "yes");
  for (const name of ["csrf_token", "organization"]) body.set(name, form.elements[name].value);
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (answer.type === "opaqueredirect") isBack(refusal.matches("[data-beside-form]") ? refusal : null);
    // Something else happened meanwhile: show that page.
    else form.submit();
  } catch {
    complain(lost());
  }
}
