"""The curve of credit to come: within its drawing, with a table of the same figures."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask

from app.billing.forecast import Left
from app.pages import credit_curve
from app.pages.credit_curve import NARROW, WIDE, Size
from tests.factories import a_person, an_organization, at, usd
from tests.support.browsing import Visitor, text_of
from tests.support.spending import forecast_of

NOW = at("2026-11-23 09:15")


def days_left(*amounts: int) -> list[Left]:
    ends = [NOW, *(at("2026-11-24 00:00") + timedelta(days=number) for number in range(len(amounts) - 1))]
    return [
        Left(end, micro * 8 // 10, micro, min(micro * 12 // 10, amounts[0]))
        for end, micro in zip(ends, amounts, strict=True)
    ]


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize(
    "amounts", [(73_210_000, 40_000_000, 0), (50, 0), (10**15, 5 * 10**14, 10**13), (1,) * 31]
)
def test_every_point_is_within_the_drawing(size: Size, amounts: tuple[int, ...]) -> None:
    drawn = credit_curve.draw(days_left(*amounts), "USD", "UTC", size)
    for points in (drawn.line, drawn.band):
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


def test_the_overview_draws_it_and_says_the_same_as_a_table(app: Flask, visitor: Visitor) -> None:
    organization = an_organization(credit="100", timezone="America/New_York")
    visitor.sign_in(a_person(organization=organization).email)
    assert "Forecast by day" not in text_of(visitor.get("/billing"))
    forecast_of(organization)
    page = visitor.get("/billing")
    assert page.text.count('class="curve-line"') == 2
    assert re.search(r"Lasts until \w+ around", text_of(page))
    table = page.text[page.text.index('id="credit-days"') :]
    rows = re.findall(r"<tr><th scope=\"row\">", table[: table.index("</table>")])
    assert 5 <= len(rows) <= 7, "a hundred hours, and as much later as the band says"
