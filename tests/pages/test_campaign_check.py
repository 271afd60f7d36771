"""The campaign check: asked by its address, refused in words, and a top-up away from being covered."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.browsing import HTMX, links_of, text_of
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

CHECK = "/billing/wallet/campaign-check"
CAMPAIGN = {"calls": "200", "answered": "100", "shortest": "0.5", "longest": "1", "meter": "calls_outbound"}


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app, credit="3.50")


def asked(owner: Owner, **changes: str) -> str:
    return text_of(owner.get(CHECK, query_string=CAMPAIGN | changes))


def test_the_wallet_leads_to_the_form_which_asks_for_nothing_yet(owner: Owner) -> None:
    assert CHECK in links_of(owner.get("/billing/wallet").text)
    page = text_of(owner.get(CHECK))
    assert "Number of calls" in page
    assert "There is a problem" not in page


def test_it_says_what_the_campaign_costs_and_which_top_up_covers_it(owner: Owner) -> None:
    page = owner.get(CHECK, query_string=CAMPAIGN)
    words = text_of(page)
    assert "This campaign costs about $3.97 to $10.20." in words
    assert "Your credit covers 34% of it. You need $6.70 more to cover all of it." in words
    assert "/billing/wallet?amount=25#top-up" in links_of(page.text)
    assert "typical of other agents" in words


def test_with_enough_credit_it_says_so(app: Flask, sandbox: Sandbox) -> None:
    assert "Your credit of $1,000.00 covers it." in asked(Owner(app, credit="1000"))


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        ("calls", "", "Enter a whole number from 1 to 10,000,000."),
        ("calls", "-3", "Enter a whole number from 1 to 10,000,000."),
        ("calls", "1e9", "Enter a whole number from 1 to 10,000,000."),
        ("answered", "0", "Enter a whole number from 1 to 100."),
        ("shortest", "ten", "Enter minutes from 0.02 to 240, like 2.5."),
        ("shortest", ".", "Enter minutes from 0.02 to 240, like 2.5."),
        ("longest", "999", "Enter minutes from 0.02 to 240, like 2.5."),
        ("longest", "0.2", "The longest call is shorter than the shortest."),
    ],
)
def test_what_makes_no_sense_is_said_and_kept(owner: Owner, field: str, typed: str, error: str) -> None:
    page = owner.get(CHECK, query_string=CAMPAIGN | {field: typed})
    assert error in text_of(page)
    assert f'value="{typed}"' in page.text
    assert "This campaign costs" not in page.text


def test_figures_are_taken_as_people_write_them(owner: Owner) -> None:
    assert "This campaign costs" in asked(owner, calls="1,200", answered="70 %", longest="2.50")


def test_htmx_gets_the_region_alone(owner: Owner) -> None:
    part = owner.get(CHECK, query_string=CAMPAIGN, headers=HTMX)
    assert part.text.lstrip().startswith("<section") or "<html" not in part.text
