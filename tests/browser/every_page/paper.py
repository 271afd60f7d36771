"""A page on paper: what is read, in dark ink on white, and nothing to press."""

from __future__ import annotations

from io import BytesIO

from playwright.sync_api import Page
from pypdf import PdfReader

PRINTED = """() => {
  const found = [];
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().height > 0;
  const name = (one) => `${one.localName}.${[...one.classList].join(".")} "${one.textContent.replace(/\\s+/g, " ").trim().slice(0, 30)}"`;
  for (const one of document.querySelectorAll("nav, header.header, footer.footer, button, .btn, summary, select, input:not([type=hidden]), textarea, dialog, iframe, .skip-link")) if (shown(one)) found.push(`printed: ${name(one)}`);
  for (const one of document.querySelectorAll("main a[href]:not(.btn)")) if (!shown(one) && one.parentElement && shown(one.parentElement) && !one.closest("nav, form, .actions, .pages, .panel-head")) found.push(`link left out: ${name(one)}`);
  const light = (color) => { const at = document.createElement("canvas").getContext("2d"); at.fillStyle = color; at.fillRect(0, 0, 1, 1); const [red, green, blue, alpha] = at.getImageData(0, 0, 1, 1).data; return alpha ? (red * 0.3 + green * 0.6 + blue * 0.1) / 255 : null; };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  if (paper !== null && paper < 0.99) found.push(`paper isn't white: ${getComputedStyle(document.body).backgroundColor}`);
  for (const one of document.querySelectorAll("main *")) {
    if (!shown(one) || ![...one.childNodes].some((each) => each.nodeType === 3 && each.data.trim()) || one.closest("svg, .visually-hidden")) continue;
    if (light(getComputedStyle(one).color) > 0.6) found.push(`pale ink: ${name(one)}`);
  }
  for (const one of document.querySelectorAll("main thead:not(.visually-hidden)")) if (shown(one) && getComputedStyle(one).display !== "table-header-group") found.push(`a head that isn't repeated: ${name(one)}`);
  for (const one of document.querySelectorAll("main tfoot")) if (shown(one) && getComputedStyle(one).display === "table-footer-group") found.push(`a total on every sheet: ${name(one)}`);
  // Heads that are repeated make a table longer than a grid has room for: what follows is printed over its last rows.
  for (const one of document.querySelectorAll("main table")) {
    for (let around = one.parentElement; shown(one) && around?.closest("main"); around = around.parentElement) {
      if (getComputedStyle(around).breakInside === "avoid") break;
      if (/grid|flex/.test(getComputedStyle(around).display)) found.push(`a table that breaks in a grid: ${name(around)}`);
    }
  }
  return [...new Set(found)];
}"""

A4 = 718
"""The width of a page of A4 in CSS pixels, between margins of 1 cm."""


def print_out(page: Page) -> list[str]:
    """The texts of the sheets that a page is printed on."""
    printed = page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "1cm"))  # type: ignore[arg-type]
    return [each.extract_text() for each in PdfReader(BytesIO(printed)).pages]


def problems(page: Page) -> list[str]:
    """What is wrong with a page on paper."""
    found: list[str] = page.evaluate(PRINTED)
    sheets = print_out(page)
    return [
        *found,
        *(
            f"sheet {number} of {len(sheets)} is blank"
            for number, text in enumerate(sheets, 1)
            if not text.strip()
        ),
    ]
