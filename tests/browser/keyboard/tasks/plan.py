"""What people do with their plan."""

from __future__ import annotations

from datetime import UTC, datetime

from app.models import Organization
from tests.browser.keyboard.hands import Hands
from tests.browser.keyboard.task import task
from tests.browser.keyboard.tasks.givens import asked_by_bank, buyer, declined, planning, subscriber
from tests.browser.site import Site
from tests.factories import a_stripe_card
from tests.support.plans import (
    ALWAYS_3DS,
    AS_A_DRAFT,
    DECLINES,
    a_subscriber,
    hear_from_stripe,
    pay_by,
    subscription_id,
)

REVIEWED = "change_plan.begin_switch"
SWITCHED = (REVIEWED, "change_plan.confirm_switch")


def debtor(site: Site) -> Organization:
    """Someone on Growth whose renewal was declined, and who has a card that works."""
    organization = a_subscriber("growth", token=DECLINES)
    found = site.sandbox.stripe.v1.subscriptions.retrieve(subscription_id(organization))
    end = datetime.fromtimestamp(found["items"].data[0].current_period_end, UTC)
    site.sandbox.move(organization.stripe_customer_id or "", end + AS_A_DRAFT)
    hear_from_stripe(site.app, site.sandbox, "nothing")
    return organization


def debtor_asked_by_bank(site: Site) -> Organization:
    """As `debtor`, with a bank that asks."""
    organization = debtor(site)
    pay_by(organization, ALWAYS_3DS)
    return organization


def review(hands: Hands, plan: str, arrow: str) -> None:
    """From anywhere to the review of a switch to a plan, which is the next one in a direction."""
    hands.press("g", "c")
    hands.sees("heading", "Choose a plan")
    hands.skip()
    hands.tab_to("radio", "Keep", exact=False)
    hands.press(arrow)
    hands.is_on("radio", plan)
    hands.press("Enter")
    hands.is_on("heading", "Check before you switch")


@task("Switch to a larger plan", most=11, given=buyer, posts=SWITCHED)
def switch_up(hands: Hands) -> None:
    review(hands, "Switch to Growth", "ArrowDown")
    hands.go_to("button", "Switch to Growth")
    hands.is_on("heading", "Switched")


@task(
    "Switch to a larger plan, and confirm it with the bank",
    most=13,
    given=asked_by_bank,
    posts=(*SWITCHED, "change_plan.answer_switch"),
)
def switch_up_with_bank(hands: Hands) -> None:
    review(hands, "Switch to Growth", "ArrowDown")
    hands.go_to("button", "Switch to Growth")
    hands.bank_asks()
    hands.go_to("button", "Complete")
    hands.is_on("heading", "Switched")


@task("Look at a larger plan, and keep the current one", most=12, given=buyer, posts=[REVIEWED])
def keep_plan(hands: Hands) -> None:
    review(hands, "Switch to Growth", "ArrowDown")
    hands.go_to("link", "Keep current plan")
    hands.is_on("heading", "Choose a plan")


@task(
    "Pay a switch with another card after a decline",
    most=15,
    given=declined,
    posts=(*SWITCHED, "change_plan.pay_switch"),
)
def pay_switch(hands: Hands) -> None:
    a_stripe_card(hands.scene.organization, "pm_card_mastercard")
    review(hands, "Switch to Growth", "ArrowDown")
    hands.go_to("button", "Switch to Growth")
    hands.is_on("heading", "Not paid")
    hands.go_to("button", "Pay $99.00")
    hands.is_on("heading", "Switched")


@task(
    "Cancel a switch that was declined",
    most=16,
    given=declined,
    posts=(*SWITCHED, "change_plan.cancel_switch"),
)
def cancel_switch(hands: Hands) -> None:
    review(hands, "Switch to Growth", "ArrowDown")
    hands.go_to("button", "Switch to Growth")
    hands.is_on("heading", "Not paid")
    hands.go_to("button", "Keep current plan")
    hands.sees("heading", "Plan not changed")


@task("Switch to a smaller plan at the end of the period", most=11, given=subscriber, posts=SWITCHED)
def switch_down(hands: Hands) -> None:
    review(hands, "Switch to Starter", "ArrowUp")
    hands.go_to("button", "Switch to Starter")
    hands.is_on("heading", "Scheduled")


@task("Pay for the same plan yearly", most=10, given=subscriber, posts=SWITCHED)
def move_to_yearly(hands: Hands) -> None:
    hands.press("g", "c")
    hands.sees("heading", "Choose a plan")
    hands.skip()
    hands.tab_to("radio", "Monthly")
    hands.press("ArrowRight")
    hands.is_on("radio", "Yearly", exact=True)
    hands.press("Enter")
    hands.is_on("heading", "Check before you switch")
    hands.go_to("button", "Switch to Growth (yearly)")
    hands.is_on("heading", "Switched")


@task("Cancel a scheduled change", most=8, given=planning, posts=["change_plan.cancel_scheduled_change"])
def keep_growth(hands: Hands) -> None:
    hands.press("g", "c")
    hands.sees("heading", "Choose a plan")
    hands.skip()
    hands.go_to("button", "Keep Growth")
    hands.is_told("Scheduled change canceled.")


@task("Pay a renewal that failed", most=13, given=debtor, posts=["change_plan.pay_renewal"])
def pay_renewal(hands: Hands) -> None:
    hands.find("fix", "Fix payment")
    hands.sees("heading", "Pay the renewal", level=1)
    hands.skip()
    hands.go_to("button", "Pay $99.00")
    hands.is_on("heading", "Paid")


@task(
    "Pay a renewal that failed, and confirm it with the bank",
    most=16,
    given=debtor_asked_by_bank,
    posts=["change_plan.pay_renewal", "change_plan.answer_renewal"],
)
def pay_renewal_with_bank(hands: Hands) -> None:
    hands.find("fix", "Fix payment")
    hands.sees("heading", "Pay the renewal", level=1)
    hands.skip()
    hands.tab_to("combobox", "Card")
    hands.press("Home")
    hands.go_to("button", "Pay $99.00")
    hands.bank_asks()
    hands.go_to("button", "Complete")
    hands.is_on("heading", "Paid")


@task("Cancel a plan that is past due", most=20, given=debtor, posts=["change_plan.cancel_plan"])
def cancel_plan(hands: Hands) -> None:
    hands.find("cancel plan", "Cancel plan")
    hands.sees("heading", "Check before you cancel")
    hands.skip()
    hands.go_to("button", "Cancel Growth")
    hands.is_told("Growth is canceled")
