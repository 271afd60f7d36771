"""A declined top-up in the browser: why in words, and what to do next, with the same amount."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import TopUpStatus
from tests.factories import a_stripe_card
from tests.support.browsing import HTMX, links_of, text_of
from tests.support.money import assert_ledger_matches, balance, credited, the_top_up
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

DECLINES = "pm_card_chargeCustomerFail"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app)


class TestDeclines:
    def test_a_declined_card_is_told_with_the_next_step(self, app: Flask, sandbox: Sandbox) -> None:
        owner = Owner(app, DECLINES)
        top_up = owner.review()
        assert owner.pay(top_up).location == top_up
        said = owner.reads(top_up)
        assert "The bank declined this payment without giving a reason." in said
        assert "Visa ending in 0341 was not charged." in said
        assert "Use another card, or ask your bank" in said
        assert "Visa ending in 0341, nothing was charged" in said, "the history says it too"
        assert balance(owner.organization) == "0.00"
        assert_ledger_matches(owner.organization, sandbox)

    def test_another_card_is_suggested_and_pays_the_same_top_up(self, app: Flask, sandbox: Sandbox) -> None:
        owner = Owner(app, DECLINES)
        top_up = owner.review()
        owner.pay(top_up)
        good = a_stripe_card(owner.organization, "pm_card_mastercard")
        assert f'value="{good.id}" selected' in owner.get(top_up).text
        owner.pay(top_up, good)
        assert "charged to Mastercard ending in 4444" in owner.reads(top_up)
        assert credited(owner.organization) == [50]
        assert_ledger_matches(owner.organization, sandbox)

    def test_each_further_decline_says_how_many_there_were_and_the_amount_can_be_changed(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        owner = Owner(app, DECLINES)
        top_up = owner.review("73")
        owner.pay(top_up)
        assert "Not paid The bank declined" in owner.reads(top_up)
        for times in (2, 3):
            owner.pay(top_up, owner.card)
            page = owner.get(top_up)
            assert f"Not paid after {times} tries The bank declined" in text_of(page)
        (way,) = [link for link in links_of(page.text) if "amount=73&card=" in link]
        form = owner.get(way).text
        assert re.search('id="other_amount"[^>]* value="73"', form)
        assert "Review top-up" in form

    def test_in_place_a_decline_is_announced(self, app: Flask, sandbox: Sandbox) -> None:
        owner = Owner(app, DECLINES)
        top_up = owner.review()
        owner.pay(top_up, headers=HTMX)
        answer = owner.get(top_up, headers=HTMX).text
        alert = answer.split('<hx-partial hx-target="#alert"')[1]
        assert "The bank declined this payment" in alert

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("insufficient_funds", "The card has insufficient funds."),
            ("expired_card", "The card has expired."),
            ("incorrect_cvc", "The security code (CVC) saved with this card is wrong."),
            ("processing_error", "The payment couldn't be processed because of a technical problem."),
            ("lost_card", "The bank declined this payment without giving a reason."),
        ],
    )
    def test_each_decline_is_told_in_words(self, owner: Owner, code: str, said: str) -> None:
        top_up = owner.review()
        found = the_top_up(owner.organization)
        found.status, found.decline_code, found.claimed_at = TopUpStatus.DECLINED, code, utc_now()
        db.session.commit()
        page = owner.get(top_up)
        assert said in text_of(page)
        assert code not in page.text

    def test_a_declined_top_up_can_be_canceled(self, app: Flask, sandbox: Sandbox) -> None:
        owner = Owner(app, DECLINES)
        top_up = owner.review()
        owner.pay(top_up)
        owner.post(f"{top_up}/cancellation")
        assert "The top-up of $50.00 was canceled. Nothing was charged." in owner.reads(top_up)
        assert [intent.status for intent in sandbox.payment_intents()] == ["canceled"]

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_a_card_removed_between_review_and_paying(
        self, owner: Owner, sandbox: Sandbox, headers: dict[str, str]
    ) -> None:
        top_up = owner.review("73.21")
        owner.card.removed_at, owner.card.is_default = utc_now(), False
        db.session.commit()
        page = owner.pay(top_up, headers=headers)
        assert page.status_code == 422
        assert "This card is no longer saved. Choose another card." in text_of(page)
        assert "/billing/wallet?amount=73.21&card=" in str(links_of(page.text)), "the way to choose another"
        assert sandbox.payment_intents() == []

    def test_a_card_that_is_none(self, owner: Owner, sandbox: Sandbox) -> None:
        page = owner.post(f"{owner.review()}/payments", {"card": "4242"})
        assert page.status_code == 422
        assert "Choose a card." in text_of(page)
        assert sandbox.payment_intents() == []
