"""What is planned for the end of the period lives on until the switch that replaces it is made, and no longer.

PLANNED=all tries everything that can be planned with everything that can happen."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app import reconciliation
from app.billing.purchases import NotStartedError
from app.billing.subscriptions import switches
from app.extensions import db
from app.models import Organization, PlanSwitch, SwitchStatus
from app.payments import subscriptions
from tests.factories import OWNER, a_stripe_card
from tests.scenarios.planned import FEW, KINDS, WIDE, Planned, a_downgrade, planned_of
from tests.support.plans import (
    ALWAYS_3DS,
    DECLINES,
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


@pytest.fixture(params=FEW, ids=lambda make: make.__name__)
def organization(request: Any, app: Flask, sandbox: Sandbox) -> Organization:
    """On Growth, with something planned."""
    made: Organization = request.param(sandbox)
    assert plan_of(made).scheduled is not None
    return made


def upgrade(organization: Organization) -> PlanSwitch:
    """To Scale, paid as the plan is now."""
    return switch_to(organization, "scale", plan_of(organization).interval)


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
