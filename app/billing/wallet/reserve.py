"""The reserve: a floor of available credit for number rent and inbound calls, which campaigns can't touch.

A hold for any other call is refused where it would take available credit below it, and a renewal ends there. Number
rent and what was used are charged in any case, so they go below it. It is off, an amount, or the rent of so many days
(`app.billing.plans.number_rent` says how much that is).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.billing import audit
from app.billing.audit import Actor, meanwhile
from app.billing.wallet import calling_state, ledger
from app.billing.wallet.credit import Credit
from app.clock import utc_now
from app.models import Organization, Wallet
from app.money import Money

MOST_RENT_DAYS = 366


class StopsOutboundError(ValueError):
    """With this reserve outbound calls couldn't start from now on; `available` is the available credit."""

    def __init__(self, reserve: Money, available: Money) -> None:
        super().__init__("Available credit is below this reserve, so outbound calls would stop.")
        self.reserve = reserve
        self.available = available


@dataclass(frozen=True, slots=True)
class Reserve:
    """The floor in force; `rent_days` if it follows the rent of so many days. Zero is off."""

    amount: Money
    rent_days: int | None

    @classmethod
    def of(cls, wallet: Wallet) -> Reserve:
        """That of a wallet."""
        return cls(wallet.reserve, wallet.reserve_rent_days)

    @property
    def is_on(self) -> bool:
        return self.amount.micro > 0 or self.rent_days is not None

    @property
    def as_text(self) -> str:
        """For the audit trail, and to know it again."""
        if self.rent_days is not None:
            return f"{self.rent_days} days of rent"
        return str(self.amount.decimal)


def choose(
    organization: Organization,
    wanted: Reserve,
    actor: Actor,
    *,
    is_confirmed: bool,
    seen: str | None = None,
    at: datetime | None = None,
) -> Reserve:
    """Let an owner choose the reserve, from now on. Returns the one before.

    Locks the wallet, in the caller's transaction. Raises `StopsOutboundError` if it would stop outbound calls now,
    and that isn't confirmed, and `ChangedMeanwhileError` if `seen`, the one that was shown as text, isn't the one
    before.
    """
    now = at or utc_now()
    wallet = ledger.lock(organization.id)
    calling_state.reassess(wallet, now)
    before = Reserve.of(wallet)
    meanwhile.check(seen, before.as_text)
    if wanted == before:
        return before
    credit = Credit.of(wallet)
    stops = credit.available > credit.reserve and 0 < credit.available <= wanted.amount.micro
    if stops and not is_confirmed:
        raise StopsOutboundError(wanted.amount, wallet.available)
    wallet.reserve_micro, wallet.reserve_rent_days = wanted.amount.micro, wanted.rent_days
    wallet.version += 1
    calling_state.rejudge(wallet, now)
    audit.record(
        organization.id,
        actor,
        "reserve.changed",
        organization.slug,
        before=before.as_text,
        after=wanted.as_text,
    )
    return before


def follow_rent(org_id: UUID, amount: Money) -> None:
    """Set the floor of an organization whose reserve follows its rent. Locks the wallet; without such a reserve
    nothing changes."""
    wallet = ledger.lock(org_id)
    if wallet.reserve_rent_days is None or wallet.reserve_micro == amount.micro:
        return
    wallet.reserve_micro = amount.micro
    wallet.version += 1
    calling_state.reassess(wallet, utc_now())
