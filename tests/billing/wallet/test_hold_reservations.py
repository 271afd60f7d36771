"""What a hold takes of the wallet, and of the envelope of its campaign first."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.wallet import envelope_queries, envelopes, holds, ledger
from app.billing.wallet.hold_refusals import NotEnoughCreditError
from app.clock import utc_now
from app.extensions import db
from tests.factories import OWNER, an_organization, usd
from tests.support.envelopes import LEASE, NOW, an_enveloped, credit_of, hold, set_aside


def test_a_hold_lowers_what_is_available_and_leaves_what_is_posted(app: Flask) -> None:
    organization = an_organization(credit="10")
    holds.reserve(organization.id, "call-1", usd("4"), at=utc_now(), lease=LEASE)
    db.session.commit()
    wallet = ledger.lock(organization.id)
    assert (wallet.posted, wallet.held, wallet.available) == (usd("10"), usd("4"), usd("6"))


def test_its_campaign_draws_on_it_first_and_then_on_available_credit(app: Flask) -> None:
    organization = an_enveloped("40")
    hold(organization, "one", "30")
    assert credit_of(organization) == (usd("30"), usd("10"), usd("60"))
    hold(organization, "two", "25")
    assert credit_of(organization) == (usd("55"), usd("0"), usd("45"))
    with pytest.raises(NotEnoughCreditError) as refused:
        hold(organization, "three", "46")
    assert refused.value.available == usd("45")


def test_a_call_that_outlives_its_envelope_goes_on_with_the_next_one(app: Flask) -> None:
    organization = an_enveloped("40")
    hold(organization, "long", "30")
    first = envelope_queries.list_open(organization.id, at=NOW)[0]
    envelopes.end(organization, first.id, OWNER, at=NOW)
    db.session.commit()
    set_aside(organization, "20")
    holds.renew(organization.id, "long", usd("15"), slice=2, at=NOW, lease=LEASE)
    db.session.commit()
    assert credit_of(organization) == (usd("45"), usd("5"), usd("50"))
    holds.release(organization.id, "long", at=NOW)
    db.session.commit()
    assert credit_of(organization) == (usd("0"), usd("20"), usd("80"))
