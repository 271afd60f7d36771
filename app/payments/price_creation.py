"""Creates prices at Stripe, and checks the result.

Prices are created without an idempotency key of ours: for a day, such a key returns the result of its first use, even
if that has changed since (https://docs.stripe.com/api/idempotent_requests), and prices go back and forth. Duplicates
are prevented by checking: an existing price is reused, and a new one is verified. (Within a call, the SDK's own key
covers its retries.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import stripe

from app.money import Money
from app.payments.client import stripe_client
from app.payments.errors import RefusedError, translated

_TRIES = 3


@dataclass(frozen=True, slots=True)
class PlanPrice:
    """The price of a plan: `amount` per `interval` (`month` or `year`), from a version of the catalog.

    `statement` is the statement descriptor of its charges, which Stripe copies from the product to each invoice.
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
        return f"voice_portal_plan_{self.plan}"

    @property
    def lookup_key(self) -> str:
        return lookup_key(self.plan, self.interval)

    def is_charged_by(self, price: stripe.Price) -> bool:
        """Whether this price charges what the catalog says."""
        return price.product == self.product_id and charges(price, self.interval, self.amount)

    def is_sold_by(self, price: stripe.Price) -> bool:
        """Whether the plan's lookup key points to this price, and it can be sold."""
        is_found = price.active and price.lookup_key == self.lookup_key and is_of(price, self.plan)
        return is_found and self.is_charged_by(price)


def lookup_key(plan: str, interval: str) -> str:
    """The lookup key of a plan's price per `month` or `year`."""
    return f"{plan}_{interval}"


def is_of(price: stripe.Price, plan: str) -> bool:
    """Whether a price names its plan in its metadata, by which subscriptions are recognized. A manually created one
    doesn't."""
    return "plan" in price.metadata and price.metadata["plan"] == plan


def charges(price: stripe.Price, interval: str, amount: Money) -> bool:
    """Whether a price charges exactly this amount per unit and `month` or `year`."""
    recurring = price.recurring
    if recurring is None or price.unit_amount is None:
        return False
    if price.billing_scheme != "per_unit" or price.transform_quantity is not None:
        return False
    is_as_often = (recurring.interval, recurring.interval_count) == (interval, 1)
    asked = Money.from_minor(price.unit_amount, price.currency.upper())
    return is_as_often and recurring.usage_type == "licensed" and asked == amount


def prices_of(wanted: PlanPrice) -> list[stripe.Price]:
    """All prices of the plan's product, including archived ones, newest first. Raises the SDK's errors."""
    found: list[stripe.Price] = []
    for active in (True, False):
        asked: stripe.params.PriceListParams = {"product": wanted.product_id, "active": active, "limit": 100}
        found += stripe_client().v1.prices.list(asked).auto_paging_iter()
    return found


def sell(wanted: PlanPrice, seen: Sequence[stripe.Price]) -> None:
    """Point the lookup key to an active price with this amount: one of those `seen`, or else a new one.

    Raises `OutcomeUnknownError`, `NotDoneError`, and `RefusedError`, with the code `price_not_sold` if Stripe reports
    success but shows something else.
    """
    with translated():
        for _ in range(_TRIES):
            usable = next((price for price in seen if wanted.is_charged_by(price)), None)
            id_ = _use_again(wanted, usable) if usable else _make(wanted)
            made = _fetch(id_)
            if made is not None and wanted.is_sold_by(made):
                return
            seen = prices_of(wanted)
    raise RefusedError(
        "price_not_sold",
        f"{wanted.lookup_key} doesn't lead to an active price of {wanted.amount.plain} {wanted.amount.currency} a "
        f"{wanted.interval}. Look at the prices of {wanted.product_id} in Stripe's dashboard",
    )


def _use_again(wanted: PlanPrice, price: stripe.Price) -> str:
    again: stripe.params.PriceUpdateParams = {
        "active": True,
        "lookup_key": wanted.lookup_key,
        "transfer_lookup_key": True,
        "metadata": {"plan": wanted.plan, "version": wanted.version},
    }
    return stripe_client().v1.prices.update(price.id, again).id


def _make(wanted: PlanPrice) -> str:
    interval = cast(Literal["month", "year"], wanted.interval)
    made = stripe_client().v1.prices.create(
        {
            "product": wanted.product_id,
            "currency": wanted.amount.currency.lower(),
            "unit_amount": wanted.amount.minor,
            "recurring": {"interval": interval},
            "lookup_key": wanted.lookup_key,
            "transfer_lookup_key": True,
            "nickname": f"{wanted.name}, {wanted.version}",
            "metadata": {"plan": wanted.plan, "version": wanted.version},
        }
    )
    return made.id


def _fetch(price_id: str) -> stripe.Price | None:
    """A price as it is now; None if it was deleted in the dashboard."""
    try:
        with translated():
            return stripe_client().v1.prices.retrieve(price_id)
    except RefusedError as error:
        if error.code == "resource_missing":
            return None
        raise
