"""The review before a switch: what it costs, and whether that is still current."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.billing.catalog import Plan, versions
from app.billing.plans import offers
from app.billing.plans.refusals import ChangeRefusedError, Refusal
from app.billing.subscriptions import previews, switch_queries
from app.billing.subscriptions.previews import Cost
from app.clock import utc_now
from app.language import gettext
from app.models import (
    Interval,
    Organization,
    PaymentMethod,
    PlanSwitch,
    Subscription,
    SwitchStatus,
    card_name,
)
from app.payments.subscription_facts import StripeSubscription


class AlreadyOnItError(ChangeRefusedError):
    """The organization already has the chosen plan in this interval, and nothing is scheduled."""

    refusal = Refusal.ALREADY_ON_IT


class PreviewRenewedError(ChangeRefusedError):
    """The cost shown is outdated: it was recalculated, for another review. The message says why."""

    refusal = Refusal.REVIEW_AGAIN

    def __init__(self, switch: PlanSwitch, why: str) -> None:
        super().__init__(why)
        self.switch = switch


def is_on(row: Subscription | None, plan: str, interval: str) -> bool:
    """Whether an organization has this plan in this interval, with nothing scheduled."""
    return row is not None and (row.plan, row.interval, row.scheduled_plan) == (plan, interval, None)


def is_at_once(row: Subscription | None, plan: Plan, interval: str) -> bool:
    """Whether a switch of this subscription happens now, rather than at the end of the period."""
    before = versions.get_plan(row.plan, row.version) if row else plan
    return offers.is_at_once(before, row.interval if row else Interval.MONTH, plan, interval)


@dataclass(frozen=True, slots=True)
class Review:
    """What a switch costs as of `at`, for the subscription as it was then (`based_on`)."""

    is_at_once: bool
    at: datetime
    cost: Cost
    based_on: str


def calculate(
    organization: Organization, plan: Plan, interval: str, subscription: StripeSubscription
) -> Review:
    """Calculate what a switch to a plan costs now. Raises what `app.payments` raises."""
    row = switch_queries.get_subscription(organization)
    now = is_at_once(row, plan, interval)
    if now:
        cost, at = previews.now(subscription, plan, interval)
    else:
        cost, at = previews.later(subscription, plan, interval), utc_now()
    return Review(now, at, cost, state_of(row))


def store(switch: PlanSwitch, review: Review) -> None:
    """Store a review with its switch."""
    switch.is_at_once, switch.previewed_at, switch.based_on = review.is_at_once, review.at, review.based_on
    switch.due_micro, switch.preview = review.cost.due.micro, previews.pack(review.cost)


def seen(switch: PlanSwitch, card_id: UUID | None) -> str:
    """What a review page shows that can change: its form sends this back, so that nothing else is confirmed."""
    return f"{sums_of(switch)}:{card_id if switch.due_micro and card_id else ''}"


def sums_of(switch: PlanSwitch) -> str:
    """A short digest of all amounts of a review, different for any other amounts, even in the same second."""
    shown = [switch.is_at_once, switch.previewed_at.timestamp(), switch.due_micro, switch.preview]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]


def check_seen(switch: PlanSwitch, card: PaymentMethod | None, shown: str) -> None:
    """Raises `PreviewRenewedError` if the page showed another card, or amounts that another tab has since renewed."""
    if shown == seen(switch, card.id if card else None):
        return
    if card is not None and shown.partition(":")[2] != str(card.id):
        why = gettext(
            "Your default card is now %(card)s, so nothing was charged.", card=card_name(card.label)
        )
        raise PreviewRenewedError(switch, why)
    raise PreviewRenewedError(switch, gettext("The cost was recalculated after you opened this page."))


def renew_if_stale(organization: Organization, switch: PlanSwitch, subscription: StripeSubscription) -> None:
    """Raises `PreviewRenewedError` if the review of a switch is outdated, and `AlreadyOnItError`.

    Commits in that case. A switch confirmed meanwhile stays as it is.
    """
    row = switch_queries.get_subscription(organization)
    if switch.based_on != state_of(row):
        why = gettext("Your plan has changed since this was shown, so the cost was recalculated.")
    elif switch.is_at_once and utc_now() - switch.previewed_at > previews.GOOD_FOR:
        why = gettext("What was shown was more than five minutes old, so the cost was recalculated.")
    else:
        return
    renew(organization, switch, subscription, why)


def renew(organization: Organization, switch: PlanSwitch, subscription: StripeSubscription, why: str) -> None:
    """Recalculate what a switch costs. Raises `PreviewRenewedError` that says why, and `AlreadyOnItError`.

    Commits in that case. A switch confirmed meanwhile stays as it is.
    """
    if is_on(switch_queries.get_subscription(organization), switch.plan, switch.interval):
        raise AlreadyOnItError
    review = calculate(organization, previews.plan_of(switch), switch.interval, subscription)
    with switch_queries.locked(organization.id, switch.id) as (_, locked):
        if locked.status is not SwitchStatus.REVIEW:
            return
        store(locked, review)
    raise PreviewRenewedError(locked, why)


def state_of(row: Subscription | None) -> str:
    """What a preview depends on, besides time."""
    if row is None:
        return ""
    facts = (row.stripe_id, row.plan, row.interval, row.version, row.period_start, row.scheduled_plan)
    return " ".join(str(fact) for fact in facts)
