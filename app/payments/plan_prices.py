"""What plans cost, at Stripe: a product for each plan, and a price that its lookup key finds.

An amount never changes at Stripe. A new one is a new price that takes over the lookup key; who pays the old one goes
on paying it. https://docs.stripe.com/products-prices/manage-prices#lookup-keys
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

import stripe

from app.billing.money import Money
from app.payments.client import stripe_client
from app.payments.errors import RefusedError, translated

_OURS = "voice_portal_plan"


@dataclass(frozen=True, slots=True)
class PlanPrice:
    """A plan that is sold: `amount` for each `interval` (`month` or `year`), as a version of the catalogue has it.

    `statement` is what bank statements call its charges: Stripe takes it from the product to each invoice.
    """

    plan: str
    version: str
    name: str
    summary: str
    interval: str
    amount: Money
    statement: str

    @property
    def product_id(self) -> str:
        """The product's id, which is ours to choose."""
        return f"{_OURS}_{self.plan}"

    @property
    def lookup_key(self) -> str:
        return f"{self.plan}_{self.interval}"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not yet at Stripe as the catalogue has it, in words; and the plan's price it is about.

    `product` says whether it is the product, or else the price. None as `wanted`: the catalogue sells it no more.
    """

    words: str
    product: str
    wanted: PlanPrice | None
    is_price: bool
    is_new: bool


def differences(wanted: list[PlanPrice]) -> list[Difference]:
    """What Stripe lacks, or has otherwise. Nothing is changed. Raises `OutcomeUnknownError`, `NotDoneError`,
    `RefusedError`."""
    with translated():
        return [*_missing_products(wanted), *_prices(wanted), *_withdrawn(wanted)]


def bring_in_line(difference: Difference) -> None:
    """Make one thing at Stripe as the catalogue has it; doing it again changes nothing. Raises as `differences`."""
    with translated():
        if difference.wanted is None:
            stripe_client().v1.products.update(difference.product, {"active": False})
        elif difference.is_price:
            _make_price(difference.wanted)
        elif difference.is_new:
            _make_product(difference.wanted)
        else:
            wanted = difference.wanted
            stripe_client().v1.products.update(
                wanted.product_id,
                {
                    "name": wanted.name,
                    "description": wanted.summary,
                    "statement_descriptor": wanted.statement,
                    "active": True,
                },
            )


def _missing_products(wanted: list[PlanPrice]) -> Iterator[Difference]:
    for one in {price.product_id: price for price in wanted}.values():
        product = _product(one.product_id)
        if product is None:
            yield Difference(
                f"{one.name}: make the product {one.product_id}.", one.product_id, one, False, True
            )
        elif _description_of(product) != (one.name, one.summary, one.statement, True):
            yield Difference(
                f"{one.name}: bring name, summary and bank statement text of {one.product_id} up to date.",
                one.product_id,
                one,
                False,
                False,
            )


def _prices(wanted: list[PlanPrice]) -> Iterator[Difference]:
    keys = [one.lookup_key for one in wanted]
    found: dict[str | None, stripe.Price] = {}
    for first in range(0, len(keys), 10):
        # Stripe takes ten keys at a time.
        page = stripe_client().v1.prices.list({"lookup_keys": keys[first : first + 10], "limit": 100})
        found |= {price.lookup_key: price for price in page.data}
    for one in wanted:
        price = found.get(one.lookup_key)
        new = f"{one.amount.plain} {one.amount.currency} a {one.interval}"
        if price is None:
            words = f"{one.name}: make the price {one.lookup_key}, {new}."
        elif (price.unit_amount, price.currency) != (one.amount.minor, one.amount.currency.lower()):
            old = Money.from_minor(price.unit_amount or 0, price.currency.upper())
            words = (
                f"{one.name}: {one.lookup_key} costs {new} instead of {old.plain}. "
                "Who pays the old price goes on paying it."
            )
        else:
            continue
        yield Difference(words, one.product_id, one, True, price is None)


def _withdrawn(wanted: list[PlanPrice]) -> Iterator[Difference]:
    """Products of ours that the catalogue doesn't have any more: nobody can be put on them."""
    ours = {one.product_id for one in wanted}
    for product in stripe_client().v1.products.list({"active": True, "limit": 100}).auto_paging_iter():
        if product.id.startswith(f"{_OURS}_") and product.id not in ours:
            yield Difference(f"{product.name}: sell {product.id} no more.", product.id, None, False, False)


def _product(id_: str) -> stripe.Product | None:
    try:
        with translated():
            return stripe_client().v1.products.retrieve(id_)
    except RefusedError as error:
        if error.code == "resource_missing":
            return None
        raise


def _make_product(wanted: PlanPrice) -> None:
    stripe_client().v1.products.create(
        {
            "id": wanted.product_id,
            "name": wanted.name,
            "description": wanted.summary,
            "statement_descriptor": wanted.statement,
            "metadata": {"plan": wanted.plan},
        }
    )


def _description_of(product: stripe.Product) -> tuple[str, str | None, str | None, bool]:
    return product.name, product.description, product.statement_descriptor, product.active


def _make_price(wanted: PlanPrice) -> None:
    interval = cast(Literal["month", "year"], wanted.interval)
    stripe_client().v1.prices.create(
        {
            "product": wanted.product_id,
            "currency": wanted.amount.currency.lower(),
            "unit_amount": wanted.amount.minor,
            "recurring": {"interval": interval},
            "lookup_key": wanted.lookup_key,
            "transfer_lookup_key": True,
            "nickname": f"{wanted.name}, {wanted.version}",
            "metadata": {"plan": wanted.plan, "version": wanted.version},
        },
        # Sent again after a lost answer it is the same price; another amount is another request.
        {"idempotency_key": f"price:{wanted.lookup_key}:{wanted.version}:{wanted.amount.minor}"},
    )
