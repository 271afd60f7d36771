"""What bank statements call charges: top-ups and plans can be told apart, and Stripe takes every text."""

from __future__ import annotations

import string

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.billing import catalog, topups
from app.billing.cards import payment_methods
from app.billing.catalog import file, sales, statement_descriptors
from tests.factories import OWNER, a_payer, usd
from tests.support.plans import a_subscriber
from tests.support.sandbox import Sandbox


def called(sandbox: Sandbox) -> list[str | None]:
    """What the payer's bank calls the charges, the newest first."""
    return [charge.calculated_statement_descriptor for charge in sandbox.charges()]


def test_a_top_up_and_a_plans_charge_are_told_apart(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth")
    [card] = payment_methods.saved(organization.id)
    top_up = topups.begin(organization, usd("50"), card.id, OWNER)
    topups.pay(organization, top_up.id, card.id, OWNER)
    assert called(sandbox) == ["VPORTAL* TOP-UP", "VPORTAL* PLAN"]


def test_a_text_that_changed_is_brought_to_stripe(app: Flask, sandbox: Sandbox) -> None:
    a_payer("pm_card_visa")
    list(sales.sync_prices(catalog.current()))
    text = catalog.current().text.replace('name = "Growth"', 'name = "Growth"\nstatement = "Grow plan"')
    renamed = file.parse(text, name="renamed")
    [difference] = sales.sync_prices(renamed)
    assert "bank statement text" in difference.words
    assert sales.differences(renamed) == []
    [growth] = [one for one in sandbox.stripe.v1.products.list().data if one.name == "Growth"]
    assert growth.statement_descriptor == "GROW PLAN"


@given(st.text(string.printable + "éß日", max_size=14))
def test_whatever_is_accepted_fits_stripes_rules_behind_every_prefix(text: str) -> None:
    if statement_descriptors.problem_of(text) is not None:
        return
    for prefix in ("VP", "VOICE PORT"):
        whole = f"{prefix}* {text}"
        assert 5 <= len(whole) <= 22
    assert any(letter in string.ascii_letters for letter in text)
    assert not set(text) & set("<>\\'\"*")
