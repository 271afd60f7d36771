"""Products and prices, and the lookup keys that lead to them."""

from __future__ import annotations

import pytest
import stripe

from stripe_sandbox.tests.support.shopper import Shopper


def priced(shopper: Shopper, amount: int = 4900, key: str = "pro") -> stripe.Price:
    product = shopper.v1.products.create({"name": "Pro"})
    return shopper.v1.prices.create(
        {
            "product": product.id,
            "currency": "usd",
            "unit_amount": amount,
            "recurring": {"interval": "month"},
            "lookup_key": key,
        }
    )


def test_a_price_is_found_by_its_lookup_key(shopper: Shopper) -> None:
    price = priced(shopper)
    priced(shopper, key="other")
    found = shopper.v1.prices.list({"lookup_keys": ["pro"], "expand": ["data.product"]}).data
    assert [one.id for one in found] == [price.id]
    assert isinstance(found[0].product, stripe.Product) and found[0].product.name == "Pro"
    assert found[0].recurring is not None
    assert (found[0].recurring.interval, found[0].recurring.interval_count) == ("month", 1)
    assert [one.id for one in shopper.v1.prices.search({"query": "lookup_key:'pro'"}).data] == [price.id]


def test_a_lookup_key_moves_only_where_that_is_asked_for(shopper: Shopper) -> None:
    old, new = priced(shopper), priced(shopper, 5900, "next")
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.prices.update(new.id, {"lookup_key": "pro"})
    shopper.v1.prices.update(new.id, {"lookup_key": "pro", "transfer_lookup_key": True})
    assert shopper.v1.prices.retrieve(old.id).lookup_key is None
    assert shopper.v1.prices.list({"lookup_keys": ["pro"]}).data[0].id == new.id


def test_a_price_that_was_put_away_is_not_among_the_active_ones(shopper: Shopper) -> None:
    price = priced(shopper)
    shopper.v1.prices.update(price.id, {"active": False})
    assert shopper.v1.prices.list({"active": True}).data == []
    assert shopper.events() == [
        "customer.created",
        "product.created",
        "price.created",
        "price.updated",
    ]


def test_a_product_with_a_price_can_not_be_deleted(shopper: Shopper) -> None:
    wanted = {"currency": "usd", "unit_amount": 100, "recurring": {"interval": "year"}}
    product = shopper.v1.products.create({"name": "Pro", "default_price_data": wanted})  # type: ignore[typeddict-item]
    assert isinstance(product.default_price, str)
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.products.delete(product.id)
    assert shopper.v1.products.delete(shopper.v1.products.create({"name": "None"}).id).deleted


def test_the_default_price_of_a_product_can_not_be_archived(shopper: Shopper) -> None:
    price = priced(shopper)
    shopper.v1.products.update(str(price.product), {"default_price": price.id})
    with pytest.raises(stripe.InvalidRequestError, match="default price of its product"):
        shopper.v1.prices.update(price.id, {"active": False})
    shopper.v1.products.update(str(price.product), {"default_price": ""})
    assert shopper.v1.prices.update(price.id, {"active": False}).active is False


def test_the_price_of_an_archived_product_stays_active_and_is_not_sold(shopper: Shopper) -> None:
    price = priced(shopper)
    shopper.v1.products.update(str(price.product), {"active": False})
    assert [one.id for one in shopper.v1.prices.list({"active": True}).data] == [price.id]
    with pytest.raises(stripe.InvalidRequestError, match="inactive product"):
        shopper.v1.subscriptions.create({"customer": shopper.id, "items": [{"price": price.id}]})
