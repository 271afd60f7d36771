"""Switches whose end no one told us: found out once, made at most once, and left alone while Stripe is away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.purchases import RESEND_WITHIN, STALE_AFTER
from app.billing.subscriptions import switch_recovery, switches
from app.billing.subscriptions.switch_queries import UnknownSwitchError
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PlanSwitch, SwitchStatus
from tests.factories import OWNER, a_payer, an_organization
from tests.support.plans import plan_of, sell_plans
from tests.support.sandbox import Sandbox

UPDATE = "POST /v1/subscriptions/*"


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    sell_plans()
    return a_payer()[0]


@pytest.fixture
def lost(organization: Organization, sandbox: Sandbox) -> PlanSwitch:
    """A switch to Growth whose request never reached Stripe."""
    switch = switches.begin(organization, "growth", "month", OWNER)
    sandbox.fail(UPDATE, "drop_before", times=3)
    switches.confirm(organization, switch.id, OWNER)
    sandbox.clear_faults()
    return switch


def claimed_ago(switch: PlanSwitch, ago: timedelta) -> None:
    switch.claimed_at = utc_now() - ago
    db.session.commit()


class TestRecover:
    def test_one_that_never_arrived_is_made_while_the_person_may_wait_for_it(
        self, organization: Organization, lost: PlanSwitch, sandbox: Sandbox
    ) -> None:
        claimed_ago(lost, RESEND_WITHIN - timedelta(minutes=1))
        for _ in range(2):
            assert switch_recovery.recover(organization.id, lost.id)
        assert (switches.find(organization.id, lost.id).status, len(sandbox.charges())) == (
            SwitchStatus.DONE,
            1,
        )

    def test_later_it_is_not_made_any_more(
        self, organization: Organization, lost: PlanSwitch, sandbox: Sandbox
    ) -> None:
        claimed_ago(lost, RESEND_WITHIN + timedelta(seconds=1))
        for _ in range(2):
            assert switch_recovery.recover(organization.id, lost.id)
        found = switches.find(organization.id, lost.id)
        assert (found.status, found.note, sandbox.charges()) == (SwitchStatus.CANCELED, "not_done", [])
        assert plan_of(organization).name == "Starter"

    def test_while_stripe_is_away_it_stays_open(
        self, organization: Organization, lost: PlanSwitch, sandbox: Sandbox
    ) -> None:
        sandbox.fail("GET /v1/subscriptions/*", "500_before", times=9)
        assert not switch_recovery.recover(organization.id, lost.id)
        assert switches.find(organization.id, lost.id).status is SwitchStatus.SWITCHING

    def test_one_that_is_not_open_is_left_as_it_is(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        switch = switches.begin(organization, "growth", "month", OWNER)
        assert switch_recovery.recover(organization.id, switch.id)
        assert (switch.status, sandbox.charges()) == (SwitchStatus.REVIEW, [])

    def test_another_organizations_is_unknown(self, lost: PlanSwitch) -> None:
        with pytest.raises(UnknownSwitchError):
            switch_recovery.recover(an_organization().id, lost.id)


def test_only_what_has_been_open_for_longer_than_its_own_job_needs_is_stale(
    organization: Organization, lost: PlanSwitch
) -> None:
    claimed_ago(lost, STALE_AFTER - timedelta(minutes=1))
    assert switch_recovery.find_stale() == []
    claimed_ago(lost, STALE_AFTER + timedelta(seconds=1))
    assert switch_recovery.find_stale() == [(organization.id, lost.id)]
    lost.status = SwitchStatus.DONE
    db.session.commit()
    assert switch_recovery.find_stale() == []


@pytest.mark.parametrize("status", SwitchStatus)
def test_only_a_review_that_is_old_is_deleted(organization: Organization, status: SwitchStatus) -> None:
    switch = switches.begin(organization, "growth", "month", OWNER)
    switch.status = status
    for age, is_kept in (
        (switch_recovery.KEPT_FOR - timedelta(hours=1), True),
        (switch_recovery.KEPT_FOR + timedelta(seconds=1), status is not SwitchStatus.REVIEW),
    ):
        switch.created_at = utc_now() - age
        db.session.commit()
        switch_recovery.delete_unconfirmed()
        assert bool(db.session.scalar(db.select(db.func.count(PlanSwitch.id)))) is is_kept
