"""May an organization call now: from its wallet, as of this moment, whatever has been written down."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from app.billing.wallet import holds, status
from app.billing.wallet.calling_state import PauseReason
from app.billing.wallet.status import CallingStatus
from app.clock import utc_now
from app.extensions import db
from app.models import CallingState, HoldState, Organization
from tests.factories import an_organization, usd
from tests.support.database import another_session

LEASE = timedelta(minutes=5)


def status_of(organization: Organization) -> CallingStatus:
    found = status.find(organization.id)
    assert found is not None
    return found


def test_an_organization_that_does_not_exist_has_no_status(app: Flask) -> None:
    an_organization(credit="10")
    assert status.find(uuid4()) is None


@pytest.mark.parametrize(
    ("credit", "alert", "state", "may_call"),
    [
        ("0", None, CallingState.PAUSED, False),
        ("0.01", None, CallingState.ACTIVE, True),
        ("4.99", "5", CallingState.LOW, True),
        ("5", "5", CallingState.ACTIVE, True),
    ],
)
def test_any_credit_at_all_lets_calls_start(
    app: Flask, credit: str, alert: str | None, state: CallingState, may_call: bool
) -> None:
    found = status_of(an_organization(credit=credit, alert=alert))
    assert (found.state, found.may_call) == (state, may_call)
    assert (found.reason is None, found.missing is None) == (may_call, may_call)


def test_without_credit_it_says_why_and_the_smallest_top_up(app: Flask) -> None:
    found = status_of(an_organization())
    assert (found.reason, found.missing) == (PauseReason.NO_CREDIT, usd("10"))


def test_where_calls_hold_all_there_is_it_says_so_and_since_when(app: Flask) -> None:
    organization = an_organization(credit="4")
    now = utc_now()
    holds.reserve(organization.id, "call-1", usd("4"), at=now, lease=LEASE)
    found = status_of(organization)
    assert (found.reason, found.may_call) == (PauseReason.CREDIT_RESERVED, False)
    assert (found.available, found.posted, found.held) == (usd("0"), usd("4"), usd("4"))
    assert found.paused_since == now


def test_a_lease_that_is_over_no_longer_pauses_and_is_written_down_by_asking(app: Flask) -> None:
    organization = an_organization(credit="4")
    holds.reserve(organization.id, "call-1", usd("4"), at=utc_now() - LEASE, lease=LEASE)
    db.session.commit()
    found = status_of(organization)
    assert (found.may_call, found.held, found.paused_since) == (True, usd("0"), None)
    assert holds.find(organization.id, "call-1").state is HoldState.EXPIRED
    assert status_of(organization).version == found.version, "asking again changes nothing more"


def test_a_lease_of_another_organization_changes_nothing_here(app: Flask) -> None:
    organization, other = an_organization(credit="4"), an_organization(credit="4")
    holds.reserve(other.id, "call-1", usd("4"), at=utc_now() - LEASE, lease=LEASE)
    db.session.commit()
    before = status_of(organization)
    another_session()
    assert status_of(organization) == before
    assert holds.find(other.id, "call-1").state is HoldState.ACTIVE


def test_every_change_raises_the_version(app: Flask) -> None:
    organization = an_organization(credit="4")
    versions = [status_of(organization).version]
    holds.reserve(organization.id, "call-1", usd("1"), at=utc_now(), lease=LEASE)
    versions.append(status_of(organization).version)
    holds.release(organization.id, "call-1", at=utc_now())
    versions.append(status_of(organization).version)
    assert versions == sorted(set(versions))
