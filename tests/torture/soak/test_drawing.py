"""Charts are well-formed, escape what they name, and fit what they draw."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from torture.soak import drawing

SVG = "{http://www.w3.org/2000/svg}"


def test_a_chart_has_a_line_and_a_name_for_each_and_all_of_it_is_inside() -> None:
    lines = {"web & api": [(0.0, 0.0), (1.0, 37.0)], "<worker>": [(0.0, 5.0), (1.0, 4.0)], "none yet": []}
    root = ElementTree.fromstring(drawing.draw("Memory", "MiB", lines))
    drawn = root.findall(f"{SVG}polyline")
    assert len(drawn) == 2
    names = {text.text for text in root.findall(f"{SVG}text")}
    assert {"web & api", "<worker>"} < names
    assert "none yet" not in names
    for line in drawn:
        for point in line.attrib["points"].split():
            x, y = map(float, point.split(","))
            assert drawing.LEFT <= x <= drawing.WIDTH - drawing.RIGHT
            assert drawing.TOP <= y <= drawing.HEIGHT - drawing.BOTTOM


@pytest.mark.parametrize(
    ("value", "up"), [(0, 1), (0.3, 0.4), (1, 1), (37, 40), (99, 100), (2_272, 2_500), (86_000, 100_000)]
)
def test_an_axis_ends_at_a_round_number(value: float, up: float) -> None:
    assert drawing.rounded_up(value) == pytest.approx(up)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.25, "0.25"), (350, "350"), (1_200, "1.2k"), (2e9, "2G")]
)
def test_a_number_is_short(value: float, text: str) -> None:
    assert drawing.short(value) == text
