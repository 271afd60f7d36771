"""Answering the brake of auto top-up."""

from __future__ import annotations

from app.billing.brake import stopping
from app.billing.brake.band import Band
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from tests.browser.keyboard.hands import Hands
from tests.browser.keyboard.task import task
from tests.browser.keyboard.tasks.givens import payer
from tests.browser.site import Site

ANSWERED = "brake.answer"


def stopped(site: Site) -> Organization:
    """Someone whose automatic charges are stopped, because an hour took more than usual."""
    organization = payer(site)
    ledger.lock(organization.id)
    stopping.stop(organization, 90_000_000, Band(20_000_000, 60_000_000, is_known=True), utc_now())
    db.session.commit()
    return organization


@task("Let automatic top-ups continue this time", most=16, given=stopped, posts=[ANSWERED])
def continue_this_time(hands: Hands) -> None:
    hands.skip()
    hands.go_to("link", "Answer")
    hands.go_to("button", "Continue this time")
    hands.is_told("continue until")


@task(
    "Let automatic top-ups continue for good, and be asked again",
    most=18,
    given=stopped,
    posts=[ANSWERED, "brake.ask_again"],
)
def continue_for_good(hands: Hands) -> None:
    hands.skip()
    hands.go_to("link", "Answer")
    hands.go_to("button", "Continue for good")
    hands.is_told("continue")
    hands.go_to("button", "Ask again below that")
    hands.is_told("ask again")
