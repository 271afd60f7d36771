"""Which way the calls of a meter go, as the catalog on offer says."""

from __future__ import annotations

from collections.abc import Iterable

from app.billing.catalog import model
from app.billing.catalog.model import Direction


def is_inbound(meters: Iterable[str]) -> bool:
    """Whether usage of these meters is of an inbound call: it names one, and no outbound call. Models alone don't say
    where a call came from."""
    found = {direction_of(meter) for meter in meters}
    return Direction.INBOUND in found and Direction.OUTBOUND not in found


def direction_of(meter: str) -> Direction | None:
    """Which way a meter's calls go; None for other meters, and for one that isn't on offer any more."""
    known = model.current().meters.get(meter)
    return None if known is None else known.direction
