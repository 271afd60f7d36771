"""What is sold: plans, meters, rates and limits, by versions."""

from __future__ import annotations

from app.billing.catalog.destinations import Destination, DestinationClass
from app.billing.catalog.model import (
    FREE_PLAN,
    LIMITS,
    Catalog,
    CatalogError,
    Direction,
    Meter,
    OnRequest,
    Plan,
    Pool,
    Rate,
    current,
    offer,
)

__all__ = [
    "FREE_PLAN",
    "LIMITS",
    "Catalog",
    "CatalogError",
    "Destination",
    "DestinationClass",
    "Direction",
    "Meter",
    "OnRequest",
    "Plan",
    "Pool",
    "Rate",
    "current",
    "directions",
    "file",
    "meters",
    "offer",
    "quantities",
    "rate_labels",
    "rating",
    "sales",
    "versions",
]
