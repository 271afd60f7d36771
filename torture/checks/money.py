"""The ledger beside Stripe: each payment to the cent, and whose it is."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import psycopg

from torture.checks import Database
from torture.journal import Journal
from torture.stripe_side import StripeSide
from torture.trouble.processor import top_up_of

MICRO_PER_CENT = 10_000
LINES = """
SELECT top_up.payment_intent_id, top_up.org_id::text, sum(line.amount_micro)::bigint
FROM wallet_line line JOIN top_up ON top_up.org_id = line.org_id AND top_up.id = line.top_up_id GROUP BY 1, 2"""
CUSTOMERS = "SELECT id::text, stripe_customer_id, former_customer_ids FROM organization"
CARDS = """
SELECT org_id::text, stripe_id FROM payment_method WHERE removed_at IS NULL AND stripe_id IS NOT NULL"""


def check(database: Database, side: StripeSide, journal: Journal) -> None:
    """What was paid less what went back is in the wallet of who paid it, and nothing else is."""
    charges = [charge for charge in side.all("charges") if charge.paid and top_up_of(charge)]
    expected = _expected(side, charges)
    with database.connect() as connection:
        lines: dict[str, tuple[str, int]] = {
            str(intent): (str(org_id), int(str(micro))) for intent, org_id, micro in connection.execute(LINES)
        }
        owners = _owners(connection.execute(CUSTOMERS).fetchall())
    for intent in sorted(expected.keys() | lines.keys()):
        org_id, micro = lines.get(intent, ("missing", 0))
        cents = expected.get(intent, 0)
        if micro != cents * MICRO_PER_CENT:
            journal.found(
                "money differs",
                f"{intent} of {org_id}: {cents} cents at Stripe, {micro} micro-units in the wallet",
            )
    for charge in charges:
        found = lines.get(str(charge.payment_intent), ("missing", 0))[0]
        if owners.get(str(charge.customer)) != found:
            journal.found(
                "crossed", f"{charge.payment_intent} was paid by {charge.customer}, credited to {found}"
            )
    journal.happened("check: payment compared", times=len(expected))
    total = sum(expected.values())
    journal.note(f"{len(charges)} payments of top-ups, of which {total / 100:,.2f} USD stayed.")


def _expected(side: StripeSide, charges: list[Any]) -> dict[str, int]:
    """Cents that stayed of each payment intent: charges less refunds and lost disputes."""
    left: dict[str, int] = defaultdict(int)
    for charge in charges:
        left[str(charge.payment_intent)] += charge.amount
    for refund in side.all("refunds"):
        if refund.status in {"succeeded", "pending", "requires_action"} and refund.payment_intent in left:
            left[str(refund.payment_intent)] -= refund.amount
    for dispute in side.all("disputes"):
        if dispute.status == "lost" and dispute.payment_intent in left:
            left[str(dispute.payment_intent)] -= dispute.amount
    return left


def stayed_by_organization(connection: psycopg.Connection[Any], side: StripeSide) -> dict[str, int]:
    """Cents that stayed of what each organization paid for top-ups, as Stripe knows its customers."""
    owners = _owners(connection.execute(CUSTOMERS).fetchall())
    charges = [charge for charge in side.all("charges") if charge.paid and top_up_of(charge)]
    payers = {str(charge.payment_intent): str(charge.customer) for charge in charges}
    stayed: dict[str, int] = defaultdict(int)
    for intent, cents in _expected(side, charges).items():
        stayed[owners.get(payers[intent], "missing")] += cents
    return dict(stayed)


def _owners(rows: list[Any]) -> dict[str, str]:
    return {customer: org_id for org_id, now, former in rows for customer in [now, *former] if customer}
