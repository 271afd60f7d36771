"""The campaigns that were checked last: each is a link to its result, in this browser and this organization only."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from app.pages.wallet.recent_checks import MOST
from tests.support.browsing import HTMX, text_of
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

CHECK = "/billing/wallet/campaign-check"
CAMPAIGN = {"calls": "200", "answered": "70 %", "shortest": "0.5", "longest": "1", "meter": "calls_outbound"}


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app, credit="3.50")


def recent(html: str) -> list[tuple[str, str]]:
    """The addresses and texts of the checks that a page lists."""
    listed = html.partition('class="recent-checks"')[2].partition("</ul>")[0]
    return [
        (unescape(address), unescape(text))
        for address, text in re.findall(r'href="([^"]+)">([^<]+)<', listed)
    ]


def check(owner: Owner, **changes: str) -> str:
    return owner.get(CHECK, query_string=CAMPAIGN | changes).text


def test_what_was_checked_is_a_link_to_the_same_result(owner: Owner) -> None:
    assert recent(owner.get(CHECK).text) == []
    result = check(owner)
    assert recent(result) == [], "what is in view isn't listed"
    [(address, text)] = recent(owner.get(CHECK).text)
    assert text == "200 calls, 70% answered, 0.5 to 1 minutes"
    cost = re.compile(r"This campaign costs about \$[\d.]+ to \$[\d.]+\.")
    again = owner.get(address)
    first, second = cost.search(result), cost.search(text_of(again))
    assert first
    assert second
    assert first[0] == second[0]


def test_the_newest_is_first_each_once_and_few_of_them(owner: Owner) -> None:
    for calls in range(1, MOST + 3):
        check(owner, calls=str(calls))
    check(owner, calls="3")
    found = [text.partition(" ")[0] for _, text in recent(owner.get(CHECK).text)]
    assert found == ["3", str(MOST + 2), str(MOST + 1), str(MOST), str(MOST - 1)][:MOST]


def test_what_makes_no_sense_is_not_kept(owner: Owner) -> None:
    check(owner, calls="-3")
    check(owner, calls="200", set_aside="x" * 300)
    assert recent(owner.get(CHECK).text) == []


def test_a_result_in_place_has_its_address_and_an_error_has_none(owner: Owner) -> None:
    found = owner.get(CHECK, query_string=CAMPAIGN, headers=HTMX)
    address = found.headers["HX-Push-Url"]
    assert address.startswith(f"{CHECK}?")
    assert "This campaign costs about" in text_of(owner.get(address))
    assert unescape(re.findall(r'href="([^"]+)">Link to this check', found.text)[0]) == address
    refused = owner.get(CHECK, query_string=CAMPAIGN | {"calls": "0"}, headers=HTMX)
    assert refused.status_code == 422
    assert "HX-Push-Url" not in refused.headers
    assert 'name="calls"' in refused.text, "the form stays"
