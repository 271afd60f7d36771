"""The same card saved again stays one card, no matter who tells of it first; nothing that pays with it is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask

from app.billing import topups
from app.billing.cards import duplicates, payment_methods
from app.clock import utc_now
from app.extensions import db
from app.models import AuditEvent, Organization, PaymentMethod, TopUp, TopUpStatus
from app.payments.cards import Card
from tests.factories import OWNER, a_payer, a_stripe_card, usd
from tests.support.database import inside
from tests.support.money import assert_ledger_matches, credited
from tests.support.sandbox import Sandbox, deliver_all, work_through

ASKS = "pm_card_threeDSecure2Required"


@pytest.fixture
def payer(app: Flask, sandbox: Sandbox) -> tuple[Organization, PaymentMethod]:
    return a_payer()


def saved(organization: Organization) -> list[PaymentMethod]:
    db.session.rollback()
    return payment_methods.saved(organization.id)


def attached(sandbox: Sandbox, method: PaymentMethod) -> bool:
    return sandbox.stripe.v1.payment_methods.retrieve(method.stripe_id).customer is not None


def told(organization: Organization, name: str, *, days: int = 0, fingerprint: str | None = "one") -> Card:
    """A card as Stripe would tell it, made so many days from now."""
    return Card(
        stripe_id=f"pm_{name}",
        customer_id=organization.stripe_customer_id,
        brand="visa",
        last4="4242",
        exp_month=12,
        exp_year=2040,
        fingerprint=fingerprint,
        created_at=utc_now() + timedelta(days=days),
    )


class TestSavedAgain:
    @pytest.mark.long
    def test_the_new_one_is_kept_with_what_the_old_one_was(
        self, app: Flask, sandbox: Sandbox, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, old = payer
        new = a_stripe_card(organization)
        assert [(one.id, one.is_default) for one in saved(organization)] == [(new.id, True)]
        assert duplicates.was_saved_before(new)
        assert attached(sandbox, old), "until the job has run"
        work_through(app)
        assert not attached(sandbox, old)
        assert attached(sandbox, new)
        deliver_all(app, sandbox)
        assert [one.id for one in saved(organization)] == [new.id], "its detaching takes nothing away"

    def test_it_is_in_the_trail(self, payer: tuple[Organization, PaymentMethod]) -> None:
        new = a_stripe_card(payer[0])
        [noted] = db.session.scalars(db.select(AuditEvent).filter_by(action="payment_method.replaced"))
        assert noted.subject == str(payer[1].id)
        assert noted.details["replaced_by"] == str(new.id)

    def test_a_card_that_failed_is_given_another_chance(
        self, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        payer[1].failing_since = utc_now()
        db.session.commit()
        assert a_stripe_card(payer[0]).failing_since is None

    def test_told_in_the_other_order_the_one_made_last_is_kept_all_the_same(
        self, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, _ = payer
        for name, days in (("late", 2), ("early", 1)):
            kept = payment_methods.record(organization, told(organization, name, days=days), OWNER)
            db.session.commit()
            assert kept.stripe_id == "pm_late"
        assert [one.stripe_id for one in saved(organization) if one.fingerprint == "one"] == ["pm_late"]

    def test_what_comes_late_about_the_old_one_revives_nothing(
        self, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, _ = payer
        for name, days in (("old", 1), ("new", 2), ("old", 1)):
            payment_methods.record(organization, told(organization, name, days=days), OWNER)
            db.session.commit()
        assert [one.stripe_id for one in saved(organization) if one.fingerprint == "one"] == ["pm_new"]

    def test_none_is_the_fingerprint_of_nothing(self, payer: tuple[Organization, PaymentMethod]) -> None:
        organization, _ = payer
        for name in ("one", "two"):
            payment_methods.record(organization, told(organization, name, fingerprint=None), OWNER)
            db.session.commit()
        assert len(saved(organization)) == 3

    def test_the_network_makes_two_cards_one_by_giving_one_the_number_of_the_other(
        self, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, _ = payer
        payment_methods.record(organization, told(organization, "a", days=1, fingerprint="two"), OWNER)
        payment_methods.record(organization, told(organization, "b", days=2), OWNER)
        db.session.commit()
        payment_methods.record(organization, told(organization, "a", days=1), OWNER)
        db.session.commit()
        assert [one.stripe_id for one in saved(organization) if one.fingerprint == "one"] == ["pm_b"]

    def test_two_that_are_saved_at_the_same_moment(
        self, app: Flask, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, _ = payer
        together = Barrier(2)

        def save(name: str) -> None:
            with inside(app):
                mine = db.session.get_one(Organization, organization.id)
                together.wait()
                payment_methods.record(mine, told(organization, name), OWNER)
                db.session.commit()

        with ThreadPoolExecutor(2) as tabs:
            list(tabs.map(save, ("left", "right")))
        assert sum(one.fingerprint == "one" for one in saved(organization)) == 1


class TestTopUpsWithIt:
    def test_one_in_review_is_paid_with_the_new_one(
        self, app: Flask, sandbox: Sandbox, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, old = payer
        top_up = topups.begin(organization, usd("50"), old.id, OWNER)
        db.session.commit()
        new = a_stripe_card(organization)
        work_through(app)
        paid = topups.pay(organization, top_up.id, old.id, OWNER)
        assert (paid.status, paid.payment_method_id) == (TopUpStatus.SUCCEEDED, new.id)
        assert_ledger_matches(organization, sandbox)

    def test_a_form_that_was_open_may_still_choose_the_old_one(
        self, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, old = payer
        new = a_stripe_card(organization)
        assert topups.begin(organization, usd("50"), old.id, OWNER).payment_method_id == new.id

    def test_one_that_waits_for_the_bank_keeps_its_card_until_it_is_done(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, old = a_payer(ASKS)
        top_up = topups.begin(organization, usd("50"), old.id, OWNER)
        db.session.commit()
        assert topups.pay(organization, top_up.id, old.id, OWNER).status is TopUpStatus.ACTION
        a_stripe_card(organization, ASKS)
        work_through(app)
        assert attached(sandbox, old)
        sandbox.answer_bank("complete")
        assert topups.refresh(organization, top_up.id, OWNER).status is TopUpStatus.SUCCEEDED
        assert credited(organization) == [50]
        due_now(app)
        work_through(app)
        assert not attached(sandbox, old)


def due_now(app: Flask) -> None:
    """Let the time come for which jobs were put off."""
    db.session.execute(db.text("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'"))
    db.session.commit()


def test_a_top_up_names_the_card_that_paid_it(payer: tuple[Organization, PaymentMethod]) -> None:
    organization, old = payer
    top_up = topups.begin(organization, usd("50"), old.id, OWNER)
    db.session.commit()
    topups.pay(organization, top_up.id, old.id, OWNER)
    a_stripe_card(organization)
    assert db.session.get_one(TopUp, (organization.id, top_up.id)).payment_method_id == old.id
