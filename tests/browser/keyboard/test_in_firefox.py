"""What an owner does most, by keyboard in Firefox: on the pages and in the shell's frame. `make keyboard` does all there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.browser.keyboard.doing import do
from tests.browser.keyboard.places import PLACES, Place
from tests.browser.keyboard.task import Task
from tests.browser.keyboard.tasks import TASKS, cards, plan, wallet
from tests.browser.site import Site

MOST_DONE = [one for one in TASKS if one.do in {wallet.top_up_as_usual, cards.add_card, plan.switch_up}]


@pytest.mark.long
@pytest.mark.firefox
@pytest.mark.parametrize("browser_name", ["firefox"])
@pytest.mark.parametrize("task", MOST_DONE, ids=lambda task: task.name)
@pytest.mark.parametrize("place", PLACES[:2], ids=lambda place: place.name)
def test_task(
    page: Page,
    site: Site,
    app: Flask,
    browser_name: str,
    task: Task,
    place: Place,
    record_property: Callable[[str, object], None],
) -> None:
    do(task, place, page, site, record_property)
