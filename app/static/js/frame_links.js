// Links that lead out of the shell's frame. A window of its own has no session where the frame is on another site, so what
// leads from us to another site (a receipt, an invoice) is asked for here, and the window is led there. Email programs are
// opened by the whole window: in a frame the shell's Content-Security-Policy would stop that.
import { gettext } from "./language.js";
import { broken, lost, refuse } from "./refused.js";
import { complain } from "./text.js";

async function addressOf(link) {
  const answer = await fetch(link.href, { headers: { "X-Leads-To": "1", "HX-Request": "true", "HX-Request-Type": "partial", "X-Organization": document.body.dataset.organization ?? "" } });
  if (answer.ok) return (await answer.json()).address;
  refuse(null, { status: answer.status, headers: answer.headers, text: await answer.text() });
  return null;
}

// The window opens while the press still counts as one, and is led on once the address is known.
async function open(link) {
  const opened = window.open("", "_blank");
  if (opened) opened.opener = null;
  try {
    const address = await addressOf(link);
    if (!address) opened?.close();
    else if (opened) opened.location.replace(address);
    else complain(gettext("Your browser blocked the new tab."), { link: { href: address, text: gettext("Open it"), aside: true } });
  } catch (error) {
    opened?.close();
    complain(error instanceof SyntaxError ? broken() : lost());
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented) return;
  if (link.protocol === "mailto:") link.target = "_top";
  if (!link.matches('[rel~="external"]') || link.origin !== location.origin) return;
  event.preventDefault();
  open(link);
});
