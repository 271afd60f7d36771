"""Every task in every place, in both browsers: `make keyboard`, which prints how many keys each took."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.browser.keyboard.doing import do
from tests.browser.keyboard.places import PLACES, Place
from tests.browser.keyboard.task import Task
from tests.browser.keyboard.tasks import TASKS
from tests.browser.site import Site

BROWSERS = ("chromium", pytest.param("firefox", marks=pytest.mark.firefox))
DONE = [(task, place) for task in TASKS for place in PLACES if place.suits(task)]


@pytest.mark.parametrize("browser_name", BROWSERS)
@pytest.mark.parametrize(("task", "place"), DONE, ids=lambda one: one.name)
def test_task_everywhere(
    page: Page,
    site: Site,
    app: Flask,
    browser_name: str,
    task: Task,
    place: Place,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("task", task.name)
    record_property("most", task.most)
    record_property("column", f"{browser_name}, {place.name}")
    do(task, place, page, site, record_property)
