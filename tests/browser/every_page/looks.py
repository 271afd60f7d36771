"""`make looks`: every page in forced colors, without motion, magnified, with wide spacing, on paper, as its outline, and in
the pseudo-language from left to right and from right to left.

One table, page by way; the run fails where anything is found.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.browser.every_page import foreign, motion, outline, paper, room
from tests.browser.every_page.conftest import Enter, open_all, pages_of_the_console, someone
from tests.browser.every_page.forced import FOCUS, FORCED
from tests.browser.every_page.scenes import SCENES, Scene
from tests.browser.every_page.ways import Way
from tests.browser.looks import reflow_problems
from tests.browser.site import Site, sign_in
from tests.support.addresses import addresses
from tests.support.states import State, busy, going_down, negative_and_past_due

WIDE, NARROW = Way("wide"), Way("narrow", 320)


def in_forced_colors(page: Page) -> list[str]:
    found: list[str] = []
    for scheme in ("light", "dark"):
        Way("", scheme=scheme, forced=True).take(page)  # type: ignore[arg-type]
        found += page.evaluate(FORCED) + page.evaluate(FOCUS)
    return found


def without_motion(page: Page) -> list[str]:
    WIDE.take(page)
    moves: list[str] = page.evaluate(motion.MOVES)
    return moves


def magnified(page: Page) -> list[str]:
    found: list[str] = []
    for way in (Way("200 %", 640, 400), Way("400 %", 320, 200), WIDE):
        found += _room(page, way)
    return found


def _room(page: Page, way: Way) -> list[str]:
    way.take(page)
    return [f"{one} ({way.width} px)" for one in (*reflow_problems(page), *page.evaluate(room.CRAMPED))]


def with_wide_spacing(page: Page) -> list[str]:
    page.evaluate(room.SPACED)
    found: list[str] = []
    for way in (WIDE, NARROW):
        found += _room(page, way)
    page.evaluate("document.adoptedStyleSheets = []")
    return found


def on_paper(page: Page) -> list[str]:
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": paper.A4, "height": 1000})
    found = [*paper.problems(page), *reflow_problems(page)]
    page.emulate_media(media="screen", color_scheme="light")
    return found


def as_outline(page: Page) -> list[str]:
    found: list[str] = []
    for way in (WIDE, NARROW):
        way.take(page)
        found += outline.problems(page)
    return found


MODES: dict[str, Callable[[Page], list[str]]] = {
    "forced": in_forced_colors,
    "motion": without_motion,
    "zoom": magnified,
    "spacing": with_wide_spacing,
    "print": on_paper,
    "outline": as_outline,
}


def look(page: Page, enter: Enter, name: str) -> None:
    """Enter what is found in a page in each mode."""
    for mode, problems in MODES.items():
        enter(name, mode, problems(page))
    WIDE.take(page)


@pytest.mark.parametrize("state", [busy, negative_and_past_due, going_down])
def test_each_page(page: Page, app: Flask, enter: Enter, state: State) -> None:
    organization = state()
    person = someone(organization)
    sign_in(page, person.email)
    for each in addresses(app, organization, person):
        page.goto(each.path)
        open_all(page)
        look(page, enter, each.name)


@pytest.mark.parametrize("state", [busy, negative_and_past_due, going_down])
def test_each_page_of_the_console(page: Page, site: Site, app: Flask, enter: Enter, state: State) -> None:
    for each in pages_of_the_console(page, site, app, state()):
        look(page, enter, each.name)


@pytest.mark.parametrize("direction", foreign.DIRECTIONS)
@pytest.mark.parametrize("state", [busy, negative_and_past_due, going_down])
def test_each_page_in_the_pseudo_language(
    browser: Browser, site: Site, app: Flask, enter: Enter, state: State, direction: str
) -> None:
    organization = state()
    person = someone(organization)
    page = foreign.a_reader(browser, site, app, person, direction)
    data = foreign.data_of(organization, person, direction)
    for each in addresses(app, organization, person):
        if each.name in foreign.ENGLISH:
            continue
        page.goto(each.path)
        open_all(page)
        enter(each.name, direction, foreign.problems(page, data))
    page.context.close()


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_what_is_shown_on_the_way(page: Page, site: Site, app: Flask, enter: Enter, scene: Scene) -> None:
    scene.play(page, site, lambda name: look(page, enter, name))
