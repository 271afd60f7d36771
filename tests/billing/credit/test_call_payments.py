"""Which credit paid for a call: its shares add up to its cost, to the micro-unit."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.activity import call_costs
from app.billing.credit import call_payments
from app.billing.wallet import calling_state, ledger
from app.extensions import db
from app.models import LotKind, Organization
from app.money import Money
from tests.billing.wallet.lots.test_drawing import grant
from tests.support.metering import NOW, an_event, on_growth, take
from tests.support.statements import statements


def paid(organization: Organization, call: str) -> list[tuple[LotKind | None, int]]:
    found = call_payments.of_call(organization, call)
    db.session.commit()
    return [(one.lot.kind if one.lot else None, one.amount.micro) for one in found]


def cost(organization: Organization, call: str) -> Money:
    story = call_costs.get_call_costs(organization, call)
    assert story is not None
    return story.total


def test_two_lots_share_the_calls_of_one_batch_and_nothing_is_lost(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "promotional", "0.01", NOW - timedelta(days=1))
    grant(organization, "paid", "50", NOW - timedelta(days=1))
    take(*(an_event(organization, f"e{number}", 333, call=f"c{number}") for number in range(7)))
    for number in range(7):
        shares = paid(organization, f"c{number}")
        assert {kind for kind, _ in shares} == {LotKind.PROMOTIONAL, LotKind.PAID}
        assert sum(micro for _, micro in shares) == cost(organization, f"c{number}").micro > 0


def test_one_lot_paid_all_of_it_in_a_few_statements(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "paid", "50", NOW - timedelta(days=1))
    for number in range(9):
        take(an_event(organization, f"e{number}", 1000, call="c"))
    assert paid(organization, "c") == [(LotKind.PAID, 85_500)]
    with statements() as seen:
        call_payments.of_call(organization, "c")
    assert len(seen) == 5
    assert call_payments.of_call(organization, "unknown") == ()


def test_what_is_not_paid_yet_says_so(app: Flask) -> None:
    organization = on_growth(credit="0")
    take(an_event(organization, "e", 1000, call="c"))
    assert paid(organization, "c") == [(None, 9_500)]


def test_a_correction_is_taken_off_where_it_went(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "promotional", "50", NOW - timedelta(days=1), until=NOW + timedelta(hours=1))
    take(an_event(organization, "e1", 1000, call="c"), an_event(organization, "e2", 1000, call="c"))
    take(an_event(organization, "fix1", 400, corrects=("platform", "e1")))
    assert paid(organization, "c") == [(LotKind.PROMOTIONAL, 13_300)]
    calling_state.reassess(ledger.lock(organization.id), NOW + timedelta(hours=2))
    take(an_event(organization, "fix2", 0, corrects=("platform", "e2")))
    assert paid(organization, "c") == [(LotKind.PROMOTIONAL, 13_300), (LotKind.GOODWILL, -9_500)]
    assert cost(organization, "c").micro == 3_800
