"""Room for text: nothing is cut off or written over, also with the spacing of WCAG 2.2, 1.4.12."""

SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""

CRAMPED = """() => {
  const found = [];
  const name = (one) => `${one.localName}.${[...one.classList].join(".")} "${one.textContent.replace(/\\s+/g, " ").trim().slice(0, 30)}"`;
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".visually-hidden, svg, option");
  const all = [...document.querySelectorAll("body *")].filter(shown);
  for (const one of all) {
    const style = getComputedStyle(one);
    const cuts = (overflow) => ["hidden", "clip"].includes(overflow);
    // Text that is longer than its field scrolls in it.
    if (cuts(style.overflowX) && !one.matches("input") && one.clientWidth && one.scrollWidth > one.clientWidth + 1) found.push(`cut at its side: ${name(one)}`);
    if (cuts(style.overflowY) && one.clientHeight && one.scrollHeight > one.clientHeight + 1) found.push(`cut below: ${name(one)}`);
    // A button's or a field's text fits in it.
    if (one.matches("button, .btn, .badge, td, th, label, legend") && style.display !== "inline" && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1) found.push(`wider than its box: ${name(one)}`);
  }
  // Lines of text that stand on others.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const lines = [];
  const range = document.createRange();
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !shown(one) || one.closest("dialog, select")) continue;
    // What a poll brings lies over the page, until someone dismisses it; what is chosen, until one has scrolled to it.
    const { position } = getComputedStyle(one.closest("[data-over], .messages, .skip-link, .choice-bar, header") ?? one);
    if (["sticky", "fixed", "absolute"].includes(position)) continue;
    range.selectNodeContents(walker.currentNode);
    for (const box of range.getClientRects()) if (box.width > 2) lines.push([box, one]);
  }
  lines.sort(([one], [other]) => one.top - other.top);
  for (let at = 0; at < lines.length; at += 1) {
    for (let next = at + 1; next < lines.length; next += 1) {
      const [[one, first], [other, second]] = [lines[at], lines[next]];
      if (other.top > one.bottom) break;
      // Boxes of lines are a little higher than their letters.
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const scrolls = first.closest("pre, .api-example") || second.closest("pre, .api-example");
      if (!scrolls && across > 2 && down > Math.min(one.height, other.height) / 2) found.push(`written over: ${name(first)} by ${name(second)}`);
    }
  }
  return [...new Set(found)];
}"""
