"""What people do with credit that is set aside."""

from __future__ import annotations

from datetime import timedelta

from app.billing.wallet import envelopes
from app.extensions import db
from app.models import Organization
from tests.browser.keyboard.hands import Hands
from tests.browser.keyboard.task import task
from tests.browser.keyboard.tasks.givens import payer
from tests.browser.site import Site
from tests.factories import OWNER, usd


def enveloped(site: Site) -> Organization:
    """Someone with some credit set aside."""
    organization = payer(site)
    until = organization.local_day() + timedelta(days=4)
    envelopes.set_aside(organization, "Spring recall", usd("10"), until, OWNER)
    db.session.commit()
    return organization


def open_page(hands: Hands) -> None:
    hands.press("g", "s")
    hands.sees("heading", "Set aside", level=1)
    hands.skip()


@task("Set credit aside for a campaign", most=18, given=payer, posts=["set_aside.add"])
def set_credit_aside(hands: Hands) -> None:
    open_page(hands)
    hands.tab_to("combobox", "Campaign")
    hands.type("Spring")
    hands.tab_to("textbox", "Amount")
    hands.type("12")
    hands.press("Enter")
    hands.is_told("set aside for Spring")


@task("Lower what is set aside", most=17, given=enveloped, posts=["set_aside.change"])
def lower_envelope(hands: Hands) -> None:
    open_page(hands)
    hands.go_to("link", "Change what is set aside for Spring recall")
    hands.sees("heading", "Set aside for Spring recall", level=1)
    hands.skip()
    hands.tab_to("textbox", "Amount")
    hands.press("Control+a")
    hands.type("5")
    hands.press("Enter")
    hands.is_told("$5.00 is set aside")


@task("End an envelope", most=21, given=enveloped, posts=["set_aside.end"])
def end_envelope(hands: Hands) -> None:
    open_page(hands)
    hands.go_to("link", "Change what is set aside for Spring recall")
    hands.sees("heading", "Set aside for Spring recall", level=1)
    hands.skip()
    hands.go_to("button", "End envelope")
    hands.is_told("available again")


@task("Keep a reserve", most=19, given=payer, posts=["set_aside.choose_reserve"])
def keep_reserve(hands: Hands) -> None:
    open_page(hands)
    hands.tab_to("radio", "Nothing")
    hands.press("ArrowUp")
    hands.is_on("radio", "An amount")
    hands.tab_to("textbox", "Amount to keep")
    hands.type("5")
    hands.press("Enter")
    hands.is_told("is kept for number rent")
