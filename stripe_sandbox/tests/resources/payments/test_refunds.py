"""Refunds: of a whole charge or a part, immediately, later, or not at all."""

from __future__ import annotations

import pytest
import requests
import stripe

from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.shopper import Shopper


@pytest.fixture
def paid(shopper: Shopper) -> stripe.PaymentIntent:
    return shopper.pay("pm_card_visa")


def test_a_refund_gives_back_what_is_left(shopper: Shopper, paid: stripe.PaymentIntent) -> None:
    part = shopper.v1.refunds.create({"payment_intent": paid.id, "amount": 2000})
    rest = shopper.v1.refunds.create({"charge": str(paid.latest_charge)})
    charge = shopper.v1.charges.retrieve(str(paid.latest_charge))
    assert (part.amount, rest.amount, part.status) == (2000, 3000, "succeeded")
    assert (charge.amount_refunded, charge.refunded) == (5000, True)
    assert shopper.events()[-4:] == ["refund.created", "charge.refunded"] * 2


def test_more_than_was_paid_can_not_be_refunded(shopper: Shopper, paid: stripe.PaymentIntent) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shopper.v1.refunds.create({"payment_intent": paid.id, "amount": 5001})
    assert refused.value.param == "amount"
    shopper.v1.refunds.create({"payment_intent": paid.id})
    with pytest.raises(stripe.InvalidRequestError) as again:
        shopper.v1.refunds.create({"payment_intent": paid.id})
    assert again.value.code == "charge_already_refunded"


def test_what_was_not_paid_can_not_be_refunded(shopper: Shopper) -> None:
    intent = shopper.v1.payment_intents.create({"amount": 5000, "currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as nothing:
        shopper.v1.refunds.create({})
    assert nothing.value.code == "parameter_missing"


def test_a_refund_may_take_its_time(shopper: Shopper, stand_in: Process) -> None:
    intent = shopper.pay(shopper.card("4000000000007726"))
    refund = shopper.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == "pending"
    stand_in.control.settle_refund(refund.id, "succeed")
    assert shopper.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert shopper.events()[-1] == "refund.updated"


@pytest.mark.parametrize(
    ("number", "at_first", "later", "events"),
    [
        ("4000000000007726", "pending", "succeeded", ["charge.refund.updated", "refund.updated"]),
        ("4000000000005126", "succeeded", "failed", ["refund.updated", "refund.failed"]),
    ],
)
def test_the_refunds_of_some_cards_settle_by_themselves(
    shopper: Shopper, stand_in: Process, number: str, at_first: str, later: str, events: list[str]
) -> None:
    intent = shopper.pay(shopper.card(number))
    refund = shopper.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == at_first
    stand_in.restart()
    assert stand_in.control.run_scheduled() == 1
    assert shopper.v1.refunds.retrieve(refund.id).status == later
    assert shopper.events()[-2:] == events
    assert stand_in.control.run_scheduled() == 0


def test_a_refund_that_was_settled_by_hand_stays_settled(shopper: Shopper, stand_in: Process) -> None:
    intent = shopper.pay(shopper.card("4000000000007726"))
    refund = shopper.v1.refunds.create({"payment_intent": intent.id})
    stand_in.control.settle_refund(refund.id, "fail")
    stand_in.control.run_scheduled()
    assert shopper.v1.refunds.retrieve(refund.id).status == "failed"


def test_a_refund_has_notes_and_is_never_canceled(shopper: Shopper, paid: stripe.PaymentIntent) -> None:
    refund = shopper.v1.refunds.create({"payment_intent": paid.id, "metadata": {"case": "7"}})
    changed = shopper.v1.refunds.update(refund.id, {"metadata": {"case": "", "by": "Ada"}})
    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"by": "Ada"}
    assert shopper.events()[-2:] == ["charge.refund.updated", "refund.updated"]
    with pytest.raises(stripe.InvalidRequestError, match="can be canceled"):
        shopper.v1.refunds.cancel(refund.id)


def test_a_refund_may_fail_after_it_had_succeeded(shopper: Shopper, stand_in: Process) -> None:
    intent = shopper.pay(shopper.card("4000000000005126"))
    refund = shopper.v1.refunds.create({"payment_intent": intent.id})
    stand_in.control.settle_refund(refund.id, "fail")
    failed = shopper.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction", "charge"]})
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert isinstance(failed.failure_balance_transaction, stripe.BalanceTransaction)
    assert failed.failure_balance_transaction.amount == 5000
    assert isinstance(failed.charge, stripe.Charge)
    assert failed.charge.amount_refunded == 0
    assert shopper.events()[-1] == "refund.failed"


def test_a_refund_fails_only_once(shopper: Shopper, stand_in: Process, paid: stripe.PaymentIntent) -> None:
    refund = shopper.v1.refunds.create({"payment_intent": paid.id})
    stand_in.control.settle_refund(refund.id, "fail")
    with pytest.raises(requests.HTTPError):
        stand_in.control.settle_refund(refund.id, "fail")
    assert shopper.v1.charges.retrieve(str(paid.latest_charge)).amount_refunded == 0


def test_refunds_are_listed_by_charge_or_payment_intent(shopper: Shopper, paid: stripe.PaymentIntent) -> None:
    other = shopper.pay("pm_card_visa")
    refunds = [shopper.v1.refunds.create({"payment_intent": one.id}).id for one in (paid, other)]
    by_charge = shopper.v1.refunds.list({"charge": str(paid.latest_charge), "limit": 1})
    by_intent = shopper.v1.refunds.list({"payment_intent": other.id, "limit": 1})
    assert [refund.id for page in (by_charge, by_intent) for refund in page.data] == refunds
    assert not by_charge.has_more


def test_every_movement_is_a_balance_transaction(shopper: Shopper, paid: stripe.PaymentIntent) -> None:
    refund = shopper.v1.refunds.create({"payment_intent": paid.id, "amount": 2000})
    moved = shopper.v1.balance_transactions.list().data
    assert [(one.type, one.amount, one.source) for one in moved] == [
        ("refund", -2000, refund.id),
        ("charge", 5000, paid.latest_charge),
    ]
    assert (
        shopper.v1.balance_transactions.list({"source": refund.id}).data[0].id == refund.balance_transaction
    )


def test_the_refunds_of_a_charge_are_there_where_they_are_asked_for(
    shopper: Shopper, paid: stripe.PaymentIntent
) -> None:
    refund = shopper.v1.refunds.create({"payment_intent": paid.id})
    intent = shopper.v1.payment_intents.retrieve(paid.id, {"expand": ["latest_charge.refunds"]})
    assert [one.id for one in intent.latest_charge.refunds.data] == [refund.id]  # type: ignore[union-attr]
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        shopper.v1.refunds.retrieve(refund.id, {"expand": ["status"]})
