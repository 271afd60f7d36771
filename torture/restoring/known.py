"""What Stripe has, and what the database has of it: by Stripe's ids."""

from __future__ import annotations

from typing import Any

import psycopg

from torture.stripe_side import StripeSide
from torture.trouble.processor import top_up_of

Known = dict[str, set[str]]

_HERE = {
    "Top-ups": "SELECT payment_intent_id FROM top_up WHERE status = 'succeeded'",
    "Refunds": "SELECT split_part(source, ':', 1) FROM transfer WHERE kind = 'refund'",
    "Disputes": "SELECT stripe_id || ' ' || status FROM dispute",
    "Cards": "SELECT stripe_id FROM payment_method WHERE removed_at IS NULL AND is_kept",
    "Subscriptions": "SELECT stripe_id || ' ' || plan FROM subscription WHERE stripe_id IS NOT NULL",
    "Invoices": "SELECT stripe_id || ' ' || status FROM invoice",
}


def at_stripe(side: StripeSide) -> Known:
    """As it is there now."""
    charges = {charge.id: charge for charge in side.all("charges") if charge.paid and top_up_of(charge)}
    intents = {charge.payment_intent for charge in charges.values()}
    cards: set[str] = set()
    for customer in side.all("customers"):
        listed = side.client.v1.payment_methods.list({"customer": customer.id, "limit": 100})
        cards |= {one.id for one in listed.auto_paging_iter()}
    return {
        "Top-ups": {str(intent) for intent in intents},
        "Refunds": {one.id for one in side.all("refunds") if one.payment_intent in intents},
        "Disputes": {f"{one.id} {one.status}" for one in side.all("disputes")},
        "Cards": cards,
        "Subscriptions": {f"{one.id} {one.metadata['plan']}" for one in side.all("subscriptions")},
        "Invoices": {f"{one.id} {one.status}" for one in side.all("invoices") if one.status != "draft"},
    }


def in_database(connection: psycopg.Connection[Any]) -> Known:
    """As it is here now."""
    return {
        what: {str(row[0]) for row in connection.execute(query.encode())} for what, query in _HERE.items()
    }
