"""Someone in a hurry who has never seen the product: what they came for takes few clicks and keys, with nothing to hesitate at.

docs/walks.md has the counts, and those of the keyboard alone.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.billing.activity import rollups
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from config import ROOT
from demo import usage_reports
from demo.usage_reports import Used
from tests.browser.site import Site, sign_in
from tests.factories import a_payer, a_person
from tests.support.money import credited
from tests.support.plans import a_subscriber, plan_of

ROW = re.compile(r"^\| (?P<task>[^|]+) \| (?P<clicks>\d+) \| (?P<keys>\d+) \|", re.MULTILINE)


class Hand:
    """A mouse and a keyboard, counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = self.keys = 0

    def click(self, role: Any, name: str) -> None:
        """Click on what is in view under this name; scrolling to it isn't counted, and not needed for the first."""
        self.clicks += 1
        self.page.get_by_role(role, name=name, exact=True).first.click()

    def choose(self, name: str) -> None:
        """Click on the label of a radio button."""
        self.clicks += 1
        self.page.get_by_role("radio", name=name).locator("xpath=..").click()

    def type(self, label: str, text: str) -> None:
        """Click into a field and type."""
        self.clicks += 1
        self.keys += len(text)
        self.page.get_by_label(label, exact=True).click()
        self.page.keyboard.type(text)

    def sees(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()

    def is_as_documented(self, task: str) -> None:
        """The table says how many it took."""
        rows = {
            found["task"]: (int(found["clicks"]), int(found["keys"]))
            for found in ROW.finditer((ROOT / "docs/walks.md").read_text())
        }
        assert rows[task] == (self.clicks, self.keys)


def caller() -> Organization:
    """Someone with calls on each of the last 16 days, of which the newer ones are longer."""
    organization, _ = a_payer(credit="20")
    today = organization.local_day()
    for ago in reversed(range(16)):
        used = [
            Used("calls_outbound", 60 * (16 - ago), today - timedelta(days=ago), "Recall", "Ava", f"{ago}")
        ]
        usage_reports.record(organization, f"day {ago}", used, at=utc_now() - timedelta(days=ago))
    db.session.commit()
    rollups.roll_up(organization.id, until=utc_now())
    return organization


@pytest.fixture(params=[1280, 320], ids=["desk", "phone"])
def hand(page: Page, request: pytest.FixtureRequest) -> Hand:
    """On a phone it takes no more of them."""
    page.set_viewport_size({"width": request.param, "height": 640})
    return Hand(page)


@pytest.mark.representative
def test_topping_up_before_a_campaign(hand: Hand, site: Site, app: Flask) -> None:
    organization, _ = a_payer(credit="20")
    sign_in(hand.page, a_person(organization=organization).email)
    hand.click("link", "Top up")
    hand.sees("Wallet")
    hand.click("link", "See how much a campaign needs")
    hand.sees("Campaign check")
    hand.type("Number of calls", "2000")
    hand.click("button", "Check campaign")
    offer = hand.page.get_by_role("link", name=re.compile(r"^Top up \$\d+"))
    hand.clicks += 1
    offer.click()
    hand.click("button", "Review top-up")
    hand.sees("Check before you pay")
    pay = hand.page.get_by_role("button", name=re.compile(r"^Pay \$\d+"))
    hand.clicks += 1
    pay.click()
    hand.sees("Paid")
    assert credited(organization)
    hand.is_as_documented("Top up before a campaign of 2,000 calls, without knowing what it needs")


def test_finding_why_last_week_cost_more(hand: Hand, site: Site, app: Flask) -> None:
    sign_in(hand.page, a_person(organization=caller()).email)
    hand.click("link", "Why did it cost more?")
    hand.sees("Why did it cost more?")
    if hand.page.locator("strong", has_text="Last week").count() == 0:
        hand.page.get_by_role("link", name="Last week", exact=True).click()
    hand.clicks += 1
    expect(hand.page.get_by_text(re.compile("usage cost .* more: ")).first).to_be_visible()
    # What made most of it is open: which campaign, and its calls before and after.
    expect(hand.page.get_by_role("rowheader", name="Recall").first).to_be_visible()
    hand.is_as_documented("Find why last week cost more, and which campaign did it")


def test_moving_to_yearly(hand: Hand, site: Site, app: Flask) -> None:
    organization = a_subscriber("growth")
    sign_in(hand.page, a_person(organization=organization).email)
    hand.click("link", "Change plan")
    hand.sees("Choose a plan")
    hand.choose("Yearly")
    expect(hand.page.get_by_text("Growth, monthly → yearly")).to_be_visible()
    hand.click("button", "Review change")
    hand.sees("Check before you switch")
    hand.click("button", "Switch to Growth (yearly)")
    hand.sees("Switched")
    assert plan_of(organization).interval == "year"
    hand.is_as_documented("Move to yearly billing")
