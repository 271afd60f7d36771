"""Answering the brake of auto top-up."""

from __future__ import annotations

from app.models import Organization
from tests.browser.keyboard.hands import Hands
from tests.browser.keyboard.task import task
from tests.browser.keyboard.tasks.givens import payer
from tests.browser.site import Site
from tests.support.braking import stop

ANSWERED = "brake.answer"


def stopped(site: Site) -> Organization:
    """Someone whose automatic charges are stopped, because an hour took more than usual."""
    organization = payer(site)
    stop(organization)
    return organization


@task("Let automatic top-ups continue this time", most=7, given=stopped, posts=[ANSWERED])
def continue_this_time(hands: Hands) -> None:
    hands.skip()
    hands.go_to("link", "Answer")
    hands.sees("heading", "Automatic top-up brake", level=1)
    hands.go_to("button", "Continue this time")
    hands.is_told("continue until")


@task(
    "Let automatic top-ups continue for good, and be asked again",
    most=11,
    given=stopped,
    posts=[ANSWERED, "brake.ask_again"],
)
def continue_for_good(hands: Hands) -> None:
    hands.skip()
    hands.go_to("link", "Answer")
    hands.sees("heading", "Automatic top-up brake", level=1)
    hands.go_to("button", "Continue for good")
    hands.is_told("continue")
    hands.go_to("button", "Ask again above the usual amount")
    hands.is_told("ask again")
