"""What has to be so for a switch: nothing else is open, what was charged is paid, and a card can pay."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.cards import payment_methods
from app.billing.cards.payment_methods import CardNotUsableError
from app.billing.subscriptions import switch_conditions, switch_queries, switches
from app.billing.subscriptions.switch_conditions import OtherSwitchError, PastDueError
from app.extensions import db
from app.models import Organization, SwitchStatus
from app.payments import subscriptions
from tests.factories import OWNER, a_card, an_organization
from tests.support.plans import a_subscriber, subscription_id
from tests.support.sandbox import Sandbox


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    """On Growth, paid."""
    return a_subscriber("growth")


@pytest.mark.parametrize("status", SwitchStatus)
def test_only_one_that_stripe_was_asked_for_is_in_the_way(
    organization: Organization, status: SwitchStatus
) -> None:
    switch = switches.begin(organization, "scale", "month", OWNER)
    switch.status = status
    db.session.commit()
    switch_conditions.check_free_for_another(an_organization())
    if status in switch_queries.OPEN:
        with pytest.raises(OtherSwitchError) as refused:
            switch_conditions.check_free_for_another(organization)
        assert refused.value.switch is switch
    else:
        switch_conditions.check_free_for_another(organization)


class TestPaid:
    def test_a_period_that_is_paid_is_no_obstacle(self, organization: Organization) -> None:
        found = subscriptions.fetch(subscription_id(organization))
        switch_conditions.check_paid(organization, found)

    def test_a_renewal_that_is_open_is(self, organization: Organization) -> None:
        found = subscriptions.fetch(subscription_id(organization))
        row = switch_queries.get_subscription(organization)
        assert row is not None
        row.open_invoice_id = "in_1"
        db.session.commit()
        with pytest.raises(PastDueError):
            switch_conditions.check_paid(organization, found)


class TestCard:
    def test_where_nothing_is_charged_none_is_needed(self, organization: Organization) -> None:
        switch = switches.begin(organization, "starter", "month", OWNER)
        assert switch_conditions.card_for(organization, switch) is None

    def test_it_is_the_default_whatever_else_is_saved(self, organization: Organization) -> None:
        switch = switches.begin(organization, "scale", "month", OWNER)
        a_card(organization, last4="1111", default=False)
        card = switch_conditions.card_for(organization, switch)
        assert card is not None
        assert card.last4 == "4242"

    def test_without_one_it_is_said_what_to_do(self, organization: Organization) -> None:
        switch = switches.begin(organization, "scale", "month", OWNER)
        [card] = payment_methods.saved(organization.id)
        payment_methods.record_detached(organization.id, card.stripe_id)
        db.session.commit()
        a_card(an_organization())
        with pytest.raises(CardNotUsableError, match="Add one"):
            switch_conditions.card_for(organization, switch)
