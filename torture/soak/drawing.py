"""Charts as SVG: lines over hours, readable on white and on dark pages, with the same numbers in the table beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from torture.soak.trends import Points

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 190, 34, 34
COLORS = ("#1d5fa8", "#b3470f", "#2a7a3b", "#7b3fa0", "#8a6d00", "#5b6470")


def draw(title: str, unit: str, lines: Mapping[str, Points]) -> str:
    """A chart from zero up to the highest value, of one color and name for each line."""
    drawn = {name: points for name, points in lines.items() if points}
    hours = max((points[-1][0] for points in drawn.values()), default=0.0) or 1.0
    highest = rounded_up(max((y for points in drawn.values() for _, y in points), default=0.0))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12">',
        f"<title>{escape(title)}, in {escape(unit)}, by hours</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="20" font-size="14" font-weight="600" fill="#1a1d21">'
        f"{escape(title)} ({escape(unit)})</text>",
    ]
    for step in range(5):
        value = highest * step / 4
        y = _y(value, highest)
        parts += [
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d9dde2"/>',
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#495057">{short(value)}</text>',
        ]
    for step in range(5):
        x = _x(hours * step / 4, hours)
        parts.append(
            f'<text x="{x:.1f}" y="{HEIGHT - 12}" text-anchor="middle" fill="#495057">{hours * step / 4:.2g} h</text>'
        )
    for place, (name, points) in enumerate(drawn.items()):
        color = COLORS[place % len(COLORS)]
        path = " ".join(f"{_x(x, hours):.1f},{_y(y, highest):.1f}" for x, y in points)
        row = TOP + 14 + place * 18
        parts += [
            f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="1.5"/>',
            f'<rect x="{WIDTH - RIGHT + 14}" y="{row - 9}" width="10" height="10" fill="{color}"/>',
            f'<text x="{WIDTH - RIGHT + 30}" y="{row}" fill="#1a1d21">{escape(name)}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def short(value: float) -> str:
    """A number as an axis shows it: `1.2k`, `350`, `0.4`."""
    for size, mark in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{mark}"
    return f"{value:.3g}"


def rounded_up(value: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten, which four steps divide well; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 0.1
    steps: Sequence[float] = (1, 2, 2.5, 4, 5, 8, 10)
    return next((step * power for step in steps if step * power >= value), 10 * power)


def _x(hours: float, most: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * hours / most


def _y(value: float, highest: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / highest
