"""What a switch replaces goes once it is made, and comes back where it is not made after all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.billing.subscriptions import replacing, switches
from app.extensions import db
from app.models import Organization, PlanSwitch, SwitchStatus
from app.payments import subscriptions
from app.payments.subscription_facts import Chosen, StripeSubscription
from tests.factories import OWNER
from tests.support.plans import a_subscriber, subscription_id
from tests.support.sandbox import Sandbox


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    """On Growth, which an operator has let end with the period."""
    organization = a_subscriber("growth")
    ends: Any = {"cancel_at_period_end": True}
    sandbox.stripe.v1.subscriptions.update(subscription_id(organization), ends)
    return organization


def fetch(organization: Organization) -> StripeSubscription:
    return subscriptions.fetch(subscription_id(organization))


def asked(organization: Organization, plan: str) -> PlanSwitch:
    """A switch that Stripe was asked for."""
    switch = switches.begin(organization, plan, "month", OWNER)
    switch.status = SwitchStatus.SWITCHING
    replacing.record(switch, fetch(organization))
    db.session.commit()
    return switch


def test_what_is_planned_is_recorded(organization: Organization) -> None:
    switch, found = asked(organization, "scale"), fetch(organization)
    assert (switch.replaces_ends_at, switch.replaces_with_period, switch.replaces_schedule_id) == (
        found.period_end,
        True,
        None,
    )


class TestSettle:
    def test_nothing_goes_before_the_switch_is_made(self, organization: Organization) -> None:
        asked(organization, "scale")
        found = fetch(organization)
        assert replacing.settle(organization, found) == found
        assert fetch(organization).ends_at is not None

    def test_once_it_is_made_the_end_goes_and_a_second_time_changes_nothing(
        self, organization: Organization
    ) -> None:
        switch = asked(organization, "scale")
        made = Chosen(switch.plan, switch.interval, switch.version, str(switch.id))
        settled = replacing.settle(organization, replace(fetch(organization), chosen=made))
        assert (settled.ends_at, fetch(organization).ends_at) == (None, None)
        again = replace(settled, chosen=made)
        assert replacing.settle(organization, again) is again

    def test_without_an_open_switch_what_an_operator_planned_stays(self, organization: Organization) -> None:
        found = fetch(organization)
        assert replacing.settle(organization, found) is found
        assert fetch(organization).ends_at is not None


def test_a_change_that_is_planned_makes_the_end_go_first(organization: Organization) -> None:
    found = replacing.make_way(fetch(organization))
    assert found.ends_at is None
    assert replacing.make_way(found) is found


class TestRestore:
    def test_the_end_comes_back_as_it_was(self, organization: Organization) -> None:
        switch, before = asked(organization, "starter"), fetch(organization)
        replacing.make_way(before)
        for _ in range(2):
            replacing.restore(switch, before.id)
            after = fetch(organization)
            assert (after.ends_at, after.ends_with_period) == (before.ends_at, True)

    def test_one_that_takes_nothing_away_before_it_is_made_brings_nothing_back(
        self, organization: Organization
    ) -> None:
        switch, found = asked(organization, "scale"), fetch(organization)
        subscriptions.keep_active(found)
        replacing.restore(switch, found.id)
        assert fetch(organization).ends_at is None

    def test_one_that_replaced_nothing_brings_nothing_back(self, organization: Organization) -> None:
        subscriptions.keep_active(fetch(organization))
        switch = asked(organization, "starter")
        replacing.restore(switch, subscription_id(organization))
        assert fetch(organization).ends_at is None
