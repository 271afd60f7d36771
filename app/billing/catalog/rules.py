"""The rules for a catalog to sell from: a free plan, known limits, amounts that Stripe can charge.

Stored versions are exempt from newer rules, because organizations are on them.
"""

from __future__ import annotations

from app.billing.catalog.model import FREE_PLAN, LIMITS, Catalog
from app.billing.catalog.source import Source
from app.currencies import CHARGED, least_charge
from app.money import MICRO, Money

MOST_CHARGED = 99_999_999
"""In Stripe's unit: eight digits (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts)."""
MOST_ALLOWED = 10**9
"""More than any limit of a plan."""


def check(source: Source, catalog: Catalog) -> None:
    """Raises `CatalogError` with the line and key of the first violation, and what to do."""
    _check_currency(source, catalog)
    _check_free_plan(source, catalog)
    _check_limits(source, catalog)
    _check_prices(source, catalog)


def _check_currency(source: Source, catalog: Catalog) -> None:
    if catalog.currency not in CHARGED:
        source.refuse(
            "currency",
            f"Stripe doesn't charge cards in {catalog.currency!r}. Use one of "
            "https://docs.stripe.com/currencies, like USD or EUR.",
        )


def _check_free_plan(source: Source, catalog: Catalog) -> None:
    free = catalog.plans.get(FREE_PLAN)
    if free is None:
        source.refuse(
            "plans",
            f'there is no free plan. Add [plans.{FREE_PLAN}] with price = "0": it is in force for everyone who pays '
            "for no other.",
        )
    if free.price:
        source.refuse(
            f"plans.{FREE_PLAN}.price",
            f'{FREE_PLAN!r} is the free plan: write "0", and sell what costs {free.price} under another key.',
        )
    if free.yearly is not None:
        source.refuse(f"plans.{FREE_PLAN}.yearly", "the free plan has no yearly price: leave this out.")


def _check_limits(source: Source, catalog: Catalog) -> None:
    known = ", ".join(LIMITS)
    for key, plan in catalog.plans.items():
        for limit, allowed in plan.limits.items():
            if limit not in LIMITS:
                source.refuse(f"plans.{key}.limits", f"there is no limit {limit!r}. There are: {known}.")
            if not 0 <= allowed <= MOST_ALLOWED:
                source.refuse(f"plans.{key}.limits", f"{limit!r} lies between 0 and {MOST_ALLOWED:,}.")
    for limit in catalog.over_limits:
        if limit not in LIMITS:
            source.refuse(f"over_limits.{limit}", f"there is no limit {limit!r}. There are: {known}.")


def _check_prices(source: Source, catalog: Catalog) -> None:
    for key, plan in catalog.plans.items():
        _check_charge(source, f"plans.{key}.price", plan.price)
        if plan.yearly is not None:
            if plan.price and not plan.yearly:
                source.refuse(
                    f"plans.{key}.yearly", "a year of a paid plan costs something: write its price."
                )
            _check_charge(source, f"plans.{key}.yearly", plan.yearly)
    _check_charge(source, "top_up.minimum", catalog.top_up.minimum)
    if not catalog.top_up.minimum:
        source.refuse("top_up.minimum", "a top-up of nothing can't be charged: write an amount above zero.")


def _check_charge(source: Source, key: str, amount: Money) -> None:
    """Zero is never charged; anything else must be within Stripe's limits."""
    least = least_charge(amount.currency)
    if amount and least is not None and amount.micro < least * MICRO:
        smallest = Money(int(least * MICRO), amount.currency)
        source.refuse(key, f"Stripe charges {smallest} or more: {amount} is too little.")
    if amount.minor > MOST_CHARGED:
        most = Money.from_minor(MOST_CHARGED, amount.currency)
        source.refuse(key, f"Stripe charges {most} at most: {amount} is too much.")
