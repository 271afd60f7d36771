"""The alert is told once a fall: by what was really used, whatever calls come and go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.platform import endpoints
from app.billing.wallet import holds, ledger
from app.billing.wallet.calling_state import judge
from app.billing.wallet.credit import Credit
from app.clock import utc_now
from app.extensions import db
from app.models import CallingState, Organization, PlatformMessage
from tests.factories import an_organization, give_credit, usd
from tests.support.metering import an_event, take

LEASE = timedelta(minutes=5)
DOLLAR = 83_334
"""Tokens, written: about a dollar on the free plan."""


def told(organization: Organization) -> list[str]:
    db.session.rollback()
    query = db.select(PlatformMessage.type).where(PlatformMessage.org_id == organization.id)
    return list(db.session.scalars(query.order_by(PlatformMessage.position)))[1:]


def an_alerted(credit: str, alert: str = "50") -> Organization:
    """What it is told from now on is in `told`: the first message is of its first credit."""
    endpoints.add("http://127.0.0.1:9/missing")
    return an_organization(credit=credit, alert=alert)


def use(organization: Organization, id: str, dollars: int) -> None:
    take(an_event(organization, id, dollars * DOLLAR, when=utc_now()), now=utc_now())


@pytest.mark.parametrize("credit", ["50", "50.01", "54.99", "120"])
def test_calls_that_no_one_answers_tell_nothing(app: Flask, credit: str) -> None:
    organization = an_alerted(credit)
    for number in range(10):
        holds.reserve(organization.id, f"call-{number}", usd("1"), at=utc_now(), lease=LEASE)
        db.session.commit()
        holds.release(organization.id, f"call-{number}", at=utc_now())
        db.session.commit()
    assert told(organization) == []
    assert ledger.lock(organization.id).state is CallingState.ACTIVE


def test_leases_that_run_out_tell_nothing(app: Flask) -> None:
    organization = an_alerted("50.50")
    for number in range(5):
        holds.reserve(organization.id, f"call-{number}", usd("1"), at=utc_now(), lease=-LEASE)
        holds.expire(organization.id, at=utc_now())
        db.session.commit()
    assert told(organization) == []


def test_each_fall_is_told_once_and_its_end_once(app: Flask) -> None:
    organization = an_alerted("51")
    use(organization, "1", 2)
    use(organization, "2", 2)
    assert told(organization) == ["wallet.low"]
    give_credit(organization, "7", at=utc_now())
    assert told(organization) == ["wallet.low"], "54 is above the alert, and not yet by a tenth of it"
    assert ledger.lock(organization.id).state is CallingState.LOW
    use(organization, "3", 5)
    assert told(organization) == ["wallet.low"]
    give_credit(organization, "7", at=utc_now())
    assert told(organization) == ["wallet.low", "wallet.recovered"]
    use(organization, "4", 8)
    assert told(organization) == ["wallet.low", "wallet.recovered", "wallet.low"]


def test_a_pause_in_between_does_not_tell_it_again(app: Flask) -> None:
    organization = an_alerted("51")
    use(organization, "1", 2)
    use(organization, "2", 60)
    give_credit(organization, "20", at=utc_now())
    give_credit(organization, "200", at=utc_now())
    assert told(organization) == ["wallet.low", "calling.paused", "calling.resumed", "wallet.recovered"]


def test_a_fall_right_through_is_told_as_low_once_calls_can_start(app: Flask) -> None:
    organization = an_alerted("51")
    use(organization, "1", 60)
    assert told(organization) == ["calling.paused"]
    give_credit(organization, "20", at=utc_now())
    assert told(organization) == ["calling.paused", "calling.resumed", "wallet.low"]


def test_pauses_are_told_immediately_each_time_and_say_why(app: Flask) -> None:
    """Ten calls that take all the credit there is, one after the other: each time no other call may start."""
    organization = an_alerted("1", alert="0.50")
    for number in range(3):
        holds.reserve(organization.id, f"call-{number}", usd("1"), at=utc_now(), lease=LEASE)
        db.session.commit()
        assert ledger.lock(organization.id).state is CallingState.PAUSED
        holds.release(organization.id, f"call-{number}", at=utc_now())
        db.session.commit()
        assert ledger.lock(organization.id).state is CallingState.ACTIVE
    assert told(organization) == ["calling.paused", "calling.resumed"] * 3
    newest = db.session.scalars(db.select(PlatformMessage).filter_by(type="calling.paused")).all()
    assert {one.data["reason"] for one in newest} == {"credit_reserved"}
    use(organization, "1", 2)
    assert told(organization)[-1] == "calling.paused"
    last = db.session.scalars(db.select(PlatformMessage).order_by(PlatformMessage.position.desc())).first()
    assert last is not None
    assert last.data["reason"] == "no_credit"


def test_without_an_alert_it_is_never_low() -> None:
    assert judge(Credit(1), None, was_low=True).state is CallingState.ACTIVE
    assert judge(Credit(0), None, was_low=False).state is CallingState.PAUSED


def test_messages_are_dated_in_order_no_matter_who_waited_for_the_wallet(app: Flask) -> None:
    organization, now = an_alerted("1", alert="0.50"), utc_now()
    for number in range(3):
        # Each began before the one that had the wallet first.
        holds.reserve(
            organization.id, f"call-{number}", usd("1"), at=now - timedelta(seconds=number), lease=LEASE
        )
        holds.release(organization.id, f"call-{number}", at=now - timedelta(seconds=number))
        db.session.commit()
    query = db.select(PlatformMessage.happened_at).order_by(PlatformMessage.position)
    times = list(db.session.scalars(query))
    assert len(times) == 7
    assert times == sorted(set(times))
