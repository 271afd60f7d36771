"""Every task by keyboard alone, each in one place. `make keyboard` does each in every place, in both browsers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.browser.keyboard.doing import do
from tests.browser.keyboard.places import PLACES
from tests.browser.keyboard.task import Task
from tests.browser.keyboard.tasks import TASKS
from tests.browser.site import Site


@pytest.mark.one_of_each(by=lambda task: bool(task.not_framed))
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_task(
    page: Page, site: Site, app: Flask, task: Task, record_property: Callable[[str, object], None]
) -> None:
    # One place after the other, so that each has its share.
    own = [place for place in PLACES if place.suits(task)]
    do(task, own[TASKS.index(task) % len(own)], page, site, record_property)
