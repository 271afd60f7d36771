"""What each saved card last paid, or was declined for: its newest top-up that ended, or invoice that it paid.

Which card an invoice was declined for isn't stored: that is what `failing_since` of a card is for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.billing.cards.payment_methods import CardView
from app.extensions import db
from app.models import Organization, TopUpStatus
from app.money import Money

_NEWEST = text("""
WITH RECURSIVE same AS (
    SELECT id AS card, id AS method, stripe_id FROM payment_method
    WHERE org_id = :org_id AND removed_at IS NULL AND is_kept
    UNION
    SELECT same.card, older.id, older.stripe_id FROM payment_method older JOIN same ON older.replaced_by = same.method
    WHERE older.org_id = :org_id
)
SELECT DISTINCT ON (card) card, amount_micro, currency, is_paid, is_top_up, at FROM (
    SELECT same.card, top_up.amount_micro, top_up.currency, top_up.status = :paid AS is_paid, true AS is_top_up,
        coalesce(top_up.settled_at, top_up.paying_since) AS at, top_up.id
    FROM same JOIN top_up ON top_up.org_id = :org_id AND top_up.payment_method_id = same.method
    WHERE top_up.status = ANY(CAST(:ended AS text[])) AND top_up.paying_since IS NOT NULL
    UNION ALL
    SELECT same.card, invoice.charged_micro, invoice.currency, true, false, invoice.paid_at, invoice.id
    FROM same JOIN invoice ON invoice.org_id = :org_id AND invoice.paid_with = same.stripe_id
) AS charge ORDER BY card, at DESC, id DESC
""")


@dataclass(frozen=True, slots=True)
class LastCharge:
    """A card's newest top-up, paid or declined `at`, or invoice of a plan, paid then."""

    amount: Money
    at: datetime
    is_paid: bool
    is_top_up: bool = True


def list_by_card(organization: Organization) -> dict[UUID, LastCharge]:
    """By saved card, also for what it paid before it was saved again; one that was never charged has none. One
    statement."""
    paid = TopUpStatus.SUCCEEDED.value
    ended = [paid, TopUpStatus.DECLINED.value]
    rows = db.session.execute(_NEWEST, {"org_id": organization.id, "paid": paid, "ended": ended})
    return {
        row.card: LastCharge(Money(row.amount_micro, row.currency), row.at, row.is_paid, row.is_top_up)
        for row in rows
    }


def most_promising(cards: Sequence[CardView], charges: Mapping[UUID, LastCharge]) -> CardView | None:
    """Of these cards the one to suggest: of those that work the default, unless it was declined last; then the one
    that paid last; then one that was never charged. None if none works."""
    working = [card for card in cards if card.works]

    def promise(card: CardView) -> tuple[bool, bool, float]:
        last = charges.get(card.id)
        is_declined = last is not None and not last.is_paid
        paid_at = last.at.timestamp() if last is not None and last.is_paid else 0.0
        return not is_declined, card.is_default, paid_at

    return max(working, key=promise, default=None)
