"""What of the catalog is sold, and so has a price at Stripe."""

from __future__ import annotations

from collections.abc import Iterator

from app.billing.catalog.model import Catalog
from app.payments import plan_prices
from app.payments.plan_prices import Difference
from app.payments.price_making import PlanPrice


def sold(catalog: Catalog) -> list[PlanPrice]:
    """Each plan by the month, and by the year where it is sold so. What is free has a price of zero."""
    return [
        PlanPrice(
            plan.key, plan.version, plan.name, plan.summary, interval, plan.price_by(interval), plan.statement
        )
        for plan in catalog.plans.values()
        for interval in plan.intervals
    ]


def differences(catalog: Catalog) -> list[Difference]:
    """What Stripe lacks of it, or has otherwise. Raises what `app.payments` raises."""
    return plan_prices.differences(sold(catalog))


def sync_prices(catalog: Catalog) -> Iterator[Difference]:
    """Make it so at Stripe, one after the other; each is told once Stripe shows it. Raises as `differences`."""
    for difference in differences(catalog):
        difference.settle()
        yield difference
