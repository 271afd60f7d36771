"""What can be done to holds, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.billing.fast_holds.rows import HoldRow
from app.billing.wallet.hold_refusals import HoldError
from app.models import HoldState

Wanted = tuple[tuple[str, int], ...]
"""Meters, and how many of their units."""


@dataclass(frozen=True, slots=True)
class Reserve:
    """Reserve the price of usage for `lease`; `to` is the number or the country that is called."""

    org_id: UUID
    key: str
    wanted: Wanted
    lease: timedelta
    call: str | None = None
    agent: str | None = None
    campaign: str | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Renew:
    """Reserve the price of the next slice's usage for `lease`."""

    org_id: UUID
    key: str
    wanted: Wanted
    lease: timedelta
    slice: int


@dataclass(frozen=True, slots=True)
class End:
    """End a hold: it is captured or released."""

    org_id: UUID
    key: str
    state: HoldState


Operation = Reserve | Renew | End


@dataclass(frozen=True, slots=True)
class Done:
    """The hold after the operation, with amounts in `currency`; it was done at `at`."""

    hold: HoldRow
    currency: str
    at: datetime


Outcome = Done | HoldError | None
"""Why it was refused, if it was, which changed nothing. None: the careful way has to decide."""
