"""Every page has a scene, and a scene looks at the pages that it names."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from dev.page_map import console_pages, pages
from tests.browser.every_page import scenes
from tests.browser.every_page.scenes import SCENES, Scene, Stage
from tests.browser.site import Site


def test_each_page_of_the_url_map_has_a_scene(app: Flask) -> None:
    """Add one to `scenes/`: the page as it comes, its forms refused and saved, and what is asked before."""
    seen = set[str]().union(*(scene.pages for scene in SCENES))
    there = {rule.endpoint for rule in (*pages(app), *console_pages(app))}
    assert there - seen == set(), "pages without a scene"
    assert seen - there == set(), "no such pages"


def test_each_module_of_scenes_is_among_them() -> None:
    folder = Path(scenes.__file__).parent
    assert {path.stem for path in folder.glob("*.py")} - {"__init__", "stage"} == {
        name for name in scenes.__all__ if name.islower()
    } - {"SCENES"}


def test_scenes_have_names_of_their_own() -> None:
    names = [scene.name for scene in SCENES]
    assert len(set(names)) == len(names)


def test_a_scene_that_leaves_out_a_page_that_it_names_fails(page: Page, site: Site, app: Flask) -> None:
    def look_once(at: Stage) -> None:
        at.look_at("auth.sign_in", "/sign-in")

    looked: list[str] = []
    Scene("whole", frozenset({"auth.sign_in"}), look_once).play(page, site, looked.append)
    assert looked == ["auth.sign_in"]
    with pytest.raises(AssertionError):
        Scene("in part", frozenset({"auth.sign_in", "auth.invitation"}), look_once).play(
            page, site, looked.append
        )
