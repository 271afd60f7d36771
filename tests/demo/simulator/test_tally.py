"""The simulator's own count: each event once, and corrections as the service prices them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from app.ids import uuid7
from demo.simulator.tally import Tally, Used

ORG, OTHER = uuid7(), uuid7()


def used(tally: Tally) -> Used:
    ((call, meters),) = tally.calls(ORG)
    assert call == "call-1"
    return meters["sms"]


def test_an_event_that_is_reported_again_counts_once() -> None:
    tally = Tally()
    for _ in range(2):
        tally.used(ORG, "call-1", "sms", "event-1", 3)
    tally.used(ORG, "call-1", "sms", "event-2", 4)
    assert used(tally).total == 7


def test_what_is_corrected_up_is_priced_by_itself_and_down_makes_the_event_smaller() -> None:
    tally = Tally()
    tally.used(ORG, "call-1", "sms", "event-1", 10)
    tally.used(ORG, "call-1", "sms", "event-2", 10)
    tally.corrected(ORG, "call-1", "sms", "event-1", 12)
    tally.corrected(ORG, "call-1", "sms", "event-2", 4)
    found = used(tally)
    assert (found.quantities, found.added) == ({"event-1": 10, "event-2": 4}, [(10, 12)])
    assert found.total == 16


def test_organizations_are_counted_apart_and_from_many_threads() -> None:
    tally = Tally()
    with ThreadPoolExecutor(8) as threads:
        for _ in range(200):
            threads.submit(tally.happened, ORG, "refused")
    assert (tally.count(ORG, "refused"), tally.count(ORG, "sent"), tally.count(OTHER, "refused")) == (
        200,
        0,
        0,
    )
    assert list(tally.calls(OTHER)) == []
