"""Saving a card: one setup for each form, and only the card of the organization's own, confirmed form is saved."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from app.billing.cards import payment_methods, setups
from app.billing.cards.setups import SetupNotDoneError, TooManyCardsError
from app.ids import uuid7
from app.models import Organization
from app.payments.errors import RefusedError
from tests.factories import OWNER, a_card, a_payer, an_organization
from tests.support.sandbox import Sandbox, detach_in_dashboard

VISA, MASTERCARD = "pm_card_visa", "pm_card_mastercard"


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    return an_organization()


def begin(organization: Organization, form: UUID) -> str:
    """The setup of a form; its id."""
    return setups.begin_setup(organization, form, email=None, actor=OWNER).id


def confirmed(sandbox: Sandbox, organization: Organization, token: str = VISA) -> str:
    """A setup whose card its bank has confirmed; its id."""
    setup_id = begin(organization, uuid7())
    sandbox.stripe.v1.setup_intents.confirm(setup_id, {"payment_method": token})
    return setup_id


def saved(organization: Organization) -> list[str]:
    return [card.last4 for card in payment_methods.saved(organization.id)]


class TestBegin:
    def test_a_form_that_is_sent_again_has_the_same_setup(self, organization: Organization) -> None:
        form = uuid7()
        assert begin(organization, form) == begin(organization, form) != begin(organization, uuid7())

    def test_the_same_form_of_another_organization_is_another_setup(self, organization: Organization) -> None:
        form = uuid7()
        assert begin(organization, form) != begin(an_organization(), form)

    def test_a_card_more_than_can_be_saved_is_refused_before_stripe_is_asked(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        for number in range(payment_methods.MOST - 1):
            a_card(organization, default=number == 0)
        begin(organization, uuid7())
        a_card(organization, default=False)
        asked = len(sandbox.stripe.v1.setup_intents.list().data)
        with pytest.raises(TooManyCardsError, match="at most 50 cards"):
            begin(organization, uuid7())
        assert len(sandbox.stripe.v1.setup_intents.list().data) == asked == 1

    def test_what_stripe_refuses_for_another_reason_forgets_no_customer(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        begin(organization, uuid7())
        customer_id = organization.stripe_customer_id
        sandbox.fail("POST /v1/setup_intents", "400")
        with pytest.raises(RefusedError):
            begin(organization, uuid7())
        assert (organization.stripe_customer_id, organization.former_customer_ids) == (customer_id, [])


class TestFinish:
    def test_the_card_is_saved_once_however_often_the_page_comes_back(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        setup_id = confirmed(sandbox, organization)
        first, again = (setups.finish(organization, setup_id, OWNER) for _ in range(2))
        assert first.method.id == again.method.id
        assert (first.was_known, again.was_known, saved(organization)) == (False, False, ["4242"])

    def test_a_card_that_was_saved_already_is_known(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        older = setups.finish(organization, confirmed(sandbox, organization), OWNER)
        newer = setups.finish(organization, confirmed(sandbox, organization), OWNER)
        assert (newer.was_known, newer.method.id != older.method.id, saved(organization)) == (
            True,
            True,
            ["4242"],
        )

    def test_one_that_is_not_confirmed_saves_nothing(self, organization: Organization) -> None:
        with pytest.raises(SetupNotDoneError, match="bank didn't confirm"):
            setups.finish(organization, begin(organization, uuid7()), OWNER)
        assert saved(organization) == []

    def test_another_organizations_form_saves_no_card_for_either(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        setup_id = confirmed(sandbox, organization)
        for other in (an_organization(), a_payer(MASTERCARD)[0]):
            before = saved(other)
            with pytest.raises(SetupNotDoneError, match="another account"):
                setups.finish(other, setup_id, OWNER)
            assert (saved(other), saved(organization)) == (before, [])

    @pytest.mark.parametrize("sent", ["", "seti_", "pi_1", "seti_1/confirm", "seti_1\n", "seti_" + "x" * 251])
    def test_what_is_no_setup_is_not_asked_for(self, organization: Organization, sent: str) -> None:
        with pytest.raises(SetupNotDoneError, match="doesn't recognize"):
            setups.finish(organization, sent, OWNER)

    def test_a_card_that_was_detached_before_its_form_was_sent_is_not_saved(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        setup_id = confirmed(sandbox, organization)
        setup = sandbox.stripe.v1.setup_intents.retrieve(setup_id)
        detach_in_dashboard(sandbox, str(setup.payment_method))
        with pytest.raises(SetupNotDoneError, match="removed from the payment processor"):
            setups.finish(organization, setup_id, OWNER)
        assert saved(organization) == []
