"""Told 30 days, 7 days and a day before credit expires, once each; and what expires next."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask

from app.billing import audit
from app.billing.credit import expiring, grants
from app.billing.credit.expiring import Expiring
from app.billing.credit.grants import Grant
from app.clock import utc_now
from app.extensions import db
from app.models import LotKind, Mail, Organization
from tests.billing.wallet.lots.test_drawing import use
from tests.factories import a_person, an_organization, at, usd
from tests.support.metering import on_growth
from tests.support.statements import statements


def promoted(organization: Organization, last_day: date, key: str = "a") -> None:
    a_person(f"{key}@test.example", organization=organization)
    wanted = Grant(LotKind.PROMOTIONAL, usd("19"), "Launch offer", key, last_day)
    grants.grant(organization, wanted, audit.OPERATOR, at=at("2026-11-01 12:00"))
    db.session.commit()


def told_on(*days: str) -> list[str]:
    for day in days:
        expiring.notify_all(at(f"2027-{day} 09:11"))
    db.session.rollback()
    mails = db.session.scalars(
        db.select(Mail).where(Mail.kind == "credit_expiring").order_by(Mail.created_at, Mail.id)
    )
    return [str(mail.facts["days_left"]) for mail in mails]


def test_it_is_told_three_times(app: Flask) -> None:
    promoted(an_organization(), date(2027, 3, 31))
    assert told_on("02-28") == []
    assert told_on("03-01", "03-02") == ["30"]
    assert told_on("03-24", "03-25") == ["30", "7"]
    assert told_on("03-30", "03-31", "04-01") == ["30", "7", "1"]


def test_days_on_which_no_one_looked_are_made_up_for_once(app: Flask) -> None:
    promoted(an_organization(), date(2027, 3, 31))
    assert told_on("03-29", "03-30", "03-31") == ["2", "1"]


def test_days_are_those_of_the_organization(app: Flask) -> None:
    promoted(an_organization(timezone="Pacific/Auckland"), date(2027, 3, 31))
    expiring.notify_all(at("2027-03-29 10:00"))
    assert told_on() == ["2"]
    expiring.notify_all(at("2027-03-29 11:30"))
    assert told_on() == ["2", "1"]


def test_what_is_used_up_is_not_told(app: Flask) -> None:
    organization = on_growth(credit="0")
    promoted(organization, date(2027, 3, 31))
    use(organization, "19")
    assert told_on("03-01", "03-24", "03-30") == []


def test_what_expires_next_is_what_is_left_of_it(app: Flask) -> None:
    organization = on_growth(credit="0")
    with statements() as seen:
        assert expiring.find_next(organization) is None
    assert len(seen) == 1
    last_day = organization.local_day(utc_now() + timedelta(days=90))
    promoted(organization, last_day + timedelta(days=5), "b")
    promoted(organization, last_day, "c")
    use(organization, "9.5")
    assert expiring.find_next(organization) == Expiring(usd("9.5"), "Promotional credit", last_day)
    use(organization, "9.5")
    assert expiring.find_next(organization) == Expiring(
        usd("19"), "Promotional credit", last_day + timedelta(days=5)
    )
    assert expiring.last_day_of(organization, at("2027-04-01 00:00")) == date(2027, 3, 31)
