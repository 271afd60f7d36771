"""Customers at Stripe that aren't known here, found by comparing and by events."""

from __future__ import annotations

from flask import Flask

from app import reconciliation
from app.billing.cards import payment_methods
from app.extensions import db
from app.models import Organization
from tests.factories import a_payer
from tests.support.database import behind_the_scenes
from tests.support.sandbox import Sandbox, deliver_all, work_through


def forget_customer(organization: Organization) -> None:
    """As a restored database that was never told of the customer, nor of its card."""
    with behind_the_scenes() as connection:
        connection.exec_driver_sql("UPDATE organization SET stripe_customer_id = NULL")
        connection.exec_driver_sql("DELETE FROM payment_method")
    db.session.expire_all()


def saved(organization: Organization) -> list[str]:
    db.session.rollback()
    return [card.stripe_id for card in payment_methods.saved(organization.id)]


def test_a_comparison_records_the_customer_with_its_cards_without_any_event(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, card = a_payer()
    stripe_id = card.stripe_id
    deliver_all(app, sandbox)
    reconciliation.run()  # so that every event is known, as one that was ignored would be
    forget_customer(organization)
    run = reconciliation.run()
    assert any("wasn't known here" in each["text"] for each in run.fixed)
    assert saved(organization) == [stripe_id]


def test_an_event_about_it_records_it_too(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    stripe_id = card.stripe_id
    forget_customer(organization)
    deliver_all(app, sandbox)
    work_through(app)
    assert saved(organization) == [stripe_id]
