"""How it stands: the next charge, in figures that are true."""

from __future__ import annotations

from flask import Flask

from app.billing.auto_top_ups import overview
from app.models import AttemptOutcome
from tests.factories import a_card, an_organization, usd
from tests.support.auto_top_ups import look, one_with, switch_on, use
from tests.support.sandbox import Sandbox


def test_without_settings_there_is_none(app: Flask) -> None:
    organization = an_organization()
    assert overview.gather(organization) is None
    assert overview.list_attempts(organization) == []


def test_before_anything_was_charged(app: Flask) -> None:
    organization = an_organization(credit="60")
    card = a_card(organization)
    switch_on(organization, card)
    state = overview.gather(organization)
    assert state is not None
    assert state.next is not None
    assert (state.is_on, state.used, state.version) == (True, usd("0"), 1)
    assert state.next.card is not None
    assert state.next.card.id == card.id
    assert (state.next.usual, state.next.left, state.next.is_below) == (usd("80"), usd("400"), False)


def test_after_a_charge_and_a_decline(app: Flask, sandbox: Sandbox) -> None:
    organization, card = one_with()
    use(organization, 15)
    look(organization)
    look(organization)
    sandbox.control.set_bank_answer(card.stripe_id, "asks")
    use(organization, 90, "e2")
    look(organization)
    state = overview.gather(organization)
    assert state is not None
    assert state.next is not None
    assert (state.used, state.next.left) == (usd("85.01"), usd("314.99"))
    assert (state.next.is_below, state.next.usual) == (True, usd("90"))
    assert state.next.waits_for_owner is not None
    assert [one.outcome for one in overview.list_attempts(organization)] == [
        AttemptOutcome.CONFIRMATION,
        AttemptOutcome.PAID,
    ]
