"""What is done next, in states that the stories don't reach by themselves."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing import topups
from app.billing.auto_top_ups import decisions
from app.billing.auto_top_ups.decisions import AT_THE_BANK, Cancel, Charge, Step
from app.billing.wallet import holds, ledger
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, TopUpStatus
from tests.factories import OWNER, a_payer, give_credit, usd
from tests.support.auto_top_ups import let_pass, look, one_with, settings_of, switch_on, top_ups, use
from tests.support.sandbox import Sandbox
from tests.support.topping_up import begin


def decide(organization: Organization, *, later: timedelta = timedelta()) -> Step:
    db.session.rollback()
    step = decisions.decide(organization, ledger.lock(organization.id), utc_now() + later)
    db.session.rollback()
    return step


def test_without_settings_nothing_is(app: Flask) -> None:
    organization, _ = a_payer()
    assert decide(organization) is None


def test_credit_at_the_threshold_charges_nothing_and_below_it_does(app: Flask, sandbox: Sandbox) -> None:
    organization, _ = one_with(credit="20")
    assert decide(organization) is None
    holds.reserve(organization.id, "call", usd("0.01"), at=utc_now(), lease=timedelta(minutes=5))
    db.session.commit()
    assert isinstance(decide(organization), Charge)


def test_a_lease_that_is_over_holds_nothing(app: Flask, sandbox: Sandbox) -> None:
    organization, _ = one_with(credit="20")
    holds.reserve(organization.id, "call", usd("1"), at=utc_now(), lease=timedelta(seconds=-1))
    db.session.commit()
    assert decide(organization) is None


def test_a_person_at_the_bank_is_waited_for_but_not_for_ever(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer("pm_card_authenticationRequired", credit="10")
    top_up = topups.pay(organization, begin(organization, card), card.id, OWNER)
    assert top_up.status is TopUpStatus.ACTION
    switch_on(organization, card)
    assert decide(organization) is None
    assert isinstance(decide(organization, later=AT_THE_BANK), Charge)


def test_an_owner_at_the_bank_with_an_automatic_one_is_waited_for_as_long(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, card = one_with("pm_card_authenticationRequired")
    use(organization, 15)
    look(organization)
    [top_up] = top_ups(organization)
    topups.pay(organization, top_up.id, card.id, OWNER)
    assert decide(organization) is None
    assert decide(organization, later=AT_THE_BANK) is None, "the next try isn't due"
    assert isinstance(decide(organization, later=timedelta(days=1)), Cancel)


def test_what_was_declined_is_canceled_once_credit_is_back(app: Flask, sandbox: Sandbox) -> None:
    organization, card = one_with()
    sandbox.control.set_bank_answer(card.stripe_id, "declines")
    use(organization, 15)
    look(organization)
    give_credit(organization, "50")
    assert isinstance(decide(organization), Cancel)
    look(organization)
    assert settings_of(organization).next_try_at is None


def test_settings_that_were_agreed_to_since_begin_with_their_own_gap(app: Flask, sandbox: Sandbox) -> None:
    organization, card = one_with()
    sandbox.control.set_bank_answer(card.stripe_id, "declines")
    use(organization, 15)
    look(organization)
    sandbox.control.set_bank_answer(card.stripe_id, "default")
    switch_on(organization, card, target="60")
    look(organization)
    assert [str(one.amount.decimal) for one in top_ups(organization)] == ["85.01", "45.01"]


def test_a_planned_try_is_made_when_it_is_due_and_not_before(app: Flask, sandbox: Sandbox) -> None:
    organization, card = one_with()
    sandbox.control.set_bank_answer(card.stripe_id, "declines")
    use(organization, 15)
    look(organization)
    assert decide(organization) is None
    let_pass(organization, 1)
    assert isinstance(decide(organization), Cancel)
