"""The payment that a switch waits for: paid once, canceled once, and known as Stripe has it."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.cards.payment_methods import CardNotUsableError
from app.billing.purchases import NotStartedError
from app.billing.subscriptions import switch_payments, switches
from app.billing.subscriptions.switch_queries import UnknownSwitchError
from app.extensions import db
from app.models import Organization, PlanSwitch, SwitchStatus
from tests.factories import OWNER, a_card, a_payer, a_stripe_card, an_organization
from tests.support.plans import DECLINES, plan_of, sell_plans, switch_to
from tests.support.sandbox import Sandbox

CONFIRM = "POST /v1/payment_intents/*/confirm"
DONE, DECLINED = SwitchStatus.DONE, SwitchStatus.DECLINED


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    """With a card that declines."""
    sell_plans()
    return a_payer(DECLINES)[0]


@pytest.fixture
def declined(organization: Organization) -> PlanSwitch:
    """A switch to Growth whose payment was declined."""
    return switch_to(organization, "growth")


class TestPay:
    def test_paid_twice_it_is_charged_once(
        self, organization: Organization, declined: PlanSwitch, sandbox: Sandbox
    ) -> None:
        card = a_stripe_card(organization)
        for _ in range(2):
            assert switch_payments.pay(organization, declined.id, card.id, OWNER).status is DONE
        assert (len(sandbox.charges()), declined.payment_method_id) == (1, card.id)
        assert switches.find(organization.id, declined.id).charged_micro == declined.due_micro

    def test_with_a_card_of_another_organization_nothing_is_tried(
        self, organization: Organization, declined: PlanSwitch, sandbox: Sandbox
    ) -> None:
        attempt = declined.attempt
        with pytest.raises(CardNotUsableError):
            switch_payments.pay(organization, declined.id, a_card(an_organization()).id, OWNER)
        found = switches.find(organization.id, declined.id)
        assert (found.status, found.attempt, sandbox.charges()) == (DECLINED, attempt, [])

    def test_another_organizations_switch_is_unknown(self, declined: PlanSwitch, sandbox: Sandbox) -> None:
        other, card = a_payer()
        with pytest.raises(UnknownSwitchError):
            switch_payments.pay(other, declined.id, card.id, OWNER)
        assert sandbox.charges() == []

    def test_where_stripe_did_nothing_it_stands_as_before(
        self, organization: Organization, declined: PlanSwitch, sandbox: Sandbox
    ) -> None:
        card = a_stripe_card(organization)
        sandbox.fail(CONFIRM, "429", times=3)
        with pytest.raises(NotStartedError):
            switch_payments.pay(organization, declined.id, card.id, OWNER)
        assert switches.find(organization.id, declined.id).status is DECLINED

    @pytest.mark.long
    def test_a_lost_answer_is_looked_up_and_charged_once(
        self, organization: Organization, declined: PlanSwitch, sandbox: Sandbox
    ) -> None:
        card = a_stripe_card(organization)
        sandbox.fail(CONFIRM, "drop_after", times=3)
        paid = switch_payments.pay(organization, declined.id, card.id, OWNER)
        assert paid.status is SwitchStatus.SWITCHING
        sandbox.clear_faults()
        for _ in range(2):
            assert switch_payments.refresh(organization, declined.id, OWNER).status is DONE
        assert len(sandbox.charges()) == 1


class TestCancel:
    def test_the_plan_before_stays_and_a_second_time_changes_nothing(
        self, organization: Organization, declined: PlanSwitch, sandbox: Sandbox
    ) -> None:
        for _ in range(2):
            ended = switch_payments.cancel(organization, declined.id, OWNER)
            assert ended.status is SwitchStatus.CANCELED
        card = a_stripe_card(organization)
        paid = switch_payments.pay(organization, declined.id, card.id, OWNER)
        assert (paid.status, sandbox.charges()) == (SwitchStatus.CANCELED, [])
        assert plan_of(organization).name == "Starter"

    def test_one_that_was_paid_meanwhile_is_made(
        self, organization: Organization, declined: PlanSwitch, sandbox: Sandbox
    ) -> None:
        card = a_stripe_card(organization)
        sandbox.stripe.v1.invoices.pay(declined.invoice_id or "", {"payment_method": card.stripe_id})
        assert switch_payments.cancel(organization, declined.id, OWNER).status is DONE
        assert (plan_of(organization).name, len(sandbox.charges())) == ("Growth", 1)

    def test_one_in_review_is_not_open_yet(self, organization: Organization) -> None:
        switch = switches.begin(organization, "growth", "month", OWNER)
        assert switch_payments.cancel(organization, switch.id, OWNER).status is SwitchStatus.REVIEW


def test_without_an_answer_it_stays_as_it_is(
    organization: Organization, declined: PlanSwitch, sandbox: Sandbox
) -> None:
    sandbox.fail("GET /v1/subscriptions/*", "500_before", times=9)
    sandbox.fail("GET /v1/payment_intents/*", "500_before", times=9)
    assert switch_payments.refresh(organization, declined.id, OWNER).status is DECLINED


@pytest.mark.parametrize(
    ("status", "due", "charged", "lacks"),
    [
        (DONE, 1, None, True),
        (DONE, 1, 1, False),
        (DONE, 0, None, False),
        (DECLINED, 1, None, False),
    ],
)
def test_only_one_that_is_made_and_cost_something_lacks_its_charge(
    app: Flask, status: SwitchStatus, due: int, charged: int | None, lacks: bool
) -> None:
    switch = PlanSwitch(status=status, due_micro=due, charged_micro=charged)
    assert switch_payments.lacks_charge(switch) is lacks
    db.session.expunge_all()
