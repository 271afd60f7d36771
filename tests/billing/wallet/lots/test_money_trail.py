"""From usage to its transfer, and to the lots that paid for it."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Flask
from sqlalchemy import text

from app.billing.wallet import ledger
from app.billing.wallet.lots import drawing, money_trail
from app.extensions import db
from app.models import CreditLot, UsageEvent
from app.models.scope import scoped_to
from tests.billing.wallet.lots.test_drawing import NOON, grant, use
from tests.support import moving
from tests.support.large_tables import large
from tests.support.metering import on_growth


def test_usage_posted_at_the_same_moment_still_leads_to_its_own_transfer(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "paid", "100")
    for _ in range(9):
        use(organization, "1")
    times = db.session.scalars(db.select(UsageEvent.posted_at).order_by(UsageEvent.posted_at)).all()
    assert len(set(times)) == 9
    found = money_trail.find_transfers(organization.id, times)
    assert [found[time, "models"] for time in times] == list(range(2, 11))
    assert money_trail.find_transfers(organization.id, []) == {}


def test_usage_of_several_organizations_leads_to_transfers_of_their_own(app: Flask) -> None:
    first, second = on_growth(credit="0"), on_growth(credit="0")
    for organization, count in ((first, 3), (second, 5)):
        for _ in range(count):
            use(organization, "1")
    events = db.session.execute(db.select(UsageEvent.org_id, UsageEvent.posted_at)).all()
    found = money_trail.find_many({(org_id, at) for org_id, at in events})
    assert sorted((key[0], seq) for key, seq in found.items()) == sorted(
        [(first.id, seq) for seq in range(1, 4)] + [(second.id, seq) for seq in range(1, 6)]
    )
    assert {group for _, _, group in found} == {"models"}


def test_a_position_is_looked_up_in_the_index_and_not_among_all_of_the_organization(app: Flask) -> None:
    organization = on_growth(credit="0")
    use(organization, "1")
    asked = {"ids": [organization.id], "times": db.session.scalars(db.select(UsageEvent.posted_at)).all()}
    db.session.commit()
    with large("transfer"), scoped_to(organization.id):
        plan = "\n".join(db.session.scalars(text(f"EXPLAIN {money_trail._POSTED_AT.text}"), asked))
    assert "current_setting" in plan, "row-level security applies"
    conditions = re.findall(r"using pk_transfer on transfer.*\n\s+Index Cond: (.*)", plan)
    assert len(conditions) == 2
    assert all("(seq " in condition for condition in conditions), plan


def test_a_transfer_may_be_paid_by_two_lots(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "promotional", "10")
    grant(organization, "paid", "10")
    use(organization, "9.5")
    event = use(organization, "1.9", NOON + timedelta(hours=1))
    wallet = ledger.lock(organization.id)
    assert money_trail.shares_of(organization.id, [3, 4]) == {}
    drawing.draw(wallet)
    promotional, paid = db.session.scalars(db.select(CreditLot.id).order_by(CreditLot.seq))
    assert money_trail.shares_of(organization.id, [3, 4]) == {
        3: {promotional: 9_500_000},
        4: {promotional: 500_000, paid: 1_400_000},
    }
    moving.correct(organization, event, 50_000, NOON + timedelta(hours=2))
    drawing.draw(ledger.lock(organization.id))
    # What is used last is given back first: the correction makes 1.9 of it 0.475.
    assert money_trail.returned_of(organization.id, 4) == {paid: 1_400_000, promotional: 25_000}
    assert money_trail.balance_at(organization.id, 4) == 8_600_000
