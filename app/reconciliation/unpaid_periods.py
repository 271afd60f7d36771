"""Paid plans whose current period wasn't paid: never invoiced, or written off."""

from __future__ import annotations

from app.billing.plans import arrangements
from app.models import Organization
from app.payments import covered_periods
from app.payments.oddities import Oddity
from app.payments.statuses import StripeSubscriptionStatus
from app.payments.subscription_facts import StripeSubscription
from app.reconciliation.report import Report

_ALREADY_NOTIFIED = frozenset(
    {Oddity.PAUSED, Oddity.NOT_COLLECTED, Oddity.TRIAL, Oddity.GIVEN_UP, Oddity.NOTHING_OPEN}
)


def check(report: Report, organization: Organization, found: StripeSubscription) -> None:
    """Report a paid plan whose period no paid invoice covers. Raises what `app.payments` raises.

    The owners of a past-due plan are already notified, and an invoice that is about to be charged needs no report.
    """
    if found.is_free or found.status is not StripeSubscriptionStatus.ACTIVE:
        return
    if _ALREADY_NOTIFIED.intersection(
        one.kind for one in arrangements.find_arrangements(organization, found)
    ):
        return
    if covered_periods.is_covered(found):
        return
    until = organization.local_day(found.period_end)
    plan = found.chosen.plan if found.chosen else found.price_id
    costs = f"{found.price} a {found.interval or 'period'}"
    report.find(
        found.id,
        f"Subscription {found.id} of {organization.name} ({organization.slug}) is on {plan} for {costs}, "
        f"and no paid invoice covers its period until {until:%d %B %Y}. Invoice the period at Stripe, or "
        "cancel it.",
    )
