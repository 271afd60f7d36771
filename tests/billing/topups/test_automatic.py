"""Automatic top-ups are top-ups: claimed, charged and settled like any other."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from app.billing.topups import automatic, automatic_attempts, limit_changes
from app.billing.topups.daily_limits import DailyLimitReachedError
from app.billing.wallet import ledger
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUp, TopUpStatus
from tests.factories import OWNER, a_payer, a_stripe_card, usd
from tests.support.money import assert_ledger_matches, the_top_up
from tests.support.sandbox import Sandbox

MONTH = date(2026, 11, 1)


def begin(organization: Organization, card: PaymentMethod) -> TopUp:
    top_up = automatic.begin(organization, ledger.lock(organization.id), usd("50"), card, month=MONTH)
    db.session.commit()
    return top_up


def charge(organization: Organization, top_up: TopUp, card: PaymentMethod) -> TopUp:
    return automatic.charge(organization, top_up, card, str(organization.stripe_customer_id))


def test_it_is_charged_off_session_and_credited_once(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer("pm_card_authenticationRequiredSetupForOffSession")
    top_up = charge(organization, begin(organization, card), card)
    assert (top_up.status, top_up.is_automatic, top_up.created_by) == (TopUpStatus.SUCCEEDED, True, None)
    assert_ledger_matches(organization, sandbox)


def test_a_bank_that_would_ask_declines_and_a_later_card_pays_the_same_payment(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, card = a_payer("pm_card_authenticationRequired")
    other = a_stripe_card(organization)
    top_up = charge(organization, begin(organization, card), card)
    assert (top_up.status, top_up.decline_code) == (TopUpStatus.DECLINED, "authentication_required")
    wallet = ledger.lock(organization.id)
    found = automatic.find_open(organization.id)
    assert found is not None
    automatic.claim(organization, wallet, found, other)
    db.session.commit()
    assert charge(organization, found, other).status is TopUpStatus.SUCCEEDED
    assert automatic.find_open(organization.id) is None
    assert [one.payment_method_id for one in automatic.attempts_of(found)] == [card.id, other.id]
    assert len(sandbox.payment_intents()) == 1


def test_the_daily_limit_holds_for_it_as_well(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    limit_changes.choose(organization, usd("40"), OWNER)
    with pytest.raises(DailyLimitReachedError):
        begin(organization, card)


def test_attempts_are_judged_once_their_payment_is_over(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    top_up = begin(organization, card)
    assert automatic.find_unjudged(organization.id) == []
    charge(organization, top_up, card)
    [(attempt, found)] = automatic.find_unjudged(organization.id)
    assert (attempt.attempt, found.id) == (1, top_up.id)
    assert not automatic.was_paid_since_last_attempt(organization.id), "by the attempt itself"
    assert automatic_attempts.current(the_top_up(organization)) is not None
