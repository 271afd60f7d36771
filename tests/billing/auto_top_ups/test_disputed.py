"""A cardholder who disputes an automatic charge ends auto top-up, until an owner agrees again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.billing import topups
from app.billing.auto_top_ups import settings
from app.billing.topups import disputes
from app.clock import utc_now
from app.models import OffReason, Organization, PaymentMethod
from app.payments import disputes as stripe_disputes
from tests.factories import OWNER, give_credit, usd
from tests.support.auto_top_ups import look, one_with, settings_of, switch_on, top_ups, use
from tests.support.sandbox import Sandbox, deliver_all, work_through

HOUR = timedelta(hours=1)


def charged(app: Flask) -> tuple[Organization, PaymentMethod, str]:
    """An organization with one automatic charge of about $85: with its card, and the charge's id."""
    organization, card = one_with()
    use(organization, 15)
    work_through(app)
    [top_up] = top_ups(organization)
    return organization, card, str(top_up.charge_id)


def why_off(organization: Organization) -> OffReason | None:
    row = settings_of(organization)
    assert row.is_on == (row.off_reason is None)
    return row.off_reason


def agreed_at(organization: Organization, card: PaymentMethod, at: datetime) -> None:
    """Switched off and on again by an owner."""
    settings.turn_off(organization, OWNER)
    switch_on(organization, card, at=at)


@pytest.mark.long
def test_a_dispute_ends_it_before_another_charge_is_made(app: Flask, sandbox: Sandbox) -> None:
    organization, _, charge = charged(app)
    sandbox.control.open_dispute(charge)
    deliver_all(app, sandbox)
    assert why_off(organization) is OffReason.DISPUTE
    assert len(sandbox.charges()) == 1


@pytest.mark.long
def test_a_dispute_ends_it_also_where_credit_is_left(app: Flask, sandbox: Sandbox) -> None:
    organization, _, charge = charged(app)
    give_credit(organization, "500")
    sandbox.control.open_dispute(charge)
    deliver_all(app, sandbox)
    assert why_off(organization) is OffReason.DISPUTE


@pytest.mark.long
@pytest.mark.parametrize("off_by", [-HOUR, timedelta(), HOUR])
def test_an_owner_who_agrees_again_isnt_asked_for_it_twice(
    app: Flask, sandbox: Sandbox, off_by: timedelta
) -> None:
    """Whatever the times say: Stripe's are in whole seconds, and its clock isn't ours."""
    organization, card, charge = charged(app)
    sandbox.control.open_dispute(charge)
    deliver_all(app, sandbox)
    switch_on(organization, card, at=utc_now() + off_by)
    work_through(app)
    assert why_off(organization) is None
    assert len(sandbox.charges()) == 2
    deliver_all(app, sandbox)
    look(organization)
    assert why_off(organization) is None, "and the same dispute is told of once more"


@pytest.mark.long
@pytest.mark.parametrize("off_by", [-HOUR, timedelta(), HOUR])
def test_an_owner_who_couldnt_know_of_it_hasnt_agreed_again(
    app: Flask, sandbox: Sandbox, off_by: timedelta
) -> None:
    organization, card, charge = charged(app)
    sandbox.control.open_dispute(charge)
    agreed_at(organization, card, utc_now() + off_by)
    assert why_off(organization) is None
    deliver_all(app, sandbox)
    assert why_off(organization) is OffReason.DISPUTE


@pytest.mark.long
def test_an_owner_who_changes_the_settings_meanwhile_hasnt_agreed_again(app: Flask, sandbox: Sandbox) -> None:
    organization, card, charge = charged(app)
    dispute = sandbox.control.open_dispute(charge)
    disputes.apply(stripe_disputes.fetch(dispute["id"]))
    switch_on(organization, card, target="150")
    work_through(app)
    assert why_off(organization) is OffReason.DISPUTE
    assert len(sandbox.charges()) == 1


@pytest.mark.long
def test_an_inquiry_does_nothing_until_it_becomes_a_dispute(app: Flask, sandbox: Sandbox) -> None:
    organization, card, charge = charged(app)
    inquiry = sandbox.control.open_dispute(charge, inquiry=True)
    deliver_all(app, sandbox)
    assert why_off(organization) is None
    agreed_at(organization, card, utc_now() + HOUR)
    sandbox.control.decide_dispute(inquiry["id"], "escalated")
    deliver_all(app, sandbox)
    assert why_off(organization) is OffReason.DISPUTE


def test_the_dispute_of_a_persons_top_up_does_nothing(app: Flask, sandbox: Sandbox) -> None:
    organization, card = one_with(credit="300")
    begun = topups.begin(organization, usd("50"), card.id, OWNER)
    disputed = topups.pay(organization, begun.id, card.id, OWNER)
    sandbox.control.open_dispute(str(disputed.charge_id))
    deliver_all(app, sandbox)
    look(organization)
    assert why_off(organization) is None
