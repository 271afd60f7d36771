"""Changing the default card and removing one, page by page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from app.billing.auto_top_ups import settings as auto_top_up
from app.extensions import db
from app.models import Organization, PaymentMethod
from tests.factories import OWNER, a_person, a_stripe_card, an_organization
from tests.support import subscriptions
from tests.support.auto_top_ups import switch_on
from tests.support.browsing import Visitor, text_of
from tests.support.cards_form import CARDS, saved
from tests.support.sandbox import Sandbox


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    return an_organization()


@pytest.fixture
def owner(visitor: Visitor, organization: Organization) -> Visitor:
    visitor.begin_session(a_person(organization=organization).email)
    return visitor


def subscribed(organization: Organization) -> None:
    """To a plan that charges a card."""
    today = organization.local_day()
    period = subscriptions.Period(today, today + timedelta(days=30))
    subscriptions.subscribe(organization, "growth", period=period)
    db.session.commit()


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

    @pytest.mark.parametrize(
        ("has_plan", "has_another", "says", "ways"),
        [
            (
                False,
                True,
                "It's the last working card that auto top-up charges. Choose another card for it first, or turn it off.",
                "Change auto top-up",
            ),
            (
                False,
                False,
                "It's your last working card, and auto top-up charges it. Add another card and choose it for auto "
                "top-up first, or turn auto top-up off.",
                "Add another card Change auto top-up",
            ),
            (
                True,
                False,
                "Add another card first, and choose it for auto top-up or turn auto top-up off. Then remove this one.",
                "Add another card Change auto top-up",
            ),
        ],
    )
    def test_the_last_card_of_auto_top_up_stays_and_the_page_says_what_lets_it_go(
        self,
        owner: Visitor,
        organization: Organization,
        sandbox: Sandbox,
        has_plan: bool,
        has_another: bool,
        says: str,
        ways: str,
    ) -> None:
        card = a_stripe_card(organization)
        if has_another:
            a_stripe_card(organization, "pm_card_mastercard")
        if has_plan:
            subscribed(organization)
        switch_on(organization, card)
        said = self.press(owner, card, "removal")
        assert "Visa ending in 4242 can't be removed yet" in said
        assert f"{says} {ways}" in said
        asked = owner.get(f"{CARDS}/{card.id}/removal")
        assert says.replace("It's", "Visa ending in 4242 is") in text_of(asked)
        assert f"{ways} Keep card" in text_of(asked)
        assert card.id in [one.id for one in saved(organization)]

    def test_what_the_page_says_lets_the_card_of_auto_top_up_go(
        self, owner: Visitor, organization: Organization, sandbox: Sandbox
    ) -> None:
        card = a_stripe_card(organization)
        switch_on(organization, card)
        another = a_stripe_card(organization, "pm_card_mastercard")
        assert "can't be removed yet" in self.press(owner, card, "removal"), "added, and not chosen yet"
        switch_on(organization, another)
        assert "Visa ending in 4242 was removed." in self.press(owner, card, "removal")
        assert "can't be removed yet" in self.press(owner, another, "removal")
        auto_top_up.turn_off(organization, OWNER)
        assert "Mastercard ending in 4444 was removed." in self.press(owner, another, "removal")

    @pytest.mark.long
    def test_the_last_card_of_a_paid_plan_stays_and_the_page_says_why(
        self, owner: Visitor, organization: Organization, sandbox: Sandbox
    ) -> None:
        subscribed(organization)
        card = a_stripe_card(organization)
        said = self.press(owner, card, "removal")
        assert "Visa ending in 4242 can't be removed yet It's your last working card" in said
        assert re.search(r"needed for: Growth, renews on \w+ \d+(, \d{4})? Add another card first", said)
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
