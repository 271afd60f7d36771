"""When credit is expected to run out, as alerts and the digest say it."""

from __future__ import annotations

from datetime import datetime

from app.billing.wallet import balance
from app.models import Organization


def dry_at(organization: Organization) -> datetime | None:
    """When credit is expected to run out; None if nothing says that it does."""
    runway = balance.gather(organization).runway
    return runway.runs_out_at if runway else None
