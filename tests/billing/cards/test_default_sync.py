"""Stripe is told of the default card that we have, and of no other, however often and no matter from how many places."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from app.billing.cards import default_card, default_sync, payment_methods, removal
from app.billing.cards.default_sync import sync_to_stripe
from app.extensions import db
from app.models import Organization
from app.payments import customers
from app.payments.errors import NotDoneError
from tests.factories import OWNER, a_card, a_payer, a_stripe_card, an_organization
from tests.support.database import inside
from tests.support.sandbox import Sandbox, detach_in_dashboard

MASTERCARD = "pm_card_mastercard"


def at_stripe(organization: Organization) -> str | None:
    db.session.rollback()
    return customers.default_card(organization.stripe_customer_id or "")


def test_without_a_card_or_a_customer_there_is_nothing_to_tell(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    payment_methods.record_detached(organization.id, card.stripe_id)
    db.session.commit()
    sync_to_stripe(organization.id)
    assert at_stripe(organization) is None
    known_here_only = an_organization()
    a_card(known_here_only)
    sync_to_stripe(known_here_only.id)
    assert default_card.list_sent_to_stripe(known_here_only.id) == []


def test_a_second_time_changes_nothing(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    for _ in range(2):
        sync_to_stripe(organization.id)
        assert at_stripe(organization) == card.stripe_id
        assert default_card.list_sent_to_stripe(organization.id) == [card.stripe_id]


def test_one_that_was_chosen_at_stripe_since_becomes_ours_and_is_not_undone(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, _ = a_payer()
    other = a_stripe_card(organization, MASTERCARD)
    sync_to_stripe(organization.id)
    customers.set_default_card(organization.stripe_customer_id or "", other.stripe_id)
    sync_to_stripe(organization.id)
    assert at_stripe(organization) == other.stripe_id
    default = payment_methods.default_of(organization.id)
    assert default is not None
    assert default.id == other.id


def test_a_card_that_is_gone_at_stripe_ends_it_without_an_error(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    detach_in_dashboard(sandbox, card.stripe_id)
    sync_to_stripe(organization.id)
    assert at_stripe(organization) is None


def test_stripe_being_away_is_an_error_for_the_job_to_try_again(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    sandbox.fail("POST /v1/customers/*", "429", times=3)
    with pytest.raises(NotDoneError):
        sync_to_stripe(organization.id)
    sandbox.clear_faults()
    sync_to_stripe(organization.id)
    assert at_stripe(organization) == card.stripe_id


def test_of_many_at_the_same_moment_the_default_is_what_stripe_has_at_the_end(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, first = a_payer()
    cards = [
        first.id,
        a_stripe_card(organization, MASTERCARD).id,
        a_stripe_card(organization, "pm_card_amex").id,
    ]

    def choose(card_id: object) -> None:
        with inside(app):
            mine = db.session.get_one(Organization, organization.id)
            removal.make_default(mine, card_id, OWNER)  # type: ignore[arg-type]
            default_sync.sync_to_stripe(organization.id)

    with ThreadPoolExecutor(3) as tabs:
        list(tabs.map(choose, cards))
    sync_to_stripe(organization.id)
    default = payment_methods.default_of(organization.id)
    assert default is not None
    assert at_stripe(organization) == default.stripe_id
