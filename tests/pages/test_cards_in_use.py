"""What the saved cards are used for: whom each pays, what it paid last, and the way out where the default one doesn't."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import PaymentMethod, TopUpStatus
from tests.billing.cards.test_last_charges import a_top_up
from tests.factories import a_stripe_card
from tests.support import subscriptions
from tests.support.auto_top_ups import switch_on
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox
from tests.support.subscriptions import Period

CARDS = "/billing/payment-methods"
DECLINED = TopUpStatus.DECLINED


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app, credit="30")


@pytest.fixture
def other(owner: Owner) -> PaymentMethod:
    return a_stripe_card(owner.organization, "pm_card_mastercard")


def on_growth(owner: Owner) -> None:
    today = owner.organization.local_day()
    subscriptions.subscribe(owner.organization, "growth", period=Period(today, today + timedelta(days=30)))
    db.session.commit()


def rows(owner: Owner) -> list[str]:
    """What each card's row says, the default card's first."""
    page = owner.get(CARDS).text
    found = re.findall(r'<li class="saved-card".*?<dialog', page, re.DOTALL)
    return [" ".join(unescape(re.sub("<[^>]+>", " ", row)).split()).replace(" ,", ",") for row in found]


def test_each_says_whom_it_pays_and_what_it_paid_last(owner: Owner, other: PaymentMethod) -> None:
    on_growth(owner)
    switch_on(owner.organization, other)
    a_top_up(owner.card, TopUpStatus.SUCCEEDED, hours_ago=1, amount="250")
    default, backup = rows(owner)
    assert "Default Growth renewal and top-ups $250.00 top-up" in default
    assert ", paid" in default
    assert "Auto top-up Not used yet" in backup
    assert "instead" not in default


def test_without_a_plan_the_default_pays_top_ups_and_another_only_where_it_is_chosen(
    owner: Owner, other: PaymentMethod
) -> None:
    default, chosen = rows(owner)
    assert "Default Top-ups" in default
    assert "Only where it's chosen" in chosen


def test_a_declined_default_card_says_what_renews_with_it_and_one_press_uses_another(
    owner: Owner, other: PaymentMethod
) -> None:
    on_growth(owner)
    a_top_up(owner.card, DECLINED, hours_ago=1, amount="250")
    default = rows(owner)[0]
    assert "The $250.00 top-up was declined on" in default
    assert "Growth renews on" in default
    assert "Use Mastercard ending in 4444 instead" in default
    owner.post(f"{CARDS}/{other.id}/default", {})
    default, declined = rows(owner)
    assert "Mastercard ending in 4444" in default
    assert "instead" not in default + declined
    assert "Declined Only where it's chosen $250.00 top-up" in declined


def test_with_an_unpaid_renewal_and_no_other_card_one_is_added_or_the_renewal_paid(owner: Owner) -> None:
    on_growth(owner)
    subscriptions.record_failed_renewal(owner.organization, at=utc_now(), failure="generic_decline")
    db.session.commit()
    (default,) = rows(owner)
    assert "The Growth renewal isn't paid yet. Add another card Pay the renewal" in default


def test_an_expired_default_card_offers_one_that_works(owner: Owner, other: PaymentMethod) -> None:
    owner.card.exp_year = 2020
    db.session.add(owner.card)
    db.session.commit()
    assert "Use Mastercard ending in 4444 instead" in rows(owner)[0]


def test_a_top_up_begins_with_the_card_that_last_worked(owner: Owner, other: PaymentMethod) -> None:
    chosen = f'value="{owner.card.id}" selected'
    assert chosen in owner.get("/billing/wallet").text
    a_top_up(owner.card, DECLINED, hours_ago=1)
    assert f'value="{other.id}" selected' in owner.get("/billing/wallet").text
    assert chosen in owner.get(f"/billing/wallet?card={owner.card.id}").text, "unless another is asked for"
