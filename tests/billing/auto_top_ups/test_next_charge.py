"""How much the next charge is."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.auto_top_ups import next_charge
from app.billing.auto_top_ups.before_charging import Refusal
from app.billing.auto_top_ups.looks import Look
from app.billing.topups import limit_changes
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from app.money import Money
from tests.factories import OWNER, a_card, an_organization, usd
from tests.support.auto_top_ups import settings_of, switch_on


def on(credit: str, **options: str) -> Organization:
    organization = an_organization(credit=credit)
    switch_on(organization, a_card(organization), **options)
    return organization


def decide(organization: Organization) -> Money | Refusal:
    wallet = ledger.lock(organization.id)
    return next_charge.decide(Look(organization, wallet, settings_of(organization), utc_now()))


@pytest.mark.parametrize(
    ("available", "missing"),
    [(Money(15_000_000, "USD"), "85"), (Money(15_000_001, "USD"), "85"), (Money(14_999_999, "USD"), "85.01"),
     (usd("-20"), "120"), (usd("100"), "0"), (usd("130"), "0")],
)  # fmt: skip
def test_a_gap_is_in_whole_cents_and_never_below_zero(available: Money, missing: str) -> None:
    assert next_charge.gap(available, usd("100")) == usd(missing)


def test_it_closes_the_whole_gap(app: Flask) -> None:
    assert decide(on("15")) == usd("85")
    assert decide(on("0")) == usd("100")


def test_it_is_at_most_what_one_top_up_may_be(app: Flask) -> None:
    organization = on("10", threshold="20", target="1010", cap="5000")
    wallet = ledger.lock(organization.id)
    wallet.posted_micro = usd("-500").micro
    look = Look(organization, wallet, settings_of(organization), utc_now())
    assert next_charge.decide(look) == usd("1000")


def test_it_is_at_most_what_the_daily_limit_leaves(app: Flask) -> None:
    organization = on("15")
    limit_changes.choose(organization, usd("40"), OWNER)
    db.session.commit()
    assert decide(organization) == usd("40")
    limit_changes.choose(organization, usd("4"), OWNER)
    db.session.commit()
    refused = decide(organization)
    assert isinstance(refused, Refusal)
    assert refused.reason == "daily_limit"
    assert refused.until is not None
    assert refused.until > utc_now()
