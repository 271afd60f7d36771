"""Tax on plans: off unless the catalog switches it on, and then on what is previewed, charged and told."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import catalog, invoices
from app.billing.catalog import CatalogError, file
from app.billing.subscriptions import previews, switches
from app.billing.subscriptions import taxes as plan_taxes
from app.billing.subscriptions.taxes import AddressNeededError
from app.extensions import db
from app.models import Organization
from app.payments import subscriptions
from app.payments.tax_settings import TaxSettings
from tests.factories import OWNER, a_payer, usd
from tests.support.money import balance
from tests.support.plans import a_subscriber, hear_from_stripe, sell_plans, subscription_id, turn_period
from tests.support.sandbox import Sandbox
from tests.support.sums import Operator
from tests.support.taxes import taxed
from tests.support.topping_up import pay


def live_in(sandbox: Sandbox, organization: Organization, country: str) -> None:
    customer = organization.stripe_customer_id or ""
    sandbox.stripe.v1.customers.update(customer, {"address": {"country": country}})


@pytest.mark.long
def test_it_is_off_and_leaves_alone_what_an_operator_has_set(app: Flask, sandbox: Sandbox) -> None:
    assert catalog.current().tax is None
    organization = a_subscriber("growth")
    Operator(app, sandbox, organization).tax(19)
    switches.begin(organization, "scale", "month", OWNER)
    assert subscriptions.fetch(subscription_id(organization)).tax.rates
    assert list(plan_taxes.sync_taxes(catalog.current())) == []


@pytest.mark.long
def test_automatic_tax_is_previewed_charged_and_kept(app: Flask, sandbox: Sandbox) -> None:
    sell_plans()
    organization, _ = a_payer("pm_card_visa")
    live_in(sandbox, organization, "DE")
    with taxed(app, TaxSettings(automatic=True)):
        switch = switches.begin(organization, "growth", "month", OWNER)
        cost = previews.unpack(switch)
        assert [line.words for line in cost.lines][-1] == "VAT 19%"
        # $99 with 19 %, this time and each time after it.
        assert (cost.due, cost.next_charge, cost.regular) == (usd("117.81"), usd("117.81"), usd("117.81"))
        switches.confirm(organization, switch.id, OWNER)
    hear_from_stripe(app, sandbox)
    newest = invoices.newest(organization, 1)[0]
    assert newest.amount == usd("117.81") and newest.sums is not None
    assert [(tax.words, tax.amount) for tax in newest.sums.taxes] == [("VAT 19%", usd("18.81"))]
    turn_period(app, sandbox, organization, days=1)
    assert invoices.newest(organization, 1)[0].amount == usd("117.81")


def test_without_an_address_the_page_has_to_ask_for_one(app: Flask, sandbox: Sandbox) -> None:
    sell_plans()
    organization, _ = a_payer("pm_card_visa")
    with taxed(app, TaxSettings(automatic=True)), pytest.raises(AddressNeededError):
        switches.begin(organization, "growth", "month", OWNER)
    db.session.rollback()


def test_rates_by_hand_are_on_plans(app: Flask, sandbox: Sandbox) -> None:
    sell_plans()
    organization, _ = a_payer("pm_card_visa")
    rate = Operator(app, sandbox, organization).rate(8.25)
    with taxed(app, TaxSettings(rates=(rate,))):
        switch = switches.begin(organization, "growth", "month", OWNER)
        assert switch.due == usd("107.17")
        switches.confirm(organization, switch.id, OWNER)
    assert sandbox.charges()[0].amount == 10_717


@pytest.mark.long
def test_a_sync_brings_the_subscriptions_in_line_that_are_there(app: Flask, sandbox: Sandbox) -> None:
    known, unknown = a_subscriber("growth"), a_subscriber("scale")
    live_in(sandbox, known, "FR")
    with taxed(app, TaxSettings(automatic=True)):
        current = catalog.current()
        assert len(plan_taxes.differences(current)) == 2
        said = list(plan_taxes.sync_taxes(current))
        assert sum(one.startswith("Done at Stripe") for one in said) == 1
        left = plan_taxes.differences(current)
        assert [one.subscription_id for one in left] == [subscription_id(unknown)]
    turn_period(app, sandbox, known, days=1)
    assert invoices.newest(known, 1)[0].amount == usd("118.80")


def test_a_top_up_is_not_taxed(app: Flask, sandbox: Sandbox) -> None:
    """All that was typed is charged, and becomes credit (docs/decisions/0003-tax.md)."""
    organization, card = a_payer()
    live_in(sandbox, organization, "DE")
    with taxed(app, TaxSettings(automatic=True)):
        pay(organization, card, "50")
    assert (sandbox.charges()[0].amount, balance(organization)) == (5_000, "50.00")


@pytest.mark.parametrize(
    "tax",
    [
        'mode = "sometimes"',
        'mode = "rates"',
        'mode = "automatic"\nrates = ["txr_1"]',
        'mode = "rates"\nrates = ["vat"]',
        'mode = "rates"\nrates = ["txr_1", "txr_2", "txr_3", "txr_4", "txr_5", "txr_6"]',
    ],
)
def test_what_makes_no_sense_in_the_catalog_is_refused(app: Flask, tax: str) -> None:
    text = catalog.current().text.replace('mode = "off"', tax)
    assert text != catalog.current().text
    with pytest.raises(CatalogError):
        file.parse(text, name="tried")
