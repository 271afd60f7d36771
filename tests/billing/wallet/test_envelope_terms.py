"""What can be set aside, and until when."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.wallet import envelope_terms
from app.billing.wallet.envelope_terms import AlreadyOpenError, TooLargeError, WrongDayError
from tests.factories import an_organization, usd
from tests.support.envelopes import hold, set_aside


def test_an_envelope_larger_than_available_credit_says_what_to_do(app: Flask) -> None:
    organization = an_organization(credit="100")
    hold(organization, "busy", "30", campaign=None)
    with pytest.raises(TooLargeError) as refused:
        set_aside(organization, "80.50")
    assert (refused.value.most, refused.value.missing) == (usd("70"), usd("10.50"))
    set_aside(organization, "70")
    with pytest.raises(AlreadyOpenError):
        set_aside(organization, "1")


def test_its_last_day_is_today_or_later_and_at_most_a_year_ahead(app: Flask) -> None:
    organization = an_organization(credit="100")
    set_aside(organization, "1", days=0)
    for days in (-1, envelope_terms.FURTHEST_DAYS + 1):
        with pytest.raises(WrongDayError):
            set_aside(organization, "1", campaign="Other", days=days)
