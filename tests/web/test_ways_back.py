"""A link or a filter that leads back to its own page names the part that it is about, where focus then goes."""

from __future__ import annotations

import re
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "app" / "templates"
URL = r"\{\{ url_for\((?P<url>.*?)\) \}\}"
LISTS = re.compile(
    rf'<a class="btn btn-small[^"]*"(?: rel="\w+")? href="{URL}">(?:Newer|Older|First page|Next page)'
    rf'|<form class="filters[^"]*" method="get" action="{URL.replace("url", "to")}"'
    rf'|<a (?:class="btn" )?href="{URL.replace("url", "back")}">(?:Refresh|Try again|Keep |Choose again)'
)


def test_every_filter_page_and_refresh_names_its_part() -> None:
    found = [
        (str(template.relative_to(TEMPLATES)), match["url"] or match["to"] or match["back"])
        for template in sorted(TEMPLATES.rglob("*.html"))
        for match in LISTS.finditer(template.read_text())
    ]
    assert len(found) >= 12
    assert [each for each in found if "_anchor=" not in each[1]] == []
