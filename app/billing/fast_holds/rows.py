"""The rows that operations on holds read and change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.billing.plans.terms import BillingContext
from app.billing.usage.quotes import CountRow
from app.billing.wallet.hold_prices import Counted, PoolKey
from app.models import CallingState, HoldState


@dataclass(slots=True)
class HoldRow:
    """A hold, as the table has it or will have it. `included` are units that were reserved for it since it was read,
    and `reserved` those before."""

    org_id: UUID
    id: UUID
    key: str
    amount_micro: int
    used_micro: int
    slice: int
    is_final: bool
    state: HoldState
    campaign: str | None
    envelope_id: UUID | None
    set_aside_micro: int
    asked: dict[str, Any] | None
    slice_asked: dict[str, Any] | None
    expires_at: datetime
    call: str | None = None
    agent: str | None = None
    destination: str | None = None
    destination_class: str | None = None
    is_inbound: bool = False
    created_at: datetime | None = None
    ended_at: datetime | None = None
    is_new: bool = False
    is_changed: bool = False
    included: dict[PoolKey, Counted] = field(default_factory=dict)
    reserved: dict[PoolKey, int] = field(default_factory=dict)

    @property
    def units(self) -> dict[PoolKey, int]:
        """All units of allowances that are reserved for it."""
        found = dict(self.reserved)
        for key, counted in self.included.items():
            found[key] = found.get(key, 0) + counted.units
        return found

    def state_at(self, at: datetime) -> HoldState:
        """The state at a time: an expired lease has ended, whether or not that is recorded yet."""
        is_over = self.state is HoldState.ACTIVE and self.expires_at <= at
        return HoldState.EXPIRED if is_over else self.state


@dataclass(slots=True)
class WalletRow:
    """A wallet as operations on holds need it, with the columns in their order. No row of a session: making one of
    those costs as much as all that is decided about it."""

    org_id: UUID
    currency: str
    posted_micro: int
    held_micro: int
    set_aside_micro: int
    set_aside_held_micro: int
    envelope_ends_at: datetime | None
    reserve_micro: int
    is_outbound_paused: bool
    low_threshold_micro: int | None
    state: CallingState
    is_low: bool
    watch_micro: int | None
    recovery_micro: int | None
    credit_expires_at: datetime | None
    counts_spend: bool
    terms_version: int


@dataclass(slots=True)
class Standing:
    """An organization with its wallet locked: what operations on its holds depend on, as of the last of them.

    `has_expired`: leases are over, and not yet recorded to be. `reserved` are the
    units of allowances that active holds have reserved. `moves` counts the operations that changed the wallet.
    """

    wallet: WalletRow
    billing: BillingContext
    has_expired: bool
    holds: dict[str, HoldRow] = field(default_factory=dict)
    counts: list[CountRow] = field(default_factory=list)
    reserved: dict[PoolKey, int] = field(default_factory=dict)
    moves: int = 0
