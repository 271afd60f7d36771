"""Whose attempt it is, and who looks again once a top-up is over."""

from __future__ import annotations

from datetime import date

from flask import Flask

from app.billing import topups
from app.billing.topups import automatic, automatic_attempts
from app.billing.wallet import ledger
from app.extensions import db
from app.models import TopUpStatus
from tests.factories import OWNER, a_payer, usd
from tests.support.auto_top_ups import one_with, use
from tests.support.sandbox import Sandbox
from tests.support.topping_up import begin, pay


def jobs() -> int:
    db.session.rollback()
    query = db.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'top_up_automatically'")
    return int(db.session.scalar(query) or 0)


def test_an_attempt_that_a_person_makes_is_theirs(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer("pm_card_authenticationRequired")
    wallet = ledger.lock(organization.id)
    top_up = automatic.begin(organization, wallet, usd("50"), card, month=date(2026, 11, 1))
    db.session.commit()
    assert automatic_attempts.current(top_up) is not None
    automatic.charge(organization, top_up, card, str(organization.stripe_customer_id))
    paying = topups.pay(organization, top_up.id, card.id, OWNER)
    assert paying.status is TopUpStatus.ACTION, "on session"
    assert automatic_attempts.current(paying) is None


def test_a_persons_top_up_that_ends_looks_again_only_where_credit_is_still_below(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, card = one_with()
    use(organization, 29)
    assert jobs() == 1
    pay(organization, card, "10")
    assert jobs() == 2, "11 of 20 dollars"
    before = jobs()
    top_up = begin(organization, card, "50")
    topups.cancel(organization, top_up, OWNER)
    assert jobs() == before + 1
    other, other_card = a_payer()
    pay(other, other_card)
    assert jobs() == before + 1, "it has no watch"
