"""A page in each look: light and wide, dark and narrow; and what is checked of it in both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from playwright.sync_api import Browser, Frame, Page

from tests.browser import axe
from tests.browser.site import Site

Scheme = Literal["light", "dark"]
LOOKS: list[tuple[Scheme, int]] = [("light", 1280), ("dark", 320)]
HEIGHT = 800
ZOOM = 4
"""1280 px at 400 % are 320 CSS px: WCAG 2.2, 1.4.10 (Reflow)."""

# One out of view gets no frame of its own, so its end isn't waited for but looked for.
COLORS_MOVE = """() => document.getAnimations()
  .some((each) => each instanceof CSSTransition && each.playState === "running")"""


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
  const reaches = (one) => {
    const { left, right, width, height } = one.getBoundingClientRect();
    return !one.closest(".visually-hidden") && height && width && (right > innerWidth + 0.5 || left < -0.5) && !scrolls(one.parentElement);
  };
  return [...document.querySelectorAll("body, body *")].filter((one) => reaches(one) && ![...one.children].some(reaches))
    .map((one) => `${one.localName}.${one.className}: ${one.textContent.replace(/\\s+/g, " ").trim().slice(0, 40)}`);
}"""
# What stays in view while one scrolls leaves most of the screen to the page.
IN_THE_WAY = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const { position } = getComputedStyle(one);
  const { height } = one.getBoundingClientRect();
  return ["fixed", "sticky"].includes(position) && !one.closest("dialog") && height > innerHeight / 2;
}).map((one) => `${one.localName}#${one.id}.${one.className}`)"""

# Which elements are in view, told from each other by their place in the document.
IN_VIEW = (
    """() => [...document.querySelectorAll("body *")].map((one) => Number(one.checkVisibility())).join("")"""
)
# A page as it is drawn, without what is never twice the same: figures, ids, what forms are sealed with.
ALIKE = """() => [innerWidth, matchMedia("(prefers-color-scheme: dark)").matches, matchMedia("(scripting: none)").matches,
  document.querySelectorAll(":modal").length, document.documentElement.outerHTML
    .replace(/ value="[^"]{40,}"/g, "").replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "id").replace(/\\d+/g, "0")].join()"""
_looked_at: set[str] = set()


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
    in_view = ""
    for scheme, width in reversed(LOOKS):
        page.emulate_media(color_scheme=scheme)
        if scheme == "light":
            page.set_viewport_size({"width": width // ZOOM, "height": HEIGHT // ZOOM})
            check_reflow(page)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        before, in_view = in_view, page.evaluate(IN_VIEW)
        check(page, only=axe.DRAWN if in_view == before else ())


def check(page: Page, *, only: Sequence[str] = ()) -> None:
    """Nothing for axe-core to find, ids that are unique and there, and nothing wider than the screen.

    `only` are the rules of axe-core to check, where others were checked with the same elements in view.
    """
    # What is written can be there before the styles are that it is laid out by.
    page.wait_for_load_state()
    assert page.evaluate(REFERENCES) == [], page.url
    check_reflow(page)
    # What is alike but for its figures needs to be looked at only once: most pages are the same in most states.
    drawn = page.evaluate(ALIKE)
    if drawn not in _looked_at:
        wait_for_colors(page)
        found = axe.findings(page, only)
        assert not found, f"{page.url}: {found}"
        _looked_at.add(drawn)


def wait_for_colors(page: Page | Frame) -> None:
    """Going over into the other scheme is no moment to measure contrast at; what inherits a color goes after its parent.

    The page isn't asked to wait: where scripts are off, its timers never run out.
    """
    while page.evaluate(COLORS_MOVE):
        page.wait_for_timeout(20)


def check_reflow(page: Page) -> None:
    """Nothing is wider than the screen or cut off at its edge, and nothing that stays in view fills it."""
    found = reflow_problems(page)
    assert not found, f"{page.url}: {found}"


def reflow_problems(page: Page | Frame) -> list[str]:
    """What is wider than the screen, cut off at its edge, or stays in view and fills it."""
    found: list[str] = page.evaluate(BEYOND) + page.evaluate(IN_THE_WAY)
    scrolls = not page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return [*found, *(["the page scrolls sideways"] if scrolls else [])]
