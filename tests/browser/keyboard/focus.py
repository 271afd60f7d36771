"""Where the focus is, and whether someone sees it there."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Frame

BY_POINTER = "not by keyboard:"
# Runs in every document before its own scripts. A page that has just come has its focus nowhere, until it was somewhere.
BEFORE = f"""
addEventListener("focusin", () => {{ window.hadFocus = true; }}, true);
for (const kind of ["pointerdown", "mousedown", "touchstart", "wheel"]) {{
  addEventListener(kind, () => console.error("{BY_POINTER}", kind), true);
}}
"""


@dataclass(frozen=True, slots=True)
class Focus:
    """`id` tells one thing from another; `problem` is why no one would see that it has the focus, or empty.

    `has_parts`: Tab goes through its parts first, as through the day, month and year of a date.
    """

    frame: Frame
    id: str
    what: str
    problem: str
    has_parts: bool
    is_nowhere: bool

    def is_in(self, origin: str) -> bool:
        """Whether it is in a page of this origin."""
        return self.frame.url.startswith(f"{origin}/")

    def __str__(self) -> str:
        return f"{self.what} in {self.frame.url}{f' ({self.problem})' if self.problem else ''}"


# Stripe's dialog is in a tree of its own.
HAS_FOCUS = """() => {
  let now = document.activeElement;
  while (now?.shadowRoot?.activeElement) now = now.shadowRoot.activeElement;
  return now;
}"""
# A ring (WCAG 2.2, 2.4.7), in view, and under nothing else (2.4.11). Something that lies under its label, as a radio
# button does, has it around that. What isn't `ours`, Stripe's fields and the shell's screens, isn't looked at.
_PROBLEM = """async (now, isNowhere, ours) => {
  if (isNowhere) return window.hadFocus ? "it is lost" : "";
  if (!now.checkVisibility()) return "it isn't drawn";
  if (now.matches("iframe, #content, #main") || location.origin !== ours || now.getRootNode() !== document) return "";
  const isRinged = (one) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  const shown = [now, now.nextElementSibling, now.closest("label")].find((one) => one && isRinged(one));
  // The button that opens a calendar is the browser's own, and so is its ring.
  if (!shown) return now.type === "date" ? "" : "it has no ring";
  const { width, height, left, top } = await new Promise((resolve) => {
    const watcher = new IntersectionObserver(([entry]) => {
      watcher.disconnect();
      resolve(entry.intersectionRect);
    });
    watcher.observe(shown);
  });
  if (width < 4 || height < 4) return "it is out of view";
  const at = document.elementFromPoint(left + width / 2, top + height / 2);
  return at && (shown.contains(at) || at.contains(shown)) ? "" : `it is under ${at?.outerHTML.slice(0, 60)}`;
}"""
ABOUT_FOCUS = f"""async (ours) => {{
  const now = ({HAS_FOCUS})();
  const isNowhere = !now || now.matches("body, html");
  const ids = (window.focusIds ??= new Map());
  if (!ids.has(now)) ids.set(now, ids.size);
  return {{
    id: `${{performance.timeOrigin}}#${{ids.get(now)}}`,
    what: `${{now?.localName}} ${{now?.id}} ${{(now?.labels?.[0] ?? now)?.innerText?.trim().slice(0, 40)}}`,
    isFrame: now?.localName === "iframe",
    isNowhere,
    hasParts: now?.type === "date",
    problem: await ({_PROBLEM})(now, isNowhere, ours),
  }};
}}"""
