"""What a card's statement calls a charge (https://docs.stripe.com/get-started/account/statement-descriptors)."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from stripe_sandbox.tests.support.member import Member
from stripe_sandbox.tests.support.shopper import Shopper


def charged(shopper: Shopper, **params: Any) -> stripe.Charge:
    return shopper.v1.charges.retrieve(str(shopper.pay("pm_card_visa", **params).latest_charge))


def test_a_charge_has_the_accounts_prefix_and_its_own_suffix(shopper: Shopper) -> None:
    charge = charged(shopper, statement_descriptor_suffix="top-up 7")
    assert charge.statement_descriptor_suffix == "top-up 7"
    assert charge.calculated_statement_descriptor == "VPORTAL* TOP-UP 7"
    assert charged(shopper).calculated_statement_descriptor == "VPORTAL"


@pytest.mark.parametrize(
    "suffix", ["12345", "it's", "a*b", "<b>", 'say "x"', "back\\slash", "日本", "fourteen chars"]
)
def test_a_suffix_against_the_rules_is_refused(shopper: Shopper, suffix: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        charged(shopper, statement_descriptor_suffix=suffix)
    assert refused.value.param == "statement_descriptor_suffix"
    with pytest.raises(stripe.InvalidRequestError):
        waiting = shopper.pay("pm_card_visa", confirm=False)
        shopper.v1.payment_intents.update(waiting.id, {"statement_descriptor_suffix": suffix})


def test_a_card_has_no_descriptor_but_the_suffix(shopper: Shopper) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        charged(shopper, statement_descriptor="VOICE PORTAL")
    assert refused.value.param == "statement_descriptor"


@pytest.mark.parametrize("text", ["1234", "a'b", "twenty-three characters"])
def test_a_products_descriptor_against_the_rules_is_refused(shopper: Shopper, text: str) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.products.create({"name": "Scale", "statement_descriptor": text})
    product = shopper.v1.products.create({"name": "Scale", "statement_descriptor": "SCALE"})
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.products.update(product.id, {"statement_descriptor": text})


def test_a_subscriptions_charge_has_its_products_descriptor(member: Member, shopper: Shopper) -> None:
    [item] = shopper.v1.subscriptions.retrieve(member.id)["items"].data
    shopper.v1.products.update(str(item.price.product), {"statement_descriptor": "GROWTH"})
    member.renew()
    assert member.invoice().statement_descriptor == "GROWTH"
    charge = shopper.v1.charges.list({"customer": shopper.id}).data[0]
    assert charge.calculated_statement_descriptor == "VPORTAL* GROWTH"
