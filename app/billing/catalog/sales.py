"""The catalog's prices at Stripe."""

from __future__ import annotations

from collections.abc import Iterator

from app.billing.catalog.model import Catalog
from app.payments import plan_prices
from app.payments.plan_prices import Difference
from app.payments.price_creation import PlanPrice


def sold(catalog: Catalog) -> list[PlanPrice]:
    """The monthly price of each plan, and the yearly one if it has one. The free plan has a price of zero."""
    return [
        PlanPrice(
            plan.key, plan.version, plan.name, plan.summary, interval, plan.price_by(interval), plan.statement
        )
        for plan in catalog.plans.values()
        for interval in plan.intervals
    ]


def differences(catalog: Catalog) -> list[Difference]:
    """The prices that Stripe lacks, or that differ there. Raises what `app.payments` raises."""
    return plan_prices.differences(sold(catalog))


def sync_prices(catalog: Catalog) -> Iterator[Difference]:
    """Create the prices at Stripe, one by one; yields each once Stripe has it. Raises as `differences`."""
    for difference in differences(catalog):
        difference.settle()
        yield difference
