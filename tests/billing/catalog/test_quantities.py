"""Quantities as people read them: begun units count, like is added to like, days where each had as much."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.catalog.quantities import Quantity, added_up, quantity_of, same_each_day


@pytest.mark.parametrize(
    ("units", "minutes"), [(0, 0), (1, 1), (59, 1), (60, 1), (61, 2), (3_600, 60), (-59, 0), (-60, -1)]
)
def test_a_begun_minute_counts_as_one(app: Flask, units: int, minutes: int) -> None:
    assert quantity_of("calls_inbound", units) == Quantity("calls_inbound", minutes, "min")


def test_like_is_added_to_like_before_it_is_rounded(app: Flask) -> None:
    used = {"calls_outbound": (30, 1), "calls_inbound": (30, 1), "sms": (2, None)}
    assert added_up(used) == (Quantity("calls_inbound", 1, "min"), Quantity("sms", 2, "text messages"))


def test_minutes_of_speech_are_no_minutes_of_calls(app: Flask) -> None:
    found = added_up({"calls_inbound": (60, None), "speech_to_text": (60, None)})
    assert [(one.amount, one.unit) for one in found] == [(1, "min"), (1, "min of speech")]


def test_days_are_kept_of_a_meter_that_stands_for_itself(app: Flask) -> None:
    """Three numbers on 26 days; but days of several meters can't be combined."""
    assert added_up({"phone_numbers": (78, 26)})[0].days == 26
    assert added_up({"tokens_in": (5, 2), "tokens_out": (5, 2)}) == (Quantity("tokens_in", 10, "tokens"),)


def test_the_order_is_that_of_the_names_whatever_order_they_come_in(app: Flask) -> None:
    one = {"sms": (1, None), "calls_inbound": (60, None)}
    assert added_up(one) == added_up(dict(reversed(one.items())))


def test_nothing_used_is_nothing_to_read(app: Flask) -> None:
    assert added_up({}) == ()


@pytest.mark.parametrize(
    ("units", "days"), [([], None), ([3], 1), ([3, 3, 3], 3), ([3, 3, 2], None), ([0, 0], 2)]
)
def test_days_are_counted_where_each_had_as_much(units: list[int], days: int | None) -> None:
    assert same_each_day(units) == days
