"""The prices of plans at Stripe: a product for each plan, and a price found by its lookup key.

Amounts never change at Stripe. A new amount is a new price that takes over the lookup key; existing customers keep
the old one. https://docs.stripe.com/products-prices/manage-prices#lookup-keys
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import stripe

from app.money import Money
from app.payments import price_creation
from app.payments.client import stripe_client
from app.payments.errors import RefusedError, translated
from app.payments.price_creation import PlanPrice

_OURS = "voice_portal_plan_"


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference between Stripe and the catalog, as text; `settle` fixes it.

    Repeating it changes nothing. It raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`.
    """

    words: str
    settle: Callable[[], None]


def differences(wanted: list[PlanPrice]) -> list[Difference]:
    """What is missing or different at Stripe. Nothing is changed. Raises `OutcomeUnknownError`, `NotDoneError`,
    `RefusedError`."""
    with translated():
        products = {one.product_id: _product(one.product_id) for one in wanted}
        known = {id_ for id_, product in products.items() if product is not None}
        return [*_products(wanted, products), *_prices(wanted, known), *_withdrawn(wanted)]


def _products(wanted: list[PlanPrice], products: dict[str, stripe.Product | None]) -> Iterator[Difference]:
    for one in {price.product_id: price for price in wanted}.values():
        product = products[one.product_id]
        if product is None:
            yield Difference(f"{one.name}: make the product {one.product_id}.", partial(_make, one))
        elif _description_of(product) != (one.name, one.summary, one.statement, True):
            words = f"{one.name}: bring name, summary and bank statement text of {one.product_id} up to date."
            yield Difference(words, partial(_describe, one))


def _prices(wanted: list[PlanPrice], known: set[str]) -> Iterator[Difference]:
    """Prices that can't be sold: missing, archived, or with another amount."""
    found = _by_lookup_key([one.lookup_key for one in wanted])
    for one in wanted:
        price = found.get(one.lookup_key)
        if price is None or not one.is_sold_by(price):
            seen = price_creation.prices_of(one) if one.product_id in known else []
            yield Difference(_what_is_wrong(one, price), partial(price_creation.sell, one, seen))


def _what_is_wrong(one: PlanPrice, price: stripe.Price | None) -> str:
    new = f"{one.amount.plain} {one.amount.currency} a {one.interval}"
    if price is None:
        return f"{one.name}: make the price {one.lookup_key}, {new}."
    each = f" a {price.recurring.interval}" if price.recurring else " once"
    old = Money.from_minor(price.unit_amount or 0, price.currency.upper())
    if (old, each) == (one.amount, f" a {one.interval}"):
        return f"{one.name}: {one.lookup_key} leads to {price.id}, which isn't sold as the catalog has it, {new}."
    was = old.plain if each == f" a {one.interval}" else f"{old.plain} {old.currency}{each}"
    return (
        f"{one.name}: {one.lookup_key} costs {new} instead of {was}. Existing customers keep the old price."
    )


def _by_lookup_key(keys: list[str]) -> dict[str | None, stripe.Price]:
    """The active prices by lookup key: Stripe accepts ten keys at a time."""
    found: dict[str | None, stripe.Price] = {}
    for first in range(0, len(keys), 10):
        wanted = keys[first : first + 10]
        page = stripe_client().v1.prices.list({"lookup_keys": wanted, "active": True, "limit": 100})
        found |= {price.lookup_key: price for price in page.data}
    return found


def _withdrawn(wanted: list[PlanPrice]) -> Iterator[Difference]:
    """Our products that are no longer in the catalog, and so can't be sold."""
    ours = {one.product_id for one in wanted}
    for product in stripe_client().v1.products.list({"active": True, "limit": 100}).auto_paging_iter():
        if product.id.startswith(_OURS) and product.id not in ours:
            words = f"{product.name}: sell {product.id} no more."
            yield Difference(words, partial(_archive, product.id))


def _product(id_: str) -> stripe.Product | None:
    try:
        with translated():
            product = stripe_client().v1.products.retrieve(id_)
    except RefusedError as error:
        if error.code == "resource_missing":
            return None
        raise
    return None if getattr(product, "deleted", False) else product


def _description_of(product: stripe.Product) -> tuple[str, str, str | None, bool]:
    return product.name, product.description or "", product.statement_descriptor, product.active


def _make(wanted: PlanPrice) -> None:
    with translated():
        stripe_client().v1.products.create(
            {
                "id": wanted.product_id,
                "name": wanted.name,
                "description": wanted.summary,
                "statement_descriptor": wanted.statement,
                "metadata": {"plan": wanted.plan},
            }
        )


def _describe(wanted: PlanPrice) -> None:
    described: stripe.params.ProductUpdateParams = {
        "name": wanted.name,
        "description": wanted.summary,
        "statement_descriptor": wanted.statement,
        "active": True,
    }
    with translated():
        stripe_client().v1.products.update(wanted.product_id, described)


def _archive(product_id: str) -> None:
    with translated():
        stripe_client().v1.products.update(product_id, {"active": False})
