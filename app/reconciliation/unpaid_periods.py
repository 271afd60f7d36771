"""Paid plans whose current period no one has paid for: money that was never asked for, or was given up."""

from __future__ import annotations

from app.billing.plans import arrangements
from app.models import Organization
from app.payments import covered_periods
from app.payments.oddities import Oddity
from app.payments.statuses import StripeSubscriptionStatus
from app.payments.subscription_facts import StripeSubscription
from app.reconciliation.report import Report

_TOLD_ALREADY = frozenset(
    {Oddity.PAUSED, Oddity.NOT_COLLECTED, Oddity.TRIAL, Oddity.GIVEN_UP, Oddity.NOTHING_OPEN}
)


def look_at(report: Report, organization: Organization, found: StripeSubscription) -> None:
    """Report a paid plan that goes on without a paid invoice over its period. Raises what `app.payments` raises.

    One that is past due is told to its owners, and one whose invoice is on its way is paid in time.
    """
    if found.is_free or found.status is not StripeSubscriptionStatus.ACTIVE:
        return
    if _TOLD_ALREADY.intersection(one.kind for one in arrangements.find_arrangements(organization, found)):
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
