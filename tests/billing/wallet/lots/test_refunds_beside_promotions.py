"""Promotional credit pays for usage and nothing else, in whatever order refunds, disputes and its end come.

What a refund takes is always the top-up's own. Where its usage was paid from it, that goes to credit that is there, or
waits, and the wallet is below zero: people who were paid back still pay for what they used.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.billing.wallet import ledger
from app.billing.wallet.lots import checks, drawing, expiry
from app.extensions import db
from app.models import CreditLot, LotDraw, LotKind, Organization, TransferKind
from tests.billing.wallet.lots.test_drawing import NOON, grant, move, use
from tests.support.metering import on_growth

TAKES = {"refund": TransferKind.REFUND, "dispute": TransferKind.DISPUTE}
RETURNS = {"refund failed": TransferKind.REFUND_REVERSAL, "dispute ended": TransferKind.DISPUTE_REVERSAL}
PAID, PROMO, OWED = "paid", "promotional", "owed"
DAY = timedelta(days=1)

CASES: dict[str, tuple[list[str], dict[str, str]]] = {
    "untouched promotion": (["paid 50", "promo 38", "refund 50"], {PROMO: "38"}),
    "in two parts": (["paid 50", "promo 38", "refund 20", "refund 30"], {PROMO: "38"}),
    "in two parts, used between": (
        ["paid 50", "promo 38", "refund 20", "use 19", "refund 30"],
        {PROMO: "19"},
    ),
    "promotion used up": (["paid 50", "promo 38", "use 38", "refund 50"], {}),
    "both used": (["paid 50", "promo 38", "use 57", "refund 50"], {OWED: "19"}),
    "paid used before the promotion": (["paid 50", "use 38", "promo 38", "refund 50"], {}),
    "promotion expired unused": (["paid 50", "promo 38", "expired", "refund 50"], {}),
    "promotion expired in part": (["paid 50", "promo 38", "use 19", "expired", "refund 50"], {}),
    "used after it expired": (["paid 50", "promo 38", "expired", "use 19", "refund 50"], {OWED: "19"}),
    "expired between two parts": (
        ["paid 50", "promo 38", "refund 20", "expired", "use 19", "refund 30"],
        {OWED: "19"},
    ),
    "usage that was refunded doesn't go to what has expired": (
        ["paid 50", "use 38", "promo 38", "expired", "refund 50"],
        {OWED: "38"},
    ),
    "refunded, and it expires after that": (["paid 50", "use 19", "promo 38", "refund 50", "expired"], {}),
    "refund that failed": (
        ["paid 50", "promo 38", "refund 50", "refund failed 50"],
        {PAID: "50", PROMO: "38"},
    ),
    "failed after it expired": (
        ["paid 50", "promo 38", "refund 50", "expired", "refund failed 50"],
        {PAID: "50"},
    ),
    "failed, and refunded again": (
        ["paid 50", "use 38", "promo 19", "refund 50", "refund failed 50", "refund 50"],
        {OWED: "19"},
    ),
    "dispute lost": (["paid 50", "promo 38", "dispute 50"], {PROMO: "38"}),
    "dispute lost after usage": (["paid 50", "promo 38", "use 57", "dispute 50"], {OWED: "19"}),
    "dispute won": (["paid 50", "promo 38", "dispute 50", "dispute ended 50"], {PAID: "50", PROMO: "38"}),
    "part refunded, the whole disputed, lost": (
        ["paid 50", "promo 38", "refund 20", "dispute 50", "dispute ended 20"],
        {PROMO: "38"},
    ),
    "part refunded, the whole disputed, expired meanwhile, lost": (
        ["paid 50", "promo 38", "use 19", "refund 20", "dispute 50", "expired", "dispute ended 20"],
        {},
    ),
    "lost after all was used": (
        ["paid 50", "promo 38", "use 76", "refund 20", "dispute 50", "dispute ended 20"],
        {OWED: "38"},
    ),
}


def play(steps: list[str]) -> Organization:
    """One top-up and one promotion for ten days, an hour between two steps; "expired" is eleven days later."""
    organization, top_up, now = on_growth(credit="0"), uuid4(), NOON
    for step in steps:
        what, _, amount = step.rpartition(" ") if " " in step else (step, "", "")
        now += 11 * DAY if step == "expired" else timedelta(hours=1)
        _do(organization, what, amount, now=now, top_up=top_up)
    drawing.draw(ledger.lock(organization.id))
    db.session.commit()
    return organization


def _do(organization: Organization, what: str, amount: str, *, now: datetime, top_up: UUID) -> None:
    if what == "paid":
        grant(organization, "paid", amount, now, top_up=top_up)
    elif what == "promo":
        grant(organization, "promotional", amount, now, until=now + 10 * DAY)
    elif what == "use":
        use(organization, amount, now)
    elif what == "expired":
        expiry.settle(ledger.lock(organization.id), now)
        db.session.commit()
    else:
        kind = TAKES.get(what) or RETURNS[what]
        move(organization, kind, amount, now, top_up=top_up, out=what in TAKES)


def in_dollars(micro: int) -> Decimal:
    return Decimal(micro) / 1_000_000


@pytest.mark.one_of_each(by=lambda steps: f"{len(steps)} steps")
@pytest.mark.parametrize(("steps", "after"), CASES.values(), ids=CASES)
def test_a_refund_never_pays_out_promotional_credit(
    app: Flask, steps: list[str], after: dict[str, str]
) -> None:
    organization = play(steps)
    lots = {lot.kind: lot for lot in db.session.scalars(db.select(CreditLot))}
    owed = (
        db.session.scalar(db.select(db.func.sum(LotDraw.amount_micro)).where(LotDraw.lot_id.is_(None))) or 0
    )
    found = {kind.value: in_dollars(lot.left_micro) for kind, lot in lots.items() if lot.left_micro}
    if owed:
        found[OWED] = in_dollars(int(owed))
    assert found == {name: Decimal(amount) for name, amount in after.items()}
    used = sum(Decimal(step.split()[1]) for step in steps if step.startswith("use"))
    promotion = lots[LotKind.PROMOTIONAL]
    assert promotion.withdrawn_micro == 0
    assert in_dollars(promotion.drawn_micro) <= used, "it paid for usage"
    taken = sum(Decimal(step.rpartition(" ")[2]) for step in steps if step.rpartition(" ")[0] in TAKES)
    returned = sum(Decimal(step.rpartition(" ")[2]) for step in steps if step.rpartition(" ")[0] in RETURNS)
    assert in_dollars(lots[LotKind.PAID].withdrawn_micro) == taken - returned
    wallet = ledger.lock(organization.id)
    covered = Decimal(0) if LotKind.PROMOTIONAL.value not in found else found[PROMO]
    assert in_dollars(wallet.posted_micro) - covered <= Decimal(50) - (taken - returned), (
        "without what is left of the promotion, at most what was paid and not paid back"
    )
    assert [db.session.execute(db.text(query)).all() for query in checks.QUERIES.values()] == [[]] * len(
        checks.QUERIES
    )
