"""A paid plan whose period no one has paid for is found, with what it costs; one that is paid for is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app import reconciliation
from app.models import Organization
from app.payments import previews, subscriptions
from tests.factories import a_stripe_card, usd
from tests.support.plans import AS_A_DRAFT, DECLINES, a_subscriber, subscription_id, switch_to, turn_period
from tests.support.sandbox import Sandbox


class Dashboard:
    """What an operator does to an organization's subscription, past this service."""

    def __init__(self, sandbox: Sandbox, organization: Organization) -> None:
        self.sandbox, self.organization, self.api = sandbox, organization, sandbox.stripe.v1

    @property
    def found(self) -> Any:
        return self.api.subscriptions.retrieve(subscription_id(self.organization))

    @property
    def item(self) -> Any:
        return self.found["items"].data[0]

    def update(self, **params: Any) -> None:
        wanted: Any = params
        self.api.subscriptions.update(self.found.id, wanted)

    def turn(self) -> None:
        found = subscriptions.fetch(self.found.id)
        self.sandbox.move(self.organization.stripe_customer_id or "", found.period_end + AS_A_DRAFT)


def price(dollars: str, plan: str, interval: str) -> str:
    return previews.price_of(plan, interval, usd(dollars))


def plan_a_year_without_an_anchor(do: Dashboard) -> None:
    schedule = do.api.subscription_schedules.create({"from_subscription": do.found.id})
    now = schedule.phases[0]
    phases: Any = [
        {"items": [{"price": do.item.price.id}], "start_date": now.start_date, "end_date": now.end_date},
        {"items": [{"price": price("990", "growth", "year")}], "proration_behavior": "none"},
    ]
    do.api.subscription_schedules.update(schedule.id, {"phases": phases})
    # Begun on the 28th of a month its year is counted from there, so that the second month finds it in the middle.
    do.turn()


def a_year_for_nothing(do: Dashboard) -> None:
    items = [{"id": do.item.id, "price": price("990", "growth", "year")}]
    do.update(items=items, proration_behavior="none")


def from_nothing(do: Dashboard) -> None:
    items = [{"id": do.item.id, "price": price("99", "growth", "month")}]
    do.update(items=items, proration_behavior="none")


def void_what_a_card_did_not_pay(do: Dashboard) -> None:
    do.update(default_payment_method=a_stripe_card(do.organization, DECLINES).stripe_id)
    items = [{"id": do.item.id, "price": price("990", "growth", "year")}]
    do.update(items=items, billing_cycle_anchor={"type": "now"}, proration_behavior="none")
    do.api.invoices.void_invoice(do.found.latest_invoice)


FOUND: dict[str, tuple[str, Callable[[Dashboard], None], str]] = {
    "a year that begins in its middle": ("scale", plan_a_year_without_an_anchor, "growth for $990.00 a year"),
    "a year for nothing": ("scale", a_year_for_nothing, "growth for $990.00 a year"),
    "paid from nothing": ("starter", from_nothing, "growth for $99.00 a month"),
    "voided": ("scale", void_what_a_card_did_not_pay, "growth for $990.00 a year"),
}


def renew(do: Dashboard) -> None:
    do.turn()


def await_the_hour(do: Dashboard) -> None:
    found = subscriptions.fetch(do.found.id)
    do.sandbox.move(do.organization.stripe_customer_id or "", found.period_end)


def up(do: Dashboard) -> None:
    switch_to(do.organization, "scale")


def to_a_year(do: Dashboard) -> None:
    switch_to(do.organization, "growth", "year")


def to_a_month_of_more(do: Dashboard) -> None:
    switch_to(do.organization, "scale", "month")


def give_it_for_nothing(do: Dashboard) -> None:
    terms: Any = {"percent_off": 100, "duration": "forever"}
    do.update(discounts=[{"coupon": do.api.coupons.create(terms).id}])


def pay_from_credit(do: Dashboard) -> None:
    credit: Any = {"amount": -100_000, "currency": "usd"}
    do.api.customers.balance_transactions.create(do.organization.stripe_customer_id or "", credit)


SILENT = {
    "paid, from credit too": [await_the_hour, renew, to_a_year, to_a_month_of_more, pay_from_credit, renew],
    "given for nothing": [give_it_for_nothing, renew, up],
}


def unpaid(organization: Organization) -> list[str]:
    run = reconciliation.run()
    about = [one["text"] for one in run.findings if one["object"] == subscription_id(organization)]
    return [text for text in about if "no paid invoice covers" in text]


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda: "any")
@pytest.mark.parametrize("name", list(FOUND))
def test_what_no_one_paid_for_is_found(app: Flask, sandbox: Sandbox, name: str) -> None:
    plan, do, words = FOUND[name]
    organization = a_subscriber("growth")
    if plan == "starter":
        switch_to(organization, "starter")
        turn_period(app, sandbox, organization)
    elif plan != "growth":
        switch_to(organization, plan)
    assert unpaid(organization) == []
    do(Dashboard(sandbox, organization))
    (text,) = unpaid(organization)
    assert f"{organization.name} ({organization.slug}) is on {words}, and no paid" in text
    assert "Money(" not in text


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda: "any")
@pytest.mark.parametrize("name", list(SILENT))
def test_what_is_paid_for_is_not_found(app: Flask, sandbox: Sandbox, name: str) -> None:
    organization = a_subscriber("growth")
    for do in SILENT[name]:
        do(Dashboard(sandbox, organization))
        assert unpaid(organization) == []


def test_it_is_gone_once_the_period_is_invoiced(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth")
    do = Dashboard(sandbox, organization)
    a_year_for_nothing(do)
    assert len(unpaid(organization)) == 1
    do.update(billing_cycle_anchor={"type": "now"}, proration_behavior="none")
    assert unpaid(organization) == []
