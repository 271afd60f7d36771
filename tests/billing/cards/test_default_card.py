"""The default card: one at most, and what Stripe was told of it is remembered before it is told."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.cards import default_card, payment_methods
from app.billing.wallet import ledger
from app.extensions import db
from app.models import Organization
from app.payments import customers
from app.payments.errors import OutcomeUnknownError, RefusedError
from tests.factories import a_card, a_payer, a_stripe_card, an_organization
from tests.support.plans import a_subscriber, subscription_id
from tests.support.sandbox import Sandbox

MASTERCARD = "pm_card_mastercard"
TELLING = "POST /v1/customers/*"


def jobs(organization: Organization) -> int:
    """How many jobs wait that tell Stripe of the default."""
    query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'tell_default_card' AND args->>'org_id' = :id"
    return int(db.session.scalar(db.text(query), {"id": str(organization.id)}))


def test_it_takes_the_place_of_the_one_before_and_a_job_tells_stripe(app: Flask) -> None:
    organization, other = an_organization(), an_organization()
    before, after = a_card(organization), a_card(organization, last4="1111", default=False)
    others = a_card(other)
    ledger.lock(organization.id)
    default_card.set_default(after, instead_of=before)
    db.session.commit()
    assert (before.is_default, after.is_default, others.is_default) == (False, True, True)
    assert (jobs(organization), jobs(other)) == (1, 0)


def test_what_is_rolled_back_no_job_tells(app: Flask) -> None:
    organization = an_organization()
    default_card.set_default(a_card(organization, default=False))
    db.session.rollback()
    assert (jobs(organization), payment_methods.default_of(organization.id)) == (0, None)


class TestChargeTo:
    def charge_to(self, organization: Organization, card: str, own: str | None = None) -> None:
        customer_id = organization.stripe_customer_id or ""
        default_card.charge_to(organization.id, customer_id, card, subscription_id=own)

    def test_stripe_has_it_and_nothing_else_is_remembered(self, app: Flask, sandbox: Sandbox) -> None:
        organization, first = a_payer()
        other = a_stripe_card(organization, MASTERCARD)
        for card in (first, other, other):
            self.charge_to(organization, card.stripe_id)
            assert customers.default_card(organization.stripe_customer_id or "") == card.stripe_id
            assert default_card.list_sent_to_stripe(organization.id) == [card.stripe_id]

    def test_after_a_lost_answer_stripe_may_have_either(self, app: Flask, sandbox: Sandbox) -> None:
        organization, first = a_payer()
        other = a_stripe_card(organization, MASTERCARD)
        self.charge_to(organization, first.stripe_id)
        sandbox.fail(TELLING, "drop_after", times=3)
        with pytest.raises(OutcomeUnknownError):
            self.charge_to(organization, other.stripe_id)
        db.session.rollback()
        assert default_card.list_sent_to_stripe(organization.id) == [first.stripe_id, other.stripe_id]

    def test_the_subscriptions_own_card_stays_where_the_new_one_was_refused(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization = a_subscriber("growth")
        own, new = (a_stripe_card(organization, one).stripe_id for one in (MASTERCARD, "pm_card_amex"))
        id_ = subscription_id(organization)
        sandbox.stripe.v1.subscriptions.update(id_, {"default_payment_method": own})
        stranger = a_payer()[1].stripe_id
        with pytest.raises(RefusedError):
            self.charge_to(organization, stranger, id_)
        assert sandbox.stripe.v1.subscriptions.retrieve(id_).default_payment_method == own
        self.charge_to(organization, new, id_)
        assert sandbox.stripe.v1.subscriptions.retrieve(id_).default_payment_method is None
        assert customers.default_card(organization.stripe_customer_id or "") == new
