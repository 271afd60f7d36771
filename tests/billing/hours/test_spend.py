"""Reading hours of spend: exact before and after they are counted."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask

from app.billing import hours
from app.extensions import db
from app.models import Organization
from tests.billing.hours.test_counting import NINE, count, use
from tests.support.metering import on_growth
from tests.support.statements import statements


def read(organization: Organization) -> list[tuple[int, int]]:
    """Hours after nine o'clock, and what was spent in them."""
    found = hours.of(organization.id, NINE)
    return [((one.hour - NINE) // timedelta(hours=1), one.micro) for one in found]


def test_what_is_not_counted_yet_is_read_too_and_nothing_twice(app: Flask) -> None:
    organization, other = on_growth(), on_growth()
    use(organization, NINE, "a")
    use(other, NINE, *"abc")
    [(hour, price)] = read(organization)
    assert hour == 0
    count(organization, NINE + timedelta(minutes=1))
    assert read(organization) == [(0, price)]
    use(organization, NINE + timedelta(minutes=2), "b")
    use(organization, NINE + timedelta(hours=2), "c")
    assert read(organization) == [(0, 2 * price), (2, price)]
    count(organization, NINE + timedelta(hours=2))
    assert read(organization) == [(0, 2 * price), (2, price)]
    assert [one.micro for one in hours.of(organization.id, NINE + timedelta(hours=1))] == [price]


def test_spent_since_counts_to_the_second(app: Flask) -> None:
    organization = on_growth()
    for minute, id in ((0, "a"), (20, "b"), (50, "c")):
        use(organization, NINE + timedelta(minutes=minute), id)
    count(organization, NINE + timedelta(minutes=55))
    use(organization, NINE + timedelta(minutes=70), "d")
    price = read(organization)[1][1]

    def since(minute: int) -> int:
        return hours.spent_since(organization.id, NINE + timedelta(minutes=minute)) // price

    def expected() -> None:
        assert [since(minute) for minute in (0, 1, 20, 21, 60, 70, 71)] == [4, 3, 3, 2, 1, 1, 0]

    expected()
    count(organization, NINE + timedelta(minutes=90))
    expected()


def test_the_same_hours_follow_the_clock_on_the_wall(app: Flask) -> None:
    """New York's clocks went back on November 1, 2026: nine in the morning is an hour later in UTC from then on."""
    organization = on_growth(timezone="America/New_York")
    now = NINE.replace(hour=14)  # nine in the morning in New York, a Tuesday
    use(organization, now - timedelta(weeks=3, hours=1), *"def")
    use(organization, now - timedelta(weeks=3), "not in these hours")
    use(organization, now - timedelta(weeks=2, hours=1), *"bc")
    use(organization, now - timedelta(weeks=1), "a")
    price = read_one(organization, now - timedelta(weeks=1))
    assert hours.same_hours(organization, now) == [price, 2 * price, 3 * price]
    assert hours.same_hours(organization, now, weeks=1) == [price]


def test_an_organization_without_history_has_no_same_hours(app: Flask) -> None:
    organization = on_growth()
    assert hours.same_hours(organization, NINE) == []
    use(organization, NINE - timedelta(days=10), "a")
    assert hours.same_hours(organization, NINE) == [0]


def test_each_is_one_statement(app: Flask) -> None:
    organization = on_growth()
    org_id = organization.id
    db.session.rollback()
    for read_them in (
        lambda: hours.of(org_id, NINE),
        lambda: hours.spent_since(org_id, NINE),
        lambda: hours.same_hours(organization, NINE),
    ):
        with statements() as seen:
            read_them()
        assert len(seen) == 1


def read_one(organization: Organization, hour: datetime) -> int:
    found = hours.of(organization.id, NINE - timedelta(weeks=9))
    return next(one.micro for one in found if one.hour == hour)
