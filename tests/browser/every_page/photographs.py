"""`make states`: photograph every page in every state, on the way and in the shell's frame, into docs/screenshots/states.

Each photograph is a sheet of one page: light and dark, 1280, 768 and 320 pixels wide. What differs in its figures only is
photographed once.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, Frame, Page

from config import ROOT
from tests.browser.every_page.conftest import pages_in_the_frame, pages_of_the_console, someone
from tests.browser.every_page.scenes import SCENES, Scene
from tests.browser.every_page.ways import Way
from tests.browser.looks import ALIKE, wait_for_colors
from tests.browser.site import Site, sign_in
from tests.support.addresses import addresses
from tests.support.demo_shell import Shell
from tests.support.states import EVERY_STATE, State, busy, empty, going_down

FOLDER = ROOT / "docs" / "screenshots" / "states"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WAYS = [
    Way(f"{scheme} {width}", width, scheme=scheme) for width, scheme in product((1280, 768, 320), SCHEMES)
]
SCALE = 0.31
TALLEST = 2_200
"""In pixels of the page: what is below is cut off."""
QUALITY = 42
SHEET = """<!doctype html><body style="margin:0;padding:6px;display:flex;gap:6px;align-items:start;background:#778;width:max-content">
{pictures}</body>"""

_seen: Counter[tuple[str, str]] = Counter()
_places: Counter[str] = Counter()


@pytest.fixture
def darkroom(browser: Browser) -> Iterator[Page]:
    """Where the sheets are made."""
    context = browser.new_context(viewport={"width": 1000, "height": 600})
    yield context.new_page()
    context.close()


def photograph(page: Page, darkroom: Page, name: str, state: str, within: Frame | None = None) -> None:
    """Make a sheet of what is shown now, unless the same is on one already."""
    seen = within or page
    WAYS[0].take(page)
    key = (name if within is None else f"{name} framed", str(seen.evaluate(ALIKE)))
    _seen[key] += 1
    if _seen[key] > 1:
        return
    pictures = []
    for way in WAYS:
        way.take(page)
        wait_for_colors(seen)
        height = min(TALLEST, seen.evaluate("document.documentElement.scrollHeight") + (200 if within else 0))
        page.set_viewport_size({"width": way.width, "height": max(way.height, height)})
        data = base64.b64encode(page.screenshot(type="jpeg", quality=85)).decode()
        width = round(way.width * SCALE)
        pictures.append(f'<img width="{width}" src="data:image/jpeg;base64,{data}">')
    WAYS[0].take(page)
    stem = re.sub(r"[^a-z0-9]+", "-", f"{name} {state}".lower()).strip("-")
    _places[stem] += 1
    _develop(darkroom, "".join(pictures), FOLDER / f"{stem}{_places[stem] if _places[stem] > 1 else ''}.webp")


def _develop(darkroom: Page, pictures: str, path: Path) -> None:
    darkroom.set_content(SHEET.format(pictures=pictures), wait_until="load")
    box = darkroom.locator("body").bounding_box()
    assert box is not None
    darkroom.set_viewport_size({"width": round(box["width"]), "height": round(box["height"])})
    session = darkroom.context.new_cdp_session(darkroom)
    clip = {"x": 0, "y": 0, "width": box["width"], "height": box["height"], "scale": 1}
    shot = session.send(
        "Page.captureScreenshot",
        {"format": "webp", "quality": QUALITY, "clip": clip},
    )
    session.detach()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(base64.b64decode(shot["data"]))


@pytest.mark.parametrize("state", EVERY_STATE)
def test_each_page_in_each_state(page: Page, app: Flask, darkroom: Page, state: State) -> None:
    organization = state()
    person = someone(organization)
    sign_in(page, person.email)
    for each in addresses(app, organization, person):
        page.goto(each.path)
        photograph(page, darkroom, each.name, state.__name__)


@pytest.mark.parametrize("state", EVERY_STATE)
def test_each_page_of_the_console_in_each_state(
    page: Page, site: Site, app: Flask, darkroom: Page, state: State
) -> None:
    for each in pages_of_the_console(page, site, app, state()):
        photograph(page, darkroom, each.name, state.__name__)


@pytest.mark.parametrize("state", [busy, empty, going_down])
def test_each_page_in_the_shells_frame(
    page: Page, site: Site, shell: Shell, app: Flask, darkroom: Page, state: State
) -> None:
    for each, frame in pages_in_the_frame(page, site, shell, app, state):
        photograph(page, darkroom, each.name, f"framed {state.__name__}", within=frame)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_what_is_shown_on_the_way(page: Page, site: Site, app: Flask, darkroom: Page, scene: Scene) -> None:
    scene.play(page, site, lambda name: photograph(page, darkroom, name, scene.name))
