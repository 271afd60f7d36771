"""axe-core in a page: every rule of WCAG 2.0 to 2.2, A and AA, and the best practices."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Frame, Page

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
OFF_IN_AXE = (
    "css-orientation-lock",
    "label-content-name-mismatch",
    "table-fake-caption",
    "target-size",
    "td-has-header",
)
"""Rules about criteria of A and AA that axe-core leaves off: targets' size, and those that it calls experimental, but for
`p-as-heading`, which takes a large figure for a heading."""
DRAWN = ("color-contrast", "link-in-text-block", "target-size")
"""Rules about how things look and where they are, rather than what they are."""

# Where scripts are off, timers never run out, and axe-core takes one before each rule.
_WITHOUT_TIMERS = """() => {
  if (!matchMedia("(scripting: none)").matches) return;
  window.setTimeout = (act, _, ...more) => void Promise.resolve().then(() => act(...more));
}"""
_RUN = """({ only, on }) => axe.run(document, {
  resultTypes: ["violations"],
  // To load every stylesheet once more beforehand helps no rule that is on.
  preload: false,
  rules: Object.fromEntries(on.map((rule) => [rule, { enabled: true }])),
  ...(only.length ? { runOnly: only } : {}),
}).then(({ violations }) => violations.map(({ id, nodes }) =>
  `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`))"""


def findings(page: Page | Frame, only: Sequence[str] = ()) -> list[str]:
    """What axe-core finds in a page as it is drawn now, by all rules or by some."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(_WITHOUT_TIMERS)
        page.evaluate(AXE)
    found: list[str] = page.evaluate(_RUN, {"only": list(only), "on": OFF_IN_AXE})
    return found
