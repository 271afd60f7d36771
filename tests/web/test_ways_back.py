"""A link or a filter that leads back to its own page names the part that it is about, where focus then goes."""

from __future__ import annotations

import re
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "app" / "templates"
URL = r"\{\{ url_for\((?P<url>.*?)\) \}\}"
TEXT = r'(?:\{\{ p?_?(?:gettext)?\((?:"[^"]*", )?"|\{% trans[^%]*%\})'
"""What comes before a text that is a message by itself."""
LISTS = re.compile(
    rf'<a class="btn btn-small[^"]*"(?: rel="\w+")? href="{URL}">{TEXT}(?:Newer|Older|First page|Next page)'
    rf'|<form class="filters[^"]*" method="get" action="{URL.replace("<url>", "<to>")}"'
    rf'|<a (?:class="btn" )?href="{URL.replace("<url>", "<back>")}">{TEXT}(?:Refresh|Try again|Keep |Choose again)'
    r"|\{% trans (?:\w+=[^%]*, )?(?P<name>\w+)=url_for\((?P<within>[^()]*)\)[^%]*%\}(?:(?!\{% endtrans)[\s\S])*"
    r'<a href="\{\{ (?P=name) \}\}">(?:Refresh|Try again)'
)
PAGES = re.compile(r"\{\{ (?:pages|newer_older)\((.*)\) \}\}")
"""The first page and the next one, or newer and older, drawn by `components/pages.html`."""


def test_every_filter_page_and_refresh_names_its_part() -> None:
    found = [
        (
            str(template.relative_to(TEMPLATES)),
            match["url"] or match["to"] or match["back"] or match["within"],
        )
        for template in sorted(TEMPLATES.rglob("*.html"))
        for match in LISTS.finditer(template.read_text())
    ]
    paged = [
        (str(template.relative_to(TEMPLATES)), url)
        for template in sorted(TEMPLATES.rglob("*.html"))
        for call in PAGES.findall(template.read_text())
        for url in re.findall(r"url_for\(([^()]*)\)", call)
    ]
    assert len(paged) >= 20
    found += paged
    assert len(found) >= 30
    assert [each for each in found if "_anchor=" not in each[1]] == []
