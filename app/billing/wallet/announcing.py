"""Tells the platform again what is, for one that was told otherwise after the moment that the database was restored
to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.billing.platform import messages
from app.billing.wallet import calling_state, envelope_queries, ledger
from app.billing.wallet.credit import Credit
from app.models import CallingState
from app.money import Money


def announce(org_id: UUID, *, at: datetime) -> None:
    """Write the messages that say what an organization's calling state is, whether outbound calls may start, whether
    credit is low, and which campaigns have credit of their own. Locks the wallet; in the caller's transaction."""
    wallet = ledger.lock(org_id)
    calling_state.reassess(wallet, at)
    credit = Credit.of(wallet)
    available = Money(credit.available, wallet.currency)
    is_paused = wallet.state is CallingState.PAUSED
    messages.calling_changed(
        org_id,
        before=CallingState.ACTIVE if is_paused else CallingState.PAUSED,
        after=wallet.state,
        was_low=not wallet.is_low,
        is_low=wallet.is_low,
        available=available,
        reason=calling_state.reason_of(credit),
        at=at,
    )
    reserve = Money(credit.reserve, wallet.currency)
    messages.outbound_changed(
        org_id, is_paused=wallet.is_outbound_paused, available=available, reserve=reserve, at=at
    )
    for envelope in envelope_queries.list_open(org_id):
        messages.envelope_changed(
            org_id,
            envelope_id=envelope.id,
            campaign=envelope.campaign,
            left=Money(envelope.left_micro, wallet.currency),
            until=envelope.until,
            at=at,
        )
