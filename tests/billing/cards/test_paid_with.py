"""Which card has paid, as the payment says; and whether that one is offered as the default."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.billing.cards import paid_with, payment_methods
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import Organization, PaymentMethod
from app.payments import intents
from tests.factories import a_card, a_paid_top_up, a_stripe_card, an_organization
from tests.support.sandbox import Sandbox


class TestCardOf:
    def test_it_is_the_organizations_card_that_the_payment_names(self, app: Flask, sandbox: Sandbox) -> None:
        organization, top_up = a_paid_top_up()
        payment = intents.fetch(top_up.payment_intent_id or "")
        card = paid_with.card_of(organization.id, payment)
        assert card is not None
        assert card.id == top_up.payment_method_id
        assert paid_with.card_of(an_organization().id, payment) is None
        for other in (None, "pm_of_someone"):
            assert paid_with.card_of(organization.id, replace(payment, method_id=other)) is None


class TestOffer:
    @pytest.fixture
    def organization(self, app: Flask) -> Organization:
        return an_organization()

    @pytest.fixture
    def other(self, organization: Organization) -> PaymentMethod:
        """A saved card beside the default."""
        a_card(organization)
        return a_card(organization, last4="1111", default=False)

    def test_another_than_the_default_is_offered_instead_of_that(
        self, organization: Organization, other: PaymentMethod
    ) -> None:
        offer = paid_with.offer_default(organization, other.id)
        assert offer is not None
        assert offer.default is not None
        assert (offer.card.last4, offer.default.last4) == ("1111", "4242")

    def test_where_there_is_no_default_it_is_offered_all_the_same(self, organization: Organization) -> None:
        offer = paid_with.offer_default(organization, a_card(organization, default=False).id)
        assert offer is not None
        assert offer.default is None

    def test_the_default_is_not(self, organization: Organization, other: PaymentMethod) -> None:
        default = payment_methods.default_of(organization.id)
        assert default is not None
        assert paid_with.offer_default(organization, default.id) is None

    @pytest.mark.parametrize("how", ["removed", "not kept"])
    def test_one_that_is_not_saved_is_not(
        self, organization: Organization, other: PaymentMethod, how: str
    ) -> None:
        if how == "removed":
            other.removed_at = utc_now()
        else:
            other.is_kept = False
        db.session.flush()
        assert paid_with.offer_default(organization, other.id) is None

    def test_none_of_anothers_and_none_of_no_one(
        self, organization: Organization, other: PaymentMethod
    ) -> None:
        for card_id in (None, uuid7()):
            assert paid_with.offer_default(organization, card_id) is None
        assert paid_with.offer_default(an_organization(), other.id) is None

    def test_one_that_was_saved_again_is_offered_as_it_is_now(self, app: Flask, sandbox: Sandbox) -> None:
        organization, top_up = a_paid_top_up()
        default = a_stripe_card(organization, "pm_card_mastercard")
        paid = db.session.get_one(PaymentMethod, (organization.id, top_up.payment_method_id))
        paid.is_default = False
        db.session.flush()
        default.is_default = True
        db.session.commit()
        again = a_stripe_card(organization)
        offer = paid_with.offer_default(organization, paid.id)
        assert offer is not None
        assert (offer.card.id, again.id != paid.id) == (again.id, True)
