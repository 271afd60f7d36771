"""Envelopes as tests make them, use them, and look at them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from app.billing import audit
from app.billing.wallet import calling_state, envelopes, holds, ledger, verification
from app.billing.wallet.ledger import Entry
from app.clock import utc_now
from app.extensions import db
from app.models import AccountName, Envelope, Organization, PlatformMessage, TransferKind
from app.money import Money
from tests.factories import OWNER, an_organization, at, usd

LEASE = timedelta(minutes=5)
NOW = at("2026-11-24 17:00")
WITHOUT_ENVELOPES = 9
"""Statements by SQLAlchemy of a hold and its capture, before there were envelopes."""
DOLLAR = 83_334
"""Tokens, written: about a dollar on the free plan, and never less."""


def an_enveloped(amount: str = "40", *, credit: str = "100", campaign: str = "Recall") -> Organization:
    organization = an_organization(credit=credit, timezone="America/New_York")
    set_aside(organization, amount, campaign=campaign)
    return organization


def set_aside(
    organization: Organization, amount: str, *, campaign: str = "Recall", days: int = 3
) -> Envelope:
    until = organization.local_day(NOW) + timedelta(days=days)
    made = envelopes.set_aside(organization, campaign, usd(amount), until, OWNER, at=NOW)
    db.session.commit()
    return made


def set_aside_now(organization: Organization, amount: str, campaign: str = "Recall") -> None:
    """As `set_aside`, from this moment on."""
    now = utc_now()
    until = organization.local_day(now) + timedelta(days=3)
    envelopes.set_aside(organization, campaign, usd(amount), until, OWNER, at=now)
    db.session.commit()


def hold(organization: Organization, key: str, amount: str, campaign: str | None = "Recall") -> None:
    try:
        holds.reserve(organization.id, key, usd(amount), at=NOW, lease=LEASE, call=key, campaign=campaign)
    finally:
        db.session.commit()


def exact(amount: str) -> Money:
    return Money(int(Decimal(amount) * 1_000_000), "USD")


def credit_of(organization: Organization) -> tuple[Money, Money, Money]:
    """What is held, set aside, and available. The ledger's own check is passed."""
    assert verification.check() == []
    wallet = ledger.lock(organization.id)
    found = wallet.held, wallet.set_aside, wallet.available
    db.session.commit()
    return found


def told(organization: Organization) -> list[tuple[str, dict[str, Any]]]:
    query = db.select(PlatformMessage).where(PlatformMessage.org_id == organization.id)
    return [(one.type, one.data) for one in db.session.scalars(query.order_by(PlatformMessage.position))]


def withdraw(organization: Organization, amount: str) -> None:
    """What a dispute takes out of the wallet."""
    wallet = ledger.lock(organization.id)
    entry = Entry(
        TransferKind.DISPUTE, str(uuid4()), AccountName.WALLET, AccountName.STRIPE, usd(amount), NOW
    )
    ledger.post(wallet, entry)
    calling_state.reassess_withdrawn(wallet, NOW, audit.STRIPE)
    db.session.commit()
