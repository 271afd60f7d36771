"""Amounts on pages of readers who write `1.250,50`: typed and filled in with their marks, linked and sent on plainly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from app.billing.topups import daily_limits
from tests.factories import usd
from tests.support.browsing import links_of, seen_on
from tests.support.paying import Owner
from tests.support.pseudo import speaking_pseudo
from tests.support.sandbox import Sandbox

WALLET = "/billing/wallet"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Iterator[Owner]:
    owner = Owner(app, credit="1000")
    with speaking_pseudo():
        yield owner


def value_of(name: str, page: str) -> str:
    [field] = re.findall(rf'<input[^>]* id="{name}"[^>]*>', page)
    [value] = re.findall(r'\bvalue="([^"]*)"', field)
    return unescape(value)


@pytest.mark.parametrize(
    ("linked", "filled_in"), [("75.50", "75,50"), ("75", "75"), ("1,250.50", "1250,50"), ("much", "much")]
)
def test_a_link_s_amount_is_filled_in_as_its_reader_types_it(
    owner: Owner, linked: str, filled_in: str
) -> None:
    page = owner.get(WALLET, query_string={"amount": linked}).text
    assert value_of("other_amount", page) == filled_in


@pytest.mark.parametrize(("typed", "cents"), [("1.250,50", 125_050), ("1.250", 125_000), ("75,5", 7_550)])
def test_an_amount_is_topped_up_as_its_reader_means_it(owner: Owner, typed: str, cents: int) -> None:
    assert owner.choose(typed).status_code == 303
    [top_up] = owner.top_ups()
    assert top_up.amount.minor == cents


@pytest.mark.parametrize("typed", ["12.50", "1,250.50", "75,505"])
def test_what_another_reader_would_mean_is_refused_and_stays(owner: Owner, typed: str) -> None:
    page = owner.choose(typed)
    assert page.status_code == 422
    assert value_of("other_amount", page.text) == typed
    assert owner.top_ups() == []


def test_the_choices_are_sent_plainly(owner: Owner) -> None:
    assert owner.choose("25").status_code == 303
    [top_up] = owner.top_ups()
    assert top_up.amount == usd("25")


@pytest.mark.parametrize(
    ("typed", "linked"),
    [
        ("1.250,505", {"amount": ["other"], "other_amount": ["1.250,505"]}),
        ("6.000,50", {"amount": ["6000.50"]}),
    ],
)
def test_the_way_back_to_the_form_has_what_was_typed(
    owner: Owner, typed: str, linked: dict[str, list[str]]
) -> None:
    page = owner.choose(typed)
    assert page.status_code == 422
    [back] = {
        parse_qs(urlsplit(link).query)["next"][0]
        for link in links_of(page.text)
        if "payment-methods/new" in link
    }
    assert parse_qs(urlsplit(back).query) == linked
    assert value_of("other_amount", owner.get(back).text).replace(".", "") == typed.replace(".", "")


def test_what_is_stored_is_filled_in_with_the_reader_s_mark_and_can_be_saved(owner: Owner) -> None:
    page = owner.get(f"{WALLET}/auto-top-up").text
    assert value_of("threshold", page) == "20,00"
    page = owner.get(f"{WALLET}/set-aside").text
    typed = {"campaign": "Spring", "amount": "40,50"} | {"until": value_of("until", page)}
    assert owner.post(f"{WALLET}/set-aside/envelopes", typed).status_code == 303
    [envelope] = {link for link in links_of(owner.get(f"{WALLET}/set-aside").text) if "/envelopes/" in link}
    assert value_of("amount", owner.get(envelope).text) == "40,50"


def test_a_limit_is_typed_with_the_reader_s_marks(owner: Owner) -> None:
    page = f"{WALLET}/daily-limit"
    typed = {"limit": "1.000,50"} | seen_on(owner.get(page))
    assert owner.post(page, typed).status_code == 303
    assert daily_limits.gather(owner.organization.id).limit == usd("1000.50")
    assert owner.post(page, typed | {"limit": "1.50"}).status_code == 422


def test_a_campaign_is_checked_with_minutes_and_calls_as_its_reader_types_them(owner: Owner) -> None:
    asked = {"answered": "100", "shortest": "0,5", "longest": "1,5", "meter": "calls_outbound"}
    check = f"{WALLET}/campaign-check"
    assert owner.get(check, query_string=asked | {"calls": "1.000"}).status_code == 200
    assert owner.get(check, query_string=asked | {"calls": "1.000", "shortest": "0.5"}).status_code == 200
    assert owner.get(check, query_string=asked | {"calls": "1,5"}).status_code == 422
    assert owner.get(check, query_string=asked | {"calls": "10", "longest": "1.234,5"}).status_code == 422
