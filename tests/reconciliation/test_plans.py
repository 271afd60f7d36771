"""Plans when no event of a subscription arrives: the next reconciliation syncs them."""

from __future__ import annotations

import pytest
from flask import Flask

from app import reconciliation
from app.models import SubscriptionStatus
from app.payments import subscriptions
from tests.support.plans import AS_A_DRAFT, DECLINES, a_subscriber, plan_of, subscription_id, switch_to
from tests.support.sandbox import Sandbox


@pytest.mark.long
def test_a_planned_change_that_no_one_told_of(app: Flask, sandbox: Sandbox) -> None:
    sandbox.control.set_webhooks("drop")
    organization = a_subscriber("growth")
    switch_to(organization, "starter")
    found = subscriptions.fetch(subscription_id(organization))
    sandbox.move(organization.stripe_customer_id or "", found.period_end)
    reconciliation.run()
    assert plan_of(organization).name == "Starter"
    assert reconciliation.run().fixed == []


@pytest.mark.long
def test_a_renewal_that_failed_and_one_that_ended(app: Flask, sandbox: Sandbox) -> None:
    sandbox.control.set_webhooks("drop")
    debtor, gone = a_subscriber("growth", token=DECLINES), a_subscriber("scale")
    found = subscriptions.fetch(subscription_id(debtor))
    sandbox.move(debtor.stripe_customer_id or "", found.period_end + AS_A_DRAFT)
    sandbox.stripe.v1.subscriptions.cancel(subscription_id(gone))
    reconciliation.run()
    assert plan_of(debtor).is_past_due
    assert (plan_of(gone).name, plan_of(gone).status) == ("Starter", SubscriptionStatus.CANCELED)


def test_whatever_the_events_say_subscriptions_are_compared(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth")
    reconciliation.run()
    item = sandbox.stripe.v1.subscriptions.retrieve(subscription_id(organization))["items"].data[0]
    price = sandbox.stripe.v1.prices.list({"lookup_keys": ["scale_month"]}).data[0]
    sandbox.stripe.v1.subscriptions.update(
        subscription_id(organization), {"items": [{"id": item.id, "price": price.id}]}
    )
    sandbox.control.set_webhooks("drop")
    reconciliation.run()
    assert plan_of(organization).name == "Scale"
