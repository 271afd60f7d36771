"""What a screen reader says of a page by itself: what changes in its live regions.

By https://www.w3.org/TR/wai-aria-1.2/#live_region_roles: what is put into a region is said; of one that is atomic, as
alerts are unless they say otherwise, all of it.
"""

from __future__ import annotations

from playwright.sync_api import Page

_LISTEN = """() => {
  if (window.announced) return;
  const live = "[role=status], [role=alert], [aria-live]:not([aria-live=off])";
  window.announced = [];
  const tell = (text) => { const said = text.replace(/\\s+/g, " ").trim(); if (said) window.announced.push(said); };
  const words = (node) => (node.nodeType === Node.TEXT_NODE ? node.data : node.innerText ?? "");
  const regionOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(live);
  new MutationObserver((changes) => {
    const whole = new Set();
    for (const { type, target, addedNodes } of changes) {
      // A region that comes with its text is said by screen readers where it is an alert, and else only later changes of it.
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        for (const one of [...(node.matches("[role=alert]") ? [node] : []), ...node.querySelectorAll("[role=alert]")]) if (!regionOf(one.parentElement ?? document.body)) whole.add(one);
      }
      const region = regionOf(target);
      if (!region) continue;
      const atomic = region.getAttribute("aria-atomic") ?? String(region.matches("[role=alert]"));
      if (atomic === "true") { if (addedNodes.length || type === "characterData") whole.add(region); }
      else if (type === "characterData") tell(target.data);
      else for (const node of addedNodes) if (node.isConnected) tell(words(node));
    }
    for (const region of whole) tell(region.innerText);
  }).observe(document.documentElement, { childList: true, characterData: true, subtree: true });
}"""


def listen(page: Page) -> None:
    """Begin to note what is said."""
    page.evaluate(_LISTEN)


def announced(page: Page) -> list[str]:
    """What was said since the last time that this was asked for."""
    said: list[str] = page.evaluate("() => window.announced.splice(0)")
    return said
