"""A card entered for one top-up when things go wrong: declines, lost requests, killed processes."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import topups
from app.billing.cards.payment_methods import CardNotUsableError
from app.billing.purchases import RESEND_WITHIN, NotStartedError
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, TopUpStatus
from tests.factories import OWNER, a_payer, an_organization
from tests.support.money import assert_ledger_matches, credited, the_top_up
from tests.support.one_off_cards import CREATE, DECLINED, begin, entered, pay, saved
from tests.support.sandbox import Sandbox

CONFIRM = "POST /v1/payment_intents/*/confirm"


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    """Someone who has never paid: no card, and no customer at Stripe."""
    return an_organization()


class TestAfterADecline:
    """The same top-up with another card, and the same payment intent."""

    @pytest.mark.parametrize("keep", [False, True])
    def test_another_card_is_entered_and_pays(
        self, organization: Organization, sandbox: Sandbox, keep: bool
    ) -> None:
        declined = pay(organization, entered(sandbox, DECLINED, keep=not keep))
        paid = topups.pay(organization, declined.id, entered(sandbox, keep=keep), OWNER)
        assert paid.status is TopUpStatus.SUCCEEDED
        assert saved(organization) == (["4242 default"] if keep else [])
        [intent] = sandbox.payment_intents()
        assert intent.setup_future_usage == ("off_session" if keep else None)
        assert_ledger_matches(organization, sandbox)

    @pytest.mark.long
    def test_a_saved_card_pays_and_the_wish_to_keep_the_other_is_forgotten(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, good = a_payer("pm_card_mastercard")
        declined = pay(organization, entered(sandbox, DECLINED, keep=True))
        topups.pay(organization, declined.id, good.id, OWNER)
        assert the_top_up(organization).keep_card is False
        assert saved(organization) == ["4444 default"]
        assert_ledger_matches(organization, sandbox)

    def test_an_entered_card_has_one_try(self, organization: Organization, sandbox: Sandbox) -> None:
        card = entered(sandbox, DECLINED)
        declined = pay(organization, card)
        ways = (card, declined.payment_method_id)
        assert topups.pay(organization, declined.id, declined.payment_method_id, OWNER).attempt == 1
        with pytest.raises(CardNotUsableError, match="Enter it again"):
            topups.pay(organization, declined.id, card, OWNER)
        db.session.rollback()
        topups.pay(organization, declined.id, entered(sandbox, DECLINED), OWNER)
        for again in ways:
            with pytest.raises(CardNotUsableError):
                topups.pay(organization, declined.id, again, OWNER)
            db.session.rollback()
        assert sandbox.charges() == []

    def test_the_same_number_entered_again_is_another_try(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        declined = pay(organization, entered(sandbox, DECLINED))
        again = topups.pay(organization, declined.id, entered(sandbox, DECLINED), OWNER)
        assert (again.status, again.attempt) == (TopUpStatus.DECLINED, 2)
        assert len(sandbox.payment_intents()) == 1

    def test_a_lost_answer_to_the_second_card_is_found_and_charged_once(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        declined = pay(organization, entered(sandbox, DECLINED))
        sandbox.fail(CONFIRM, "drop_after", times=3)
        card = entered(sandbox, keep=True)
        assert topups.pay(organization, declined.id, card, OWNER).status is TopUpStatus.PAYING
        sandbox.clear_faults()
        topups.pay(organization, declined.id, card, OWNER)
        assert topups.recover(organization.id, declined.id)
        assert saved(organization) == ["4242 default"]
        assert credited(organization) == [50]
        assert_ledger_matches(organization, sandbox)


class TestLostRequests:
    def test_a_request_that_never_arrived_is_made_later_and_once(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        sandbox.fail(CREATE, "drop_before", times=3)
        top_up = pay(organization, entered(sandbox, keep=True))
        sandbox.clear_faults()
        for _ in range(2):
            topups.recover(organization.id, top_up.id)
        assert saved(organization) == ["4242 default"]
        assert credited(organization) == [50]
        assert_ledger_matches(organization, sandbox)

    def test_after_ten_minutes_it_is_given_up_and_the_card_is_entered_again(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        sandbox.fail(CREATE, "drop_before", times=3)
        card = entered(sandbox)
        top_up = pay(organization, card)
        sandbox.clear_faults()
        top_up.claimed_at = utc_now() - RESEND_WITHIN * 2
        db.session.commit()
        assert topups.recover(organization.id, top_up.id)
        assert (
            topups.pay(organization, top_up.id, top_up.payment_method_id, OWNER).status
            is TopUpStatus.DECLINED
        )
        assert topups.pay(organization, top_up.id, entered(sandbox), OWNER).status is TopUpStatus.SUCCEEDED
        assert_ledger_matches(organization, sandbox)

    def test_too_many_requests_leave_the_card_to_be_tried(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        sandbox.fail(CREATE, "429")
        top_up = begin(organization, entered(sandbox))
        with pytest.raises(NotStartedError):
            topups.pay(organization, top_up.id, top_up.payment_method_id, OWNER)
        topups.pay(organization, top_up.id, top_up.payment_method_id, OWNER)
        assert credited(organization) == [50]
        assert_ledger_matches(organization, sandbox)
