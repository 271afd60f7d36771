"""Disputes against Stripe's stand-in: the wallet has what Stripe left us of a payment, and calling follows it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe
from flask import Flask

from app.billing import topups
from app.billing.topups import disputes
from app.billing.wallet import ledger
from app.billing.wallet.balance import gather
from app.extensions import db
from app.models import CallingState, Dispute, Mail, Organization, TopUp, TopUpStatus, TransferKind
from app.money import Money
from app.payments import disputes as stripe_disputes
from tests.factories import OWNER, a_paid_top_up, a_payer, usd
from tests.support.database import inside
from tests.support.money import assert_ledger_matches, balance, the_top_up
from tests.support.sandbox import Sandbox, deliver_all


def opened(sandbox: Sandbox, top_up: TopUp, **how: Any) -> str:
    """A dispute of a top-up at the bank; its id."""
    return str(sandbox.control.open_dispute(top_up.charge_id, **how)["id"])


def decided(sandbox: Sandbox, dispute_id: str, outcome: str) -> None:
    sandbox.control.decide_dispute(dispute_id, outcome)


def follow(dispute_id: str) -> bool:
    """What any event about the dispute does, and the reconciliation."""
    done = disputes.apply(stripe_disputes.fetch(dispute_id)).is_ours
    db.session.commit()
    return done


def state_of(organization: Organization) -> CallingState:
    db.session.rollback()
    return ledger.lock(organization.id).state


@pytest.mark.long
def test_a_dispute_takes_the_credit_and_pauses_calling(app: Flask, sandbox: Sandbox) -> None:
    organization, top_up = a_paid_top_up()
    dispute_id = opened(sandbox, top_up)
    deliver_all(app, sandbox)
    assert balance(organization) == "0.00"
    assert state_of(organization) is CallingState.PAUSED
    assert gather(organization).paused_by is TransferKind.DISPUTE
    kept = db.session.get_one(Dispute, (organization.id, dispute_id))
    assert (kept.top_up_id, kept.status, kept.reason) == (top_up.id, "needs_response", "fraudulent")
    assert_ledger_matches(organization, sandbox)


@pytest.mark.long
def test_a_won_dispute_gives_it_back_and_calling_goes_on(app: Flask, sandbox: Sandbox) -> None:
    organization, top_up = a_paid_top_up()
    dispute_id = opened(sandbox, top_up)
    deliver_all(app, sandbox)
    decided(sandbox, dispute_id, "won")
    deliver_all(app, sandbox)
    assert balance(organization) == "50.00"
    assert state_of(organization) is CallingState.ACTIVE
    assert_ledger_matches(organization, sandbox)


@pytest.mark.long
def test_a_lost_dispute_takes_nothing_more(app: Flask, sandbox: Sandbox) -> None:
    organization, top_up = a_paid_top_up()
    dispute_id = opened(sandbox, top_up)
    deliver_all(app, sandbox)
    decided(sandbox, dispute_id, "lost")
    deliver_all(app, sandbox)
    assert balance(organization) == "0.00"
    assert db.session.get_one(Dispute, (organization.id, dispute_id)).status == "lost"


@pytest.mark.long
def test_an_inquiry_is_kept_and_moves_nothing(app: Flask, sandbox: Sandbox) -> None:
    organization, top_up = a_paid_top_up()
    dispute_id = opened(sandbox, top_up, inquiry=True)
    deliver_all(app, sandbox)
    assert db.session.get_one(Dispute, (organization.id, dispute_id)).status == "warning_needs_response"
    decided(sandbox, dispute_id, "warning_closed")
    deliver_all(app, sandbox)
    assert balance(organization) == "50.00"


@pytest.mark.parametrize("times", [1, 3])
def test_a_dispute_known_only_after_it_was_won_moves_nothing(
    app: Flask, sandbox: Sandbox, times: int
) -> None:
    organization, top_up = a_paid_top_up()
    dispute_id = opened(sandbox, top_up)
    decided(sandbox, dispute_id, "won")
    for _ in range(times):
        assert follow(dispute_id)
    assert balance(organization) == "50.00"
    assert db.session.get_one(Dispute, (organization.id, dispute_id)).status == "won"


def test_what_was_read_before_the_bank_decided_is_not_believed_after(app: Flask, sandbox: Sandbox) -> None:
    organization, top_up = a_paid_top_up()
    dispute_id = opened(sandbox, top_up)
    outdated = stripe_disputes.fetch(dispute_id)
    decided(sandbox, dispute_id, "won")
    follow(dispute_id)
    disputes.apply(outdated)
    db.session.commit()
    assert balance(organization) == "50.00"
    assert db.session.get_one(Dispute, (organization.id, dispute_id)).status == "won"


@pytest.mark.long
def test_a_dispute_heard_of_before_its_payment_settles_that_first(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    top_up = topups.begin(organization, usd("50"), card.id, OWNER)
    db.session.commit()
    sandbox.fail("POST /v1/payment_intents", "drop_after", times=3)
    topups.pay(organization, top_up.id, card.id, OWNER)
    sandbox.clear_faults()
    assert the_top_up(organization).status is TopUpStatus.PAYING
    (charge,) = sandbox.charges()
    dispute_id = str(sandbox.control.open_dispute(charge.id)["id"])
    assert follow(dispute_id)
    assert the_top_up(organization).status is TopUpStatus.SUCCEEDED
    assert balance(organization) == "0.00"
    decided(sandbox, dispute_id, "won")
    deliver_all(app, sandbox)
    assert balance(organization) == "50.00"
    assert_ledger_matches(organization, sandbox)


def test_a_dispute_of_a_payment_that_is_none_of_ours_is_left_alone(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    intent = sandbox.stripe.v1.payment_intents.create(
        {
            "amount": 5000,
            "currency": "usd",
            "customer": organization.stripe_customer_id or "",
            "payment_method": card.stripe_id,
            "confirm": True,
            "off_session": True,
        }
    )
    dispute_id = str(sandbox.control.open_dispute(intent.latest_charge)["id"])
    assert not follow(dispute_id)
    assert balance(organization) == "0.00"


@pytest.mark.long
def test_each_turn_of_a_dispute_is_told_once(app: Flask, sandbox: Sandbox) -> None:
    organization, top_up = a_paid_top_up()
    for outcome in ("won", "lost"):
        dispute_id = opened(sandbox, top_up)
        deliver_all(app, sandbox)
        decided(sandbox, dispute_id, outcome)
        for _ in range(2):
            deliver_all(app, sandbox)
    db.session.rollback()
    told = db.session.scalars(
        db.select(Mail.kind)
        .filter_by(org_id=organization.id)
        .where(Mail.kind.startswith("dispute"))
        .order_by(Mail.created_at, Mail.id)
    )
    assert list(told) == ["dispute_opened", "dispute_won", "dispute_opened", "dispute_lost"]


def test_many_events_at_the_same_moment_take_it_once(app: Flask, sandbox: Sandbox) -> None:
    organization, top_up = a_paid_top_up()
    dispute_id = opened(sandbox, top_up)

    def hear(_: int) -> None:
        with inside(app):
            follow(dispute_id)

    with ThreadPoolExecutor(6) as workers:
        list(workers.map(hear, range(6)))
    assert balance(organization) == "0.00"
    assert_ledger_matches(organization, sandbox)


@pytest.mark.long
def test_a_whole_dispute_after_a_part_was_refunded_takes_more_than_was_paid_until_it_is_decided(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, top_up = a_paid_top_up()
    sandbox.stripe.v1.refunds.create({"charge": top_up.charge_id or "", "amount": 2000})
    dispute_id = opened(sandbox, top_up, amount=5000)
    deliver_all(app, sandbox)
    assert balance(organization) == "-20.00"
    assert_ledger_matches(organization, sandbox)
    decided(sandbox, dispute_id, "lost")
    deliver_all(app, sandbox)
    assert balance(organization) == "0.00"
    assert_ledger_matches(organization, sandbox)


def test_a_balance_kept_in_another_currency_takes_the_disputed_amount() -> None:
    def moved(amount: int, currency: str) -> dict[str, Any]:
        return {"object": "balance_transaction", "amount": amount, "currency": currency}

    def taken(*movements: dict[str, Any]) -> Money:
        body = {
            "id": "du_1",
            "object": "dispute",
            "amount": 5000,
            "currency": "usd",
            "status": "needs_response",
            "reason": "fraudulent",
            "payment_intent": "pi_1",
            "charge": "ch_1",
            "created": 1,
            "evidence_details": {"due_by": 0},
            "balance_transactions": list(movements),
        }
        return stripe_disputes.read(stripe.Dispute.construct_from(body, None)).taken

    assert taken(moved(-4600, "eur")) == usd("50")
    assert taken(moved(-4600, "eur"), moved(4650, "eur")) == usd("0")
    assert taken(moved(-5000, "usd"), moved(2000, "usd")) == usd("30")
