"""A discount that is over by the next charge takes nothing off it, on the plan card as on the invoice."""

from __future__ import annotations

import pytest
from flask import Flask

from app import reconciliation
from tests.support.plans import a_subscriber, plan_of, switch_to, turn_period
from tests.support.sandbox import Sandbox
from tests.support.sums import Operator


@pytest.mark.parametrize("planned", [True, False])
@pytest.mark.parametrize(("months", "is_off"), [(1, False), (2, True)])
def test_the_card_shows_what_will_be_charged(
    app: Flask, sandbox: Sandbox, planned: bool, months: int, is_off: bool
) -> None:
    organization = a_subscriber("scale")
    operator = Operator(app, sandbox, organization)
    operator.discount({"percent_off": 50, "duration": "repeating", "duration_in_months": months})
    if planned:
        switch_to(organization, "growth", "year")
        operator.hear()
    shown = plan_of(organization).next_charge
    assert shown is not None
    # The discount was given after the period had begun: one of a month may last some seconds into the next.
    turn_period(app, sandbox, organization)
    charged = sandbox.stripe.v1.invoices.list({"limit": 1}).data[0].amount_due
    price = 99_000 if planned else 39_900
    assert charged == shown.due.minor
    assert charged in ({price // 2} if is_off else {price, price // 2})
    assert reconciliation.run().findings == []
