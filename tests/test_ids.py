"""Ids sort by time, and within a process in the order in which they were made."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import RFC_4122, UUID

from pytest import MonkeyPatch

from app import ids
from app.clock import utc_now
from app.ids import Ids, uuid7, uuid7_floor

NOW = 1_790_000_000_000


def test_version_variant_and_time_are_as_the_rfc_says(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(ids.clock, "milliseconds", lambda: NOW)
    made = uuid7()
    assert (made.version, made.variant, made.int >> 80) == (7, RFC_4122, NOW)


def test_each_is_greater_than_the_one_before_within_a_millisecond_and_when_a_clock_is_set_back(
    monkeypatch: MonkeyPatch,
) -> None:
    times = iter([NOW] * 50 + [NOW - 3_000] * 50 + [NOW + 1] * 50)
    monkeypatch.setattr(ids.clock, "milliseconds", lambda: next(times))
    make = Ids()
    made = [make.next() for _ in range(150)]
    assert made == sorted(set(made))
    assert {one.version for one in made} == {7}


def test_a_clock_that_was_far_ahead_is_not_held_on_to(monkeypatch: MonkeyPatch) -> None:
    times = iter([NOW + 40 * 86_400_000, NOW])
    monkeypatch.setattr(ids.clock, "milliseconds", lambda: next(times))
    make = Ids()
    make.next()
    assert make.next().int >> 80 == NOW


def test_threads_make_no_id_twice() -> None:
    make = Ids()
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: make.next(), range(4_000)))
    assert len(set(made)) == 4_000


def test_many_are_in_order_with_those_made_one_by_one(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(ids.clock, "milliseconds", lambda: NOW)
    make = Ids()
    made = [make.next(), *map(UUID, make.texts(1_000)), make.next(), *map(UUID, make.texts(1))]
    assert made == sorted(set(made))
    assert {(one.version, one.variant, one.int >> 80) for one in made} == {(7, RFC_4122, NOW)}


def test_the_smallest_id_of_a_moment_is_before_those_made_from_then_on() -> None:
    now = utc_now()
    assert uuid7_floor(now - timedelta(seconds=5)) < uuid7() < uuid7_floor(now + timedelta(seconds=5))
