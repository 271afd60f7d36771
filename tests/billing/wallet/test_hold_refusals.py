"""A hold that there isn't enough for is refused with what there is."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.wallet import holds
from app.billing.wallet.hold_refusals import NotEnoughCreditError
from app.clock import utc_now
from tests.factories import an_organization, usd
from tests.support.envelopes import LEASE, an_enveloped, credit_of, hold


def test_more_than_is_available_is_refused_with_what_there_is(app: Flask) -> None:
    organization = an_organization(credit="10")
    with pytest.raises(NotEnoughCreditError) as refused:
        holds.reserve(organization.id, "call-1", usd("10.01"), at=utc_now(), lease=LEASE)
    assert refused.value.available == usd("10")


def test_others_cannot_spend_what_is_set_aside(app: Flask) -> None:
    organization = an_enveloped("40")
    with pytest.raises(NotEnoughCreditError) as refused:
        hold(organization, "other", "61", campaign="Spring")
    assert refused.value.available == usd("60")
    hold(organization, "other", "60", campaign=None)
    assert credit_of(organization) == (usd("60"), usd("40"), usd("0"))
