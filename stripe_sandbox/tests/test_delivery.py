"""Webhooks: signed, in Stripe's order, each event once, unless a test asks for something else."""

from __future__ import annotations

from stripe_sandbox.control_client import Flushed
from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.receiver import Receiver
from stripe_sandbox.tests.support.shopper import Shopper

TOP_UP = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


def test_a_top_up_is_told_in_stripes_order(shopper: Shopper, stand_in: Process, receiver: Receiver) -> None:
    card = shopper.saved("4242424242424242")
    stand_in.control.flush()
    receiver.start_over()
    shopper.pay(card)
    assert stand_in.control.flush() == Flushed(3, 0)
    assert receiver.types == TOP_UP


def test_each_event_is_delivered_once_though_flush_meets_the_thread(
    shopper: Shopper, stand_in: Process, receiver: Receiver
) -> None:
    stand_in.control.set_webhooks("deliver")
    for _ in range(5):
        shopper.pay("pm_card_visa")
        stand_in.control.flush()
    ids = [event["id"] for event in receiver.got]
    assert len(ids) == len(set(ids))
    assert len([type_ for type_ in receiver.types if type_ == "payment_intent.succeeded"]) == 5


def test_what_is_held_is_pending_until_it_is_taken(
    shopper: Shopper, stand_in: Process, receiver: Receiver
) -> None:
    event = shopper.v1.events.list({"limit": 1}).data[0]
    assert event.pending_webhooks == 1
    stand_in.control.flush()
    assert receiver.got[0]["pending_webhooks"] == 1
    assert shopper.v1.events.retrieve(event.id).pending_webhooks == 0


def test_a_refused_event_is_sent_again_with_a_new_signature(
    shopper: Shopper, stand_in: Process, receiver: Receiver
) -> None:
    receiver.status = 500
    assert stand_in.control.flush() == Flushed(0, 1)
    assert shopper.v1.events.list().data[0].pending_webhooks == 1
    receiver.status = 200
    assert stand_in.control.flush() == Flushed(1, 0)
    assert receiver.types == ["customer.created", "customer.created"]


def test_duplicates_come_twice(shopper: Shopper, stand_in: Process, receiver: Receiver) -> None:
    stand_in.control.flush()
    receiver.start_over()
    stand_in.control.set_webhooks("duplicate")
    shopper.v1.customers.update(shopper.id, {"name": "Grace"})
    stand_in.control.flush()
    assert receiver.types == ["customer.updated", "customer.updated"]
    assert receiver.got[0]["id"] == receiver.got[1]["id"]


def test_dropped_events_are_never_sent_but_can_be_listed(
    shopper: Shopper, stand_in: Process, receiver: Receiver
) -> None:
    stand_in.control.flush()
    receiver.start_over()
    stand_in.control.set_webhooks("drop")
    shopper.v1.customers.update(shopper.id, {"name": "Grace"})
    stand_in.control.set_webhooks("hold")
    assert stand_in.control.flush() == Flushed(0, 0)
    assert shopper.events()[-1] == "customer.updated"
