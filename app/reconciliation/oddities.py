"""Subscriptions that need an operator's attention: what was changed in the dashboard, and what to do."""

from __future__ import annotations

from app.billing.plans import arrangements
from app.billing.subscriptions import get_subscription
from app.models import Organization, SubscriptionStatus
from app.payments.oddities import Oddity
from app.payments.subscription_facts import StripeSubscription
from app.reconciliation.report import Report

_TO_DO = {
    Oddity.PRICE: (
        "Move it to one of the catalog's prices at Stripe, or add a plan for it (`flask catalog`)."
    ),
    Oddity.CURRENCY: "Replace it with one in the organization's currency.",
    Oddity.ITEMS: "Remove all items but the plan.",
    Oddity.QUANTITY: "Set the quantity to 1, unless the customer agreed to pay more.",
    Oddity.PAUSED: "Resume it, or cancel it.",
    Oddity.NOT_COLLECTED: "Resume collection when that is over, and settle the invoices issued in the meantime.",
    Oddity.TRIAL: "It is charged automatically once the trial ends.",
    Oddity.INVOICED: "Let it charge automatically, or make sure that its invoices are paid.",
    Oddity.SCHEDULE: "Schedule one change to a plan of the catalog, or release the schedule.",
    Oddity.DROPS: (
        "Add it to the schedule's next phase, or let the customer cancel the change and schedule it again."
    ),
    Oddity.GIVEN_UP: "The plan is still active: cancel it, or invoice the period again.",
    Oddity.NOTHING_OPEN: "Issue an invoice that can be paid, or cancel it.",
}


def check(report: Report, organization: Organization, found: StripeSubscription) -> None:
    """Report what is unusual about an organization's subscription that has not ended."""
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
            f"Subscription {found.id} of {whose} was created at Stripe{beside} and is waiting for its first "
            "payment. It isn't tracked here: cancel it, and let the customer choose the plan here."
        )
    return (
        f"{whose} has a second subscription at Stripe, {found.id} ({found.status}), beside {ours}. Both "
        f"are charged, and only {ours} is tracked here: cancel one of them, and refund what was charged "
        "twice."
    )
