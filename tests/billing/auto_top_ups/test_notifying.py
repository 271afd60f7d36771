"""Each email once, to owners and recipients alike, and what it says of cards."""

from __future__ import annotations

from datetime import date

from flask import Flask

from app.billing.auto_top_ups import notifying
from app.billing.auto_top_ups.before_charging import MONTHLY_CAP, Refusal
from app.clock import utc_now
from app.extensions import db
from app.models import Mail
from app.notify.emails import AutoTopUpFailed, unpack
from tests.factories import a_payer, a_person, usd
from tests.support.auto_top_ups import look, settings_of, switch_on, use
from tests.support.sandbox import Sandbox


def test_repeating_one_writes_it_once(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer(credit="30")
    a_person("owner@b.example", organization=organization)
    switch_on(organization, card)
    row = settings_of(organization)
    for _ in range(3):
        notifying.cap_reached(organization, row, 80, usd("320"), date(2026, 11, 1))
        notifying.refused(organization, row, Refusal(MONTHLY_CAP), utc_now())
    notifying.cap_reached(organization, row, 80, usd("320"), date(2026, 12, 1))
    db.session.commit()
    query = db.select(Mail.kind, Mail.recipient).where(
        Mail.kind.in_(["auto_top_up_cap", "auto_top_up_refused"])
    )
    found = sorted(tuple(row) for row in db.session.execute(query))
    assert found == [
        ("auto_top_up_cap", "owner@b.example"),
        ("auto_top_up_cap", "owner@b.example"),
        ("auto_top_up_refused", "owner@b.example"),
    ]


def test_a_failure_names_the_card_and_not_the_banks_own_reason(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer(credit="30")
    a_person(organization=organization)
    switch_on(organization, card)
    sandbox.control.set_bank_answer(card.stripe_id, "lost")
    use(organization, 15)
    look(organization)
    [facts] = db.session.scalars(db.select(Mail.facts).filter_by(kind="auto_top_up_failed"))
    email = unpack("auto_top_up_failed", facts)
    assert isinstance(email, AutoTopUpFailed)
    assert list(email.declines) == ["Visa ending in 4242"]
    assert "lost" not in str(email.declines)
    assert (email.failures, email.paid_with) == (1, None)
