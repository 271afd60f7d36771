"""Clawbacks: always the difference to what Stripe says is taken, of the payment that it was taken of."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.billing import topups
from app.billing.topups import clawbacks
from app.billing.topups.clawbacks import Movement
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import CallingState, Organization, TopUp, TopUpStatus, TransferKind
from app.money import Money
from tests.factories import OWNER, a_card, a_paid_top_up, a_payer, an_organization, usd
from tests.support.money import balance, the_top_up
from tests.support.sandbox import Sandbox


@pytest.fixture
def top_up(app: Flask) -> TopUp:
    """One of an organization with $50.00 of credit."""
    organization = an_organization(credit="50")
    return topups.begin(organization, usd("50"), a_card(organization).id, OWNER)


def claw_back(
    top_up: TopUp, target: str, *, kind: TransferKind = TransferKind.REFUND, id_: str = "re_1"
) -> Movement | None:
    """Let so much be taken for a refund or dispute."""
    wallet = ledger.lock(top_up.org_id)
    moved = clawbacks.post_difference(wallet, top_up, kind, id_, usd(target), at=utc_now(), detail="Test")
    db.session.commit()
    return moved


def posted(top_up: TopUp) -> Money:
    return ledger.lock(top_up.org_id).posted


class TestPostDifference:
    def test_only_what_is_missing_is_posted_and_each_movement_has_a_name_of_its_own(
        self, top_up: TopUp
    ) -> None:
        said = ("20", "20", "50", "0", "0", "10", "5")
        moved = [claw_back(top_up, target) for target in said]
        assert [(one.amount, one.returned, one.source) if one else None for one in moved] == [
            (usd("20"), False, "re_1"),
            None,
            (usd("30"), False, "re_1:2"),
            (usd("50"), True, "re_1"),
            None,
            (usd("10"), False, "re_1:3"),
            (usd("5"), True, "re_1:2"),
        ]
        assert posted(top_up) == usd("45")
        assert clawbacks.taken(top_up.org_id, TransferKind.REFUND, "re_1") == usd("5").micro

    def test_calling_pauses_and_resumes_with_it(self, top_up: TopUp) -> None:
        before = [one.before for target in ("50", "0") if (one := claw_back(top_up, target))]
        assert before == [CallingState.ACTIVE, CallingState.PAUSED]
        assert ledger.lock(top_up.org_id).state is CallingState.ACTIVE

    @pytest.mark.parametrize("other", ["re_10", "re_1x", "re_", "RE_1"])
    def test_another_id_that_looks_alike_is_another_refund(self, top_up: TopUp, other: str) -> None:
        claw_back(top_up, "20", id_=other)
        moved = claw_back(top_up, "20", id_="re_1")
        assert moved is not None
        assert (moved.source, posted(top_up)) == ("re_1", usd("10"))

    def test_what_stands_for_any_letter_in_sql_stands_for_itself(self, top_up: TopUp) -> None:
        claw_back(top_up, "20", id_="reX1")
        claw_back(top_up, "30", id_="reX1")
        assert clawbacks.taken(top_up.org_id, TransferKind.REFUND, "re_1") == 0
        assert clawbacks.taken(top_up.org_id, TransferKind.REFUND, "re%") == 0

    def test_refunds_and_disputes_are_counted_apart(self, top_up: TopUp) -> None:
        claw_back(top_up, "20")
        claw_back(top_up, "30", kind=TransferKind.DISPUTE, id_="du_1")
        assert clawbacks.taken(top_up.org_id, TransferKind.DISPUTE, "du_1") == usd("30").micro
        assert clawbacks.taken(top_up.org_id, TransferKind.REFUND, "du_1") == 0
        assert posted(top_up) == usd("0")

    def test_what_was_taken_of_another_organization_does_not_count(self, top_up: TopUp) -> None:
        claw_back(top_up, "20")
        assert clawbacks.taken(an_organization().id, TransferKind.REFUND, "re_1") == 0


def paid_elsewhere(sandbox: Sandbox, organization: Organization, card: str, **metadata: str) -> str:
    """A payment at Stripe that says which top-up it is of; its id."""
    wanted: Any = {
        "amount": 5000,
        "currency": "usd",
        "customer": organization.stripe_customer_id,
        "payment_method": card,
        "confirm": True,
        "off_session": True,
        "metadata": metadata,
    }
    return sandbox.stripe.v1.payment_intents.create(wanted).id


class TestFindPaidTopUp:
    def test_one_that_is_known_to_be_paid_is_found_without_asking_stripe(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        _, top_up = a_paid_top_up()
        sandbox.fail("GET /v1/payment_intents/*", "500_before", times=9)
        found = clawbacks.find_paid_top_up(top_up.payment_intent_id)
        assert found is not None
        assert found.id == top_up.id

    def test_a_refund_of_no_payment_is_of_none(self, app: Flask) -> None:
        assert clawbacks.find_paid_top_up(None) is None

    def test_one_that_was_not_paid_is_not_settled(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer("pm_card_chargeCustomerFail")
        top_up = topups.begin(organization, usd("50"), card.id, OWNER)
        declined = topups.pay(organization, top_up.id, card.id, OWNER)
        assert clawbacks.find_paid_top_up(declined.payment_intent_id) is None
        assert (the_top_up(organization).status, balance(organization)) == (TopUpStatus.DECLINED, "0.00")

    def test_one_whose_payment_was_never_heard_of_is_settled_once(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        top_up = topups.begin(organization, usd("50"), card.id, OWNER)
        intent = paid_elsewhere(sandbox, organization, card.stripe_id, top_up=str(top_up.id))
        for _ in range(2):
            found = clawbacks.find_paid_top_up(intent)
            assert found is not None
            assert (found.status, balance(organization)) == (TopUpStatus.SUCCEEDED, "50.00")

    @pytest.mark.parametrize("named", ["", "no id", "00000000-0000-7000-8000-000000000000"])
    def test_a_payment_that_names_none_of_ours_is_not_ours(
        self, app: Flask, sandbox: Sandbox, named: str
    ) -> None:
        organization, card = a_payer()
        intent = paid_elsewhere(sandbox, organization, card.stripe_id, top_up=named)
        assert clawbacks.find_paid_top_up(intent) is None

    def test_a_payment_of_another_organization_credits_no_one(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        other, other_card = a_payer()
        top_up = topups.begin(organization, usd("50"), card.id, OWNER)
        intent = paid_elsewhere(sandbox, other, other_card.stripe_id, top_up=str(top_up.id))
        with pytest.raises(topups.PaymentMismatchError):
            clawbacks.find_paid_top_up(intent)
        assert (balance(organization), balance(other)) == ("0.00", "0.00")
