"""What a subscription is given after a change of it was planned: the change would take it away again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app import reconciliation
from app.billing import catalog
from app.billing.subscriptions import switches, taxes
from app.models import Organization
from app.payments.tax_settings import TaxSettings
from tests.billing.subscriptions.test_taxes import live_in, taxed
from tests.factories import OWNER
from tests.support.plans import a_subscriber, plan_of, switch_to, turn_period
from tests.support.sandbox import Sandbox
from tests.support.sums import Operator

ADDED: dict[str, tuple[Callable[[Operator], None], str]] = {
    "coupon": (lambda by: by.discount({"percent_off": 20}), "discount"),
    "tax": (lambda by: by.tax(19), "tax rates"),
    "both": (lambda by: (by.discount({"percent_off": 20}), by.tax(19))[0], "discount and tax rates"),
}


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    return a_subscriber("scale")


@pytest.mark.parametrize("what", ADDED)
def test_operators_are_told_until_it_is_planned_again(
    app: Flask, sandbox: Sandbox, organization: Organization, what: str
) -> None:
    add, words = ADDED[what]
    switch_to(organization, "growth", "year")
    operator = Operator(app, sandbox, organization)
    add(operator)
    assert [f"drops its {words}." in one["text"] for one in reconciliation.run().findings] == [True]
    switches.cancel_scheduled_change(organization, OWNER)
    assert reconciliation.run().findings == []
    switch_to(organization, "growth", "year")
    assert reconciliation.run().findings == []
    shown = plan_of(organization).next_charge
    operator.hear()
    shown = plan_of(organization).next_charge
    assert shown is not None
    turn_period(app, sandbox, organization)
    assert sandbox.stripe.v1.invoices.list({"limit": 1}).data[0].amount_due == shown.due.minor != 99_000


@pytest.mark.parametrize("mode", ["automatic", "rates"])
@pytest.mark.parametrize("choice", [("growth", "year"), ("growth", "month")])
def test_tax_that_the_catalog_asks_for_since_is_on_the_planned_change_too(
    app: Flask, sandbox: Sandbox, organization: Organization, mode: str, choice: tuple[str, str]
) -> None:
    live_in(sandbox, organization, "FR")
    switch_to(organization, *choice)
    operator = Operator(app, sandbox, organization)
    wanted = TaxSettings(automatic=True) if mode == "automatic" else TaxSettings(rates=(operator.rate(20),))
    with taxed(app, wanted):
        list(taxes.sync_taxes(catalog.current()))
        assert reconciliation.run().findings == []
        operator.hear()
        shown = plan_of(organization).next_charge
        turn_period(app, sandbox, organization)
        assert taxes.differences(catalog.current()) == []
    charged = sandbox.stripe.v1.invoices.list({"limit": 1}).data[0]
    price = {"year": 99_000, "month": 9_900}[choice[1]]
    assert shown is not None
    assert charged.amount_due == shown.due.minor == price * 12 // 10
