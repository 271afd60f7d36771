"""A paid top-up that a restored database doesn't have is made again from its payment; one that isn't ours is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.billing import topups
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUp, TopUpStatus
from app.money import Money
from app.payments import charging
from app.payments.charging import ChargeRequest
from app.payments.errors import RefusedError
from app.payments.intents import Payment
from app.payments.statuses import PaymentIntentStatus
from tests.factories import OWNER, a_payer, usd
from tests.support.money import balance
from tests.support.sandbox import Sandbox

MONTH = date(2026, 11, 1)


def charged(organization: Organization, card: PaymentMethod, top_up_id: UUID) -> Payment:
    """What Stripe was paid for a top-up that isn't here, off session."""
    request = ChargeRequest(
        key=f"top_up:{top_up_id}:1",
        amount=usd("50"),
        customer_id=organization.stripe_customer_id or "",
        card=card.stripe_id,
        top_up_id=top_up_id,
        org_id=organization.id,
        return_url="http://localhost/",
        description="Wallet top-up",
        statement="TOP-UP",
        off_session=True,
        auto_month=MONTH,
    )
    return charging.charge(request)


def test_an_automatic_one_is_credited_once_beside_one_that_is_open(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    waiting = TopUp(
        org_id=organization.id,
        amount_micro=usd("30").micro,
        currency="USD",
        payment_method_id=card.id,
        status=TopUpStatus.DECLINED,
        auto_month=MONTH,
    )
    db.session.add(waiting)
    db.session.commit()
    payment = charged(organization, card, uuid4())
    for _ in range(2):
        found = topups.find_or_recreate(payment)
        assert found is not None
        assert (str(found.id), found.status) == (payment.top_up_id, TopUpStatus.SUCCEEDED)
        assert (found.auto_month, found.payment_method_id) == (MONTH, card.id)
        assert found.claimed_at is not None
        assert utc_now() - found.claimed_at < timedelta(minutes=1)
        db.session.rollback()
    assert balance(organization) == "50.00"


NOT_OURS = {
    "not paid": {"status": PaymentIntentStatus.REQUIRES_PAYMENT_METHOD},
    "of no organization here": {"org_id": str(uuid4())},
    "of no organization at all": {"org_id": None},
    "for no top-up": {"top_up_id": "cart-7"},
    "by someone else's customer": {"customer_id": "cus_other"},
    "in another currency": {"amount": Money(50_000_000, "EUR")},
    "by no card": {"method_id": None},
}


def test_what_is_not_surely_ours_is_left_alone(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    payment = charged(organization, card, uuid4())
    made = {why: topups.find_or_recreate(replace(payment, **changes)) for why, changes in NOT_OURS.items()}  # type: ignore[arg-type]
    assert made == dict.fromkeys(NOT_OURS)
    assert db.session.query(TopUp).count() == 0


def test_the_top_up_of_another_organization_is_left_alone(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    other, other_card = a_payer()
    known = topups.begin(other, usd("50"), other_card.id, OWNER)
    assert topups.find_or_recreate(charged(organization, card, known.id)) is None


def test_a_card_that_stripe_no_longer_has_credits_nothing(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    payment = charged(organization, card, uuid4())
    with pytest.raises(RefusedError):
        topups.find_or_recreate(replace(payment, method_id="pm_gone"))
    db.session.rollback()
    assert balance(organization) == "0.00"
