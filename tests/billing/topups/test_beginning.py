"""Top-ups before they are paid: what was chosen is recorded for review, and nothing is charged."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import topups
from app.billing.cards.payment_methods import CardNotUsableError
from app.billing.topups import AmountOutOfRangeError
from app.extensions import db
from app.models import TopUp
from tests.factories import OWNER, a_payer, usd
from tests.support.money import balance
from tests.support.sandbox import Sandbox
from tests.support.topping_up import begin


def test_nothing_is_charged_before_paying(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    begin(organization, card)
    assert sandbox.payment_intents() == []
    assert balance(organization) == "0.00"


@pytest.mark.parametrize("amount", ["9.99", "5000.01", "0.01"])
def test_amounts_beyond_the_limits_are_refused(app: Flask, sandbox: Sandbox, amount: str) -> None:
    organization, card = a_payer()
    with pytest.raises(AmountOutOfRangeError):
        topups.begin(organization, usd(amount), card.id, OWNER)
    assert db.session.scalars(db.select(TopUp)).all() == []


def test_a_card_of_another_organization_begins_nothing(app: Flask, sandbox: Sandbox) -> None:
    _, theirs = a_payer()
    organization, _ = a_payer()
    with pytest.raises(CardNotUsableError):
        topups.begin(organization, usd("50"), theirs.id, OWNER)
    assert db.session.scalars(db.select(TopUp)).all() == []
