"""Changing the default card and removing one, page by page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.models import Organization, PaymentMethod
from tests.factories import a_person, a_stripe_card, an_organization
from tests.support import subscriptions
from tests.support.browsing import Visitor, text_of
from tests.support.cards_form import CARDS, saved
from tests.support.sandbox import Sandbox


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    return an_organization()


@pytest.fixture
def owner(visitor: Visitor, organization: Organization) -> Visitor:
    visitor.sign_in(a_person(organization=organization).email)
    return visitor


class TestChangingCards:
    """Making a card the default, and removing one."""

    def press(self, owner: Visitor, card: PaymentMethod, what: str) -> str:
        sent = owner.post(f"{CARDS}/{card.id}/{what}")
        assert sent.status_code == 303
        return text_of(owner.get(sent.location))

    def test_another_card_becomes_the_default(self, owner: Visitor, organization: Organization) -> None:
        a_stripe_card(organization)
        second = a_stripe_card(organization, "pm_card_mastercard")
        assert "Mastercard ending in 4444 is now your default card." in self.press(owner, second, "default")
        assert [card.last4 for card in saved(organization)] == ["4444", "4242"]
        self.press(owner, second, "default")
        assert sum(card.is_default for card in saved(organization)) == 1

    def test_a_removed_card_is_detached_at_stripe_and_the_next_becomes_the_default(
        self, owner: Visitor, organization: Organization, sandbox: Sandbox
    ) -> None:
        first, second = a_stripe_card(organization), a_stripe_card(organization, "pm_card_mastercard")
        assert "Visa ending in 4242 was removed." in self.press(owner, first, "removal")
        assert sandbox.stripe.v1.payment_methods.retrieve(first.stripe_id).customer is None
        assert [(card.id, card.is_default) for card in saved(organization)] == [(second.id, True)]
        assert "is no longer saved" in self.press(owner, first, "removal")

    def test_the_last_card_of_a_paid_plan_stays_and_the_page_says_why(
        self, owner: Visitor, organization: Organization, sandbox: Sandbox
    ) -> None:
        today = organization.local_day()
        period = subscriptions.Period(today, today + timedelta(days=30))
        subscriptions.subscribe(organization, "growth", period=period)
        db.session.commit()
        card = a_stripe_card(organization)
        said = self.press(owner, card, "removal")
        assert "Visa ending in 4242 can't be removed yet It's your last working card" in said
        assert re.search(r"needed for: Growth, renews on \w+ \d+ Add another card first", said)
        assert sandbox.stripe.v1.payment_methods.retrieve(card.stripe_id).customer is not None
        a_stripe_card(organization, "pm_card_mastercard")
        assert "was removed" in self.press(owner, card, "removal")

    def test_without_an_answer_the_card_stays_until_it_is_known(
        self, owner: Visitor, organization: Organization, sandbox: Sandbox
    ) -> None:
        card = a_stripe_card(organization)
        sandbox.fail("POST /v1/payment_methods/*/detach", "drop_before", times=3)
        assert "we don't know yet whether the card was removed" in self.press(owner, card, "removal")
        assert [one.id for one in saved(organization)] == [card.id]

    def test_cards_of_others_are_out_of_reach(self, owner: Visitor) -> None:
        theirs = a_stripe_card(an_organization())
        for what in ("default", "removal"):
            assert "is no longer saved" in self.press(owner, theirs, what)
        assert owner.get(f"{CARDS}/{theirs.id}/removal").status_code == 303

    def test_without_a_script_a_page_asks_first(self, owner: Visitor, organization: Organization) -> None:
        card = a_stripe_card(organization)
        page = text_of(owner.get(f"{CARDS}/{card.id}/removal"))
        assert "Remove this card?" in page
        assert "Keep card" in page
