"""The one subscription that changes are made to: made where there is none, found where there is, never a second."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.subscriptions import ensure, switch_queries
from app.billing.subscriptions.ensure import SubscriptionMissingError
from app.extensions import db
from app.models import Organization, SubscriptionStatus
from app.payments.errors import PaymentsError
from tests.factories import a_payer, an_organization
from tests.support import subscriptions as local
from tests.support.plans import a_subscriber, plan_of, sell_plans, subscription_id
from tests.support.sandbox import Sandbox
from tests.support.subscriptions import Period


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    """With a card, and no subscription."""
    sell_plans()
    return a_payer()[0]


def at_stripe(sandbox: Sandbox, organization: Organization) -> list[str]:
    """The organization's subscriptions that haven't ended."""
    listed = sandbox.stripe.v1.subscriptions.list({"customer": organization.stripe_customer_id or ""})
    return [one.id for one in listed.data]


def test_the_first_is_on_the_free_plan_and_costs_nothing(
    organization: Organization, sandbox: Sandbox
) -> None:
    found = ensure.ensure(organization)
    assert (found.is_free, found.chosen.plan if found.chosen else None) == (True, "starter")
    assert (subscription_id(organization), sandbox.charges()) == (found.id, [])
    assert plan_of(organization).name == "Starter"


def test_it_needs_no_card(app: Flask, sandbox: Sandbox) -> None:
    sell_plans()
    assert ensure.ensure(an_organization()).is_free


def test_a_second_time_finds_the_same(organization: Organization, sandbox: Sandbox) -> None:
    first, again = ensure.ensure(organization), ensure.ensure(organization)
    assert first.id == again.id
    assert at_stripe(sandbox, organization) == [first.id]


def test_a_lost_answer_makes_no_second_one(organization: Organization, sandbox: Sandbox) -> None:
    sandbox.fail("POST /v1/subscriptions", "drop_after", times=3)
    with pytest.raises(PaymentsError):
        ensure.ensure(organization)
    db.session.rollback()
    assert switch_queries.get_subscription(organization) is None
    sandbox.clear_faults()
    found = ensure.ensure(organization)
    assert at_stripe(sandbox, organization) == [found.id]


def test_one_that_has_ended_at_stripe_unheard_of_gets_a_successor(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth")
    ended = subscription_id(organization)
    sandbox.stripe.v1.subscriptions.cancel(ended)
    found = ensure.ensure(organization)
    assert (found.id != ended, found.is_free) == (True, True)
    assert (subscription_id(organization), plan_of(organization).name) == (found.id, "Starter")
    row = switch_queries.get_subscription(organization)
    assert row is not None
    assert row.status is SubscriptionStatus.ACTIVE


def test_what_was_changed_at_stripe_is_synced_on_the_way(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth")
    sandbox.stripe.v1.subscriptions.update(subscription_id(organization), {"cancel_at_period_end": True})
    assert ensure.ensure(organization).ends_with_period
    scheduled = plan_of(organization).scheduled
    assert scheduled is not None
    assert scheduled.plan_name == "Starter"


def test_a_plan_that_was_sold_elsewhere_is_not_touched(app: Flask, sandbox: Sandbox) -> None:
    organization = an_organization()
    today = organization.local_day()
    local.subscribe(organization, "growth", period=Period(today, today))
    db.session.commit()
    with pytest.raises(SubscriptionMissingError):
        ensure.ensure(organization)
    assert sandbox.stripe.v1.customers.list().data == []
