"""A top-up with a card that is entered for it: reviewed, paid, kept or not, replaced after a decline, and refused in words."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.factories import a_payer, a_person, a_stripe_card, an_organization
from tests.support.browsing import HTMX, Visitor, text_of
from tests.support.money import assert_ledger_matches, credited
from tests.support.paying import TOP_UPS, Owner
from tests.support.sandbox import GOOD, Sandbox

WALLET = "/billing/wallet"
METHODS = "/billing/payment-methods"
DECLINED = "4000000000000002"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    """Someone with a Visa of their own, who enters other cards."""
    return Owner(app)


def fields(sandbox: Sandbox, number: str = "5555555555554444", **others: str) -> dict[str, str]:
    token = sandbox.enter_card(number, keep=others.get("keep") == "yes")
    return {"card": "another", "confirmation_token": token, **others}


def choose(owner: Visitor, card: dict[str, str], amount: str = "50", **options: object) -> TestResponse:
    return owner.post(TOP_UPS, {"amount": "other", "other_amount": amount, **card}, **options)


class TestReview:
    @pytest.mark.parametrize(
        ("keep", "said"),
        [
            ({"keep": "yes"}, "Once it's charged, the card is saved for next time."),
            ({}, "The card won't be saved. It's used only for this top-up."),
            ({"keep": "nonsense"}, "The card won't be saved. It's used only for this top-up."),
        ],
    )
    def test_it_says_which_card_is_charged_and_whether_it_is_kept(
        self, owner: Owner, sandbox: Sandbox, keep: dict[str, str], said: str
    ) -> None:
        review = owner.reads(str(choose(owner, fields(sandbox, **keep), "73.21").location))
        assert "You'll pay $73.21 with Mastercard ending in 4444." in review
        assert said in review
        assert sandbox.payment_intents() == []

    def test_one_can_go_back_with_the_card_and_change_the_amount(
        self, owner: Owner, sandbox: Sandbox
    ) -> None:
        review = str(choose(owner, fields(sandbox, keep="yes"), "73.21").location)
        back = re.search(
            r'href="(/billing/wallet\?[^"#]*amount=73.21&amp;card=([^"#]*))#top-up"', owner.get(review).text
        )
        assert back
        form = owner.get(back[1].replace("&amp;", "&"))
        assert f'<option value="{back[2]}" selected>Mastercard ending in 4444, entered just now' in form.text
        changed = str(choose(owner, {"card": back[2]}, "25").location)
        assert "the card is saved for next time" in owner.reads(changed)
        assert "was canceled" in owner.reads(review)
        owner.pay(changed)
        assert credited(owner.organization) == [25]
        assert_ledger_matches(owner.organization, sandbox)

    def test_a_card_of_another_top_up_is_not_offered_by_its_address(
        self, owner: Owner, sandbox: Sandbox
    ) -> None:
        theirs = Owner(owner.client.application)
        review = str(choose(theirs, fields(sandbox)).location)
        card_id = theirs.top_ups()[0].payment_method_id
        assert "entered just now" not in owner.reads(f"{WALLET}?card={card_id}")
        theirs.pay(review)
        assert "entered just now" not in theirs.reads(f"{WALLET}?card={card_id}")


class TestPaying:
    def test_a_card_that_is_not_kept_is_in_no_list_after_it(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up = str(choose(owner, fields(sandbox)).location)
        owner.pay(top_up)
        assert "$50.00 was charged to Mastercard ending in 4444." in owner.reads(top_up)
        for page in (WALLET, METHODS):
            assert "Mastercard ending in 4444, expires" not in owner.reads(page)
        assert "Remove Mastercard" not in owner.reads(METHODS)
        assert_ledger_matches(owner.organization, sandbox)

    def test_a_kept_one_is_among_the_saved_cards(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up = str(choose(owner, fields(sandbox, keep="yes")).location)
        owner.pay(top_up)
        assert "The card is now in your payment methods" in owner.reads(top_up)
        assert "Mastercard ending in 4444, expires 12/2040" in owner.reads(WALLET)
        assert_ledger_matches(owner.organization, sandbox)

    def test_someone_who_never_paid_needs_no_other_page(
        self, app: Flask, visitor: Visitor, sandbox: Sandbox
    ) -> None:
        organization = an_organization()
        visitor.begin_session(a_person(organization=organization).email)
        top_up = str(choose(visitor, fields(sandbox, keep="yes")).location)
        visitor.post(f"{top_up}/payments")
        assert credited(organization) == [50]
        assert_ledger_matches(organization, sandbox)

    def test_the_form_sent_twice_and_pay_pressed_twice(self, owner: Owner, sandbox: Sandbox) -> None:
        card = fields(sandbox)
        first, second = (str(choose(owner, card).location) for _ in range(2))
        assert first == second
        for _ in range(2):
            assert owner.pay(first).location == first
        assert credited(owner.organization) == [50]
        assert "entered for another payment" in text_of(choose(owner, card))


class TestAfterADecline:
    def declined(self, owner: Owner, sandbox: Sandbox, number: str = DECLINED) -> str:
        top_up = str(choose(owner, fields(sandbox, number), "73.21").location)
        owner.pay(top_up)
        return top_up

    def test_the_amount_stays_and_the_saved_cards_and_another_are_offered(
        self, owner: Owner, sandbox: Sandbox
    ) -> None:
        page = owner.get(self.declined(owner, sandbox))
        assert "Not paid" in text_of(page)
        assert "Pay $73.21" in text_of(page)
        assert f'<option value="{owner.card.id}" selected>' in page.text
        assert "data-new-card" in page.text
        assert "ending in 0002, " not in text_of(page).split("Pay $73.21")[0], "it is not offered again"

    def test_another_is_entered_in_place_and_the_same_payment_is_paid(
        self, owner: Owner, sandbox: Sandbox
    ) -> None:
        top_up = self.declined(owner, sandbox)
        owner.post(f"{top_up}/payments", fields(sandbox, keep="yes"), headers=HTMX)
        assert "$73.21 was charged to Mastercard ending in 4444." in owner.reads(top_up)
        assert len(sandbox.payment_intents()) == 1
        assert "Mastercard ending in 4444, expires" in owner.reads(WALLET)
        assert_ledger_matches(owner.organization, sandbox)

    def test_a_saved_one_can_pay_instead(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up = self.declined(owner, sandbox)
        owner.pay(top_up, owner.card)
        assert "was charged to Visa ending in 4242." in owner.reads(top_up)
        assert len(sandbox.payment_intents()) == 1

    @pytest.mark.parametrize(
        ("number", "said"),
        [
            ("4000000000009995", "The card has insufficient funds."),
            (
                "4000000000000127",
                "The security code (CVC) is wrong. Visa ending in 0127 was not charged. Check it",
            ),
            ("4000000000000069", "The card has expired. Visa ending in 0069 was not charged. Check the date"),
            (
                "4000000000000119",
                "because of a technical problem. Visa ending in 0119 was not charged. Enter the card again",
            ),
            ("4000000000009987", "The bank declined this payment without giving a reason."),
        ],
    )
    def test_the_words_are_those_for_a_card_that_was_just_entered(
        self, owner: Owner, sandbox: Sandbox, number: str, said: str
    ) -> None:
        words = owner.reads(self.declined(owner, sandbox, number))
        assert said in words
        assert "saved with this card" not in words

    def test_a_card_that_can_not_be_read_is_refused_in_place(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up = self.declined(owner, sandbox)
        for card in (
            {"card": "another", "confirmation_token": "ctoken_none"},
            {"card": "another"},
            {"card": "4242"},
        ):
            page = owner.post(f"{top_up}/payments", card, headers=HTMX)
            assert page.status_code == 422
            assert 'class="error-summary"' in page.text
            assert "Pay $73.21" in text_of(page)

    def test_while_stripe_is_away_nothing_is_charged_and_one_can_try_again(
        self, owner: Owner, sandbox: Sandbox
    ) -> None:
        top_up = self.declined(owner, sandbox)
        sandbox.fail("GET /v1/confirmation_tokens/*", "500_before", times=3)
        page = owner.post(f"{top_up}/payments", fields(sandbox))
        assert page.status_code == 422
        assert "Try again" in text_of(page)
        sandbox.clear_faults()
        owner.post(f"{top_up}/payments", fields(sandbox))
        assert credited(owner.organization) == [73]


class TestRefused:
    @pytest.mark.parametrize(
        "id_",
        ["ctoken_made_up", "pm_card_visa", "\x00", "ctoken_1\x00", "ctoken_" + "9" * 10_000, "' OR 1=1 --"],
    )
    def test_what_is_no_card(self, owner: Owner, sandbox: Sandbox, id_: str) -> None:
        page = choose(owner, {"card": "another", "confirmation_token": id_, "keep": "yes"}, "73.21")
        assert page.status_code == 422
        assert "This card couldn't be read. Enter it again, or choose another card." in text_of(page)
        assert 'value="73.21"' in page.text
        assert re.search(r'name="keep" value="yes"[^>]* checked', page.text), "what was ticked stays"
        assert owner.top_ups() == []

    def test_none_at_all_as_without_javascript(self, owner: Owner, sandbox: Sandbox) -> None:
        page = choose(owner, {"card": "another"})
        assert page.status_code == 422
        assert "Entering a card needs JavaScript." in text_of(page)
        assert 'href="#confirmation_token"' in page.text

    def test_a_card_of_another_organization_is_told_nothing_about(
        self, owner: Owner, sandbox: Sandbox
    ) -> None:
        theirs, _ = a_payer()
        card = a_stripe_card(theirs, "pm_card_mastercard")
        page = choose(owner, {"card": "another", "confirmation_token": card.stripe_id})
        assert page.status_code == 422
        assert "couldn't be read" in text_of(page)
        assert "Mastercard" not in text_of(page)

    def test_while_stripe_is_away(self, owner: Owner, sandbox: Sandbox) -> None:
        card = fields(sandbox)
        sandbox.fail("GET /v1/confirmation_tokens/*", "500_before", times=3)
        page = choose(owner, card, "73.21")
        assert page.status_code == 422
        assert "The payment processor didn't respond, so nothing was charged." in text_of(page)
        assert 'value="73.21"' in page.text


class TestOtherTabs:
    """A card saved or removed elsewhere comes into the form by the poll, unless someone is in it."""

    def poll(self, owner: Owner, page: str, **params: str) -> TestResponse:
        mark = re.search(r'name="cards_shown" value="([^"]*)"', page)
        assert mark
        return owner.get("/billing/live/wallet", query_string={"cards_shown": mark[1], **params})

    def test_it_comes_with_the_card_that_was_chosen(self, owner: Owner) -> None:
        page = owner.get(WALLET).text
        a_stripe_card(owner.organization, "pm_card_mastercard")
        answer = self.poll(owner, page, card="another")
        assert 'hx-target="#card-choice"' in answer.text
        assert "Mastercard ending in 4444" in answer.text
        assert '<option value="another" selected>' in answer.text
        assert "data-new-card" not in answer.text, "the card fields are left alone"
        assert "HX-PTag" in answer.headers

    def test_it_waits_while_someone_is_in_the_form(self, owner: Owner) -> None:
        page = owner.get(WALLET).text
        a_stripe_card(owner.organization, "pm_card_mastercard")
        answer = self.poll(owner, page, busy="1")
        assert "card-choice" not in answer.text
        assert "HX-PTag" not in answer.headers, "the next poll asks again"

    def test_without_another_card_the_form_is_left_alone(self, owner: Owner) -> None:
        page = owner.get(WALLET).text
        answer = self.poll(owner, page)
        assert "card-choice" not in answer.text
        assert "HX-PTag" in answer.headers

    def test_the_card_entered_just_now_stays_offered(self, owner: Owner, sandbox: Sandbox) -> None:
        choose(owner, fields(sandbox))
        card_id = str(owner.top_ups()[0].payment_method_id)
        page = owner.get(f"{WALLET}?card={card_id}").text
        assert "card-choice" not in self.poll(owner, page, card=card_id).text


def test_the_number_never_comes_to_us(owner: Owner, sandbox: Sandbox) -> None:
    top_up = str(choose(owner, fields(sandbox, GOOD, keep="yes")).location)
    owner.pay(top_up)
    assert GOOD not in owner.get(top_up).text
