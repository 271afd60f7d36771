"""What is planned for the end of the period lives on until the switch that replaces it is made, and no longer.

PLANNED=all tries everything that can be planned with everything that can happen.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app import reconciliation
from app.billing.purchases import NotStartedError
from app.billing.subscriptions import ensure as plan_subscriptions
from app.billing.subscriptions import switches
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PlanSwitch, SwitchStatus
from app.payments import subscriptions
from tests.factories import OWNER, a_stripe_card
from tests.support.plans import (
    ALWAYS_3DS,
    DECLINES,
    a_subscriber,
    hear_from_stripe,
    pay_by,
    plan_of,
    subscription_id,
    switch_to,
    turn_period,
)
from tests.support.sandbox import Sandbox

RELEASE = "POST /v1/subscription_schedules/*/release"
UPDATE = "POST /v1/subscriptions/*"
SCHEDULES = "POST /v1/subscription_schedules"


def a_downgrade(sandbox: Sandbox) -> Organization:
    organization = a_subscriber("growth")
    switch_to(organization, "starter")
    return organization


def another_interval(sandbox: Sandbox) -> Organization:
    organization = a_subscriber("growth", interval="year")
    switch_to(organization, "growth", "month")
    return organization


def a_cancellation(sandbox: Sandbox, plan: str = "growth") -> Organization:
    """For the end of the period, in Stripe's dashboard."""
    return in_the_dashboard(sandbox, a_subscriber(plan), cancel_at_period_end=True)


def a_date(sandbox: Sandbox, plan: str = "growth") -> Organization:
    """A cancellation for a day of the operator's choice."""
    organization = a_subscriber(plan)
    end = subscriptions.fetch(subscription_id(organization)).period_end - timedelta(days=9)
    return in_the_dashboard(sandbox, organization, cancel_at=int(end.timestamp()))


def a_date_after_the_period(sandbox: Sandbox, plan: str = "growth") -> Organization:
    organization = a_subscriber(plan)
    end = subscriptions.fetch(subscription_id(organization)).period_end + timedelta(days=40)
    return in_the_dashboard(sandbox, organization, cancel_at=int(end.timestamp()))


def their_schedule_that_ends(sandbox: Sandbox, plan: str = "growth") -> Organization:
    """A cancellation that the dashboard makes by a schedule."""
    organization = a_subscriber(plan)
    api = sandbox.stripe.v1.subscription_schedules
    schedule = api.create({"from_subscription": subscription_id(organization)})
    api.update(schedule.id, {"end_behavior": "cancel"})
    plan_subscriptions.ensure(organization)
    return organization


def in_the_dashboard(sandbox: Sandbox, organization: Organization, **params: Any) -> Organization:
    sandbox.stripe.v1.subscriptions.update(subscription_id(organization), params)  # type: ignore[arg-type]
    plan_subscriptions.ensure(organization)
    return organization


Planned = Callable[..., Organization]
ENDING: list[Planned] = [a_cancellation, a_date, a_date_after_the_period, their_schedule_that_ends]
KINDS: list[Planned] = [a_downgrade, another_interval, *ENDING]
FEW: list[Planned] = [a_downgrade, a_date]
if WIDE := os.environ.get("PLANNED") == "all":
    FEW = KINDS


@pytest.fixture(params=FEW, ids=lambda make: make.__name__)
def organization(request: Any, app: Flask, sandbox: Sandbox) -> Organization:
    """On Growth, with something planned."""
    made: Organization = request.param(sandbox)
    assert plan_of(made).scheduled is not None
    return made


def at_stripe(organization: Organization) -> tuple[object, ...]:
    """What Stripe is going to do by itself."""
    found = subscriptions.fetch(subscription_id(organization))
    return found.schedule_id, found.planned, found.ends_at


def upgrade(organization: Organization) -> PlanSwitch:
    """To Scale, paid as the plan is now."""
    return switch_to(organization, "scale", plan_of(organization).interval)


def planned_of(organization: Organization) -> tuple[object, ...]:
    view = plan_of(organization)
    return view.name, view.scheduled, at_stripe(organization)


def hear_by(told: str, app: Flask, sandbox: Sandbox, switch: PlanSwitch) -> None:
    """Let this one be the first to learn what became of a switch."""
    organization = db.session.get_one(Organization, switch.org_id)
    match told:
        case "page":
            switches.refresh(organization, switch.id, OWNER)
        case "webhook":
            hear_from_stripe(app, sandbox, "customer.subscription.updated")
        case "job":
            switches.recover(organization.id, switch.id)
        case "reconciliation":
            reconciliation.run()
    db.session.expire_all()


def assert_replaced(app: Flask, sandbox: Sandbox, organization: Organization) -> None:
    """Nothing is planned any more, here or at Stripe, and the next period is of the plan that was bought."""
    assert planned_of(organization) == ("Scale", None, (None, None, None))
    turn_period(app, sandbox, organization)
    assert (plan_of(organization).name, plan_of(organization).scheduled) == ("Scale", None)


class TestMade:
    def test_it_is_replaced(self, app: Flask, sandbox: Sandbox, organization: Organization) -> None:
        assert upgrade(organization).status is SwitchStatus.DONE
        assert_replaced(app, sandbox, organization)

    def test_with_another_card_after_a_decline(
        self, app: Flask, sandbox: Sandbox, organization: Organization
    ) -> None:
        pay_by(organization, DECLINES)
        before = planned_of(organization)
        switch = upgrade(organization)
        assert switch.status is SwitchStatus.DECLINED
        assert planned_of(organization) == before
        paid = switches.pay(organization, switch.id, a_stripe_card(organization).id, OWNER)
        assert paid.status is SwitchStatus.DONE
        pay_by(organization, "pm_card_visa")
        assert_replaced(app, sandbox, organization)

    @pytest.mark.parametrize("told", ["page", "webhook", "job", "reconciliation"])
    def test_confirmed_at_the_bank_no_matter_who_learns_first(
        self, app: Flask, sandbox: Sandbox, organization: Organization, told: str
    ) -> None:
        pay_by(organization, ALWAYS_3DS)
        before = planned_of(organization)
        switch = upgrade(organization)
        assert switch.status is SwitchStatus.ACTION
        assert planned_of(organization) == before
        sandbox.answer_bank("complete")
        hear_by(told, app, sandbox, switch)
        assert switch.status is SwitchStatus.DONE
        pay_by(organization, "pm_card_visa")
        assert_replaced(app, sandbox, organization)


class TestNotMade:
    def test_declined_and_given_up(self, app: Flask, sandbox: Sandbox, organization: Organization) -> None:
        pay_by(organization, DECLINES)
        before = planned_of(organization)
        switch = upgrade(organization)
        assert switches.cancel(organization, switch.id, OWNER).status is SwitchStatus.CANCELED
        assert planned_of(organization) == before

    @pytest.mark.parametrize("card", [DECLINES, ALWAYS_3DS])
    def test_left_alone_for_a_day(
        self, app: Flask, sandbox: Sandbox, organization: Organization, card: str
    ) -> None:
        pay_by(organization, card)
        before = planned_of(organization)
        switch = upgrade(organization)
        sandbox.control.move_days(organization.stripe_customer_id, 1)
        hear_from_stripe(app, sandbox)
        db.session.expire_all()
        assert (switch.status, switch.note) == (SwitchStatus.CANCELED, "expired")
        assert planned_of(organization) == before

    def test_another_update_takes_its_place_in_the_dashboard(
        self, app: Flask, sandbox: Sandbox, organization: Organization
    ) -> None:
        pay_by(organization, DECLINES)
        before = planned_of(organization)
        switch = upgrade(organization)
        found = subscriptions.fetch(subscription_id(organization))
        same = {"items": [{"id": found.item_id, "price": found.price_id}]}
        sandbox.stripe.v1.subscriptions.update(found.id, same)  # type: ignore[arg-type]
        hear_from_stripe(app, sandbox)
        db.session.expire_all()
        assert switch.status is SwitchStatus.CANCELED
        assert planned_of(organization) == before

    def test_another_upgrade_after_it_was_given_up(
        self, app: Flask, sandbox: Sandbox, organization: Organization
    ) -> None:
        pay_by(organization, DECLINES)
        switches.cancel(organization, upgrade(organization).id, OWNER)
        pay_by(organization, "pm_card_visa")
        assert upgrade(organization).status is SwitchStatus.DONE
        assert_replaced(app, sandbox, organization)

    def test_stripe_does_nothing(self, app: Flask, sandbox: Sandbox, organization: Organization) -> None:
        before = planned_of(organization)
        interval = plan_of(organization).interval
        switch = switches.begin(organization, "scale", interval, OWNER)
        sandbox.fail(UPDATE, "429", times=3)
        with pytest.raises(NotStartedError):
            switches.confirm(organization, switch.id, OWNER)
        sandbox.clear_faults()
        assert planned_of(organization) == before


class TestKilled:
    """The process ends where a call gets no answer: what is left is done by anyone who comes next."""

    @pytest.mark.parametrize("make", KINDS if WIDE else [a_downgrade], ids=lambda make: make.__name__)
    @pytest.mark.parametrize(
        ("call", "kind", "told"),
        [
            (UPDATE, "drop_before", "job"),
            (UPDATE, "drop_after", "webhook"),
            (RELEASE, "drop_before", "job"),
            (RELEASE, "drop_before", "reconciliation"),
            (RELEASE, "drop_after", "webhook"),
        ],
    )
    def test_it_is_completed(
        self, app: Flask, sandbox: Sandbox, make: Planned, call: str, kind: str, told: str
    ) -> None:
        organization = make(sandbox)
        switch = switches.begin(organization, "scale", plan_of(organization).interval, OWNER)
        sandbox.fail(call, kind, times=3)
        switches.confirm(organization, switch.id, OWNER)
        sandbox.clear_faults()
        hear_by(told, app, sandbox, switch)
        assert switch.status is SwitchStatus.DONE
        assert switches.find_open(organization.id) is None
        assert len(sandbox.charges()) == 2
        assert_replaced(app, sandbox, organization)


@pytest.mark.parametrize("make", ENDING if WIDE else [a_cancellation, a_date], ids=lambda make: make.__name__)
class TestAnotherPlanIsPlannedForOneThatIsToEnd:
    """The plan that the page promises for the end of the period begins, whatever was to end before."""

    def test_it_begins(self, app: Flask, sandbox: Sandbox, make: Planned) -> None:
        organization = make(sandbox, "scale")
        assert switch_to(organization, "growth").status is SwitchStatus.DONE
        assert_promised(app, sandbox, organization)

    @pytest.mark.parametrize(
        ("call", "kind"), [(SCHEDULES, "429"), (f"{SCHEDULES}/*", "429"), (f"{SCHEDULES}/*", "drop_before")]
    )
    def test_where_stripe_does_not_make_it_the_end_is_as_before(
        self, app: Flask, sandbox: Sandbox, make: Planned, call: str, kind: str
    ) -> None:
        organization = make(sandbox, "scale")
        name, _, (_, _, ends_at) = planned_of(organization)
        switch = switches.begin(organization, "growth", "month", OWNER)
        sandbox.fail(call, kind, times=3)
        with suppress(NotStartedError):
            switches.confirm(organization, switch.id, OWNER)
        sandbox.clear_faults()
        switch.claimed_at = utc_now() - timedelta(minutes=11)
        db.session.commit()
        switches.recover(organization.id, switch.id)
        plan_subscriptions.ensure(organization)
        assert planned_of(organization)[0] == name
        assert at_stripe(organization)[2] == ends_at

    def test_a_killed_process_is_followed_by_the_job(
        self, app: Flask, sandbox: Sandbox, make: Planned
    ) -> None:
        organization = make(sandbox, "scale")
        switch = switches.begin(organization, "growth", "month", OWNER)
        sandbox.fail(SCHEDULES, "drop_before", times=3)
        assert switches.confirm(organization, switch.id, OWNER).status is SwitchStatus.SWITCHING
        sandbox.clear_faults()
        switches.recover(organization.id, switch.id)
        assert_promised(app, sandbox, organization)


def assert_promised(app: Flask, sandbox: Sandbox, organization: Organization) -> None:
    """Growth is promised for the end of the period, and it is the plan from then on."""
    scheduled = plan_of(organization).scheduled
    assert scheduled is not None
    assert (scheduled.plan_name, scheduled.on) == ("Growth", plan_of(organization).renews_on)
    assert at_stripe(organization)[2] is None
    turn_period(app, sandbox, organization, days=12)
    assert (plan_of(organization).name, plan_of(organization).status) == ("Growth", "active")


class TestCanceledInTheDashboardAfterAChangeWasPlanned:
    """What Stripe will do is what the page says, by the day."""

    @pytest.mark.parametrize("day", [-9, 0])
    def test_by_their_schedule(self, app: Flask, sandbox: Sandbox, day: int) -> None:
        organization = a_subscriber("scale")
        switch_to(organization, "growth")
        found = subscriptions.fetch(subscription_id(organization))
        api = sandbox.stripe.v1.subscription_schedules
        first = api.retrieve(found.schedule_id or "").phases[0]
        phase: Any = {
            "items": [{"price": found.price_id, "quantity": 1}],
            "start_date": first.start_date,
            "end_date": int((found.period_end + timedelta(days=day)).timestamp()),
        }
        api.update(found.schedule_id or "", {"end_behavior": "cancel", "phases": [phase]})
        hear_from_stripe(app, sandbox)
        view = plan_of(organization)
        assert view.scheduled is not None
        assert (view.scheduled.plan_name, view.scheduled.on) == (
            "Starter",
            (found.period_end + timedelta(days=day)).date(),
        )
        turn_period(app, sandbox, organization)
        assert (plan_of(organization).name, plan_of(organization).status) == ("Starter", "canceled")

    def test_and_taken_back_it_goes_on(self, app: Flask, sandbox: Sandbox) -> None:
        for make in ENDING:
            sandbox.start_over()
            organization = make(sandbox)
            switches.cancel_scheduled_change(organization, OWNER)
            assert planned_of(organization) == ("Growth", None, (None, None, None))

    def test_a_card_is_charged_once_more_before_a_later_end(self, app: Flask, sandbox: Sandbox) -> None:
        view = plan_of(a_date_after_the_period(sandbox))
        assert view.scheduled is not None and view.renews_on is not None
        assert view.scheduled.on > view.renews_on
        assert view.is_charged_next
