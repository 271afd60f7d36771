"""The curve of credit to come: within its drawing, with a table of the same figures."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask

from app.billing.forecast import Left
from app.clock import utc_now
from app.models import TransferKind
from app.money import Money
from app.pages import credit_curve
from app.pages.credit_curve import WIDE, Around, Size
from tests.factories import a_person, an_organization, at, usd
from tests.support import moving
from tests.support.browsing import Visitor, text_of
from tests.support.spending import forecast_of

NOW = at("2026-11-23 09:15")


def days_left(*amounts: int) -> list[Left]:
    ends = [NOW, *(at("2026-11-24 00:00") + timedelta(days=number) for number in range(len(amounts) - 1))]
    return [
        Left(end, micro * 8 // 10, micro, min(micro * 12 // 10, amounts[0]))
        for end, micro in zip(ends, amounts, strict=True)
    ]


@pytest.mark.parametrize("size", [WIDE, Size(300, 190, 3)])
@pytest.mark.parametrize(
    "amounts", [(73_210_000, 40_000_000, 0), (50, 0), (10**15, 5 * 10**14, 10**13), (1,) * 31]
)
def test_every_point_is_within_the_drawing(size: Size, amounts: tuple[int, ...]) -> None:
    past = tuple((NOW - timedelta(days=day, hours=9), day * amounts[0] - 5) for day in range(7, -1, -1))
    around = Around(past, Money(amounts[0] // 2, "USD"))
    drawn = credit_curve.draw(days_left(*amounts), "USD", "UTC", around, size)
    assert drawn.left < drawn.now < drawn.width
    for points in (drawn.past, drawn.line, drawn.band):
        for x, y in (map(float, point.split(",")) for point in points.split(" ")):
            assert drawn.left <= x <= drawn.width
            assert 0 <= y <= drawn.bottom
    assert 1 <= len(drawn.days) <= size.labels
    assert 2 <= len(drawn.amounts) <= 4
    assert len(drawn.band.split(" ")) == 2 * len(amounts)


def test_the_table_has_each_day_that_ends() -> None:
    drawn = credit_curve.draw(days_left(30_000_000, 20_000_000, 10_000_000), "USD", "UTC")
    assert [row.day for row in drawn.table] == [date(2026, 11, 23), date(2026, 11, 24)]
    assert (drawn.table[0].low, drawn.table[0].about, drawn.table[0].high) == (
        usd("16"),
        usd("20"),
        usd("24"),
    )


def test_without_a_past_the_forecast_begins_at_the_left() -> None:
    drawn = credit_curve.draw(days_left(30_000_000, 20_000_000), "USD", "UTC")
    assert (drawn.past, drawn.now, drawn.alert) == ("", drawn.left, None)


def test_the_past_leads_to_now_and_is_in_the_table_without_a_band() -> None:
    past = ((at("2026-11-22 00:00"), 50_000_000), (at("2026-11-23 00:00"), -4_000_000))
    drawn = credit_curve.draw(days_left(30_000_000, 20_000_000), "USD", "UTC", Around(past, usd("10")))
    points = drawn.past.split(" ")
    assert points[-1] == drawn.line.split(" ")[0], "it goes on from there"
    assert points[0].startswith(f"{drawn.left}.0,") or points[0].startswith(f"{drawn.left},")
    assert float(points[1].partition(",")[2]) == drawn.bottom, "below zero is drawn as nothing"
    rows = [(row.day, row.low, row.about) for row in drawn.table]
    assert rows == [
        (date(2026, 11, 21), None, usd("50")),
        (date(2026, 11, 22), None, -usd("4")),
        (date(2026, 11, 23), usd("16"), usd("20")),
    ]
    assert drawn.alert is not None
    assert credit_curve.draw(days_left(3, 2), "USD", "UTC", Around((), usd("10"))).alert is None


def test_the_overview_draws_it_and_says_the_same_as_a_table(app: Flask, visitor: Visitor) -> None:
    organization = an_organization(credit="100", timezone="America/New_York")
    visitor.begin_session(a_person(organization=organization).email)
    assert "Forecast by day" not in text_of(visitor.get("/billing"))
    forecast_of(organization)
    page = visitor.get("/billing")
    assert page.text.count('class="curve-line"') == 1
    assert "Your balance so far" in page.text
    assert re.search(r"Lasts until \w+ around", text_of(page))
    table = page.text[page.text.index('id="credit-days"') :]
    rows = re.findall(r"<tr><th scope=\"row\">.*", table[: table.index("</table>")])
    ahead = [row for row in rows if "\N{EN DASH}" not in row]
    assert 5 <= len(ahead) <= 7, "a hundred hours, and as much later as the band says"
    assert len(rows) - len(ahead) == 30, "a month back"


def test_without_a_forecast_the_curve_ends_now(app: Flask, visitor: Visitor) -> None:
    past = ((at("2026-11-21 00:00"), 50_000_000), (at("2026-11-22 00:00"), 20_000_000))
    drawn = credit_curve.draw([Left(NOW, -4_000_000, -4_000_000, -4_000_000)], "USD", "UTC", Around(past))
    assert (drawn.line, drawn.band, drawn.dry, drawn.level) == ("", "", None, drawn.bottom)
    assert drawn.past.split(" ")[-1] == f"{WIDE.width},{drawn.bottom}", (
        "it reaches the right edge, at nothing"
    )
    assert [row.about for row in drawn.table] == [usd("50"), usd("20")]


def test_a_paused_organization_sees_how_its_credit_went(app: Flask, visitor: Visitor) -> None:
    organization = an_organization(credit="20")
    visitor.begin_session(a_person(organization=organization).email)
    assert "Balance by day as a table" not in text_of(visitor.get("/billing")), "it didn't move"
    moving.post(organization, TransferKind.REFUND, usd("20"), utc_now(), out=True)
    page = visitor.get("/billing")
    assert "Balance by day as a table" in text_of(page)
    assert "curve-line" not in page.text
    assert "Runs out" not in text_of(page)
