"""What a poll brings doesn't move what someone is about to press: in a window, and in the shell's frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import FrameLocator, Locator, Page, expect

from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from config import Settings
from demo import usage_reports
from demo.usage_reports import Used
from tests.browser.site import Site, sign_in
from tests.factories import a_payer, a_person, give_credit, usd
from tests.support.shell_page import SITES, shown
from tests.support.violations import WatchedBrowser

SIZES = {"wide": (1280, 800), "narrow": (320, 700)}
PLACES = ["window", *SITES]
OVERVIEW, WALLET = "/billing", "/billing/wallet"
# What the browser itself counts as moved, without what follows a person's own press.
NOTE_SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) shifts.push(...one.sources.map((each) => each.node?.outerHTML?.slice(0, 80)));
  }).observe({ type: "layout-shift" });
}"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page in a window or in the shell's frame."""

    page: Page
    at: Page | FrameLocator
    organization: Organization
    load: Callable[[str], None]

    def note_shifts(self) -> None:
        self.at.locator("html").evaluate(NOTE_SHIFTS)

    def shifts(self) -> list[str]:
        found: list[str] = self.at.locator("html").evaluate(
            "() => new Promise((told) => requestAnimationFrame(() => setTimeout(() => told(shifts))))"
        )
        return found

    def use(self, dollars: str) -> None:
        units = usage_reports.units_costing(self.organization, "calls_outbound", usd(dollars))
        now = utc_now()
        used = Used("calls_outbound", units, self.organization.local_day())
        usage_reports.record(self.organization, f"test:{now}", [used], at=now)
        db.session.commit()
        self.poll()

    def poll(self) -> None:
        """Let the page ask now, as it does when someone comes back to it."""
        self.at.locator("#live").dispatch_event("wake")


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(params=SIZES.values(), ids=list(SIZES))
def seen(
    browser: WatchedBrowser, app: Flask, site: Site, place: str, request: pytest.FixtureRequest
) -> Iterator[Shown]:
    width, height = request.param
    context = browser.new_context(
        base_url=site.url, viewport={"width": width, "height": height}, reduced_motion="reduce"
    )
    page = context.new_page()
    organization, _ = a_payer(credit="100", alert="50")
    if place == "window":
        sign_in(page, a_person(organization=organization).email)
        yield Shown(page, page, organization, lambda path: _open(page, path))
        return
    with shown(Settings.from_environment(site.environment), SITES[place]) as shell_page:
        shell_page.shell.org_id = str(organization.id)
        at = page.frame_locator("voice-portal-billing iframe")
        yield Shown(
            page,
            at,
            organization,
            lambda path: _ignore(shell_page.open(page, path, above=1500, scrolled=1450)),
        )


def _open(page: Page, path: str) -> None:
    page.goto(path)


def _ignore(_: object) -> None:
    """Nothing to give back."""


def place_of(thing: Locator) -> tuple[float, float]:
    box = thing.bounding_box()
    assert box is not None
    return box["x"], box["y"]


def stays_at(thing: Locator) -> Any:
    """Where it is. A page is scrolled by whole pixels, and grows by parts of them."""
    return pytest.approx(place_of(thing), abs=1)


def assert_uncovered(banner: Locator, thing: Locator) -> None:
    one, other = banner.bounding_box(), thing.bounding_box()
    assert one is not None
    assert other is not None
    assert one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]


@pytest.mark.long
@pytest.mark.parametrize("path", [OVERVIEW, WALLET])
def test_a_banner_that_a_poll_brings_and_takes_away_moves_nothing(seen: Shown, path: str) -> None:
    seen.load(path)
    thing = seen.at.locator("#plan a").first if path == OVERVIEW else seen.at.get_by_text("Check a campaign")
    thing.focus()
    before = stays_at(thing)
    seen.note_shifts()
    seen.use("60")
    banner = seen.at.get_by_role("region", name="Low balance")
    expect(banner).to_be_visible()
    assert place_of(thing) == before
    assert_uncovered(banner, thing)
    seen.use("60")
    banner = seen.at.get_by_role("region", name="Calling is paused")
    expect(banner).to_be_visible()
    assert place_of(thing) == before
    seen.at.get_by_role("button", name="Dismiss").press("Enter")
    expect(banner).to_be_hidden()
    thing.focus()
    assert place_of(thing) == before
    assert [one for one in seen.shifts() if "banner" in (one or "")] == []

    # What is there from the start has a place in the page, which it keeps when it goes.
    seen.load(path)
    expect(banner).to_be_visible()
    thing.focus()
    before = stays_at(thing)
    give_credit(seen.organization, "500")
    seen.poll()
    expect(banner).to_be_hidden()
    assert place_of(thing) == before


@pytest.mark.representative
def test_a_connection_that_is_lost_moves_nothing(seen: Shown) -> None:
    seen.load(OVERVIEW)
    thing = seen.at.locator("#plan a").first
    thing.focus()
    before = stays_at(thing)
    seen.note_shifts()
    seen.page.context.route("**/billing/live/**", lambda route: route.abort())
    said = seen.at.get_by_text("Connection lost.")
    expect(said).to_be_visible()
    assert place_of(thing) == before
    assert_uncovered(said, thing)
    seen.page.context.unroute("**/billing/live/**")
    seen.poll()
    expect(said).to_be_hidden()
    assert place_of(thing) == before
    assert seen.shifts() == []
