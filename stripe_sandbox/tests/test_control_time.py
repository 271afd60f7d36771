"""Moving people ahead in time who are on no test clock, as in front of the demo."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from stripe_sandbox.control_client import Coming
from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.member import Member
from stripe_sandbox.tests.support.shopper import Shopper

DAY = 86_400


def test_the_next_renewal_comes_immediately_and_time_stays_ahead(member: Member) -> None:
    period_end = member.v1.subscriptions.retrieve(member.id)["items"].data[0].current_period_end
    assert member.clock().next == Coming(period_end, member.id)
    moved = member.move_to_next()
    assert (moved.done, moved.now >= period_end) == (1, True)
    assert (member.invoice().billing_reason, member.invoice().status) == ("subscription_cycle", "draft")
    assert member.invoice().created >= period_end
    invoice = member.invoice()
    assert member.clock().next == Coming(invoice.automatically_finalizes_at or 0, invoice.id)
    member.move_to_next()
    assert member.invoice().status == "paid"
    made = member.v1.invoices.create({"customer": member.customer})
    assert made.created >= period_end


def test_what_is_due_on_the_way_happens_on_its_own_day(member: Member) -> None:
    begun = member.v1.subscriptions.retrieve(member.id).created
    assert member.move_days(70).done == 4
    created = [one.created for one in member.v1.invoices.list({"customer": member.customer}).data]
    assert len(created) == 3 and created[0] - begun < 63 * DAY


def test_a_renewal_fails_and_recovers_while_the_card_stays_the_same(member: Member) -> None:
    member.bank("declines")
    member.renew()
    assert (member.status, member.invoice().status) == ("past_due", "open")
    invoice = member.invoice()
    assert member.clock().next == Coming(invoice.next_payment_attempt or 0, invoice.id)
    member.bank("default")
    member.move_to_next()
    assert (member.status, member.invoice().status, member.invoice().attempt_count) == ("active", "paid", 2)


def test_a_bank_that_always_declines_ends_the_subscription(member: Member) -> None:
    member.bank("declines")
    for _ in range(5):
        member.move_to_next()
    assert (member.status, member.clock().next) == ("canceled", None)


def test_a_bank_that_asks_makes_the_payment_wait_for_its_owner(member: Member) -> None:
    member.bank("asks")
    member.renew()
    secret: Any = {"expand": ["confirmation_secret"]}
    invoice = member.v1.invoices.retrieve(member.invoice().id, secret)
    assert invoice.confirmation_secret is not None
    intent = member.v1.payment_intents.list({"customer": member.customer}).data[0]
    assert (intent.status, intent.client_secret) == (
        "requires_action",
        invoice.confirmation_secret.client_secret,
    )


def test_everyone_is_moved_who_is_on_no_test_clock(
    member: Member, shopper: Shopper, stand_in: Process
) -> None:
    clock = shopper.v1.test_helpers.test_clocks.create({"frozen_time": int(time.time())})
    frozen: Any = {"test_clock": clock.id}
    shopper.v1.customers.create(frozen)
    assert stand_in.control.move_all_days(32) == 2
    assert shopper.v1.test_helpers.test_clocks.retrieve(clock.id).frozen_time == clock.frozen_time


def test_one_on_a_test_clock_moves_it(shopper: Shopper, stand_in: Process) -> None:
    clock = shopper.v1.test_helpers.test_clocks.create({"frozen_time": int(time.time())})
    frozen: Any = {"test_clock": clock.id}
    customer = shopper.v1.customers.create(frozen)
    stand_in.control.move_days(customer.id, 1)
    moved = shopper.v1.test_helpers.test_clocks.retrieve(clock.id)
    assert moved.frozen_time == clock.frozen_time + DAY


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"days": 0},
        {"days": -1},
        {"days": "2"},
        {"days": True},
        {"days": 9999},
        {"to": 5},
        {"customer": "cus_x"},
    ],
)
def test_a_move_that_makes_no_sense_is_refused(
    member: Member, stand_in: Process, how: dict[str, Any]
) -> None:
    asked = {"customer": member.customer, **how}
    answer = requests.post(f"{stand_in.url}/_sandbox/clock", json=asked, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_without_a_subscription_nothing_comes_next(shopper: Shopper, stand_in: Process) -> None:
    asked = {"customer": shopper.id, "next": True}
    answer = requests.post(f"{stand_in.url}/_sandbox/clock", json=asked, timeout=10)
    assert (answer.status_code, "no subscription" in answer.json()["error"]["message"]) == (400, True)


def test_a_bank_that_answers_otherwise_is_refused(member: Member) -> None:
    with pytest.raises(requests.HTTPError, match="400"):
        member.bank("sings")
