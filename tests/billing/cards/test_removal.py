"""Removing cards, the default at Stripe, cards and customers that are gone there: never less than what is needed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask

from app.billing import topups
from app.billing.cards import payment_methods, removal, setups
from app.billing.cards.removal import CardInUseError, CardNeededError, UnknownCardError
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import AuditEvent, Organization, PaymentMethod, TopUpStatus
from app.payments.errors import PaymentsError
from tests.billing.cards.test_duplicates import due_now
from tests.factories import OWNER, a_card, a_payer, a_stripe_card, an_organization, usd
from tests.support import subscriptions
from tests.support.database import inside
from tests.support.money import assert_ledger_matches, credited
from tests.support.sandbox import Sandbox, deliver_all, detach_in_dashboard, work_through
from tests.support.subscriptions import Period

MASTERCARD = "pm_card_mastercard"
DETACH = "POST /v1/payment_methods/*/detach"


@pytest.fixture
def payer(app: Flask, sandbox: Sandbox) -> tuple[Organization, PaymentMethod]:
    return a_payer()


def on_growth(organization: Organization) -> None:
    today = organization.local_day()
    subscriptions.subscribe(organization, "growth", period=Period(today, today + timedelta(days=30)))
    db.session.commit()


def saved(organization: Organization) -> list[str]:
    """The organization's saved cards, the default marked."""
    db.session.rollback()
    found = payment_methods.saved(organization.id)
    return [f"{card.last4}{' default' if card.is_default else ''}" for card in found]


def trail(organization: Organization) -> list[str]:
    query = db.select(AuditEvent.action).filter_by(org_id=organization.id).order_by(AuditEvent.at)
    return list(db.session.scalars(query))


class TestRemoving:
    @pytest.mark.parametrize("spoilt", ["expired", "failing"])
    def test_cards_that_do_not_work_don_t_count(
        self, payer: tuple[Organization, PaymentMethod], spoilt: str
    ) -> None:
        organization, card = payer
        on_growth(organization)
        other = a_card(organization, last4="1111", default=False, year=2020 if spoilt == "expired" else 2040)
        other.failing_since = utc_now() if spoilt == "failing" else None
        db.session.commit()
        with pytest.raises(CardNeededError) as refused:
            removal.remove(organization, card.id, OWNER)
        assert [need.what for need in refused.value.needs] == ["Growth"]
        db.session.rollback()

    def test_a_card_that_does_not_work_can_go_also_where_it_is_the_last(
        self, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, card = payer
        on_growth(organization)
        card.failing_since = utc_now()
        db.session.commit()
        removal.remove(organization, card.id, OWNER)
        assert saved(organization) == []

    def test_the_next_default_is_one_that_works(self, payer: tuple[Organization, PaymentMethod]) -> None:
        organization, card = payer
        a_stripe_card(organization, MASTERCARD)
        soon = organization.local_day()
        a_card(organization, last4="0002", default=False, year=soon.year).exp_month = soon.month
        a_card(organization, last4="0001", default=False, year=2020)
        removed = removal.remove(organization, card.id, OWNER)
        assert removed.new_default is not None
        assert removed.new_default.last4 == "4444"
        assert saved(organization) == ["4444 default", "0001", "0002"]

    def test_two_who_remove_the_last_two_at_the_same_time_can_t_both(
        self, app: Flask, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, card = payer
        on_growth(organization)
        cards = [card.id, a_stripe_card(organization, MASTERCARD).id]
        together = Barrier(2)

        def remove(card_id: object) -> str:
            with inside(app):
                mine = db.session.get_one(Organization, organization.id)
                together.wait()
                try:
                    removal.remove(mine, card_id, OWNER)  # type: ignore[arg-type]
                except CardNeededError:
                    db.session.rollback()
                    return "needed"
                return "removed"

        with ThreadPoolExecutor(2) as tabs:
            assert sorted(tabs.map(remove, cards)) == ["needed", "removed"]
        assert len(saved(organization)) == 1

    @pytest.mark.parametrize("kind", ["drop_before", "html", "500_before", "429"])
    def test_without_an_answer_of_stripe_s_it_is_as_it_was(
        self, sandbox: Sandbox, payer: tuple[Organization, PaymentMethod], kind: str
    ) -> None:
        organization, card = payer
        a_stripe_card(organization, MASTERCARD)
        sandbox.fail(DETACH, kind, times=3)
        with pytest.raises(PaymentsError):
            removal.remove(organization, card.id, OWNER)
        assert saved(organization) == ["4242 default", "4444"]
        assert "payment_method.removal_failed" in trail(organization)

    def test_one_that_was_detached_although_no_answer_came_goes_by_itself(
        self, app: Flask, sandbox: Sandbox, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, card = payer
        sandbox.fail(DETACH, "drop_after", times=3)
        sandbox.fail("GET /v1/payment_methods/*", "drop_before", times=3)
        with pytest.raises(PaymentsError):
            removal.remove(organization, card.id, OWNER)
        assert saved(organization) == ["4242 default"]
        sandbox.clear_faults()
        due_now(app)
        work_through(app)
        assert saved(organization) == []

    def test_a_removal_that_was_cut_off_is_finished_at_stripe(
        self, app: Flask, sandbox: Sandbox, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, card = payer
        payment_methods.record_detached(organization.id, card.stripe_id, OWNER)
        db.session.commit()
        removal.finish_removal(organization.id, card.id)
        assert sandbox.stripe.v1.payment_methods.retrieve(card.stripe_id).customer is None

    def test_a_card_that_a_top_up_is_being_paid_with_waits(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer("pm_card_threeDSecure2Required")
        top_up = topups.begin(organization, usd("50"), card.id, OWNER)
        db.session.commit()
        topups.pay(organization, top_up.id, card.id, OWNER)
        with pytest.raises(CardInUseError):
            removal.remove(organization, card.id, OWNER)
        db.session.rollback()
        topups.cancel(organization, top_up.id, OWNER)
        removal.remove(organization, card.id, OWNER)
        assert saved(organization) == []


class TestTheDefaultAtStripe:
    def at_stripe(self, app: Flask, sandbox: Sandbox, organization: Organization) -> object:
        work_through(app)
        customer = sandbox.stripe.v1.customers.retrieve(organization.stripe_customer_id or "")
        settings = customer.invoice_settings
        return settings.default_payment_method if settings else None

    def test_it_follows_ours(
        self, app: Flask, sandbox: Sandbox, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, card = payer
        assert self.at_stripe(app, sandbox, organization) == card.stripe_id
        other = a_stripe_card(organization, MASTERCARD)
        assert self.at_stripe(app, sandbox, organization) == card.stripe_id
        removal.make_default(organization, other.id, OWNER)
        assert self.at_stripe(app, sandbox, organization) == other.stripe_id
        removal.remove(organization, other.id, OWNER)
        assert self.at_stripe(app, sandbox, organization) == card.stripe_id

    def test_a_new_card_takes_over_from_a_default_that_does_not_work(
        self, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, card = payer
        card.failing_since = utc_now()
        db.session.commit()
        a_stripe_card(organization, MASTERCARD)
        assert saved(organization) == ["4444 default", "4242"]


class TestGoneAtStripe:
    def test_one_that_is_made_the_default(
        self, sandbox: Sandbox, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, _ = payer
        other = a_stripe_card(organization, MASTERCARD)
        detach_in_dashboard(sandbox, other.stripe_id)
        with pytest.raises(UnknownCardError):
            removal.make_default(organization, other.id, OWNER)
        assert saved(organization) == ["4242 default"]

    @pytest.mark.parametrize("kind", ["drop_before", "html", "500_before", "429"])
    def test_without_an_answer_it_is_taken_to_be_there(
        self, sandbox: Sandbox, payer: tuple[Organization, PaymentMethod], kind: str
    ) -> None:
        organization, _ = payer
        other = a_stripe_card(organization, MASTERCARD)
        sandbox.fail("GET /v1/payment_methods/*", kind, times=3)
        removal.make_default(organization, other.id, OWNER)
        assert saved(organization) == ["4444 default", "4242"]

    def test_one_that_is_removed(self, sandbox: Sandbox, payer: tuple[Organization, PaymentMethod]) -> None:
        organization, card = payer
        detach_in_dashboard(sandbox, card.stripe_id)
        removal.remove(organization, card.id, OWNER)
        assert saved(organization) == []

    def test_one_that_is_to_pay(self, sandbox: Sandbox, payer: tuple[Organization, PaymentMethod]) -> None:
        organization, card = payer
        detach_in_dashboard(sandbox, card.stripe_id)
        top_up = topups.begin(organization, usd("50"), card.id, OWNER)
        db.session.commit()
        declined = topups.pay(organization, top_up.id, card.id, OWNER)
        assert declined.status is TopUpStatus.DECLINED
        assert saved(organization) == []


class TestADeletedCustomer:
    def test_the_next_card_makes_a_new_one(
        self, app: Flask, sandbox: Sandbox, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, _ = payer
        gone = organization.stripe_customer_id or ""
        sandbox.stripe.v1.customers.delete(gone)
        setup = setups.begin_setup(organization, uuid7(), email=None, actor=OWNER)
        assert setup.customer_id == organization.stripe_customer_id
        assert organization.stripe_customer_id not in {None, gone}
        assert saved(organization) == []
        assert "customer.forgotten" in trail(organization)
        deliver_all(app, sandbox)
        a_stripe_card(organization)
        assert saved(organization) == ["4242 default"]

    def test_what_it_had_paid_is_credited_all_the_same(
        self, sandbox: Sandbox, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, card = payer
        top_up = topups.begin(organization, usd("50"), card.id, OWNER)
        db.session.commit()
        sandbox.fail("POST /v1/payment_intents", "drop_after", times=3)
        topups.pay(organization, top_up.id, card.id, OWNER)
        [intent] = sandbox.payment_intents()
        payment_methods.record_customer_deleted(organization, organization.stripe_customer_id or "")
        top_up.payment_intent_id = intent.id
        db.session.commit()
        topups.refresh(organization, top_up.id, OWNER)
        assert credited(organization) == [50]
        assert_ledger_matches(organization, sandbox)

    def test_another_s_is_not_forgotten(self, payer: tuple[Organization, PaymentMethod]) -> None:
        assert not payment_methods.record_customer_deleted(payer[0], "cus_of_someone")
        assert not payment_methods.record_customer_deleted(an_organization(), "cus_of_someone")
        db.session.commit()
        assert saved(payer[0]) == ["4242 default"]
