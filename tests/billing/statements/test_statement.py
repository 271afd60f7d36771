"""A month of the wallet, equal to the ledger to the micro-unit, and final once it is over."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text

from app.billing import statements
from app.billing.statements import NoStatementError, Statement
from app.billing.wallet import ledger, verification
from app.extensions import db
from app.models import TransferKind
from app.money import Money, total
from app.months import Month
from app.pages.labels import movements_label
from tests.factories import an_organization, at, usd
from tests.support.months import Step, closings, play, plays, zones
from tests.support.moving import post, use
from tests.support.statements import statements as statements_sent

AUGUST, SEPTEMBER = Month(2026, 8), Month(2026, 9)


def moves(statement: Statement) -> dict[str, Money]:
    return {movements_label(move.kind): move.amount for move in statement.moves}


def test_it_leads_from_the_opening_to_the_closing_balance(app: Flask) -> None:
    organization = an_organization(timezone="America/New_York")
    post(organization, TransferKind.TOP_UP, usd("50"), at("2026-08-20 12:00"))
    use(organization, 1_000_000, at("2026-08-21 12:00"))
    post(organization, TransferKind.TOP_UP, usd("25"), at("2026-09-02 12:00"))
    post(organization, TransferKind.REFUND, usd("10"), at("2026-09-03 12:00"), out=True)
    use(organization, 500_000, at("2026-09-04 12:00"))
    found = statements.gather(organization, SEPTEMBER)
    assert (found.opening, found.used, found.closing) == (usd("38"), usd("6"), usd("47"))
    assert moves(found) == {"Top-ups": usd("25"), "Refunds": usd("-10")}
    assert [(one.label, one.quantity.count, one.cost) for one in found.usage] == [
        ("Output tokens", 500_000, usd("6"))
    ]
    assert [(one.name, one.cost) for one in found.campaigns] == [("Recall", usd("6"))]
    assert not found.is_open
    assert statements.gather(organization, AUGUST).closing == found.opening


def test_what_is_counted_by_the_day_says_on_how_many_days_while_they_are_alike(app: Flask) -> None:
    organization = an_organization(timezone="UTC")
    post(organization, TransferKind.TOP_UP, usd("50"), at("2026-08-20 12:00"))
    for day in (4, 5, 6):
        use(organization, 2, at(f"2026-09-0{day} 12:00"), meter="phone_numbers", campaign="Recall")
        use(organization, 1, at(f"2026-09-0{day} 12:00"), meter="phone_numbers", campaign="Reminders")
    [numbers] = statements.gather(organization, SEPTEMBER).usage
    assert (numbers.quantity.count, numbers.quantity.days) == (9, 3)
    use(organization, 4, at("2026-09-07 12:00"), meter="phone_numbers")
    [numbers] = statements.gather(organization, SEPTEMBER).usage
    assert (numbers.quantity.count, numbers.quantity.days) == (13, None)


def test_the_month_is_that_of_the_organization_s_own_zone(app: Flask) -> None:
    organization = an_organization(timezone="Pacific/Kiritimati")
    post(organization, TransferKind.TOP_UP, usd("50"), at("2026-08-31 09:59"))
    post(organization, TransferKind.TOP_UP, usd("25"), at("2026-08-31 10:00"))
    assert moves(statements.gather(organization, AUGUST)) == {"Top-ups": usd("50")}
    assert moves(statements.gather(organization, SEPTEMBER)) == {"Top-ups": usd("25")}


def test_what_comes_late_is_in_the_month_in_which_it_came_and_names_its_day(app: Flask) -> None:
    organization = an_organization(timezone="UTC")
    post(organization, TransferKind.TOP_UP, usd("50"), at("2026-08-20 12:00"))
    use(organization, 100_000, at("2026-09-01 08:00"))
    before = statements.gather(organization, AUGUST)
    use(organization, 1_000_000, at("2026-08-30 12:00"), posted_at=at("2026-09-01 12:00"))
    assert statements.gather(organization, AUGUST) == before
    found = statements.gather(organization, SEPTEMBER)
    assert [(late.day, late.cost) for late in found.late] == [(date(2026, 8, 30), usd("12"))]
    assert found.used == usd("13.20")


def test_a_month_that_is_over_stays_as_it_is_when_the_zone_changes(app: Flask) -> None:
    organization = an_organization(timezone="America/New_York")
    post(organization, TransferKind.TOP_UP, usd("50"), at("2026-09-01 02:00"))
    post(organization, TransferKind.TOP_UP, usd("25"), at("2026-09-09 02:00"))
    before = statements.gather(organization, AUGUST)
    assert before.closing == usd("50")
    ledger.change_zone(organization, "Asia/Tokyo")
    db.session.commit()
    assert statements.gather(organization, AUGUST) == before


def test_a_month_that_is_over_takes_nothing_more_when_the_zone_moves_west(app: Flask) -> None:
    organization = an_organization(timezone="Pacific/Kiritimati")
    post(organization, TransferKind.TOP_UP, usd("50"), at("2026-08-20 12:00"))
    post(organization, TransferKind.TOP_UP, usd("25"), at("2026-08-31 11:00"))
    before = statements.gather(organization, AUGUST)
    ledger.change_zone(organization, "Etc/GMT+12")
    db.session.commit()
    post(organization, TransferKind.TOP_UP, usd("10"), at("2026-08-31 12:00"))
    use(organization, 500_000, at("2026-08-31 12:30"))
    found = statements.gather(organization, SEPTEMBER)
    assert statements.gather(organization, AUGUST) == before
    assert (found.opening, moves(found), found.closing) == (usd("50"), {"Top-ups": usd("35")}, usd("79"))
    assert [late.day for late in found.late] == [date(2026, 8, 31)]
    assert verification.check() == []


def test_its_parts_are_read_at_one_moment_and_so_belong_together(app: Flask) -> None:
    organization = an_organization(timezone="UTC")
    post(organization, TransferKind.TOP_UP, usd("50"), at("2026-08-20 12:00"))
    use(organization, 100_000, at("2026-08-21 08:00"))
    with statements_sent() as sent:
        statements.gather(organization, AUGUST)
    assert len([one for one in sent if "usage_daily" in one or "transfer" in one]) == 1


def test_its_lines_are_read_as_they_are_taken_and_add_up_to_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.billing.statements.statement.PIECE", 2)
    organization = an_organization(timezone="UTC")
    post(organization, TransferKind.TOP_UP, usd("50"), at("2026-09-01 12:00"))
    for number in range(6):
        use(organization, 100_000, at("2026-09-02 08:00"), campaign=f"Campaign {number}")
    found, lines = statements.gather_with_lines(organization, SEPTEMBER)
    assert found == statements.gather(organization, SEPTEMBER)
    first = next(lines)
    assert (first.kind, first.amount) == (TransferKind.TOP_UP, usd("50"))
    assert db.session.scalar(text("SELECT count(*) FROM pg_cursors")) == 1
    rest = list(lines)
    assert len(rest) == 6
    assert total((line.amount for line in [first, *rest]), "USD") == found.closing


def test_there_is_none_before_the_first_movement_nor_for_months_to_come(app: Flask) -> None:
    organization = an_organization()
    assert statements.months(organization) == []
    post(organization, TransferKind.TOP_UP, usd("50"), at("2026-09-10 02:00"))
    assert statements.months(organization)[-1] == SEPTEMBER
    for month in (AUGUST, Month(2999, 1)):
        with pytest.raises(NoStatementError):
            statements.gather(organization, month)


@pytest.mark.parametrize(
    "written", ["", "2026-13", "2026-1", "0000-01", "2026-01-01", "²026-01", "2026-01\n"]
)
def test_what_is_no_month_is_none(written: str) -> None:
    assert Month.parse(written) is None


def test_months_know_their_days() -> None:
    assert (Month(2028, 2).last, Month(2026, 12).last) == (date(2028, 2, 29), date(2026, 12, 31))
    assert Month(2026, 1).before == Month(2025, 12)


@pytest.mark.long
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(zone=zones, played=plays)
def test_months_follow_each_other_and_equal_the_ledger(app: Flask, zone: str, played: list[Step]) -> None:
    organization = an_organization(timezone=zone)
    play(organization, played)
    in_ledger = closings(organization)
    opening = usd("0")
    for month in reversed(statements.months(organization)):
        found = statements.gather(organization, month)
        assert found.opening == opening
        assert found.closing == opening + total((move.amount for move in found.moves), "USD") - found.used
        assert found.closing == in_ledger.get(month, opening)
        for parts in (found.usage, found.campaigns, found.agents):
            assert total((part.cost for part in parts), "USD") == found.used
        opening = found.closing
    assert opening == ledger.lock(organization.id).posted
