"""What a hold takes of a locked wallet: credit, of its campaign's envelope first, and units of allowances."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from app.billing.wallet import envelope_moves
from app.billing.wallet.envelope_moves import OpenEnvelope, left_of
from app.billing.wallet.hold_prices import Price
from app.extensions import db
from app.models import Hold, HoldAllowance, Wallet
from app.money import Money


def take_from_envelope(
    wallet: Wallet, hold: Hold, envelope: OpenEnvelope | None, credit: int, at: datetime
) -> None:
    """Let what a hold has reserved be of its campaign's envelope, as far as that goes."""
    taken = min(left_of(envelope), credit)
    if envelope is None or not taken:
        return
    if hold.envelope_id not in {None, envelope.id} and hold.set_aside_micro:
        # It began with an envelope that has ended: what it holds of that one is available credit's by now.
        return_to_envelope(wallet, hold, at)
        hold.set_aside_micro = 0
    hold.envelope_id = envelope.id
    hold.set_aside_micro += taken
    envelope_moves.move(wallet, envelope.id, held=taken, at=at)


def return_to_envelope(wallet: Wallet, hold: Hold, at: datetime) -> None:
    """Give back what a hold has of an envelope: its own, or available credit if that has ended."""
    if hold.envelope_id is not None and hold.set_aside_micro:
        envelope_moves.move(wallet, hold.envelope_id, held=-hold.set_aside_micro, at=at)


def take(wallet: Wallet, hold: Hold, credit: Money, price: Price) -> None:
    """Reserve credit and included units of the locked wallet for a hold."""
    wallet.held_micro += credit.micro
    wallet.version += 1
    db.session.flush()
    if not price.included:
        return
    rows = [
        {
            "org_id": hold.org_id,
            "period_start": period,
            "meter": meter,
            "hold_id": hold.id,
            "reserved": counted.units,
            "worth_micro": counted.worth,
        }
        for (period, meter), counted in price.included.items()
    ]
    fresh = insert(HoldAllowance).values(rows)
    added = {
        name: getattr(HoldAllowance, name) + fresh.excluded[name] for name in ("reserved", "worth_micro")
    }
    key = ["org_id", "period_start", "meter", "hold_id"]
    db.session.execute(fresh.on_conflict_do_update(index_elements=key, set_=added))
