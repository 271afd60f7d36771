"""One place that is asked before each charge, and may refuse it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.auto_top_ups import before_charging
from app.billing.auto_top_ups.before_charging import Refusal
from app.clock import utc_now
from app.extensions import db
from app.models import Mail
from app.money import Money
from tests.factories import a_payer, a_person, a_stripe_card
from tests.support.auto_top_ups import amounts, look, settings_of, switch_on, use
from tests.support.sandbox import Sandbox, work_through


def test_without_checks_nothing_refuses(app: Flask) -> None:
    organization, _ = a_payer()
    assert before_charging.refusal(organization, Money(1, "USD"), utc_now()) is None


@pytest.mark.long
def test_a_refusal_charges_nothing_is_kept_and_told_once_and_ends(
    app: Flask, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    organization, card = a_payer(credit="30")
    a_person(organization=organization)
    switch_on(organization, card)
    until = utc_now() + timedelta(hours=1)
    asked: list[Money] = []

    def stop(_: object, amount: Money, __: object) -> Refusal:
        asked.append(amount)
        return Refusal("brake", until)

    monkeypatch.setattr(before_charging, "CHECKS", (lambda *_: None, stop))
    use(organization, 15)
    work_through(app)
    look(organization)
    row = settings_of(organization)
    assert (row.refused_for, row.next_try_at, row.failures) == ("brake", until, 0)
    assert (sandbox.charges(), amounts(organization)) == ([], [])
    assert {str(amount.decimal) for amount in asked} == {"85.01"}
    query = db.select(Mail).filter_by(org_id=organization.id, kind="auto_top_up_refused")
    assert len(db.session.scalars(query).all()) == 1

    monkeypatch.setattr(before_charging, "CHECKS", ())
    look(organization)
    assert [status for _, status in amounts(organization)] == ["succeeded"]
    assert settings_of(organization).refused_for is None


def test_it_is_asked_before_a_backup_card_as_well(
    app: Flask, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    organization, card = a_payer(credit="30")
    switch_on(organization, card, a_stripe_card(organization, "pm_card_mastercard"))
    sandbox.control.set_bank_answer(card.stripe_id, "lost")
    refusals = iter([None, Refusal("brake"), Refusal("brake")])
    monkeypatch.setattr(before_charging, "CHECKS", (lambda *_: next(refusals),))
    use(organization, 15)
    look(organization)
    assert sandbox.charges() == []
    assert amounts(organization) == [("85.01", "canceled")]
    assert settings_of(organization).refused_for == "brake"
