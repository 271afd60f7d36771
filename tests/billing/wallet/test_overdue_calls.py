"""Calls without an end: named once, asked about, ended by someone; bounded by their campaign's own past."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.billing.wallet import holds, ledger, overdue_calls
from app.extensions import db
from app.models import AuditEvent, Hold, HoldState, Organization, PlatformMessage
from app.money import Money
from tests.factories import OWNER, an_organization, usd
from tests.support.metering import NOW

DOLLAR = Money(1_000_000, "USD")
MINUTE = timedelta(minutes=1)


def reserve(organization: Organization, key: str, ago: timedelta, campaign: str | None = "Recall") -> Hold:
    hold = holds.reserve(
        organization.id,
        key,
        DOLLAR,
        at=NOW - ago,
        lease=timedelta(days=2),
        call=f"call {key}",
        campaign=campaign,
    )
    db.session.commit()
    return hold


def past(organization: Organization, minutes: list[int], campaign: str | None = "Recall") -> None:
    """Calls of so many minutes that have ended."""
    for number, length in enumerate(minutes):
        key = f"past {campaign} {number}"
        reserve(organization, key, timedelta(days=1), campaign)
        holds.capture(organization.id, key, at=NOW - timedelta(days=1) + length * MINUTE)
    db.session.commit()


def named(organization: Organization, at: datetime = NOW) -> list[str]:
    overdue_calls.name_overdue(organization.id, at=at)
    db.session.commit()
    query = db.select(Hold.key).where(Hold.overdue_at.is_not(None)).order_by(Hold.created_at)
    return list(db.session.scalars(query))


@pytest.mark.long
def test_a_call_is_overdue_after_twice_the_99th_percentile_of_its_campaign(app: Flask) -> None:
    organization = an_organization(credit="500")
    past(organization, [10] * 99 + [60])
    past(organization, [60] * 30, "Sales")
    assert overdue_calls.longest_expected(organization.id, ["Recall", "Sales"], at=NOW) == {
        "Recall": 20 * MINUTE,
        "Sales": 120 * MINUTE,
    }
    for key, ago, campaign in (("a", 20, "Recall"), ("b", 19, "Recall"), ("c", 119, "Sales")):
        reserve(organization, key, ago * MINUTE, campaign)
    assert named(organization) == ["a"]
    assert named(organization, NOW + MINUTE) == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("minutes", "bound"),
    [([], timedelta(hours=4)), ([1] * 19, timedelta(hours=4)), ([1] * 20, timedelta(minutes=10))],
)
def test_without_enough_calls_the_bound_is_fixed_and_it_is_never_very_short(
    app: Flask, minutes: list[int], bound: timedelta
) -> None:
    organization = an_organization(credit="500")
    past(organization, minutes, None)
    assert overdue_calls.longest_expected(organization.id, [None], at=NOW) == {None: bound}


def test_a_call_is_named_once_and_the_platform_is_told_once(app: Flask) -> None:
    organization = an_organization(credit="20")
    reserve(organization, "a", timedelta(hours=4))
    assert overdue_calls.find_candidates(NOW) == [organization.id]
    version = ledger.version_of(organization.id)
    for _ in range(2):
        assert named(organization) == ["a"]
    assert ledger.version_of(organization.id) == version + 1
    assert overdue_calls.find_candidates(NOW) == []
    [message] = db.session.scalars(db.select(PlatformMessage).where(PlatformMessage.type == "call.overdue"))
    assert (message.data["hold"], message.data["call"]) == ("a", "call a")
    assert message.data["expected_seconds"] == 4 * 3600


def test_a_lease_that_is_not_renewed_ends_the_call_before(app: Flask) -> None:
    organization = an_organization(credit="20")
    holds.reserve(organization.id, "a", DOLLAR, at=NOW - timedelta(hours=5), lease=timedelta(hours=1))
    db.session.commit()
    assert named(organization) == []


def test_an_owner_ends_it_and_its_credit_is_available_again(app: Flask) -> None:
    organization = an_organization(credit="20")
    hold = reserve(organization, "a", timedelta(hours=5))
    assert overdue_calls.end(organization.id, hold.id, OWNER, at=NOW) is None
    named(organization)
    assert overdue_calls.end(an_organization().id, hold.id, OWNER, at=NOW) is None
    ended = overdue_calls.end(organization.id, hold.id, OWNER, at=NOW)
    db.session.commit()
    assert ended is not None
    assert ended.state is HoldState.RELEASED
    assert ledger.lock(organization.id).available == usd("20")
    assert overdue_calls.end(organization.id, hold.id, OWNER, at=NOW) is None
    [message] = db.session.scalars(db.select(PlatformMessage).where(PlatformMessage.type == "call.ended"))
    assert message.data["released"] == {"amount": "1.000000", "currency": "USD"}
    assert db.session.scalars(
        db.select(AuditEvent.subject).where(AuditEvent.action == "call.ended")
    ).all() == ["call a"]


def test_a_call_that_goes_on_is_asked_about_again_after_as_long(app: Flask) -> None:
    organization = an_organization(credit="20")
    hold = reserve(organization, "a", timedelta(hours=5))
    named(organization)
    assert overdue_calls.confirm(organization.id, hold.id, OWNER, at=NOW) is hold
    assert overdue_calls.confirm(organization.id, hold.id, OWNER, at=NOW) is None
    assert named(organization, NOW + timedelta(hours=3, minutes=59)) == []
    assert named(organization, NOW + timedelta(hours=4)) == ["a"]
