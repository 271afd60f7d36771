"""Cards entered for one top-up: they pay that one, once, and are kept only where the payer wished it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from app.billing import topups
from app.billing.cards import one_off, removal
from app.billing.cards.one_off import EnteredCard
from app.billing.cards.payment_methods import CardNotUsableError
from app.billing.cards.removal import UnknownCardError
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUpStatus
from app.models.scope import scoped_to
from app.payments import confirmation_tokens
from app.payments.declines import advice_for
from tests.factories import OWNER, a_payer, an_organization, usd
from tests.support.database import inside
from tests.support.money import assert_ledger_matches, credited
from tests.support.one_off_cards import attached, begin, entered, pay, saved
from tests.support.sandbox import Sandbox


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    """Someone who has never paid: no card, and no customer at Stripe."""
    return an_organization()


class TestPayingOnce:
    def test_a_card_that_is_not_kept_pays_and_is_nowhere_after_it(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        top_up = pay(organization, entered(sandbox))
        assert top_up.status is TopUpStatus.SUCCEEDED
        assert saved(organization) == attached(organization, sandbox) == []
        [intent] = sandbox.payment_intents()
        assert intent.customer == organization.stripe_customer_id
        assert intent.setup_future_usage is None
        assert_ledger_matches(organization, sandbox)

    def test_nothing_is_charged_and_no_customer_made_by_entering_it(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        top_up = begin(organization, entered(sandbox, keep=True))
        assert (top_up.status, top_up.keep_card) == (TopUpStatus.REVIEW, True)
        assert sandbox.payment_intents() == []
        assert saved(organization) == []

    def test_it_can_be_made_neither_default_nor_removed(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        card_id = pay(organization, entered(sandbox)).payment_method_id
        for change in (removal.make_default, removal.remove):
            with pytest.raises(UnknownCardError):
                change(organization, card_id, OWNER)
            db.session.rollback()

    def test_it_pays_no_other_top_up(self, organization: Organization, sandbox: Sandbox) -> None:
        card = entered(sandbox)
        first = pay(organization, card)
        for again in (card, first.payment_method_id):
            with pytest.raises(CardNotUsableError):
                topups.begin(organization, usd("25"), again, OWNER)
            db.session.rollback()
        other = begin(organization, entered(sandbox, "5555555555554444"))
        for again in (card, first.payment_method_id):
            with pytest.raises(CardNotUsableError):
                topups.pay(organization, other.id, again, OWNER)
            db.session.rollback()
        assert credited(organization) == [50]

    def test_sent_twice_it_is_one_wish(self, organization: Organization, sandbox: Sandbox) -> None:
        card = entered(sandbox, keep=True)
        assert begin(organization, card).id == begin(organization, card).id

    def test_sent_twice_at_the_same_moment_too(
        self, app: Flask, organization: Organization, sandbox: Sandbox
    ) -> None:
        card, org_id = entered(sandbox), organization.id

        def press(_: int) -> object:
            with inside(app):
                return begin(db.session.get_one(Organization, org_id), card).id

        with ThreadPoolExecutor(3) as hands:
            assert len(set(hands.map(press, range(3)))) == 1

    def test_with_another_amount_it_replaces_the_wish_and_the_old_one_is_not_paid_any_more(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        card = entered(sandbox, keep=True)
        old = begin(organization, card)
        new = begin(organization, card, "25")
        again = topups.begin(organization, usd("30"), new.payment_method_id, OWNER)
        db.session.commit()
        assert again.keep_card, "the wish to keep it goes along"
        for gone in (old, new):
            assert topups.pay(organization, gone.id, card, OWNER).status is TopUpStatus.CANCELED
        topups.pay(organization, again.id, again.payment_method_id, OWNER)
        assert credited(organization) == [30]
        assert_ledger_matches(organization, sandbox)

    def test_pressing_pay_many_times_charges_once(
        self, app: Flask, organization: Organization, sandbox: Sandbox
    ) -> None:
        top_up = begin(organization, entered(sandbox))
        org_id, id_, card_id = organization.id, top_up.id, top_up.payment_method_id

        def press(_: int) -> None:
            with inside(app):
                topups.pay(db.session.get_one(Organization, org_id), id_, card_id, OWNER)

        with ThreadPoolExecutor(4) as tabs:
            list(tabs.map(press, range(4)))
        assert credited(organization) == [50]
        assert_ledger_matches(organization, sandbox)


class TestWhatIsNoCardOfOurs:
    @pytest.mark.parametrize(
        "id_",
        [
            "",
            "ctoken_",
            "ctoken_madeUp",
            "pm_card_visa",
            "tok_visa",
            "ctoken_1\x00",
            "\x00",
            "ctoken_" + "1" * 10_000,
            "ctoken_1/../../refunds",
            "ctoken_é",
        ],
    )
    def test_an_id_that_is_none(self, organization: Organization, sandbox: Sandbox, id_: str) -> None:
        with pytest.raises(CardNotUsableError, match="couldn't be read"):
            topups.begin(organization, usd("50"), EnteredCard(id_, keep=True), OWNER)

    def test_a_payment_method_is_none(self, organization: Organization, sandbox: Sandbox) -> None:
        """Neither someone else's saved card, nor one's own: those are chosen by name."""
        (_, theirs), (payer, mine) = a_payer(), a_payer()
        waiting = begin(payer, entered(sandbox))
        for id_ in (theirs.stripe_id, mine.stripe_id):
            card = EnteredCard(id_, keep=False)
            with pytest.raises(CardNotUsableError, match="couldn't be read"):
                topups.begin(payer, usd("50"), card, OWNER)
            with pytest.raises(CardNotUsableError, match="couldn't be read"):
                topups.pay(payer, waiting.id, card, OWNER)
            db.session.rollback()

    def test_a_card_that_was_entered_in_another_organization(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        card = entered(sandbox)
        begin(an_organization(), card)
        # As a request sees it: of this organization alone.
        with scoped_to(organization.id), pytest.raises(CardNotUsableError, match="couldn't be read"):
            topups.begin(organization, usd("50"), card, OWNER)

    def test_a_card_that_was_used_in_another_organization(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        card = entered(sandbox)
        pay(an_organization(), card)
        with scoped_to(organization.id), pytest.raises(CardNotUsableError, match="Enter it again"):
            topups.begin(organization, usd("50"), card, OWNER)

    def test_one_that_expired_meanwhile_is_refused_in_words_and_another_pays(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        """Stripe keeps a token for twelve hours, or until it is used: here by someone who has our keys."""
        card = entered(sandbox)
        top_up = begin(organization, card)
        used: Any = {"amount": 500, "currency": "usd", "confirm": True, "confirmation_token": card.token}
        sandbox.stripe.v1.payment_intents.create(used)
        top_up = topups.pay(organization, top_up.id, top_up.payment_method_id, OWNER)
        assert (top_up.status, top_up.decline_code) == (TopUpStatus.DECLINED, "invalid_request")
        assert "Enter the card again" in advice_for(top_up.decline_code, is_entered=True).next_step
        assert topups.pay(organization, top_up.id, entered(sandbox), OWNER).status is TopUpStatus.SUCCEEDED

    def test_one_is_offered_again_as_long_as_stripe_keeps_it(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        top_up = begin(organization, entered(sandbox))
        card = db.session.get_one(PaymentMethod, (organization.id, top_up.payment_method_id))
        assert one_off.in_review(organization, card.id) is card
        card.created_at = utc_now() - confirmation_tokens.KEPT_FOR
        db.session.commit()
        assert one_off.in_review(organization, card.id) is None

    def test_one_whose_month_ended_before_it_was_paid_is_tried(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        top_up = begin(organization, entered(sandbox))
        card = db.session.get_one(PaymentMethod, (organization.id, top_up.payment_method_id))
        card.exp_year = 2020
        db.session.commit()
        assert topups.pay(organization, top_up.id, card.id, OWNER).status is TopUpStatus.SUCCEEDED
