"""`make axe`: axe-core over every page, in every state, framed and without JavaScript, in every way of looking.

One table, page by way; the run fails where anything is found, or a page of the URL map was not looked at.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from dev.page_map import console_pages, pages
from tests.browser.every_page.conftest import (
    Enter,
    open_all,
    pages_in_the_frame,
    pages_of_the_console,
    someone,
)
from tests.browser.every_page.scenes import SCENES, Scene
from tests.browser.every_page.ways import WAYS, Way, look
from tests.browser.site import Site, sign_in
from tests.support.addresses import addresses
from tests.support.authenticator import Authenticator
from tests.support.demo_shell import Shell
from tests.support.factors import a_passkey, an_app
from tests.support.states import EVERY_STATE, State, busy, empty, going_down

TWO_WAYS = (Way("light 1280"), Way("dark 320", 320, scheme="dark"))


@pytest.mark.parametrize("state", EVERY_STATE)
def test_each_page_in_each_state(page: Page, app: Flask, enter: Enter, state: State) -> None:
    organization = state()
    person = someone(organization)
    sign_in(page, person.email)
    for each in addresses(app, organization, person):
        page.goto(each.path)
        open_all(page)
        look(page, enter, each.name)


@pytest.mark.parametrize("state", EVERY_STATE)
def test_each_page_of_the_console_in_each_state(
    page: Page, site: Site, app: Flask, enter: Enter, state: State
) -> None:
    for each in pages_of_the_console(page, site, app, state()):
        look(page, enter, each.name)


def test_with_second_factors(page: Page, site: Site, app: Flask, enter: Enter) -> None:
    organization = empty()
    person = someone(organization)
    sign_in(page, person.email)
    device = Authenticator()
    device.origin = site.url
    a_passkey(person, device)
    an_app(person)
    for each in addresses(app, organization, person):
        if each.name.startswith(("factors.", "account.", "auth.", "security.")):
            page.goto(each.path)
            look(page, enter, each.name)


@pytest.mark.parametrize("state", [busy, empty, going_down])
def test_each_page_in_the_shells_frame(
    page: Page, site: Site, shell: Shell, app: Flask, enter: Enter, state: State
) -> None:
    for each, frame in pages_in_the_frame(page, site, shell, app, state):
        open_all(frame)
        assert frame.locator("html[data-framed]").count() == 1, each.path
        look(page, enter, each.name, within=frame, ways=TWO_WAYS, column="framed")


@pytest.mark.parametrize("state", [busy, empty])
def test_each_page_without_javascript(
    browser: Browser, site: Site, app: Flask, enter: Enter, state: State
) -> None:
    organization = state()
    person = someone(organization)
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, person.email)
    for each in addresses(app, organization, person):
        page.goto(each.path)
        look(page, enter, each.name, ways=TWO_WAYS, column="no script")
    for each in pages_of_the_console(page, site, app, organization):
        look(page, enter, each.name, ways=TWO_WAYS, column="no script")
    context.close()


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_what_is_shown_on_the_way(page: Page, site: Site, app: Flask, enter: Enter, scene: Scene) -> None:
    def see(name: str) -> None:
        look(page, enter, name)
        WAYS[0].take(page)

    scene.play(page, site, see)


def test_no_page_is_missing(app: Flask, want: Callable[[list[str]], None]) -> None:
    want([rule.endpoint for rule in (*pages(app), *console_pages(app))])
