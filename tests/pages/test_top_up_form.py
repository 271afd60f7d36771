"""The top-up form: every mistake is answered in words, what was typed stays, and nothing is charged."""

from __future__ import annotations

import re
from html import unescape
from uuid import uuid4

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import PaymentMethod
from tests.factories import a_card, a_payer, a_person, a_stripe_card, an_organization
from tests.support.browsing import Visitor, links_of, text_of
from tests.support.money import credited
from tests.support.paying import TOP_UPS, Owner
from tests.support.sandbox import Sandbox

WALLET = "/billing/wallet"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app)


def assert_nothing_happened(owner: Owner, sandbox: Sandbox) -> None:
    assert owner.top_ups() == []
    assert sandbox.payment_intents() == []


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("", "Enter an amount, like 50 or 12.50."),
        ("0", "Enter an amount from $10.00 to $5,000.00."),
        ("-50", "Enter an amount above zero, like 50 or 12.50."),
        ("12,50", "Use a decimal point for cents, like 12.50, and commas only for thousands, like 1,250."),
        ("1e9", "Enter the amount in digits, like 50 or 12.50."),
        ("NaN", "Enter the amount in digits, like 50 or 12.50."),
        ("fifty", "Enter the amount in digits, like 50 or 12.50."),
        ("9" * 40, "That amount is too large. Enter fewer digits, like 50 or 12.50."),
        ("9.99", "Enter an amount from $10.00 to $5,000.00."),
        ("5000.01", "Enter an amount from $10.00 to $5,000.00."),
        ("20.125", "Use at most 2 digits after the decimal point, like 12.50."),
        ('"><script>', "Enter the amount in digits, like 50 or 12.50."),
    ],
)
def test_an_amount_that_is_none_is_answered_with_what_to_type(
    owner: Owner, sandbox: Sandbox, typed: str, advice: str
) -> None:
    page = owner.choose(typed)
    assert page.status_code == 422
    assert advice in text_of(page)
    assert 'href="#other_amount"' in page.text, "the summary leads to the field"
    assert 'aria-describedby="other-amount-hint other_amount-error" aria-invalid="true"' in page.text
    assert value_of("other_amount", page.text) == typed
    assert "<script>" not in page.text
    assert_nothing_happened(owner, sandbox)


@pytest.mark.parametrize("typed", [" $73.21 ", "73.21"])
def test_an_amount_is_taken_with_its_sign_and_spaces(owner: Owner, typed: str) -> None:
    assert "You'll pay $73.21" in owner.reads(owner.review(typed))


@pytest.mark.parametrize("limit", ["10", "5000"])
def test_the_limits_themselves_can_be_topped_up(owner: Owner, limit: str) -> None:
    assert owner.choose(limit).status_code == 303


@pytest.mark.parametrize("fields", [{}, {"amount": ""}])
def test_no_amount_chosen(owner: Owner, sandbox: Sandbox, fields: dict[str, str]) -> None:
    page = owner.post(TOP_UPS, fields | {"card": str(owner.card.id)})
    assert page.status_code == 422
    assert "Choose an amount." in text_of(page)
    assert_nothing_happened(owner, sandbox)


def test_a_preset_that_no_one_offered(owner: Owner, sandbox: Sandbox) -> None:
    page = owner.post(TOP_UPS, {"amount": "1000000", "card": str(owner.card.id)})
    assert page.status_code == 422
    assert "Enter an amount from $10.00 to $5,000.00." in text_of(page)
    assert_nothing_happened(owner, sandbox)


def test_a_refused_form_keeps_the_card_that_was_chosen(owner: Owner) -> None:
    other = a_stripe_card(owner.organization, "pm_card_mastercard")
    page = owner.choose("0", other)
    assert chosen_card(page.text) == str(other.id)


def test_in_place_a_refused_form_comes_back_alone(owner: Owner, sandbox: Sandbox) -> None:
    page = owner.choose("12,50", headers={"HX-Request": "true"})
    assert page.status_code == 422
    assert page.text.lstrip().startswith('<section class="panel" id="top-up"')
    assert value_of("other_amount", page.text) == "12,50"
    assert_nothing_happened(owner, sandbox)


class TestCards:
    """Which card pays: one of the organization's own that still can."""

    def test_a_card_of_another_organization(self, owner: Owner, sandbox: Sandbox) -> None:
        _, theirs = a_payer()
        page = owner.choose("73.21", theirs)
        assert page.status_code == 422
        assert "This card is no longer saved. Choose another card." in text_of(page)
        assert value_of("other_amount", page.text) == "73.21"
        assert_nothing_happened(owner, sandbox)

    def test_a_removed_card(self, owner: Owner, sandbox: Sandbox) -> None:
        a_stripe_card(owner.organization, "pm_card_mastercard")
        owner.card.removed_at = utc_now()
        owner.card.is_default = False
        db.session.commit()
        page = owner.choose("50", owner.card)
        assert page.status_code == 422
        assert "Choose another card." in text_of(page)
        assert str(owner.card.id) not in page.text
        assert_nothing_happened(owner, sandbox)

    def test_a_card_that_expired_while_the_form_was_open_is_tried(
        self, owner: Owner, sandbox: Sandbox
    ) -> None:
        """Its bank may have renewed it: https://docs.stripe.com/payments/cards/overview#automatic-card-updates"""
        a_stripe_card(owner.organization, "pm_card_mastercard")
        expire(owner.card)
        review = str(owner.choose("73.21").location)
        assert "Visa ending in 4242 has expired. We'll still try it" in owner.reads(review)
        owner.pay(review)
        assert "$73.21 was charged to Visa ending in 4242." in owner.reads(review)
        assert credited(owner.organization) == [73]

    def test_one_that_its_bank_did_not_renew_is_told_and_another_pays(
        self, owner: Owner, sandbox: Sandbox
    ) -> None:
        other = a_stripe_card(owner.organization, "pm_card_mastercard")
        old = a_stripe_card(owner.organization, "pm_card_chargeCustomerFail")
        expire(old)
        review = str(owner.choose("73.21", old).location)
        owner.pay(review)
        page = owner.get(review)
        assert "Visa ending in 0341 was not charged." in text_of(page)
        assert f'<option value="{owner.card.id}" selected>' in page.text
        owner.pay(review, other)
        assert credited(owner.organization) == [73]

    @pytest.mark.parametrize("garbage", ["", "4242424242424242", "' OR 1=1 --", "\x00"])
    def test_what_is_no_card(self, owner: Owner, sandbox: Sandbox, garbage: str) -> None:
        page = owner.choose("50", garbage)
        assert page.status_code == 422
        assert "Choose a card." in text_of(page)
        assert_nothing_happened(owner, sandbox)

    def test_a_card_that_never_was(self, owner: Owner, sandbox: Sandbox) -> None:
        assert owner.choose("50", str(uuid4())).status_code == 422
        assert_nothing_happened(owner, sandbox)

    def test_an_expired_card_is_offered_with_a_hint_and_not_suggested(self, owner: Owner) -> None:
        old = a_card(owner.organization, last4="1881", year=2020, default=False)
        page = owner.get(WALLET)
        assert "Visa ending in 4242, expires 12/2040 (default)" in text_of(page)
        assert f'<option value="{owner.card.id}" selected>' in page.text
        assert f'<option value="{old.id}">' in page.text
        assert "ending in 1881, expired 12/2020" in text_of(page)
        assert "You can still try an expired card, because its bank may have renewed it." in text_of(page)
        assert 'aria-describedby="card-hint"' in page.text

    def test_without_an_expired_card_there_is_no_hint(self, owner: Owner) -> None:
        assert "card-hint" not in owner.get(WALLET).text

    def test_with_expired_cards_alone_entering_another_is_suggested(self, owner: Owner) -> None:
        expire(owner.card)
        page = owner.get(WALLET)
        assert '<option value="another" selected>' in page.text
        assert f'<option value="{owner.card.id}">' in page.text
        assert "data-new-card" in page.text

    def test_without_a_card_one_is_entered(self, app: Flask, visitor: Visitor) -> None:
        visitor.begin_session(a_person(organization=an_organization()).email)
        page = visitor.get(f"{WALLET}?amount=73.21")
        assert "You don't have a saved card. Enter one to pay with." in text_of(page)
        assert "data-new-card" in page.text

    def test_without_javascript_one_is_told_the_way_by_the_page_of_cards(
        self, app: Flask, visitor: Visitor
    ) -> None:
        visitor.begin_session(a_person(organization=an_organization()).email)
        words = visitor.get(f"{WALLET}?amount=73.21").text.split("<noscript>")[1].split("</noscript>")[0]
        assert "need JavaScript" in words
        assert "/billing/payment-methods/new?next=/billing/wallet?amount%3D73.21%23top-up" in links_of(words)


class TestReview:
    """Before paying: what will be charged, to which card, and what there will be then."""

    def test_it_says_what_will_be_charged_to_which_card(self, app: Flask, sandbox: Sandbox) -> None:
        owner = Owner(app, "pm_card_mastercard", credit="4")
        said = owner.reads(owner.review("1234.50"))
        assert "You'll pay $1,234.50 with Mastercard ending in 4444." in said
        assert "Your available credit will be $1,238.50." in said
        assert "Pay $1,234.50" in said

    def test_nothing_is_charged_by_looking_at_it(self, owner: Owner, sandbox: Sandbox) -> None:
        address = owner.review()
        for _ in range(2):
            assert owner.get(address).status_code == 200
        assert sandbox.payment_intents() == []

    def test_one_can_go_back_and_change_the_amount(self, owner: Owner) -> None:
        other = a_stripe_card(owner.organization, "pm_card_mastercard")
        review = owner.get(str(owner.choose("73.21", other).location))
        back = re.search(r'href="(/billing/wallet\?[^"#]*amount=73.21[^"#]*)#top-up"', review.text)
        assert back
        form = owner.get(unescape(back[1])).text
        assert (value_of("other_amount", form), chosen_card(form)) == ("73.21", str(other.id))


class TestPreselection:
    """The amount that the form opens with."""

    def test_the_second_of_the_offered_amounts(self, owner: Owner) -> None:
        assert chosen_amount(owner.get(WALLET).text) == "50"

    def test_an_offered_amount_of_the_address(self, owner: Owner) -> None:
        assert chosen_amount(owner.get(f"{WALLET}?amount=250").text) == "250"

    def test_any_other_amount_of_the_address(self, owner: Owner) -> None:
        page = owner.get(f"{WALLET}?amount=73.21").text
        assert chosen_amount(page) == "other"
        assert value_of("other_amount", page) == "73.21"


def expire(card: PaymentMethod) -> None:
    card.exp_year = 2020
    db.session.commit()


def value_of(field: str, html: str) -> str:
    """What an input holds, as a browser reads it."""
    found = re.search(rf'<input[^>]*name="{field}"[^>]*? value="([^"]*)"', html)
    assert found, f"there is no field {field}"
    return unescape(found[1])


def chosen_amount(html: str) -> str:
    """The amount whose radio button is on."""
    found = re.findall(r'<input type="radio" name="amount"[^>]*value="([^"]*)" checked>', html)
    assert len(found) == 1
    return str(found[0])


def chosen_card(html: str) -> str:
    found = re.search(r'<option value="([^"]*)" selected>', html)
    return found[1] if found else ""
