"""The books agree after every scene, and in every state of an organization: no page is shown with impossible figures."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page

from app.billing.wallet import verification
from app.extensions import db
from tests.browser.every_page.scenes import SCENES, Scene
from tests.browser.site import Site
from tests.support.states import EVERY_STATE, State


@pytest.mark.one_of_each(by=lambda scene: scene.pages)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_after_each_scene(page: Page, site: Site, app: Flask, scene: Scene) -> None:
    scene.play(page, site, lambda _: None)


@pytest.mark.parametrize("state", EVERY_STATE)
def test_in_each_state(site: Site, app: Flask, state: State) -> None:
    state()
    db.session.rollback()
    assert verification.check() == []
