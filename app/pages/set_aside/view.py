"""What the page about credit that is set aside shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.billing.plans import number_rent, resource_counts
from app.billing.plans.number_rent import NumberLoss
from app.billing.wallet import calling_state, envelope_queries, envelope_terms, ledger
from app.billing.wallet.credit import Credit
from app.billing.wallet.reserve import Reserve
from app.clock import utc_now
from app.models import Envelope, Organization, Wallet
from app.money import Money

ENDED_SHOWN = 10
LOSSES_SHOWN = 50
CAMPAIGNS_SUGGESTED = 50
"""The newest; the name of any other can be typed."""


@dataclass(frozen=True, slots=True)
class EnvelopeLine:
    """An envelope with its amounts as money."""

    envelope: Envelope
    amount: Money
    left: Money
    held: Money
    spent: Money
    returned: Money
    cut: Money
    least: Money

    @classmethod
    def of(cls, envelope: Envelope, currency: str) -> EnvelopeLine:
        """The same as pages show it."""
        return cls(
            envelope=envelope,
            amount=Money(envelope.amount_micro, currency),
            left=Money(envelope.left_micro, currency),
            held=Money(envelope.held_micro, currency),
            spent=Money(envelope.spent_micro, currency),
            returned=Money(envelope.returned_micro, currency),
            cut=Money(envelope.cut_micro, currency),
            least=Money(envelope.least_micro, currency),
        )


@dataclass(frozen=True, slots=True)
class SetAsidePage:
    """Open envelopes, those that ended last, the reserve, and which numbers would be lost when."""

    open: list[EnvelopeLine]
    ended: list[EnvelopeLine]
    campaigns: tuple[str, ...]
    available: Money
    most: Money
    reserve: Reserve
    is_outbound_paused: bool
    rent: Money
    rent_days: int
    numbers: int
    losses: list[NumberLoss]
    """Those that are released first."""
    further_losses: int
    dry_since: datetime | None
    first_day: date
    last_day: date


def gather(organization: Organization) -> SetAsidePage:
    """All of the page. Locks the wallet and settles it: the caller commits."""
    wallet = _settled(organization)
    currency = organization.currency
    first, last = envelope_terms.days_for(organization)
    names = resource_counts.names_of(organization.id)
    numbers = number_rent.count_of(organization.id)
    losses = number_rent.find_losses(organization, wallet, most=LOSSES_SHOWN)
    return SetAsidePage(
        open=[EnvelopeLine.of(one, currency) for one in envelope_queries.list_open(organization.id)],
        ended=[
            EnvelopeLine.of(one, currency)
            for one in envelope_queries.list_ended(organization.id, limit=ENDED_SHOWN)
        ],
        campaigns=names.get("campaigns", ())[-CAMPAIGNS_SUGGESTED:],
        available=wallet.available,
        most=envelope_terms.whole_units(Money(Credit.of(wallet).spendable(inbound=False), currency)),
        reserve=Reserve.of(wallet),
        is_outbound_paused=wallet.is_outbound_paused,
        rent=number_rent.rent_of(organization, number_rent.RESERVED_DAYS),
        rent_days=number_rent.RESERVED_DAYS,
        numbers=numbers,
        losses=losses,
        further_losses=numbers - len(losses) if losses else 0,
        dry_since=number_rent.dry_since(wallet),
        first_day=first,
        last_day=last,
    )


def _settled(organization: Organization) -> Wallet:
    wallet = ledger.lock(organization.id)
    calling_state.reassess(wallet, utc_now())
    return wallet
