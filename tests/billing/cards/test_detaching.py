"""A removed card is detached at Stripe once no payment in progress needs it."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from app.billing import topups
from app.billing.cards import detaching, payment_methods
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUpStatus
from tests.factories import OWNER, a_card, a_payer, an_organization, usd
from tests.support.sandbox import Sandbox

ASKS = "pm_card_threeDSecure2Required"


def attached(sandbox: Sandbox, card: PaymentMethod) -> bool:
    return sandbox.stripe.v1.payment_methods.retrieve(card.stripe_id).customer is not None


def put_off(card: PaymentMethod) -> list[datetime]:
    """For when the jobs that detach a card are put off."""
    query = "SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'detach_card' AND args->>'card_id' = :id"
    return list(db.session.scalars(db.text(query), {"id": str(card.id)}))


def removed(organization: Organization, card: PaymentMethod) -> PaymentMethod:
    payment_methods.record_detached(organization.id, card.stripe_id)
    db.session.commit()
    return card


def test_one_that_nothing_needs_is_detached_and_a_second_time_changes_nothing(
    app: Flask, sandbox: Sandbox
) -> None:
    card = removed(*a_payer())
    for _ in range(2):
        detaching.detach(card)
        assert not attached(sandbox, card)
    assert put_off(card) == []


def test_one_that_a_payment_needs_stays_and_a_job_comes_back_in_an_hour(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer(ASKS)
    top_up = topups.begin(organization, usd("50"), card.id, OWNER)
    topups.pay(organization, top_up.id, card.id, OWNER)
    removed(organization, card)
    before = utc_now()
    detaching.detach(card)
    assert attached(sandbox, card)
    [at] = put_off(card)
    assert abs((at - before - detaching.RETRY_AFTER).total_seconds()) < 60
    topups.cancel(organization, top_up.id, OWNER)
    detaching.detach(card)
    assert not attached(sandbox, card)


@pytest.mark.parametrize("status", TopUpStatus)
def test_only_a_payment_in_progress_needs_it(app: Flask, status: TopUpStatus) -> None:
    organization = an_organization()
    card = a_card(organization)
    top_up = topups.begin(organization, usd("50"), card.id, OWNER)
    top_up.status = status
    db.session.flush()
    needed = detaching.paying_with(card) is not None
    assert needed == (status in {TopUpStatus.PAYING, TopUpStatus.ACTION})


def test_a_payment_with_another_card_does_not_need_it(app: Flask) -> None:
    organization, other = an_organization(), an_organization()
    card, own = a_card(organization), a_card(organization, last4="1111", default=False)
    for payer, paying in ((organization, own), (other, a_card(other))):
        topups.begin(payer, usd("50"), paying.id, OWNER).status = TopUpStatus.PAYING
    db.session.flush()
    assert detaching.paying_with(card) is None
    assert detaching.paying_with(own) is not None
