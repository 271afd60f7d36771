"""Lots are drawn in their order, and what comes back goes to the lot that paid."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.billing.wallet import ledger
from app.billing.wallet.ledger import Entry
from app.billing.wallet.lots import drawing, expiry, money_trail
from app.extensions import db
from app.models import AccountName, CreditLot, LotKind, Organization, TransferKind
from app.money import Money
from tests.factories import an_organization, at, usd
from tests.support import moving
from tests.support.metering import on_growth

NOON = at("2026-11-10 12:00")
KINDS = {"paid": TransferKind.TOP_UP, "promotional": TransferKind.PROMOTION, "goodwill": TransferKind.CREDIT}


def grant(
    organization: Organization,
    kind: str,
    amount: str,
    when: datetime = NOON,
    *,
    top_up: UUID | None = None,
    until: datetime | None = None,
) -> None:
    """Credit of a kind, which may expire."""
    move(organization, KINDS[kind], amount, when, top_up=top_up)
    if until is not None:
        expiry.open_newest(ledger.lock(organization.id), until)
    db.session.commit()


def move(
    organization: Organization,
    kind: TransferKind,
    amount: str,
    when: datetime = NOON,
    *,
    top_up: UUID | None = None,
    out: bool = False,
) -> None:
    wallet = ledger.lock(organization.id)
    sides = (AccountName.WALLET, AccountName.STRIPE)
    debit, credit = sides if out else sides[::-1]
    ledger.post(wallet, Entry(kind, str(uuid4()), debit, credit, usd(amount), when, top_up_id=top_up))
    db.session.commit()


def use(organization: Organization, dollars: str, when: datetime = NOON) -> str:
    """Usage that costs so much."""
    return moving.use(organization, usd(dollars).micro * 1000 // 9500, when)


def left(organization: Organization) -> dict[LotKind, str]:
    """What is left by kind, and no lot of a kind that has none."""
    drawing.draw(ledger.lock(organization.id))
    found: dict[LotKind, int] = {}
    for lot in db.session.scalars(db.select(CreditLot).order_by(CreditLot.seq)):
        found[lot.kind] = found.get(lot.kind, 0) + lot.left_micro
    db.session.commit()
    return {kind: str(Money(micro, "USD")) for kind, micro in found.items() if micro}


def test_promotional_credit_is_used_first_then_goodwill_then_what_was_paid(app: Flask) -> None:
    organization = on_growth(credit="0")
    for kind in ("paid", "goodwill", "promotional"):
        grant(organization, kind, "19")
    use(organization, "9.5")
    assert left(organization) == {
        LotKind.PAID: "$19.00",
        LotKind.GOODWILL: "$19.00",
        LotKind.PROMOTIONAL: "$9.50",
    }
    use(organization, "19")
    assert left(organization) == {LotKind.PAID: "$19.00", LotKind.GOODWILL: "$9.50"}
    use(organization, "19")
    assert left(organization) == {LotKind.PAID: "$9.50"}


def test_of_a_kind_what_expires_first_is_used_first(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "promotional", "19", until=NOON + timedelta(days=30))
    grant(organization, "promotional", "19", until=NOON + timedelta(days=3))
    use(organization, "9.5")
    drawing.draw(ledger.lock(organization.id))
    lots = db.session.scalars(db.select(CreditLot).order_by(CreditLot.seq)).all()
    assert [lot.left_micro for lot in lots] == [19_000_000, 9_500_000]


def test_a_refund_takes_from_its_own_top_up_and_never_from_promotional_credit(app: Flask) -> None:
    organization, top_up = on_growth(credit="0"), uuid4()
    grant(organization, "paid", "19", top_up=top_up)
    use(organization, "9.5")
    grant(organization, "promotional", "38")
    move(organization, TransferKind.REFUND, "9.5", top_up=top_up, out=True)
    assert left(organization) == {LotKind.PROMOTIONAL: "$38.00"}


def test_usage_that_a_refunded_top_up_had_paid_goes_to_the_credit_that_is_next(app: Flask) -> None:
    organization, top_up = on_growth(credit="0"), uuid4()
    grant(organization, "paid", "19", top_up=top_up)
    use(organization, "9.5")
    use(organization, "9.5", NOON + timedelta(hours=1))
    grant(organization, "goodwill", "38", NOON + timedelta(hours=2))
    move(organization, TransferKind.REFUND, "14", NOON + timedelta(hours=3), top_up=top_up, out=True)
    assert left(organization) == {LotKind.GOODWILL: "$24.00"}
    goodwill = db.session.scalars(db.select(CreditLot.id).where(CreditLot.kind == LotKind.GOODWILL)).one()
    shares = money_trail.shares_of(organization.id, [2, 3])
    assert (shares[2][goodwill], shares[3]) == (4_500_000, {goodwill: 9_500_000})


def test_without_other_credit_it_waits_and_the_next_top_up_pays_it(app: Flask) -> None:
    organization, top_up = on_growth(credit="0"), uuid4()
    grant(organization, "paid", "19", top_up=top_up)
    use(organization, "19")
    move(organization, TransferKind.REFUND, "19", top_up=top_up, out=True)
    assert left(organization) == {}
    assert money_trail.shares_of(organization.id, [2]) == {2: {None: 19_000_000}}
    grant(organization, "paid", "38", top_up=uuid4())
    assert left(organization) == {LotKind.PAID: "$19.00"}


def test_a_dispute_of_more_than_the_top_up_leaves_its_lot_below_zero(app: Flask) -> None:
    organization, top_up = on_growth(credit="0"), uuid4()
    grant(organization, "paid", "50", top_up=top_up)
    grant(organization, "promotional", "30")
    move(organization, TransferKind.DISPUTE, "70", top_up=top_up, out=True)
    assert left(organization) == {LotKind.PAID: "-$20.00", LotKind.PROMOTIONAL: "$30.00"}
    move(organization, TransferKind.DISPUTE_REVERSAL, "70", top_up=top_up)
    assert left(organization) == {LotKind.PAID: "$50.00", LotKind.PROMOTIONAL: "$30.00"}


@pytest.mark.parametrize(
    ("until", "after"),
    [
        (None, {LotKind.PROMOTIONAL: "$19.00", LotKind.PAID: "$9.50"}),
        (NOON + timedelta(days=1), {LotKind.GOODWILL: "$9.50", LotKind.PAID: "$19.00"}),
    ],
    ids=["which is there", "which has expired"],
)
def test_a_correction_goes_back_to_the_lot_that_paid(
    app: Flask, until: datetime | None, after: dict[LotKind, str]
) -> None:
    organization = on_growth(credit="0")
    grant(organization, "promotional", "19", until=until)
    grant(organization, "paid", "19")
    event = use(organization, "9.5")
    if until is None:
        use(organization, "19")
        moving.correct(organization, event, 0, NOON + timedelta(days=2))
        after = {LotKind.PROMOTIONAL: "$9.50", LotKind.PAID: "$9.50"}
    else:
        expiry.settle(ledger.lock(organization.id), NOON + timedelta(days=2))
        db.session.commit()
        moving.correct(organization, event, 0, NOON + timedelta(days=2))
    assert left(organization) == after


def test_what_was_there_before_lots_is_drawn_some_at_a_time(app: Flask) -> None:
    organization = on_growth(credit="0")
    for hour in range(5):
        grant(organization, "paid", "10", NOON + timedelta(hours=hour))
        use(organization, "9.5", NOON + timedelta(hours=hour))
    wallet = ledger.lock(organization.id)
    steps = 0
    while not drawing.draw(wallet, most=2):
        steps += 1
    assert (steps, wallet.drawn_seq, wallet.last_seq) == (2, 10, 10)
    assert left(organization) == {LotKind.PAID: "$2.50"}


def test_nothing_is_read_where_all_is_drawn(app: Flask) -> None:
    organization = an_organization(credit="10")
    wallet = ledger.lock(organization.id)
    assert drawing.draw(wallet)
    assert drawing.draw(wallet)
    assert wallet.drawn_seq == 1


def test_their_order_is_that_of_use(app: Flask) -> None:
    later, sooner = NOON + timedelta(days=9), NOON + timedelta(days=1)
    lots = [
        CreditLot(seq=1, kind=LotKind.PAID),
        CreditLot(seq=2, kind=LotKind.GOODWILL),
        CreditLot(seq=3, kind=LotKind.PROMOTIONAL),
        CreditLot(seq=4, kind=LotKind.PROMOTIONAL, expires_at=later),
        CreditLot(seq=5, kind=LotKind.PROMOTIONAL, expires_at=sooner),
    ]
    assert [lot.seq for lot in sorted(lots, key=drawing.in_order)] == [5, 4, 3, 2, 1]
