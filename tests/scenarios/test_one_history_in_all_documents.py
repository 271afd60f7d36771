"""Statements, the history's file, the API, the archive and the ledger say the same of a history, day by day.

What is expected is worked out here, in whole micro-units, from what was posted: around midnight at the ends of months, of
29 February, and of days that have 23 or 25 hours.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import cycle
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.billing import statements
from app.billing.wallet import ledger
from app.extensions import db
from app.models import Organization, TransferKind
from app.money import MICRO, Money
from app.months import Month
from app.retention.archive import check, files
from app.web.formatting import money
from tests.factories import at
from tests.support.archives import archived
from tests.support.browsing import text_on_wide_screen
from tests.support.moving import correct, post, use
from tests.support.paying import Owner
from tests.support.pdfs import packed, words
from tests.support.platform import Platform
from tests.support.sandbox import Sandbox

Days = dict[date, int]
"""What each day changed, in micro-units."""

A_TOKEN = 12
"""What an output token costs, in micro-units."""
MIDNIGHTS = {
    # 25 hours on 7 April, 23 on 29 September.
    "Pacific/Auckland": {
        "2024-02-28 11:00": "2024-02-29",
        "2024-02-29 11:00": "2024-03-01",
        "2024-04-06 11:00": "2024-04-07",
        "2024-04-07 12:00": "2024-04-08",
        "2024-09-28 12:00": "2024-09-29",
        "2024-09-29 11:00": "2024-09-30",
        "2024-09-30 11:00": "2024-10-01",
    },
    # 23 hours on 10 March, 25 on 3 November.
    "America/St_Johns": {
        "2024-02-29 03:30": "2024-02-29",
        "2024-03-01 03:30": "2024-03-01",
        "2024-03-10 03:30": "2024-03-10",
        "2024-03-11 02:30": "2024-03-11",
        "2024-11-01 02:30": "2024-11-01",
        "2024-11-03 02:30": "2024-11-03",
        "2024-11-04 03:30": "2024-11-04",
    },
}
"""When days begin, in UTC."""
MOVES = (
    (TransferKind.TOP_UP, 1),
    (TransferKind.REFUND, -1),
    (TransferKind.PROMOTION, 1),
    (TransferKind.DISPUTE, -1),
    (TransferKind.CREDIT, 1),
    (TransferKind.EXPIRY, -1),
    (TransferKind.DISPUTE_REVERSAL, 1),
    (TransferKind.ADJUSTMENT, -1),
    (TransferKind.REFUND_REVERSAL, 1),
)


@dataclass
class Played:
    """What was posted: by day, by minute, and of that what usage and its corrections changed by day."""

    days: Days = field(default_factory=lambda: defaultdict(int))
    moments: dict[datetime, int] = field(default_factory=lambda: defaultdict(int))
    usage: Days = field(default_factory=lambda: defaultdict(int))

    def note(self, when: datetime, day: date, micro: int, *, is_usage: bool = False) -> None:
        self.days[day] += micro
        self.moments[when] += micro
        if is_usage:
            self.usage[day] += micro


def play(organization: Organization, zone: str) -> Played:
    """A movement, usage and a correction of earlier usage, in the last minute of a day and in the first of the next."""
    played, moves, earlier = Played(), cycle(MOVES), list[tuple[str, int]]()
    for number, (midnight, begins) in enumerate(MIDNIGHTS[zone].items()):
        following = date.fromisoformat(begins)
        before = date.fromordinal(following.toordinal() - 1)
        for minutes, day in ((-1, before), (0, following)):
            when = datetime.fromtimestamp(at(midnight).timestamp() + 60 * minutes, tz=at(midnight).tzinfo)
            kind, sign = next(moves)
            amount = 1_234_567 + 7_001 * number
            post(organization, kind, Money(amount, organization.currency), when, out=sign < 0)
            played.note(when, day, sign * amount)
            units = 100_003 + 977 * number
            earlier.append((use(organization, units, when), units))
            played.note(when, day, -units * A_TOKEN, is_usage=True)
            if number % 2:
                event, units = earlier.pop(0)
                correct(organization, event, units // 2, when)
                played.note(when, day, (units - units // 2) * A_TOKEN, is_usage=True)
    return played


@pytest.mark.parametrize(("zone", "currency"), [("Pacific/Auckland", "JPY"), ("America/St_Johns", "USD")])
def test_they_say_the_same_of_every_day(
    app: Flask, sandbox: Sandbox, tmp_path: Path, zone: str, currency: str
) -> None:
    owner = Owner(app)
    organization = owner.organization
    ledger.change_zone(organization, zone)
    for table, key in (("organization", "id"), ("wallet", "org_id")):
        change = db.text(f"UPDATE {table} SET currency = :currency WHERE {key} = :id")
        db.session.execute(change, {"currency": currency, "id": organization.id})
    db.session.commit()
    db.session.expire_all()
    played = play(organization, zone)

    months = [month for month in statements.months(organization) if month.year == 2024][::-1]
    assert {Month.of(day) for day in played.days} <= set(months)
    assert by_day(statement_lines(owner, months), "posted_on") == dict(played.days)
    history = rows_of(owner.get("/billing/wallet/history.csv", buffered=True))
    assert by_day(history, "day") == dict(played.days)
    assert moments_of(app, organization) == dict(played.moments)
    charges, events = archived_days(organization, played, tmp_path)
    assert charges == events == {day: -micro for day, micro in played.usage.items()}
    assert ledger.lock(organization.id).posted_micro == sum(played.days.values())
    db.session.rollback()

    balance = 0
    for month in sorted({Month.of(day) for day in played.days}):
        opening = balance
        balance += sum(micro for day, micro in played.days.items() if Month.of(day) == month)
        says_where_it_begins_and_ends(owner, month, Money(opening, currency), Money(balance, currency))


def statement_lines(owner: Owner, months: list[Month]) -> list[dict[str, str]]:
    files = [rows_of(owner.get(f"{address(month)}.csv", buffered=True)) for month in months]
    return [row for rows in files for row in rows if row["section"] == "line"]


def says_where_it_begins_and_ends(owner: Owner, month: Month, opening: Money, closing: Money) -> None:
    """On the page and in the PDF, rounded."""
    file = words(owner.get(f"{address(month)}.pdf").data)
    for text in (packed(text_on_wide_screen(owner.get(address(month)))), file):
        assert packed(f"Opening balance {money(opening)}") in text
        assert packed(f"Closing balance {money(closing)}") in text


def address(month: Month) -> str:
    return f"/workplace/invoices/statements/{month}"


def rows_of(answer: TestResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def by_day(rows: list[dict[str, str]], column: str) -> Days:
    days: Days = defaultdict(int)
    for row in rows:
        days[date.fromisoformat(row[column])] += micro(row["amount"])
    return dict(days)


def micro(amount: str) -> int:
    exact = Decimal(amount) * MICRO
    assert exact == int(exact)
    return int(exact)


def moments_of(app: Flask, organization: Organization) -> dict[datetime, int]:
    """What the API's transfers changed, by the minute in which they were posted: no two are of the same moment."""
    platform, moments = Platform(app), dict[datetime, int]()
    following = f"/organizations/{organization.id}/transfers?limit=9"
    while following:
        page = platform.get(following).json
        for one in page["items"]:
            when = datetime.fromisoformat(one["posted_at"]).replace(second=0, microsecond=0)
            amount = micro(one["amount"]["amount"])
            assert one["amount"]["currency"] == organization.currency
            moments[when] = moments.get(when, 0) + (amount if one["credit"] == "wallet" else -amount)
        following = (page["next"] or "").removeprefix("/api/v1")
    return moments


def archived_days(organization: Organization, played: Played, folder: Path) -> tuple[Days, Days]:
    """What the archive's charges took on each day of the history, and what its events cost."""
    charges: Days = defaultdict(int)
    events: Days = defaultdict(int)
    for month in sorted({Month.of(when.date()) for when in played.moments}):
        archived(folder, month)
        assert check(folder / str(month)) == []
        for row in files.rows(folder / str(month), files.CHARGES, org_id=str(organization.id)):
            assert row["currency"] == organization.currency
            charges[row["day"]] += row["amount_micro"]
        for row in files.rows(folder / str(month), files.EVENTS, org_id=str(organization.id)):
            events[row["posted_on"]] += row["amount_micro"]
    return dict(charges), dict(events)
