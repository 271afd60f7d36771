"""Large top-ups: by their own amount, or by what the top-ups of 24 hours add up to."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import topups
from app.models import TopUp
from tests.factories import a_payer
from tests.support.sandbox import Sandbox
from tests.support.topping_up import begin, pay


@pytest.mark.parametrize(
    ("paid", "amount", "is_large"),
    [
        ((), "500", False),
        ((), "500.01", True),
        (("250",), "250", False),
        (("250", "250"), "10", True),
    ],
)
def test_together_with_what_was_paid_today(
    app: Flask, sandbox: Sandbox, paid: tuple[str, ...], amount: str, is_large: bool
) -> None:
    organization, card = a_payer()
    for one in paid:
        pay(organization, card, one)
    found: TopUp = topups.find(organization.id, begin(organization, card, amount))
    assert topups.is_large(found) is is_large


def test_one_that_is_paid_is_not_asked_about(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    assert not topups.is_large(pay(organization, card, "5000"))
