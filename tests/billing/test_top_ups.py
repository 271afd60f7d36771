"""Top-ups against Stripe's stand-in: charged once, credited once, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask

from app.billing import recovery, topups
from app.billing.payment_methods import CardNotUsableError
from app.billing.topups import AmountOutOfRangeError, PaymentNotStartedError
from app.extensions import db
from app.models import CallingState, Organization, PaymentMethod, TopUp, TopUpStatus, Wallet
from app.payments import cards
from tests.factories import OWNER, a_payer, a_stripe_card, an_organization, usd
from tests.support.money import assert_ledger_matches, balance, credited, the_top_up
from tests.support.sandbox import Sandbox, deliver, deliver_all, work_through

CREATE = "POST /v1/payment_intents"


def begin(organization: Organization, card: PaymentMethod, amount: str = "50") -> UUID:
    top_up = topups.begin(organization, usd(amount), card.id, OWNER)
    db.session.commit()
    return top_up.id


def pay(organization: Organization, card: PaymentMethod, amount: str = "50") -> TopUp:
    return topups.pay(organization, begin(organization, card, amount), card.id, OWNER)


def test_a_working_card_is_charged_and_credited_at_once(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    top_up = pay(organization, card)
    assert top_up.status is TopUpStatus.SUCCEEDED
    assert balance(organization) == "50.00"
    assert_ledger_matches(organization, sandbox)


def test_nothing_is_charged_before_paying(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    begin(organization, card)
    assert sandbox.payment_intents() == []
    assert balance(organization) == "0.00"


def test_paying_twice_charges_once(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    top_up_id = begin(organization, card)
    for _ in range(3):
        topups.pay(organization, top_up_id, card.id, OWNER)
    assert credited(organization) == [50]
    assert_ledger_matches(organization, sandbox)


def test_paying_from_many_tabs_at_the_same_moment_charges_once(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    top_up_id, org_id, card_id = begin(organization, card), organization.id, card.id

    def press(_: int) -> None:
        with app.app_context():
            topups.pay(db.session.get_one(Organization, org_id), top_up_id, card_id, OWNER)

    with ThreadPoolExecutor(6) as tabs:
        list(tabs.map(press, range(6)))
    assert credited(organization) == [50]
    assert_ledger_matches(organization, sandbox)


def test_two_top_ups_at_once_are_both_charged_and_the_balance_is_their_sum(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, card = a_payer()
    wishes = [begin(organization, card, amount) for amount in ("25", "100")]
    org_id, card_id = organization.id, card.id

    def press(top_up_id: UUID) -> None:
        with app.app_context():
            topups.pay(db.session.get_one(Organization, org_id), top_up_id, card_id, OWNER)

    with ThreadPoolExecutor(2) as tabs:
        list(tabs.map(press, wishes))
    assert sorted(credited(organization)) == [25, 100]
    assert balance(organization) == "125.00"
    assert_ledger_matches(organization, sandbox)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("pm_card_chargeCustomerFail", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ],
)
def test_a_declined_card_charges_nothing_and_another_card_pays_the_same_top_up(
    app: Flask, sandbox: Sandbox, token: str, code: str
) -> None:
    organization, card = a_payer("pm_card_chargeCustomerFail")
    declined = pay(organization, card)
    assert declined.status is TopUpStatus.DECLINED
    assert declined.decline_code
    assert balance(organization) == "0.00"

    good = a_stripe_card(organization)
    paid = topups.pay(organization, declined.id, good.id, OWNER)
    assert paid.status is TopUpStatus.SUCCEEDED
    assert len(sandbox.payment_intents()) == 1, "a top-up has one payment intent for life"
    assert_ledger_matches(organization, sandbox)


def test_a_card_of_another_organization_can_not_pay(app: Flask, sandbox: Sandbox) -> None:
    _, theirs = a_payer()
    organization, mine = a_payer()
    with pytest.raises(CardNotUsableError):
        topups.begin(organization, usd("50"), theirs.id, OWNER)
    top_up_id = begin(organization, mine)
    with pytest.raises(CardNotUsableError):
        topups.pay(organization, top_up_id, theirs.id, OWNER)
    assert sandbox.charges() == []


def test_a_card_detached_at_stripe_meanwhile_declines_in_words(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    cards.detach(card.stripe_id)
    top_up = pay(organization, card)
    assert top_up.status is TopUpStatus.DECLINED
    assert sandbox.charges() == []
    deliver_all(app, sandbox)
    with pytest.raises(CardNotUsableError):
        topups.pay(organization, top_up.id, card.id, OWNER)


@pytest.mark.parametrize("amount", ["9.99", "5000.01", "0.01"])
def test_amounts_beyond_the_limits_are_refused(app: Flask, sandbox: Sandbox, amount: str) -> None:
    organization, card = a_payer()
    with pytest.raises(AmountOutOfRangeError):
        topups.begin(organization, usd(amount), card.id, OWNER)


def test_a_top_up_wakes_a_paused_organization(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer(alert="20")
    wallet = db.session.get_one(Wallet, (organization.id,))
    wallet.state = CallingState.PAUSED
    db.session.commit()
    pay(organization, card)
    db.session.refresh(wallet)
    assert wallet.state is CallingState.ACTIVE


def test_a_payment_that_succeeded_behind_our_back_is_credited_instead_of_tried_again(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, card = a_payer("pm_card_chargeCustomerFail")
    declined = pay(organization, card)
    good = a_stripe_card(organization)
    sandbox.stripe.v1.payment_intents.confirm(
        declined.payment_intent_id or "",
        {"payment_method": good.stripe_id, "return_url": "http://localhost/"},
    )
    paid = topups.pay(organization, declined.id, good.id, OWNER)
    assert paid.status is TopUpStatus.SUCCEEDED
    assert len(sandbox.charges()) == 1
    assert_ledger_matches(organization, sandbox)


class TestLostAnswers:
    """Stripe slow, broken or out of reach: the top-up stays open, and is settled without charging again."""

    @pytest.mark.parametrize("kind", ["timeout_after", "drop_after", "500_after"])
    def test_an_answer_lost_after_the_charge_is_credited_once(
        self, app: Flask, sandbox: Sandbox, kind: str
    ) -> None:
        organization, card = a_payer()
        sandbox.fail(CREATE, kind, times=3, delay=3)
        top_up = pay(organization, card)
        sandbox.mend()
        assert top_up.status in {TopUpStatus.PAYING, TopUpStatus.SUCCEEDED}
        assert recovery.look_after(organization.id, top_up.id)
        assert the_top_up(organization).status is TopUpStatus.SUCCEEDED
        assert len(sandbox.charges()) == 1
        assert_ledger_matches(organization, sandbox)

    @pytest.mark.parametrize("kind", ["drop_before", "500_before", "409", "html"])
    def test_an_attempt_that_never_arrived_is_made_later_and_once(
        self, app: Flask, sandbox: Sandbox, kind: str
    ) -> None:
        organization, card = a_payer()
        sandbox.fail(CREATE, kind, times=3)
        top_up = pay(organization, card)
        assert top_up.status is TopUpStatus.PAYING
        assert sandbox.charges() == []
        sandbox.mend()
        recovery.look_after(organization.id, top_up.id)
        recovery.look_after(organization.id, top_up.id)
        assert len(sandbox.charges()) <= 1
        assert_ledger_matches(organization, sandbox)

    def test_too_many_requests_give_the_top_up_back_uncharged(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        sandbox.fail(CREATE, "429", times=3)
        top_up_id = begin(organization, card)
        with pytest.raises(PaymentNotStartedError):
            topups.pay(organization, top_up_id, card.id, OWNER)
        assert the_top_up(organization).status is TopUpStatus.REVIEW
        sandbox.mend()
        topups.pay(organization, top_up_id, card.id, OWNER)
        assert_ledger_matches(organization, sandbox)

    def test_while_stripe_is_away_the_top_up_stays_open(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        sandbox.fail(CREATE, "drop_before", times=50)
        sandbox.fail("GET /v1/payment_intents", "500_before", times=50)
        top_up = pay(organization, card)
        assert not recovery.look_after(organization.id, top_up.id)
        assert the_top_up(organization).status is TopUpStatus.PAYING

    def test_a_second_press_while_the_answer_is_out_charges_nothing(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, card = a_payer()
        sandbox.fail(CREATE, "drop_after", times=3)
        top_up = pay(organization, card)
        sandbox.mend()
        topups.pay(organization, top_up.id, card.id, OWNER)
        recovery.look_after(organization.id, top_up.id)
        assert len(sandbox.charges()) == 1
        assert_ledger_matches(organization, sandbox)


class TestKilledProcesses:
    """What is left when a process dies at the worst moment is taken up by the job that was enqueued with it."""

    def test_killed_after_the_charge_and_before_the_credit(
        self, app: Flask, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        organization, card = a_payer()
        top_up_id = begin(organization, card)
        _die_at(monkeypatch, "app.billing.settlement.apply")
        with pytest.raises(KilledError):
            topups.pay(organization, top_up_id, card.id, OWNER)
        monkeypatch.undo()
        db.session.rollback()
        assert the_top_up(organization).status is TopUpStatus.PAYING
        assert recovery.look_after(organization.id, top_up_id)
        assert_ledger_matches(organization, sandbox)

    def test_killed_before_the_charge(
        self, app: Flask, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        organization, card = a_payer()
        top_up_id = begin(organization, card)
        _die_at(monkeypatch, "app.payments.intents.charge")
        with pytest.raises(KilledError):
            topups.pay(organization, top_up_id, card.id, OWNER)
        monkeypatch.undo()
        db.session.rollback()
        assert sandbox.charges() == []
        assert recovery.look_after(organization.id, top_up_id)
        assert credited(organization) == [50]
        assert_ledger_matches(organization, sandbox)

    def test_the_worker_killed_between_charge_and_credit(
        self, app: Flask, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        organization, card = a_payer()
        sandbox.fail(CREATE, "drop_before", times=3)
        top_up = pay(organization, card)
        sandbox.mend()
        _die_at(monkeypatch, "app.billing.settlement.apply")
        with pytest.raises(KilledError):
            recovery.look_after(organization.id, top_up.id)
        monkeypatch.undo()
        db.session.rollback()
        assert recovery.look_after(organization.id, top_up.id)
        assert len(sandbox.charges()) == 1
        assert_ledger_matches(organization, sandbox)


class TestWebhooks:
    """Stripe's events: before the answer, after it, twice, never, out of order; and only those that match."""

    @pytest.mark.parametrize("times", [1, 2])
    def test_events_after_the_answer_change_nothing(self, app: Flask, sandbox: Sandbox, times: int) -> None:
        organization, card = a_payer()
        pay(organization, card)
        for _ in range(times):
            deliver_all(app, sandbox)
        assert credited(organization) == [50]
        assert_ledger_matches(organization, sandbox)

    @pytest.mark.parametrize("order", [list, lambda events: list(reversed(events))])
    def test_events_credit_a_payment_whose_answer_was_lost(
        self, app: Flask, sandbox: Sandbox, order: Callable[[list[object]], list[object]]
    ) -> None:
        organization, card = a_payer()
        sandbox.fail(CREATE, "drop_after", times=3)
        pay(organization, card)
        sandbox.mend()
        for event in order(sandbox.events()):
            assert deliver(app.test_client(), event) == 200
        work_through(app)
        assert the_top_up(organization).status is TopUpStatus.SUCCEEDED
        assert_ledger_matches(organization, sandbox)

    def test_an_event_with_a_wrong_signature_is_refused(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        sandbox.fail(CREATE, "drop_after", times=3)
        pay(organization, card)
        sandbox.mend()
        assert deliver(app.test_client(), sandbox.events()[-1], secret="whsec_wrong") == 400
        assert balance(organization) == "0.00"

    @pytest.mark.parametrize("change", [{"amount": 100}, {"customer": "cus_other"}])
    def test_a_payment_for_another_amount_or_customer_credits_nothing(
        self, app: Flask, sandbox: Sandbox, change: dict[str, object]
    ) -> None:
        organization, card = a_payer()
        other, other_card = a_payer()
        top_up_id = begin(organization, card)
        foreign = "customer" in change
        sandbox.stripe.v1.payment_intents.create(
            {
                "amount": 5000 if foreign else 100,
                "currency": "usd",
                "customer": (other if foreign else organization).stripe_customer_id or "",
                "payment_method": (other_card if foreign else card).stripe_id,
                "confirm": True,
                "off_session": True,
                "metadata": {"top_up": str(top_up_id), "organization": str(organization.id)},
            }
        )
        deliver_all(app, sandbox)
        assert balance(organization) == "0.00"
        assert balance(other) == "0.00"
        from app.models import EventState, StripeEvent

        states = db.session.scalars(
            db.select(StripeEvent.state).filter_by(type="payment_intent.succeeded")
        ).all()
        assert states == [EventState.REFUSED]

    def test_a_payment_of_an_unknown_customer_is_ignored(self, app: Flask, sandbox: Sandbox) -> None:
        an_organization()
        stranger = sandbox.stripe.v1.customers.create({"name": "Somebody else"})
        sandbox.stripe.v1.payment_intents.create(
            {
                "amount": 5000,
                "currency": "usd",
                "customer": stranger.id,
                "payment_method": sandbox.stripe.v1.payment_methods.attach(
                    "pm_card_visa", {"customer": stranger.id}
                ).id,
                "confirm": True,
                "off_session": True,
            }
        )
        deliver_all(app, sandbox)


class TestRefunds:
    def test_a_refund_takes_the_credit_back_once(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        top_up = pay(organization, card)
        sandbox.stripe.v1.refunds.create({"payment_intent": top_up.payment_intent_id or "", "amount": 2000})
        for _ in range(2):
            deliver_all(app, sandbox)
        assert balance(organization) == "30.00"


class KilledError(BaseException):
    """Ends a call as a killed process does: no handler of the code under test catches it."""


def _die_at(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    def die(*_: object, **__: object) -> None:
        raise KilledError

    monkeypatch.setattr(place, die)
