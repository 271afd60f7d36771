"""Credit and usage of one organization at chosen times."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from app.billing.usage import ingest
from app.billing.usage.events import Reported
from app.billing.wallet import calling_state, ledger
from app.billing.wallet.ledger import Entry
from app.extensions import db
from app.models import AccountName, Organization, TransferKind
from app.money import Money


def post(
    organization: Organization, kind: TransferKind, amount: Money, when: datetime, *, out: bool = False
) -> None:
    wallet = ledger.lock(organization.id)
    sides = (AccountName.STRIPE, AccountName.WALLET)
    debit, credit = reversed(sides) if out else sides
    ledger.post(wallet, Entry(kind, str(uuid4()), debit, credit, amount, when))
    calling_state.reassess(wallet, when)
    db.session.commit()


def use(
    organization: Organization,
    units: int,
    used_at: datetime,
    *,
    posted_at: datetime | None = None,
    campaign: str | None = "Recall",
    agent: str = "Ava",
    meter: str = "tokens_out",
) -> str:
    """The id of the event that reports it."""
    event = Reported(
        0, organization.id, "test", str(uuid4()), meter, units, used_at, campaign=campaign, agent=agent
    )
    _take(event, posted_at or used_at)
    return event.id


def correct(
    organization: Organization, of: str, units: int, when: datetime, *, meter: str = "tokens_out"
) -> None:
    """Report that an event was of so many units."""
    event = Reported(0, organization.id, "test", str(uuid4()), meter, units, when, corrects=("test", of))
    _take(event, when)


def _take(event: Reported, when: datetime) -> None:
    receipt = ingest.ingest([event], at=when)
    db.session.commit()
    assert receipt.accepted == 1, receipt
