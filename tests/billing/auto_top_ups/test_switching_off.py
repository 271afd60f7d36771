"""What switches auto top-up off besides its owners: a cardholder who disputes an automatic charge."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import topups
from app.billing.auto_top_ups import switching_off
from app.models import OffReason
from tests.factories import OWNER, usd
from tests.support.auto_top_ups import look, one_with, settings_of, switch_on, top_ups, use
from tests.support.sandbox import Sandbox, deliver_all, work_through


def test_a_dispute_of_an_automatic_charge_ends_it_before_another_is_made(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, card = one_with()
    use(organization, 15)
    work_through(app)
    [top_up] = top_ups(organization)
    sandbox.control.open_dispute(str(top_up.charge_id))
    deliver_all(app, sandbox)
    row = settings_of(organization)
    assert (row.is_on, row.off_reason) == (False, OffReason.DISPUTE)
    assert len(sandbox.charges()) == 1
    switch_on(organization, card)
    work_through(app)
    assert settings_of(organization).is_on, "an owner agreed again"
    assert len(sandbox.charges()) == 2


@pytest.mark.parametrize("inquiry", [True, False])
def test_an_inquiry_or_the_dispute_of_a_persons_top_up_does_not(
    app: Flask, sandbox: Sandbox, inquiry: bool
) -> None:
    organization, card = one_with(credit="300")
    if inquiry:
        use(organization, 285)
        work_through(app)
        [disputed] = top_ups(organization)
    else:
        begun = topups.begin(organization, usd("50"), card.id, OWNER)
        disputed = topups.pay(organization, begun.id, card.id, OWNER)
    sandbox.control.open_dispute(str(disputed.charge_id), inquiry=inquiry)
    deliver_all(app, sandbox)
    look(organization)
    assert not switching_off.is_disputed(settings_of(organization))
    assert settings_of(organization).is_on
