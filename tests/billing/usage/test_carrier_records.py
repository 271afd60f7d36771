"""A carrier's file is read as it comes, and what isn't understood is named by its line."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.billing.usage import carrier_records
from app.billing.usage.carrier_records import NotReadableError
from tests.factories import at

GOOD = "call,start,seconds,cost\nc1,2026-11-10T09:30:00Z,87,0.0435\n"


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "\ufeff" + GOOD.replace("\n", "\r\n"),
        "\n\n" + GOOD + "\n , , ,\n",
        "Call ID;Start Time;Duration (seconds);Price\nc1;2026-11-10T10:30:00+01:00;0:01:27;0,0435\n",
        "cost\tcall_id\tstarted_at\tbillsec\tcountry\n0.0435\tc1\t2026-11-10 09:30:00\t86.2\tUS\n",
        GOOD + "c1,2026-11-10T09:30:00Z,87,0.0435\n",
    ],
)
def test_one_call_however_it_is_written(text: str) -> None:
    found = carrier_records.read(text)
    [call] = found.calls
    assert (call.call, call.start, call.seconds, call.cost) == (
        "c1",
        at("2026-11-10 09:30"),
        87,
        Decimal("0.0435"),
    )
    assert found.unread == ()


def test_times_without_a_zone_are_in_the_one_that_is_given() -> None:
    text = "call,start,seconds\nc1,2026-11-10 04:30,87\n"
    [call] = carrier_records.read(text, zone=ZoneInfo("America/New_York")).calls
    assert (call.start, call.cost) == (at("2026-11-10 09:30"), None)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (",2026-11-10T09:30:00Z,87,1", "no name"),
        ("c2,tomorrow,87,1", "'tomorrow' is no time"),
        ("c2,2026-11-10T09:30:00Z,long,1", "'long' is no duration"),
        ("c2,2026-11-10T09:30:00Z,-5,1", "no duration"),
        ("c2,2026-11-10T09:30:00Z,1:99,1", "no duration"),
        ("c2,2026-11-10T09:30:00Z,9999999,1", "no duration"),
        ("c2,2026-11-10T09:30:00Z,87,free", "'free' is no cost"),
        ("c2,2026-11-10T09:30:00Z,87,NaN", "no cost"),
        ("c2", "'' is no time"),
        ("c1,2026-11-10T09:30:00Z,88,1", "also on line 2"),
    ],
)
def test_a_line_that_is_not_understood_is_named_and_the_others_are_read(line: str, why: str) -> None:
    found = carrier_records.read(GOOD + line + "\nc3,2026-11-10T09:31:00Z,5,1\n")
    assert [call.call for call in found.calls] == ["c1", "c3"]
    [unread] = found.unread
    assert unread.line == 3
    assert why in unread.why


@pytest.mark.parametrize("text", ["", "\n", "a,b,c\n1,2,3\n", "call,start\nc1,2026-11-10\n"])
def test_a_file_without_the_columns_is_refused(text: str) -> None:
    with pytest.raises(NotReadableError, match="The heading line has no column"):
        carrier_records.read(text)
