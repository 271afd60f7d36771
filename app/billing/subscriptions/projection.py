"""Projects Stripe's subscription to the plan in force here: the same steps for the page, the webhook, the job and the
reconciliation.

Always in this order: lock the wallet, lock the subscription, compare, change. A second caller finds everything in
place and changes nothing. The wallet is locked because usage is rated under the same lock: rates and entitlements
change between two batches, never within one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from app.billing import audit, catalog
from app.billing.audit import Actor
from app.billing.catalog import versions
from app.billing.plans import arrangements
from app.billing.plans.terms import FREE_PLAN
from app.billing.purchases import Outcome
from app.billing.subscriptions import effects, suspension, switch_queries, switch_settlement
from app.billing.subscriptions.effects import PlanInForce, Reason
from app.billing.subscriptions.suspension import get_in_force, lock
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import Interval, Organization, Subscription, SubscriptionStatus
from app.payments.subscription_facts import Chosen, StripeSubscription

log = structlog.get_logger("billing.plans")


def apply(
    organization: Organization,
    found: StripeSubscription,
    actor: Actor = audit.STRIPE,
    *,
    at: datetime | None = None,
) -> Outcome:
    """Apply a subscription as Stripe has it to an organization's plan, as of `at` or now.

    Locks wallet and subscription; the caller commits. Another subscription replaces the known one once that has
    ended.
    """
    wallet = ledger.lock(organization.id)
    row = lock(organization)
    if not _is_ours(row, found):
        return Outcome.NOT_OURS
    now = at or utc_now()
    # A payment after the deadline restores the plan from now on: until now the free one was in force.
    suspended = suspension.record(organization, row, now)
    before = get_in_force(organization, row)
    if row is None:
        row = _first(organization, found)
    past = _Past(before, row.scheduled_plan, row.suspended_at is not None, _facts(row))
    _copy(organization, row, found, now)
    after = get_in_force(organization, row)
    if before != after:
        reason = _reason(past, after, found)
        since = min(found.period_start, now) if reason is Reason.SCHEDULED else now
        effects.make(
            organization,
            before,
            after,
            reason,
            at=since,
            anchor=row.anchor,
            actor=actor,
            quantity=row.quantity,
            is_adjusted=found.is_adjusted,
        )
    if past.facts != _facts(row):
        # It is of the old plan; the caller that handles the change looks it up again (`next_charge`).
        row.next_charge = None
    changed = switch_settlement.apply(organization.id, found) or past.facts != _facts(row) or suspended
    if changed:
        wallet.version += 1
    db.session.flush()
    return Outcome.CHANGED if changed else Outcome.UNCHANGED


def is_in_sync(organization: Organization, found: StripeSubscription) -> bool:
    """Whether the plan matches a subscription, without locking anything."""
    row = switch_queries.get_subscription(organization)
    if row is None or row.stripe_id != found.id or found.chosen is None or found.has_ended:
        return False
    planned = found.comes_next
    return (
        row.plan,
        row.interval,
        row.quantity,
        row.status is SubscriptionStatus.PAST_DUE,
        row.period_end,
        row.schedule_id,
        row.ends_at,
        planned is None or _planned_here(row) == (planned.chosen.plan, planned.chosen.interval, planned.at),
        switch_settlement.is_settled(organization.id, found),
        row.odd,
    ) == (
        found.chosen.plan,
        found.chosen.interval,
        found.quantity,
        found.status.is_owed,
        organization.local_day(found.period_end),
        found.schedule_id,
        found.ends_at,
        True,
        True,
        arrangements.kinds_of(organization, found),
    )


def _planned_here(row: Subscription) -> tuple[object, ...]:
    return row.scheduled_plan, row.scheduled_interval, row.scheduled_at


@dataclass(frozen=True, slots=True)
class _Past:
    """A subscription's previous state."""

    in_force: PlanInForce
    planned: str | None
    was_suspended: bool
    facts: tuple[object, ...]


def _facts(row: Subscription) -> tuple[object, ...]:
    """Everything that pages show about it."""
    return (
        row.plan,
        row.interval,
        row.quantity,
        row.status,
        row.period_start,
        row.period_end,
        row.scheduled_plan,
        row.scheduled_interval,
        row.scheduled_at,
        row.ends_at,
        row.open_invoice_id,
        row.suspended_at,
        tuple(row.odd or ()),
    )


def _is_ours(row: Subscription | None, found: StripeSubscription) -> bool:
    if row is not None and row.stripe_id == found.id:
        return True
    if row is not None and row.stripe_id is not None and row.status is not SubscriptionStatus.CANCELED:
        log.warning("second_subscription", organization=str(row.org_id), ours=row.stripe_id, other=found.id)
        return False
    return found.has_begun and not found.has_ended


def _first(organization: Organization, found: StripeSubscription) -> Subscription:
    row = Subscription(
        org_id=organization.id,
        plan=FREE_PLAN,
        interval=Interval.MONTH,
        status=SubscriptionStatus.ACTIVE,
        period_start=organization.local_day(found.period_start),
        period_end=organization.local_day(found.period_end),
    )
    db.session.add(row)
    return row


def _copy(organization: Organization, row: Subscription, found: StripeSubscription, now: datetime) -> None:
    row.stripe_id = found.id
    row.period_start = organization.local_day(found.period_start)
    row.period_end = organization.local_day(found.period_end)
    row.ends_at = found.ends_at
    row.quantity = found.quantity
    row.schedule_id = found.schedule_id
    row.odd = arrangements.kinds_of(organization, found)
    if found.has_ended:
        if row.status is not SubscriptionStatus.CANCELED:
            # It falls back to the current free plan, as the pages announced.
            versions.store(catalog.current())
            row.version = catalog.current().version
        row.status = SubscriptionStatus.CANCELED
        row.plan, row.interval = FREE_PLAN, Interval.MONTH
    else:
        row.status = SubscriptionStatus.PAST_DUE if found.status.is_owed else SubscriptionStatus.ACTIVE
        _copy_plan(row, found)
    _copy_planned(row, found)
    if row.status is SubscriptionStatus.PAST_DUE:
        row.failed_at = row.failed_at or now
        if row.open_invoice_id != found.open_invoice_id:
            # The reason of another unpaid invoice doesn't apply to this one.
            row.open_invoice_id, row.failure = found.open_invoice_id, None
    else:
        row.failed_at = row.failure = row.open_invoice_id = row.suspended_at = row.promised_until = None


def _copy_plan(row: Subscription, found: StripeSubscription) -> None:
    chosen = found.chosen
    if chosen is None or not arrangements.is_known(chosen):
        log.error("subscription_of_unknown_price", subscription=found.id, price=found.price_id)
        return
    if chosen.version is not None:
        row.version = chosen.version
    elif row.plan != chosen.plan or row.version is None:
        row.version = catalog.current().version
    row.plan, row.interval = chosen.plan, Interval(chosen.interval)
    if row.anchor is not None or chosen.plan != FREE_PLAN:
        # A free plan that never was paid uses calendar months, as without a subscription.
        row.anchor = found.anchor


def _copy_planned(row: Subscription, found: StripeSubscription) -> None:
    planned, at = (found.comes_next.chosen, found.comes_next.at) if found.comes_next else (None, None)
    if planned is not None and not arrangements.is_known(planned):
        log.error("unknown_plan_planned", subscription=found.id, plan=planned.plan)
        planned = at = None
    if planned is None and found.ends_at is not None and not found.has_ended:
        planned, at = Chosen(FREE_PLAN, Interval.MONTH), found.ends_at
    row.scheduled_at = at
    row.scheduled_plan = planned.plan if planned else None
    row.scheduled_interval = Interval(planned.interval) if planned else None
    row.scheduled_version = planned.version if planned else None


def _reason(past: _Past, after: PlanInForce, found: StripeSubscription) -> Reason:
    if found.has_ended:
        return Reason.ENDED
    if past.was_suspended:
        return Reason.RESTORED
    if past.planned == after.plan and (found.planned is None or found.planned.chosen.plan != after.plan):
        return Reason.SCHEDULED
    return Reason.SWITCHED if found.chosen is not None and found.chosen.switch else Reason.CHANGED
