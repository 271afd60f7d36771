"""Pages read from right to left, as a shell in such a language shows them: where the glyphs of figures stand."""

from __future__ import annotations

from playwright.sync_api import Page

# Each glyph of a sum stands to the right of the one before: the sign, the currency's, digits. By where they are drawn,
# since the text itself is the same in both directions. An option's isn't drawn by the page.
MISPLACED = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const left = (node, at) => {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect();
  };
  const found = { misplaced: [], seen: 0 };
  while (walker.nextNode()) {
    const node = walker.currentNode;
    for (const { 0: sum, index } of node.data.matchAll(/[\\u2212+]\\p{Lu}*\\p{Sc}\\d[\\d,.]*\\d/gu)) {
      const glyphs = [...sum].map((_, at) => left(node, index + at));
      if (!glyphs.every(({ width }) => width)) continue;
      found.seen += 1;
      if (glyphs.some(({ left }, at) => at && left <= glyphs[at - 1].left))
        found.misplaced.push(`${node.parentElement.localName}.${node.parentElement.className}: ${node.data.trim()}`);
    }
  }
  return found;
}"""


def check_figures_from_right_to_left(page: Page) -> int:
    """Every sum with a sign is drawn in the order that it's written in, also where the page is read from right to left.
    Returns how many there are in view."""
    page.evaluate("document.documentElement.dir = 'rtl'")
    found = page.evaluate(MISPLACED)
    page.evaluate("document.documentElement.removeAttribute('dir')")
    assert not found["misplaced"], f"{page.url}: {found['misplaced']}"
    return int(found["seen"])
