"""Refunds against Stripe's stand-in: each takes its part of a top-up, and gives it back where it fails."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import topups
from app.billing.topups import refunds
from app.billing.wallet import ledger, verification
from app.billing.wallet.ledger import Entry
from app.clock import utc_now
from app.extensions import db
from app.models import AccountName, CallingState, TopUp, TopUpStatus, TransferKind
from app.payments import refunds as stripe_refunds
from tests.factories import OWNER, a_paid_top_up, a_payer, an_organization, usd
from tests.support.money import assert_ledger_matches, balance, the_top_up
from tests.support.sandbox import Sandbox, deliver_all


def refunded(sandbox: Sandbox, top_up: TopUp, cents: int) -> str:
    """A refund at Stripe that no one has told us of; its id."""
    asked = {"payment_intent": top_up.payment_intent_id or "", "amount": cents}
    return sandbox.stripe.v1.refunds.create(asked).id  # type: ignore[arg-type]


def follow(refund_id: str) -> bool:
    done = refunds.apply(stripe_refunds.fetch(refund_id)).is_ours
    db.session.commit()
    return done


@pytest.mark.long
def test_several_refunds_each_take_their_part_once(app: Flask, sandbox: Sandbox) -> None:
    organization, top_up = a_paid_top_up()
    refunded(sandbox, top_up, 2000)
    refunded(sandbox, top_up, 500)
    for _ in range(2):
        deliver_all(app, sandbox)
    assert balance(organization) == "25.00"
    assert_ledger_matches(organization, sandbox)


def test_a_refund_of_everything_pauses_calling(app: Flask, sandbox: Sandbox) -> None:
    organization, top_up = a_paid_top_up()
    follow(refunded(sandbox, top_up, 5000))
    assert ledger.lock(organization.id).state is CallingState.PAUSED


def test_a_refund_that_fails_gives_the_credit_back_once(app: Flask, sandbox: Sandbox) -> None:
    organization, top_up = a_paid_top_up()
    refund_id = refunded(sandbox, top_up, 5000)
    follow(refund_id)
    sandbox.control.settle_refund(refund_id, "fail")
    for _ in range(2):
        follow(refund_id)
    assert balance(organization) == "50.00"
    assert ledger.lock(organization.id).state is CallingState.ACTIVE
    assert_ledger_matches(organization, sandbox)


def test_a_refund_known_only_after_it_failed_moves_nothing(app: Flask, sandbox: Sandbox) -> None:
    organization, top_up = a_paid_top_up()
    refund_id = refunded(sandbox, top_up, 2000)
    outdated = stripe_refunds.fetch(refund_id)
    sandbox.control.settle_refund(refund_id, "fail")
    assert follow(refund_id)
    assert refunds.apply(outdated).is_ours, "what was read before it failed is not believed after"
    db.session.commit()
    assert balance(organization) == "50.00"


def test_a_refund_on_its_way_takes_the_credit_already(app: Flask, sandbox: Sandbox) -> None:
    organization, top_up = a_paid_top_up("pm_card_pendingRefund")
    refund_id = refunded(sandbox, top_up, 2000)
    follow(refund_id)
    assert balance(organization) == "30.00"
    sandbox.control.settle_refund(refund_id, "succeed")
    follow(refund_id)
    assert balance(organization) == "30.00"


@pytest.mark.long
def test_a_refund_heard_of_before_its_payment_settles_that_first(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    top_up = topups.begin(organization, usd("50"), card.id, OWNER)
    db.session.commit()
    sandbox.fail("POST /v1/payment_intents", "drop_after", times=3)
    topups.pay(organization, top_up.id, card.id, OWNER)
    sandbox.clear_faults()
    (intent,) = sandbox.payment_intents()
    refund_id = sandbox.stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 2000}).id
    assert follow(refund_id)
    assert balance(organization) == "30.00"
    deliver_all(app, sandbox)
    assert the_top_up(organization).status is TopUpStatus.SUCCEEDED
    assert balance(organization) == "30.00"
    assert_ledger_matches(organization, sandbox)


def test_the_check_finds_a_larger_clawback_than_was_paid(app: Flask) -> None:
    organization = an_organization(credit="50")
    wallet = ledger.lock(organization.id)
    top_up_id = organization.id
    for kind, source, debit, credit, amount in (
        (TransferKind.REFUND, "re_1", AccountName.WALLET, AccountName.STRIPE, "20"),
        (TransferKind.REFUND_REVERSAL, "re_1", AccountName.STRIPE, AccountName.WALLET, "30"),
        (TransferKind.DISPUTE, "du_1", AccountName.WALLET, AccountName.STRIPE, "60"),
    ):
        entry = Entry(kind, source, debit, credit, usd(amount), utc_now(), top_up_id=top_up_id)
        ledger.post(wallet, entry)
    db.session.commit()
    assert sorted(finding.text for finding in verification.check()) == [
        "re_1 gave back 30.000000 USD and had taken 20.000000 USD",
        f"top-up {top_up_id} brought 0.000000 USD, refunds and disputes clawed back 50.000000 USD",
    ]
