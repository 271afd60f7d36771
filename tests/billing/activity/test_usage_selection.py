"""Days of a selection, some at a time."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask

from app.billing.activity import usage_selection
from app.billing.activity.filters import Filters
from tests.billing.activity.selected import a_user, add_up, use


def test_every_day_comes_once_however_many_are_read_at_a_time(app: Flask) -> None:
    organization = a_user()
    for day, agent in (
        (0, "Ava"),
        (1, "Noah"),
        (1, "Ava"),
        (1, "Ava"),
        (2, "Noah"),
        (5, "Ava"),
        (6, "Noah"),
        (9, "Ava"),
    ):
        use(organization, days=day, agent=agent)
    add_up(organization)
    wanted = usage_selection.conditions(organization, Filters(agent="Ava"))
    expected = [date(2026, 11, 10) + timedelta(days=day) for day in (9, 5, 1, 0)]
    for chunk in (1, 2, 4, 31):
        assert list(usage_selection.each_day(wanted, chunk=chunk)) == expected
    assert usage_selection.list_days(wanted, newest=False, most=2) == expected[:1:-1]


def test_a_meter_is_in_its_group_and_an_unknown_one_never_breaks_it(app: Flask) -> None:
    assert usage_selection.is_in(Filters(group="models"), "tokens_in")
    assert not usage_selection.is_in(Filters(group="calling"), "tokens_in")
    assert usage_selection.is_in(Filters(), "no such meter")
