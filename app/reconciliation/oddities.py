"""Subscriptions that operators have to look at, in sentences: what the dashboard made of them, and what to do."""

from __future__ import annotations

from app.billing.plans import arrangements
from app.billing.subscriptions import get_subscription
from app.models import Organization, SubscriptionStatus
from app.payments.oddities import Oddity
from app.payments.subscription_facts import StripeSubscription
from app.reconciliation.report import Report

_TO_DO = {
    Oddity.PRICE: (
        "Move it to a price of the catalog at Stripe, or sell it with a plan of its own (`flask catalog`)."
    ),
    Oddity.CURRENCY: "Replace it with one in the organization's currency.",
    Oddity.ITEMS: "Leave one item, which is the plan.",
    Oddity.QUANTITY: "Set the quantity to 1, unless the customer agreed to pay more.",
    Oddity.PAUSED: "Resume it, or cancel it.",
    Oddity.NOT_COLLECTED: "Resume collection when that is over, and see to the invoices of that time.",
    Oddity.TRIAL: "It is charged by itself once the trial ends.",
    Oddity.INVOICED: "Let it charge automatically, or watch that its invoices are paid.",
    Oddity.SCHEDULE: "Plan one change to a plan of the catalog, or release the schedule.",
    Oddity.DROPS: (
        "Add it to the schedule's next phase, or let the customer cancel the change and schedule it again."
    ),
    Oddity.GIVEN_UP: "The plan is still active: cancel it, or invoice the period again.",
    Oddity.NOTHING_OPEN: "Issue an invoice that can be paid, or cancel it.",
}


def look_at(report: Report, organization: Organization, found: StripeSubscription) -> None:
    """Report what is odd about a subscription that has not ended of an organization of ours."""
    row = get_subscription(organization)
    whose = f"{organization.name} ({organization.slug})"
    if row is None or row.stripe_id != found.id:
        ours = row.stripe_id if row is not None and row.status is not SubscriptionStatus.CANCELED else None
        report.find(found.id, _second(found, whose, ours))
        return
    for odd in arrangements.find_arrangements(organization, found):
        report.find(found.id, f"Subscription {found.id} of {whose}: {odd.words}. {_TO_DO[odd.kind]}")


def _second(found: StripeSubscription, whose: str, ours: str | None) -> str:
    if not found.has_begun:
        beside = f" beside {ours}" if ours else ""
        return (
            f"Subscription {found.id} of {whose} was made at Stripe{beside} and waits for its first "
            "payment. Nothing here follows it: cancel it, and let the customer choose the plan here."
        )
    return (
        f"{whose} has a second subscription at Stripe, {found.id} ({found.status}), beside {ours}. Both "
        f"are charged, and only {ours} is followed here: cancel one of them, and refund what was charged "
        "twice."
    )
