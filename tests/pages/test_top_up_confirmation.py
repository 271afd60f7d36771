"""A top-up that the bank wants confirmed (3-D Secure), in the browser: answered, left, failed, and what comes of it."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import topups
from app.models import TopUpStatus
from tests.support.browsing import links_of, text_of
from tests.support.money import assert_ledger_matches, credited, the_top_up
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox, deliver_all

ASKS = "pm_card_threeDSecure2Required"
ASKS_THEN_DECLINES = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app)


@pytest.fixture
def careful(app: Flask, sandbox: Sandbox) -> Owner:
    """An owner whose bank asks for a confirmation of every payment."""
    return Owner(app, ASKS)


class TestConfirmation:
    """3-D Secure: the bank wants to know that it is you."""

    def test_the_bank_asks_and_nothing_is_charged_yet(self, careful: Owner, sandbox: Sandbox) -> None:
        top_up = careful.review()
        careful.pay(top_up)
        page = careful.get(top_up)
        assert "Confirm it's you" in text_of(page)
        assert f'data-client-secret="{sandbox.payment_intents()[0].client_secret}"' in page.text
        assert credited(careful.organization) == []
        assert_ledger_matches(careful.organization, sandbox)

    def test_the_secret_is_shown_to_no_one_else_and_not_after_the_end(
        self, careful: Owner, sandbox: Sandbox
    ) -> None:
        top_up = careful.review()
        assert "client-secret" not in careful.get(top_up).text
        careful.pay(top_up)
        sandbox.answer_bank("complete")
        careful.post(f"{top_up}/confirmation")
        assert "client-secret" not in careful.get(top_up).text

    def test_confirmed(self, careful: Owner, sandbox: Sandbox) -> None:
        top_up = careful.review()
        careful.pay(top_up)
        sandbox.answer_bank("complete")
        assert careful.post(f"{top_up}/confirmation").location == top_up
        assert "$50.00 was charged to Visa ending in 3220." in careful.reads(top_up)
        assert_ledger_matches(careful.organization, sandbox)

    def test_confirmed_on_the_banks_own_page(self, careful: Owner, sandbox: Sandbox) -> None:
        top_up = careful.review()
        careful.pay(top_up)
        sandbox.answer_bank("complete")
        intent = sandbox.payment_intents()[0]
        back = f"{top_up}?payment_intent={intent.id}&payment_intent_client_secret={intent.client_secret}"
        assert "Paid" in careful.reads(back)
        assert_ledger_matches(careful.organization, sandbox)

    def test_abandoned_it_stays_open_can_be_resumed_and_canceled(
        self, careful: Owner, sandbox: Sandbox
    ) -> None:
        top_up = careful.review()
        careful.pay(top_up)
        wallet = careful.get("/billing/wallet")
        assert "Needs your confirmation" in text_of(wallet)
        assert top_up in links_of(wallet.text)
        assert "data-client-secret" in careful.get(top_up).text
        careful.post(f"{top_up}/cancellation")
        assert "Nothing was charged." in careful.reads(top_up)
        assert [intent.status for intent in sandbox.payment_intents()] == ["canceled"]
        assert_ledger_matches(careful.organization, sandbox)

    def test_failed_it_can_be_tried_again(self, careful: Owner, sandbox: Sandbox) -> None:
        top_up = careful.review()
        careful.pay(top_up)
        sandbox.answer_bank("fail")
        careful.post(f"{top_up}/confirmation")
        page = careful.get(top_up)
        assert "The payment wasn't confirmed with the bank." in text_of(page)
        assert "confirm it when asked" in text_of(page)
        assert f'value="{careful.card.id}" selected' in page.text, "the same card can work"
        careful.pay(top_up, careful.card)
        sandbox.answer_bank("complete")
        careful.post(f"{top_up}/confirmation")
        assert credited(careful.organization) == [50]
        assert_ledger_matches(careful.organization, sandbox)

    def test_confirmed_and_then_declined(self, app: Flask, sandbox: Sandbox) -> None:
        owner = Owner(app, ASKS_THEN_DECLINES)
        top_up = owner.review()
        owner.pay(top_up)
        sandbox.answer_bank("complete")
        owner.post(f"{top_up}/confirmation")
        said = owner.reads(top_up)
        assert "The card has insufficient funds. Visa ending in 3178 was not charged." in said
        assert "Use another card, or a smaller amount." in said
        assert_ledger_matches(owner.organization, sandbox)

    def test_finished_in_another_tab(self, careful: Owner, sandbox: Sandbox) -> None:
        top_up = careful.review()
        careful.pay(top_up)
        second = careful.elsewhere()
        sandbox.answer_bank("complete")
        second.post(f"{top_up}/confirmation")
        careful.post(f"{top_up}/confirmation")
        assert "Paid" in careful.reads(top_up)
        assert credited(careful.organization) == [50]
        assert_ledger_matches(careful.organization, sandbox)

    def test_the_browser_closed_after_confirming_the_webhook_settles_it(
        self, app: Flask, careful: Owner, sandbox: Sandbox
    ) -> None:
        top_up = careful.review()
        careful.pay(top_up)
        sandbox.answer_bank("complete")
        deliver_all(app, sandbox)
        assert "Paid" in careful.elsewhere().get(top_up).text
        assert_ledger_matches(careful.organization, sandbox)

    def test_without_a_webhook_the_job_settles_it(self, careful: Owner, sandbox: Sandbox) -> None:
        top_up = careful.review()
        careful.pay(top_up)
        sandbox.answer_bank("complete")
        assert topups.recover(careful.organization.id, the_top_up(careful.organization).id)
        assert "Paid" in careful.reads(top_up)
        assert_ledger_matches(careful.organization, sandbox)

    def test_canceling_what_was_paid_meanwhile_credits_it(self, careful: Owner, sandbox: Sandbox) -> None:
        top_up = careful.review()
        careful.pay(top_up)
        sandbox.answer_bank("complete")
        careful.post(f"{top_up}/cancellation")
        assert "Paid" in careful.reads(top_up)
        assert_ledger_matches(careful.organization, sandbox)

    def test_while_stripe_is_unavailable_the_page_says_so_and_offers_to_refresh(
        self, careful: Owner, sandbox: Sandbox
    ) -> None:
        top_up = careful.review()
        careful.pay(top_up)
        sandbox.fail("GET /v1/payment_intents/*", "500_before", times=3)
        said = careful.reads(top_up)
        assert "check can't be shown right now. Nothing was charged. Try again in a moment." in said
        assert "data-client-secret" in careful.get(top_up).text, "and works again once Stripe does"

    def test_canceling_while_stripe_is_away_leaves_it_open(self, careful: Owner, sandbox: Sandbox) -> None:
        top_up = careful.review()
        careful.pay(top_up)
        sandbox.fail("POST /v1/payment_intents/*/cancel", "500_before", times=3)
        page = careful.post(f"{top_up}/cancellation")
        assert page.status_code == 422
        assert "didn't respond, so the top-up may already be canceled." in text_of(page)
        assert the_top_up(careful.organization).status is TopUpStatus.ACTION
