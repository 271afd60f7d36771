"""A page in each look: light and wide, dark and narrow; and what is checked of it in both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page

from tests.browser.site import Site

Scheme = Literal["light", "dark"]
LOOKS: list[tuple[Scheme, int]] = [("light", 1280), ("dark", 320)]
HEIGHT = 800
ZOOM = 4
"""1280 px at 400 % are 320 CSS px: WCAG 2.2, 1.4.10 (Reflow)."""

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
# Going over into the other scheme is no moment to measure contrast at; what inherits a color goes after its parent.
COLORS_ARE_THERE = """async () => {
  const moving = () => document.getAnimations().filter((each) => each instanceof CSSTransition);
  do {
    await Promise.allSettled(moving().map((each) => each.finished));
    await new Promise(requestAnimationFrame);
  } while (moving().length);
}"""


# Ids are there once, and what a label or another attribute refers to is there. What is drawn by Stripe is not ours.
REFERENCES = """() => {
  const all = [...document.querySelectorAll("[id]")].map((each) => each.id);
  const twice = all.filter((id, at) => all.indexOf(id) !== at).map((id) => `two elements with id ${id}`);
  const names = ["for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "form", "headers", "list"];
  const missing = names.flatMap((name) => [...document.querySelectorAll(`[${name}]`)].flatMap((each) =>
    each.getAttribute(name).trim().split(/\\s+/).filter((id) => !document.getElementById(id)).map((id) =>
      `${name} refers to ${id}, which is not there`)));
  return [...twice, ...missing];
}"""

# What reaches past an edge of the screen, also where that is cut off and so doesn't widen the page. What scrolls by
# itself may: a table of figures is read in two directions. So may what is hidden from sight.
BEYOND = """() => {
  const scrolls = (one) => one && (["auto", "scroll"].includes(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
  return [...document.querySelectorAll("body, body *")].filter((one) => {
    const { left, right, width, height } = one.getBoundingClientRect();
    return !one.closest(".visually-hidden") && height && width && (right > innerWidth + 0.5 || left < -0.5) && !scrolls(one.parentElement);
  }).map((one) => `${one.localName}#${one.id}.${one.className}: ${one.textContent.trim().slice(0, 40)}`);
}"""
# What stays in view while one scrolls leaves most of the screen to the page.
IN_THE_WAY = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const { position } = getComputedStyle(one);
  const { height } = one.getBoundingClientRect();
  return ["fixed", "sticky"].includes(position) && !one.closest("dialog") && height > innerHeight / 2;
}).map((one) => `${one.localName}#${one.id}.${one.className}`)"""


def a_page(browser: Browser, site: Site, scheme: Scheme, width: int) -> Iterator[Page]:
    """A page of a window so wide, in this scheme, for as long as the test lasts."""
    context = browser.new_context(
        base_url=site.url,
        color_scheme=scheme,
        viewport={"width": width, "height": HEIGHT},
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def check_in_each_look(page: Page) -> None:
    """Check it dark and narrow, then light and magnified, then light and wide, which it stays."""
    for scheme, width in reversed(LOOKS):
        page.emulate_media(color_scheme=scheme)
        if scheme == "light":
            page.set_viewport_size({"width": width // ZOOM, "height": HEIGHT // ZOOM})
            check_reflow(page)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        check(page)


def check(page: Page) -> None:
    """Nothing for axe-core to find, ids that are unique and there, and nothing wider than the screen."""
    page.evaluate(COLORS_ARE_THERE)
    assert page.evaluate(REFERENCES) == [], page.url
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE)
    # To load every stylesheet once more beforehand helps no rule that is on. The size of targets (WCAG 2.2, 2.5.8: 24 px,
    # or as far apart) is a rule that axe-core leaves off.
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], preload: false, rules: {'target-size': {enabled: true}}}).then(r => r.violations.map(v => "
        "`${v.id}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`))"
    )
    assert found == [], page.url
    check_reflow(page)


def check_reflow(page: Page) -> None:
    """Nothing is wider than the screen or cut off at its edge, and nothing that stays in view fills it."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"
    beyond = page.evaluate(BEYOND)
    assert not beyond, f"{page.url}: {beyond}"
    assert page.evaluate(IN_THE_WAY) == [], page.url
