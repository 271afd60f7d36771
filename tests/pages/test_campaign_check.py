"""The campaign check: asked by its address, refused in words, and a top-up away from being covered."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from app.billing.wallet import envelopes, reserve
from app.billing.wallet.reserve import Reserve
from app.extensions import db
from tests.factories import OWNER, usd
from tests.support.browsing import HTMX, links_of, text_of
from tests.support.past_campaigns import a_past_campaign
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox
from tests.support.spending import forecast_of

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
    assert re.search(r"At 200 calls a day, it runs until \w+ around (\S+ [ap]m|noon|midnight) ?\.", words), (
        words
    )
    assert "We need about a week of calls to say what your other usage costs until then." in words
    assert re.search(r"runs out \w+ around (\S+ [ap]m|noon|midnight) ?, after about 68 of 200 calls\.", words)
    assert "You need $6.70 more to cover all of it." in words
    assert "/billing/wallet?amount=25#top-up" in links_of(page.text)
    assert "typical of other agents" in words


def test_a_campaign_of_months_is_only_estimated(owner: Owner) -> None:
    words = asked(owner, per_day="1")
    assert "Your credit covers 34% of it. You need $6.70 more to cover all of it." in words


def test_what_else_is_spent_meanwhile_is_part_of_what_is_missing(owner: Owner) -> None:
    forecast_of(owner.organization)
    words = asked(owner)
    assert re.search(r"Until then, your other usage costs about \$\d+\.\d\d\.", words), words
    assert re.search(r"You need \$\d+\.\d\d more to cover all of it and your other usage\.", words)


def test_own_past_campaigns_fill_the_form(owner: Owner) -> None:
    a_past_campaign(owner.organization, "Recall", seconds=[72, 108] * 20, days=2)
    page = owner.get(CHECK)
    assert "Your last campaign within 90 days: 1.5 minutes a call, $0.01 for each answered call." in text_of(
        page
    )
    for name, value in (("shortest", "1.35"), ("longest", "1.65"), ("per_day", "20"), ("answered", "70")):
        assert f'name="{name}" value="{value}"' in page.text
    assert "Your last campaign" in asked(owner)


def test_a_plan_that_makes_it_cheaper_is_one_key_away(owner: Owner) -> None:
    page = owner.get(CHECK, query_string=CAMPAIGN | {"calls": "10000"})
    words = text_of(page)
    assert re.search(r"On \w+ \(\$\d+\.00 a month\) it costs at most \$[\d,.]+: you save \$[\d,.]+", words), (
        words
    )
    assert "/billing/change-plan" in links_of(page.text)
    assert "On Growth" not in asked(owner, calls="10")


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
        ("per_day", "0", "Enter a whole number from 1 to 10,000,000."),
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


def test_what_is_set_aside_for_it_is_chosen_and_counts(owner: Owner) -> None:
    assert "Credit set aside for" not in text_of(owner.get(CHECK)), "there is none to choose"
    until = owner.organization.local_day() + timedelta(days=30)
    envelopes.set_aside(owner.organization, "Recall", usd("3"), until, OWNER)
    db.session.commit()
    page = asked(owner)
    assert "Recall: $3.00 left" in page
    assert "You need $9.70 more" in page
    mine = asked(owner, set_aside="Recall")
    assert "You need $6.70 more" in mine
    assert "$3.00 set aside for Recall is counted." in mine
    assert "The $3.00 set aside for Recall covers it." in asked(owner, set_aside="Recall", calls="40")
    assert "is counted" not in asked(owner, set_aside="no such campaign")


def test_the_reserve_does_not_count_and_is_named(owner: Owner) -> None:
    reserve.choose(owner.organization, Reserve(usd("2"), None), OWNER, is_confirmed=False)
    db.session.commit()
    page = asked(owner)
    assert "You need $8.70 more" in page
    assert "$2.00 kept for number rent and inbound calls isn't counted." in page


def test_its_links_have_their_keys(owner: Owner) -> None:
    page = owner.get(CHECK, query_string=CAMPAIGN | {"calls": "20000"}).text
    result = page.partition('class="campaign-result"')[2]
    assert re.search(r'<a class="btn btn-primary" [^>]*data-key="t"', result)
    assert re.search(r'data-key="g c">Change plan</a>', result)
