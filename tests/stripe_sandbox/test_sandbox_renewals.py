"""What time does to subscriptions, by a test clock that is moved from one due moment to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stripe_sandbox.advancing import advance
from stripe_sandbox.clock import CLOCK
from stripe_sandbox.performing import perform
from stripe_sandbox.resources import customers, payment_methods, prices, subscriptions
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.settings import Settings


class Stage:
    """A customer on a clock that stands at noon of 31 January 2027."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        clock = {"id": "clock_1", "object": CLOCK, "frozen_time": at("2027-01-31")}
        sandbox.store.add(clock)
        self.customer = self.do(customers.create, name="Ada")
        self.customer["test_clock"] = clock["id"]
        sandbox.store.save(self.customer)

    def do(self, work: Callable[..., dict[str, Any]], *ids: str, **params: Any) -> dict[str, Any]:
        return perform(self.sandbox, work, *ids, **params).body

    def set_clock(self, moment: int) -> None:
        clock = self.sandbox.store.get("clock_1", CLOCK) or {}
        self.sandbox.store.save(clock | {"frozen_time": moment})

    def move_to(self, day: str) -> int:
        done = advance(self.sandbox, self.customer["id"], at(day), self.set_clock)
        self.set_clock(at(day))
        return done

    def use(self, number: str) -> None:
        card = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        method = self.do(payment_methods.create, type="card", card=card)
        self.do(payment_methods.attach, method["id"], customer=self.customer["id"])
        chosen = {"default_payment_method": method["id"]}
        self.do(customers.update, self.customer["id"], invoice_settings=chosen)

    def subscribe(self, amount: int, **params: Any) -> dict[str, Any]:
        price = self.do(
            prices.create,
            currency="usd",
            unit_amount=amount,
            recurring={"interval": "month"},
            product_data={"name": "Plan"},
        )
        items = [{"price": price["id"]}]
        return self.do(subscriptions.create, customer=self.customer["id"], items=items, **params)

    def now(self, one: dict[str, Any]) -> dict[str, Any]:
        return self.do(subscriptions.retrieve, one["id"])

    def invoices(self) -> list[dict[str, Any]]:
        return self.sandbox.store.all("invoice", {"customer": self.customer["id"]})[::-1]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    environment = {"SANDBOX_STATE": str(tmp_path / "state.db"), "SANDBOX_CONFORMANCE": "1"}
    return Stage(Sandbox(Settings.from_environment(environment)))


def at(day: str) -> int:
    return int(datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC).timestamp())


def test_each_period_is_invoiced_when_it_begins(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(4900)
    assert stage.move_to("2027-04-01") == 2
    assert [invoice["created"] for invoice in stage.invoices()] == [
        at(day) for day in ("2027-01-31", "2027-02-28", "2027-03-31")
    ]
    assert {(invoice["status"], invoice["amount_paid"]) for invoice in stage.invoices()} == {("paid", 4900)}
    item = stage.now(one)["items"]["data"][0]
    assert (item["current_period_start"], item["current_period_end"]) == (at("2027-03-31"), at("2027-04-30"))


def test_a_renewal_that_the_card_declines_leaves_the_subscription_past_due(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(4900)
    stage.use("4000000000000341")
    stage.move_to("2027-02-28")
    assert stage.now(one)["status"] == "past_due"
    assert [invoice["status"] for invoice in stage.invoices()] == ["paid", "open"]


def test_a_subscription_ends_with_its_period_without_another_invoice(stage: Stage) -> None:
    one = stage.subscribe(0)
    stage.move_to("2027-02-03")
    planned = stage.do(subscriptions.update, one["id"], cancel_at_period_end=True)
    assert (planned["canceled_at"], planned["cancel_at"]) == (at("2027-02-03"), at("2027-02-28"))
    stage.move_to("2027-03-31")
    after = stage.now(one)
    assert (after["status"], after["ended_at"], len(stage.invoices())) == ("canceled", at("2027-02-28"), 1)


def test_a_first_payment_is_waited_for_no_longer_than_a_day(stage: Stage) -> None:
    one = stage.subscribe(4900, payment_behavior="default_incomplete")
    stage.move_to("2027-02-01")
    assert stage.now(one)["status"] == "incomplete_expired"
    assert stage.invoices()[0]["status"] == "void"


def test_a_switch_waits_for_its_payment_for_23_hours(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(1000)
    stage.use("4000000000000341")
    items = [{"id": one["items"]["data"][0]["id"], "quantity": 5}]
    behavior = {"proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"}
    waiting = stage.do(subscriptions.update, one["id"], items=items, **behavior)
    assert waiting["pending_update"]["expires_at"] == at("2027-01-31") + 23 * 3600
    assert stage.move_to("2027-02-01") == 1
    after = stage.now(one)
    assert (after["pending_update"], after["items"]["data"][0]["quantity"]) == (None, 1)
    assert [invoice["status"] for invoice in stage.invoices()] == ["paid", "void"]


def test_a_switch_waits_no_longer_than_its_period_and_the_next_one_is_charged_as_if_it_was_never_asked_for(
    stage: Stage,
) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(280_000)
    stage.set_clock(at("2027-02-28") - 3_600)
    stage.use("4000000000000341")
    items = [{"id": one["items"]["data"][0]["id"], "quantity": 5}]
    behavior = {"proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"}
    waiting = stage.do(subscriptions.update, one["id"], items=items, **behavior)
    assert waiting["pending_update"]["expires_at"] == at("2027-02-28")
    stage.use("4242424242424242")
    stage.move_to("2027-03-01")
    assert stage.now(one)["pending_update"] is None
    assert [invoice["status"] for invoice in stage.invoices()] == ["paid", "void", "paid"]
    assert stage.invoices()[-1]["amount_due"] == 280_000


def test_what_a_change_left_open_is_on_the_next_invoice(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(2800)
    stage.move_to("2027-02-14")
    items = [{"id": one["items"]["data"][0]["id"], "quantity": 2}]
    stage.do(subscriptions.update, one["id"], items=items)
    stage.move_to("2027-03-01")
    assert [line["amount"] for line in stage.invoices()[-1]["lines"]["data"]] == [-1400, 2800, 5600]
