"""Cards entered for one top-up: they pay that one, once, and are kept only where the payer wished it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from app.billing import topups
from app.billing.cards import one_off, payment_methods, removal
from app.billing.cards.one_off import EnteredCard
from app.billing.cards.payment_methods import CardNotUsableError
from app.billing.cards.removal import UnknownCardError
from app.billing.purchases import RESEND_WITHIN, NotStartedError
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUp, TopUpStatus
from app.models.scope import scoped_to
from app.payments import confirmation_tokens
from app.payments.declines import advice_for
from tests.factories import OWNER, a_payer, an_organization, usd
from tests.support.database import inside
from tests.support.money import assert_ledger_matches, credited, the_top_up
from tests.support.sandbox import GOOD, Sandbox, deliver, deliver_all, work_through

CREATE = "POST /v1/payment_intents"
CONFIRM = "POST /v1/payment_intents/*/confirm"
DECLINED = "4000000000000002"
ASKS = "4000002760003184"


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    """Someone who has never paid: no card, and no customer at Stripe."""
    return an_organization()


def entered(sandbox: Sandbox, number: str = GOOD, *, keep: bool = False) -> EnteredCard:
    return EnteredCard(sandbox.enter_card(number, keep=keep), keep)


def begin(organization: Organization, card: EnteredCard, amount: str = "50") -> TopUp:
    top_up = topups.begin(organization, usd(amount), card, OWNER)
    db.session.commit()
    return top_up


def pay(organization: Organization, card: EnteredCard) -> TopUp:
    top_up = begin(organization, card)
    return topups.pay(organization, top_up.id, top_up.payment_method_id, OWNER)


def saved(organization: Organization) -> list[str]:
    """The organization's saved cards, the default marked."""
    db.session.rollback()
    found = payment_methods.saved(organization.id)
    return [f"{card.last4}{' default' if card.is_default else ''}" for card in found]


def attached(organization: Organization, sandbox: Sandbox) -> list[str]:
    """The cards that Stripe has attached to the organization's customer."""
    found = sandbox.stripe.v1.payment_methods.list({"customer": organization.stripe_customer_id or ""})
    return [method.card.last4 or "" for method in found.data if method.card]


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


class TestKeeping:
    def test_a_kept_card_is_saved_with_the_payment_and_the_first_becomes_the_default(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        pay(organization, entered(sandbox, keep=True))
        assert saved(organization) == ["4242 default"]
        assert attached(organization, sandbox) == ["4242"]
        assert [intent.setup_future_usage for intent in sandbox.payment_intents()] == ["off_session"]

    def test_it_pays_the_next_top_up(self, organization: Organization, sandbox: Sandbox) -> None:
        card_id = pay(organization, entered(sandbox, keep=True)).payment_method_id
        top_up = topups.begin(organization, usd("25"), card_id, OWNER)
        topups.pay(organization, top_up.id, card_id, OWNER)
        assert credited(organization) == [50, 25]
        assert_ledger_matches(organization, sandbox)

    def test_another_default_stays(self, app: Flask, sandbox: Sandbox) -> None:
        organization, _ = a_payer()
        pay(organization, entered(sandbox, "5555555555554444", keep=True))
        assert sorted(saved(organization)) == ["4242 default", "4444"]

    @pytest.mark.parametrize("number", [DECLINED, "4000000000009995"])
    def test_a_declined_one_is_not_kept(
        self, organization: Organization, sandbox: Sandbox, number: str
    ) -> None:
        assert pay(organization, entered(sandbox, number, keep=True)).status is TopUpStatus.DECLINED
        assert saved(organization) == attached(organization, sandbox) == []

    @pytest.mark.parametrize("order", [list, lambda events: list(reversed(events))])
    def test_events_keep_the_card_whose_answer_was_lost(
        self,
        app: Flask,
        organization: Organization,
        sandbox: Sandbox,
        order: Callable[[list[object]], list[object]],
    ) -> None:
        sandbox.fail(CREATE, "drop_after", times=3)
        pay(organization, entered(sandbox, keep=True))
        sandbox.clear_faults()
        for event in [*order(sandbox.events()), *sandbox.events()]:
            assert deliver(app.test_client(), event) == 200
        work_through(app)
        assert saved(organization) == ["4242 default"]
        assert credited(organization) == [50]
        assert_ledger_matches(organization, sandbox)

    def test_without_any_event_the_job_keeps_it(self, organization: Organization, sandbox: Sandbox) -> None:
        sandbox.fail(CREATE, "drop_after", times=3)
        top_up = pay(organization, entered(sandbox, keep=True))
        sandbox.clear_faults()
        assert topups.recover(organization.id, top_up.id)
        assert saved(organization) == ["4242 default"]

    def test_events_of_a_card_that_is_not_kept_save_nothing(
        self, app: Flask, organization: Organization, sandbox: Sandbox
    ) -> None:
        pay(organization, entered(sandbox))
        deliver_all(app, sandbox)
        assert saved(organization) == []
        assert_ledger_matches(organization, sandbox)

    def test_a_kept_card_that_was_removed_since_stays_removed(
        self, app: Flask, organization: Organization, sandbox: Sandbox
    ) -> None:
        card_id = pay(organization, entered(sandbox, keep=True)).payment_method_id
        removal.remove(organization, card_id, OWNER)
        deliver_all(app, sandbox)
        assert saved(organization) == []

    def test_a_card_entered_that_is_saved_already_stays_one_card(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        assert card.last4 == "4242"
        pay(organization, entered(sandbox, keep=True))
        assert saved(organization) == ["4242 default"]

    @pytest.mark.parametrize("keep", [False, True])
    def test_what_stripe_was_told_of_keeping_it_is_what_is_done(
        self, organization: Organization, sandbox: Sandbox, keep: bool
    ) -> None:
        """Stripe takes a token for nothing else than its fields were told; a form that says otherwise is
        refused."""
        token = sandbox.enter_card(keep=keep)
        with pytest.raises(CardNotUsableError, match="Enter it again"):
            begin(organization, EnteredCard(token, keep=not keep))
        assert begin(organization, EnteredCard(token, keep=keep)).keep_card is keep

    def test_an_event_that_tells_of_the_card_first_makes_no_second_one(
        self, app: Flask, organization: Organization, sandbox: Sandbox
    ) -> None:
        """The payment method has an id only once Stripe has made it; the attachment may be heard of before
        the payment."""
        sandbox.fail(CREATE, "drop_after", times=3)
        top_up = pay(organization, entered(sandbox, keep=True))
        sandbox.clear_faults()
        [attachment] = [event for event in sandbox.events() if event.type == "payment_method.attached"]
        assert deliver(app.test_client(), attachment) == 200
        work_through(app)
        assert saved(organization) == ["4242 default"]
        assert topups.recover(organization.id, top_up.id)
        assert saved(organization) == ["4242 default"]
        [card] = payment_methods.saved(organization.id)
        assert the_top_up(organization).payment_method_id == card.id
        again = topups.begin(organization, usd("25"), card.id, OWNER)
        assert topups.pay(organization, again.id, card.id, OWNER).status is TopUpStatus.SUCCEEDED
        assert_ledger_matches(organization, sandbox)


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
