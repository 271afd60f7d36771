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
        "sep=;\n" + GOOD.replace(",", ";"),
        "call,start,seconds,cost,\nc1,2026-11-10T09:30:00Z,87,4.35E-2,\n",
        GOOD.replace("call,", "Call-ID,").replace("seconds", "Billed Seconds"),
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
        ("c2,2026-11-10T09:30:00Z,87,0,0435", "more values than the heading"),
        ("c2,2026-11-10T09:30:00Z,8.7E1,1", "'8.7E1' is no duration"),
        ('c2,2026-11-10T09:30:00Z,"1,234",1', "'1,234' is no duration"),
        ("4.91512E+11,2026-11-10T09:30:00Z,87,1", "a spreadsheet has shortened"),
        ("c2,2026-11-10T09:30:00Z,87,1e999999", "no cost"),
        ("c2,2026-11-10,87,1", "no time"),
        ("c2,46336.395833,87,1", "no time"),
        ("c2,11/10/2026 09:30,87,1", "no time"),
        ("c2,2026-11-10 09:30 EST,87,1", "no time"),
        ("c2,0001-01-01T00:00:00+14:00,87,1", "no time"),
        ("c2,9999-12-31T23:59:59Z,87,1", "no time"),
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


def test_columns_that_are_there_twice_are_refused() -> None:
    with pytest.raises(NotReadableError, match="'Call ID' more than once"):
        carrier_records.read("call_id,Call ID,start,seconds\nc1,c2,2026-11-10T09:30:00Z,87\n")


@pytest.mark.parametrize("rest", ["c2,2026-11-10T09:30:00Z,87,1\n" * 3, ""])
def test_a_quotation_mark_that_is_not_closed_swallows_no_lines(rest: str) -> None:
    with pytest.raises(NotReadableError, match="Line 3 isn't CSV"):
        carrier_records.read(GOOD + 'c2,"2026-11-10T09:30:00Z,87,1\n' + rest)


def test_lines_are_those_of_an_editor() -> None:
    found = carrier_records.read(GOOD.replace("c1", "c\u2028\x0c1") + "\n\nc2,never,1,1\n")
    assert [one.line for one in found.unread] == [5]


@pytest.mark.long
def test_a_hundred_thousand_lines_are_read() -> None:
    lines = "".join(f"c{number},2026-11-10T09:30:00Z,{number % 600},0.01\n" for number in range(100_000))
    found = carrier_records.read("call,start,seconds,cost\n" + lines + lines)
    assert (len(found.calls), found.unread) == (100_000, ())
