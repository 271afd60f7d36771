"""A claimed top-up at Stripe: what is done, what isn't, and what isn't known."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from app.billing.purchases import NotStartedError
from app.billing.topups import automatic, charging, requests
from app.billing.wallet import ledger
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUp, TopUpStatus
from tests.factories import OWNER, a_payer, usd
from tests.support.money import the_top_up
from tests.support.sandbox import Sandbox


def claimed(organization: Organization, card: PaymentMethod) -> TopUp:
    wallet = ledger.lock(organization.id)
    top_up = automatic.begin(organization, wallet, usd("50"), card, month=date(2026, 11, 1))
    db.session.commit()
    return top_up


def charge(organization: Organization, card: PaymentMethod) -> TopUp:
    top_up = claimed(organization, card)
    request = requests.charge_request(organization, top_up, card, str(organization.stripe_customer_id))
    return charging.charge(organization, top_up, card, request, OWNER)


@pytest.mark.parametrize(
    ("token", "status"),
    [("pm_card_visa", TopUpStatus.SUCCEEDED), ("pm_card_chargeCustomerFail", TopUpStatus.DECLINED)],
)
def test_an_answer_is_applied(app: Flask, sandbox: Sandbox, token: str, status: TopUpStatus) -> None:
    assert charge(*a_payer(token)).status is status


def test_without_an_answer_it_stays_as_it_was_claimed(app: Flask, sandbox: Sandbox) -> None:
    sandbox.fail("POST /v1/payment_intents", "drop_after", times=3)
    assert charge(*a_payer()).status is TopUpStatus.PAYING


def test_what_stripe_did_not_do_is_given_back(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    sandbox.fail("POST /v1/payment_intents", "429", times=3)
    with pytest.raises(NotStartedError):
        charge(organization, card)
    assert the_top_up(organization).status is TopUpStatus.REVIEW


def test_a_card_that_stripe_no_longer_has_is_removed_here_as_well(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    sandbox.control.detach_card(card.stripe_id)
    assert charge(organization, card).status is TopUpStatus.DECLINED
    db.session.refresh(card)
    assert card.removed_at is not None
