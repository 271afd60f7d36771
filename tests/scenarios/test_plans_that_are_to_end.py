"""What was planned meets an end: another plan chosen for one that is to end, and an end set in the dashboard."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.billing.purchases import NotStartedError
from app.billing.subscriptions import ensure as plan_subscriptions
from app.billing.subscriptions import switches
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, SwitchStatus
from app.payments import subscriptions
from tests.factories import OWNER
from tests.scenarios.planned import (
    ENDING,
    FEW,
    WIDE,
    Planned,
    a_cancellation,
    a_date,
    a_date_after_the_period,
    at_stripe,
    planned_of,
)
from tests.support.plans import (
    a_subscriber,
    hear_from_stripe,
    plan_of,
    subscription_id,
    switch_to,
    turn_period,
)
from tests.support.sandbox import Sandbox

SCHEDULES = "POST /v1/subscription_schedules"


@pytest.fixture(params=FEW, ids=lambda make: make.__name__)
def organization(request: Any, app: Flask, sandbox: Sandbox) -> Organization:
    """On Growth, with something planned."""
    made: Organization = request.param(sandbox)
    assert plan_of(made).scheduled is not None
    return made


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

    def test_and_canceled_it_stays(self, app: Flask, sandbox: Sandbox) -> None:
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
