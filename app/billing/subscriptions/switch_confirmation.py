"""Switches of plan: chosen, reviewed with their exact cost, then made exactly once.

An upgrade is immediate: Stripe charges the difference as of the confirmed preview, and the old plan stays in force
until that is paid. A downgrade is scheduled for the end of the paid period. Whichever first sees that Stripe has made
the switch, the page, the webhook or the recovery job, puts the plan in force
(`app.billing.subscriptions.projection`).
"""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from app.billing import audit, catalog
from app.billing.audit import Actor
from app.billing.catalog import versions
from app.billing.plans import offers
from app.billing.plans.terms import FREE_PLAN
from app.billing.purchases import FIRST_CHECK, NotStartedError
from app.billing.subscriptions import ensure as plan_subscriptions
from app.billing.subscriptions import (
    projection,
    replacing,
    switch_conditions,
    switch_payments,
    switch_queries,
    switch_requests,
    switch_reviews,
    taxes,
)
from app.billing.subscriptions.previews import CostsMoreError
from app.billing.subscriptions.switch_queries import find
from app.billing.subscriptions.switch_reviews import AlreadyOnItError
from app.clock import utc_now
from app.extensions import db, enqueue
from app.ids import uuid7
from app.language import gettext
from app.models import Interval, Organization, PaymentMethod, PlanSwitch, SwitchStatus
from app.payments import subscriptions
from app.payments.errors import NotDoneError, OutcomeUnknownError, PaymentsError, RefusedError
from app.payments.subscription_facts import StripeSubscription
from app.transaction import decided, transaction


def begin(organization: Organization, plan: str, interval: str, actor: Actor) -> PlanSwitch:
    """Record which plan is wanted and what it costs, for review; nothing is changed. Commits.

    Raises `PlanNotOfferedError`, `AlreadyOnItError`, `OtherSwitchError`, `PastDueError`, `ArrangedError` if support
    made a custom arrangement, and what `app.payments` raises.
    """
    chosen = offers.get_offered_plan(plan, interval)
    switch_conditions.check_free_for_another(organization)
    subscription = plan_subscriptions.ensure_changeable(organization)
    row = switch_queries.get_subscription(organization)
    if switch_reviews.is_on(row, chosen.key, interval):
        raise AlreadyOnItError
    switch = PlanSwitch(
        org_id=organization.id,
        id=uuid7(),
        plan=chosen.key,
        version=chosen.version,
        interval=Interval(interval),
        created_by=actor.user_id,
        currency=chosen.price.currency,
    )
    if switch_reviews.is_at_once(row, chosen, interval):
        switch_conditions.check_paid(organization, subscription)
    subscription = taxes.ensure(subscription, chosen)
    review = switch_reviews.calculate(organization, chosen, interval, subscription)
    with transaction():
        versions.store(catalog.current())
        switch_reviews.store(switch, review)
        db.session.add(switch)
    return switch


def confirm(
    organization: Organization, switch_id: UUID, actor: Actor, *, shown: str | None = None
) -> PlanSwitch:
    """Make a reviewed switch, unless that has already begun: a second click changes nothing.

    `shown` is what the confirmed page showed (`app.billing.subscriptions.switch_reviews.seen`).

    Commits before Stripe is called, and after. A lost response leaves it `switching`, to be resolved by the job.
    Raises `UnknownSwitchError`, `PlanNotOfferedError`, `PreviewRenewedError`, `OtherSwitchError`, `PastDueError`,
    `ArrangedError`, `CardNotUsableError` if no card can be charged, and `NotStartedError`.
    """
    switch = find(organization.id, switch_id)
    if switch.status is not SwitchStatus.REVIEW:
        return switch
    if offers.get_offered_plan(switch.plan, switch.interval).version != switch.version:
        raise offers.PlanNotOfferedError(
            gettext("The plans have changed since you chose this one. Choose again.")
        )
    subscription = plan_subscriptions.ensure_changeable(organization)
    switch = find(organization.id, switch_id)
    card = switch_conditions.card_for(organization, switch)
    if switch.status is SwitchStatus.REVIEW:
        if switch.is_at_once:
            switch_conditions.check_paid(organization, subscription)
        switch_reviews.renew_if_stale(organization, switch, subscription)
        if shown is not None:
            switch_reviews.check_seen(switch, card, shown)
    seen = switch_reviews.sums_of(switch)
    with switch_queries.locked(organization.id, switch_id) as (_, switch):
        is_claimed = _claim(organization, switch, card, subscription, actor, seen=seen)
    if not is_claimed:
        # Begun by another click, or another tab changed the plan at this moment.
        if switch.status is SwitchStatus.REVIEW:
            switch_reviews.renew_if_stale(organization, switch, plan_subscriptions.ensure(organization))
        return switch
    return _make(organization, switch, card, subscription, actor)


def cancel_scheduled_change(organization: Organization, actor: Actor) -> None:
    """Keep the plan as it is: cancel the change scheduled for the end of the period. Commits.

    Raises what `app.payments` raises.
    """
    subscription = plan_subscriptions.ensure(organization)
    planned = subscription.comes_next
    decided()
    found = subscriptions.keep_active(subscription)
    with transaction():
        projection.apply(organization, found, actor)
        if planned is not None:
            audit.record(organization.id, actor, "plan_switch.taken_back", planned.chosen.plan)
        elif subscription.ends_at is not None:
            audit.record(organization.id, actor, "plan_switch.taken_back", FREE_PLAN)


def _make(
    organization: Organization,
    claimed: PlanSwitch,
    card: PaymentMethod | None,
    subscription: StripeSubscription,
    actor: Actor,
) -> PlanSwitch:
    """Make a claimed switch at Stripe, and apply the result. Commits."""
    decided()
    try:
        found = switch_requests.ask_stripe(organization, claimed, subscription, card)
    except OutcomeUnknownError:
        return find(organization.id, claimed.id)
    except CostsMoreError:
        _release(claimed, subscription.id)
        return _shown_again(organization, claimed.id)
    except (NotDoneError, RefusedError) as error:
        _release(claimed, subscription.id)
        raise NotStartedError from error
    # If this fails, the switch is made all the same: the job removes what it replaces, as after a lost response.
    with suppress(PaymentsError):
        found = replacing.settle(organization, found)
    with transaction():
        projection.apply(organization, found, actor)
    # Read again: an event may have changed it meanwhile.
    return switch_payments.refresh_payment(organization, find(organization.id, claimed.id))


def _claim(
    organization: Organization,
    switch: PlanSwitch,
    card: PaymentMethod | None,
    subscription: StripeSubscription,
    actor: Actor,
    *,
    seen: str,
) -> bool:
    """Claim a locked switch; False if that was already done, or the amounts `seen` have changed since.

    Raises `OtherSwitchError`.
    """
    row = switch_queries.get_subscription(organization)
    is_as_seen = (switch.based_on, switch_reviews.sums_of(switch)) == (
        switch_reviews.state_of(row),
        seen,
    )
    if switch.status is not SwitchStatus.REVIEW or not is_as_seen:
        return False
    switch_conditions.check_free_for_another(organization)
    switch.status = SwitchStatus.SWITCHING
    switch.attempt += 1
    switch.claimed_at = utc_now()
    switch.payment_method_id = card.id if card else None
    replacing.record(switch, subscription)
    audit.record(
        organization.id,
        actor,
        "plan_switch.confirmed",
        str(switch.id),
        plan=switch.plan,
        interval=switch.interval,
        due=str(switch.due.decimal),
        at_once=switch.is_at_once,
    )
    enqueue("look_after_switch", after=FIRST_CHECK, org_id=str(organization.id), switch_id=str(switch.id))
    return True


def _shown_again(organization: Organization, switch_id: UUID) -> PlanSwitch:
    """Renew the preview of a switch. Raises `PreviewRenewedError`, unless it was confirmed again meanwhile."""
    subscription, switch = plan_subscriptions.ensure(organization), find(organization.id, switch_id)
    why = gettext("The cost has gone up since it was shown, so nothing was charged. Review it again.")
    switch_reviews.renew(organization, switch, subscription, why)
    return find(organization.id, switch_id)


def _release(claimed: PlanSwitch, subscription_id: str) -> None:
    """Stripe changed nothing: let the switch be confirmed again. If that fails, its job finds out."""
    try:
        replacing.restore(claimed, subscription_id)
    except PaymentsError:
        return
    with switch_queries.locked(claimed.org_id, claimed.id) as (_, switch):
        if switch.status is SwitchStatus.SWITCHING:
            switch.status = SwitchStatus.REVIEW
