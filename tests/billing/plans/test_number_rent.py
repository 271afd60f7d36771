"""What phone numbers cost, what a reserve for it is, and when a number would be lost."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask

from app.billing.plans import number_rent, resource_counts
from app.billing.wallet import ledger, reserve
from app.billing.wallet.reserve import Reserve
from app.extensions import db
from app.models import Organization
from tests.factories import OWNER, an_organization, at, give_credit, usd
from tests.support import subscriptions
from tests.support.metering import an_event, take
from tests.support.subscriptions import Period

DOLLAR = 83_334
DAY = timedelta(days=1)
NOW = at("2026-11-10 12:00")


def numbered(count: int, *, credit: str = "10") -> Organization:
    organization = an_organization(credit=credit, timezone="America/New_York")
    resource_counts.set_counts(organization.id, {"phone_numbers": count})
    db.session.commit()
    return organization


def floor(organization: Organization) -> str:
    wallet = ledger.lock(organization.id)
    found = str(wallet.reserve.decimal)
    db.session.commit()
    return found


def test_rent_is_by_number_day_and_plan(app: Flask) -> None:
    organization = numbered(3)
    assert number_rent.rent_of(organization, 30) == usd("7.20")
    assert number_rent.rent_of(organization, 1) == usd("0.24")
    assert number_rent.rent_of(organization, 1, numbers=1) == usd("0.08")
    subscriptions.subscribe(organization, "growth", period=Period(date(2026, 11, 1), date(2026, 12, 31)))
    db.session.commit()
    assert number_rent.rent_of(organization, 30) == usd("5.40")
    assert number_rent.rent_of(numbered(0), 30) == usd("0")


def test_a_reserve_of_so_many_days_follows_the_numbers_and_the_plan(app: Flask) -> None:
    organization = numbered(3)
    wanted = Reserve(number_rent.rent_of(organization, 30), 30)
    reserve.choose(organization, wanted, OWNER, is_confirmed=False)
    db.session.commit()
    resource_counts.set_counts(organization.id, {"phone_numbers": 5})
    db.session.commit()
    assert floor(organization) == "12.00"
    subscriptions.subscribe(organization, "growth", period=Period(date(2026, 11, 1), date(2026, 12, 31)))
    number_rent.follow(organization.id)
    db.session.commit()
    assert floor(organization) == "9.00"
    assert number_rent.find_followers() == [organization.id]
    resource_counts.set_counts(organization.id, {"phone_numbers": 0})
    db.session.commit()
    assert floor(organization) == "0.00"


def test_an_amount_follows_nothing(app: Flask) -> None:
    organization = numbered(3)
    reserve.choose(organization, Reserve(usd("4"), None), OWNER, is_confirmed=False)
    resource_counts.set_counts(organization.id, {"phone_numbers": 5})
    db.session.commit()
    assert floor(organization) == "4.00"


def test_each_number_is_lost_so_many_days_after_its_first_unpaid_rent(app: Flask) -> None:
    """The wallet goes dry on the tenth. A number that was there is kept for 30 days from then, one that was added on
    the fourteenth from its own first rent."""
    organization = numbered(3, credit="5")
    resource_counts.set_names(organization.id, {"phone_numbers": ["+1 212 555 0101", "+1 212 555 0102"]})
    rent = {"meter": "phone_numbers", "number": "+1 212 555 0101"}
    take(an_event(organization, "before", 1, when=NOW - DAY, **rent), now=NOW - DAY)
    assert losses(organization) == []
    take(an_event(organization, "dry", 5 * DOLLAR, when=NOW), now=NOW)
    later = {"meter": "phone_numbers", "number": "+1 212 555 0102"}
    take(an_event(organization, "first", 1, when=NOW + DAY, **rent), now=NOW + DAY)
    take(an_event(organization, "new", 1, when=NOW + 4 * DAY, **later), now=NOW + 4 * DAY)
    assert losses(organization) == [
        ("", date(2026, 12, 10)),
        ("+1 212 555 0101", date(2026, 12, 11)),
        ("+1 212 555 0102", date(2026, 12, 14)),
    ]
    give_credit(organization, "50", at=NOW + 5 * DAY)
    assert losses(organization) == []


def test_a_wallet_that_never_had_credit_is_not_dry(app: Flask) -> None:
    assert losses(numbered(2, credit="0")) == []
    assert number_rent.dry_since(ledger.lock(an_organization().id)) is None


def test_no_more_are_found_than_are_asked_for_however_many_there_are(app: Flask) -> None:
    organization = numbered(2_000_000_000)
    take(an_event(organization, "dry", 11 * DOLLAR, when=NOW), now=NOW)
    assert losses(organization, most=3) == [("", date(2026, 12, 10))] * 3


def losses(organization: Organization, most: int = 10) -> list[tuple[str, date]]:
    db.session.expire_all()
    wallet = ledger.lock(organization.id)
    found = [(loss.number, loss.day) for loss in number_rent.find_losses(organization, wallet, most=most)]
    db.session.commit()
    return found
