"""What limits stop, and what they leave alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from app.billing.limits import Call, DestinationClosedError, LimitReachedError
from app.billing.limits.check import find_reached
from app.billing.wallet import holds, verification
from app.clock import utc_now
from app.extensions import db
from app.models import LimitSubject, LimitWindow, OpenedDestination, Organization, Wallet
from tests.factories import an_organization, at, usd
from tests.support.database import inside
from tests.support.limits import a_draft, a_limit
from tests.support.metering import an_event, take
from tests.support.moved_clock import moved_clock
from tests.support.statements import statements

LEASE = timedelta(minutes=5)
WHO = {"campaign": "Spring recall", "agent": "Ava", "to": "+447911123456"}
NAMES = {
    LimitSubject.ORGANIZATION: "",
    LimitSubject.CAMPAIGN: "Spring recall",
    LimitSubject.AGENT: "Ava",
    LimitSubject.DESTINATION_CLASS: "standard",
}
OTHERS = {
    LimitSubject.CAMPAIGN: {"campaign": "Other"},
    LimitSubject.AGENT: {"agent": "Ben"},
    LimitSubject.DESTINATION_CLASS: {"to": "AE"},
}


def reserve(organization: Organization | UUID, key: str, amount: str = "1", **who: str | None) -> None:
    org_id = organization if isinstance(organization, UUID) else organization.id
    holds.reserve(org_id, key, usd(amount), at=utc_now(), lease=LEASE, **(WHO | who))
    db.session.commit()


def refused(organization: Organization, key: str, amount: str = "1", **who: str | None) -> LimitReachedError:
    with pytest.raises(LimitReachedError) as error:
        reserve(organization, key, amount, **who)
    db.session.rollback()
    return error.value


@pytest.mark.parametrize("stops", [True, False], ids=["stops", "tells"])
@pytest.mark.parametrize("window", list(LimitWindow))
@pytest.mark.parametrize("subject", list(LimitSubject))
def test_spent_and_held_count_and_only_new_calls_are_stopped(
    app: Flask, subject: LimitSubject, window: LimitWindow, *, stops: bool
) -> None:
    organization = an_organization(credit="100", timezone="America/New_York")
    a_limit(organization, a_draft("3", subject=subject, name=NAMES[subject], window=window, stops=stops))
    reserve(organization, "a", "2")
    now = utc_now()
    used = an_event(
        organization, "u", 100_000, when=now, campaign="Spring recall", agent="Ava", hold="a"
    )  # 1.20
    take(used, now=now)
    reserve(organization, "b", "1")
    if not stops:
        reserve(organization, "c", "50")
        return
    error = refused(organization, "c", "0.01")
    assert (error.limit.spent, error.limit.held, error.limit.amount) == (usd("1.20"), usd("1.80"), usd("3"))
    assert error.limit.window.start <= now < error.limit.window.end
    if subject in OTHERS:
        reserve(organization, "d", "5", **OTHERS[subject])
    renewed = holds.renew(organization.id, "b", usd("9"), slice=2, at=utc_now(), lease=LEASE)
    assert not renewed.hold.is_final, "a call in progress goes on"
    db.session.commit()
    call = Call.to(WHO["to"], campaign="Spring recall", agent="Ava")
    reached = find_reached(organization.id, call, utc_now(), counts_spend=True)
    assert reached is not None
    assert reached.subject is subject


def test_what_a_refused_hold_wanted_counts_nothing(app: Flask) -> None:
    organization = an_organization(credit="100")
    a_limit(organization)
    refused(organization, "a", "3.01")
    reserve(organization, "b", "3")
    holds.release(organization.id, "b", at=utc_now())
    db.session.commit()
    reserve(organization, "c", "3")


def test_a_window_that_is_over_counts_nothing(app: Flask) -> None:
    organization = an_organization(credit="100")
    a_limit(organization, a_draft("3", window=LimitWindow.HOUR))
    now = utc_now()
    take(an_event(organization, "u", 250_000, when=now), now=now)  # 3.00
    later = now + timedelta(hours=1)
    with pytest.raises(LimitReachedError):
        holds.reserve(organization.id, "a", usd("1"), at=now, lease=LEASE)
    db.session.rollback()
    holds.reserve(organization.id, "b", usd("3"), at=later, lease=LEASE)
    db.session.commit()


def test_concurrent_calls_never_exceed_a_limit_together(app: Flask) -> None:
    organization = an_organization(credit="100")
    a_limit(organization, a_draft("9"))
    org_id = organization.id

    def call(number: int) -> bool:
        with inside(app):
            try:
                reserve(org_id, f"call-{number}", "1.50", campaign=None, agent=None)
            except LimitReachedError:
                db.session.rollback()
                return False
            return True

    with ThreadPoolExecutor(8) as calls:
        assert sum(calls.map(call, range(24))) == 6
    assert verification.check() == []


def test_of_several_limits_the_one_is_named_that_lasts_longest(app: Flask) -> None:
    organization = an_organization(credit="100")
    for window in (LimitWindow.HOUR, LimitWindow.DAY, LimitWindow.MONTH, LimitWindow.WEEK):
        a_limit(organization, a_draft("3", window=window))
    refusal = refused(organization, "a", "4").limit
    assert refusal.kind in (LimitWindow.MONTH, LimitWindow.WEEK), "a week may end in the next month"


@pytest.mark.parametrize("time", ["2026-11-30 12:00", "2026-12-01 04:59", "2026-11-30 05:00"])
def test_of_limits_that_end_together_the_longer_one_is_named(app: Flask, time: str) -> None:
    with moved_clock(at(time)):
        organization = an_organization(credit="100", timezone="America/New_York")
        for window in (LimitWindow.HOUR, LimitWindow.DAY, LimitWindow.MONTH):
            a_limit(organization, a_draft("3", window=window))
        assert refused(organization, "a", "4").limit.kind is LimitWindow.MONTH


def test_an_organization_without_limits_reads_nothing_more(app: Flask) -> None:
    with_none, with_one = an_organization(credit="100"), an_organization(credit="100")
    reserve(with_none, "warm", to=None)
    with statements() as before:
        reserve(with_none, "a", to=None)
    a_limit(with_one, a_draft("50"))
    with statements() as after:
        reserve(with_one, "a", to=None)
    assert len(after) == len(before) + 1, after
    with statements() as guarded:
        reserve(with_none, "b", to="GB")
    assert len(guarded) == len(before), "a standard destination isn't guarded"


class TestDestinations:
    def test_a_high_class_is_closed_until_it_is_opened_once(self, app: Flask) -> None:
        organization = an_organization(credit="100")
        with pytest.raises(DestinationClosedError) as error:
            reserve(organization, "a", to="+25261234567")
        assert (error.value.destination.key, error.value.class_.key) == ("SO", "high")
        with pytest.raises(DestinationClosedError):
            find_reached(organization.id, Call.to("SO"), utc_now(), counts_spend=False)
        db.session.rollback()
        db.session.add(OpenedDestination(org_id=organization.id, destination="SO", opened_by="x"))
        db.session.commit()
        reserve(organization, "a", to="+25261234567")
        with pytest.raises(DestinationClosedError):
            reserve(organization, "b", to="CU")

    def test_a_class_has_a_ceiling_for_each_hour(self, app: Flask) -> None:
        organization = an_organization(credit="1000")
        reserve(organization, "a", "200", to="AE")
        assert db.session.get_one(Wallet, (organization.id,)).counts_spend
        now = utc_now()
        take(an_event(organization, "u", 10_000_000, when=now, hold="a"), now=now)  # 120 of the 200
        error = refused(organization, "b", "51", to="MA")
        assert error.limit.limit_id is None
        assert (error.limit.spent, error.limit.held) == (usd("120"), usd("80"))
        reserve(organization, "c", "50", to="MA")
        reserve(organization, "d", "500", to="US")
        holds.release(organization.id, "a", at=utc_now())
        db.session.commit()
        later = utc_now() + timedelta(hours=1)
        holds.reserve(organization.id, "e", usd("250"), at=later, lease=LEASE, to="AE")

    def test_where_a_call_goes_isnt_known_everything_else_is_checked(self, app: Flask) -> None:
        organization = an_organization(credit="100")
        a_limit(organization)
        assert refused(organization, "a", "4", to=None).limit.subject is LimitSubject.ORGANIZATION
