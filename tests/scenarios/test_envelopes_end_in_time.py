"""What is left of an envelope comes back at the end of its last day: by the clock for anyone who asks, and by a job that
was enqueued for that moment for the platform and the owners, who wait to be told.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.billing.usage import campaign_credit
from app.billing.wallet import balance, envelopes, ledger, status
from app.clock import utc_now
from app.extensions import db, enqueue_at
from app.models import Envelope, Mail, Organization, PlatformMessage
from config import Settings
from tests.factories import OWNER, a_person, an_organization, usd
from tests.support.worker import a_worker, until


@pytest.fixture
def organization(app: Flask) -> Organization:
    organization = an_organization(credit="100")
    a_person(organization=organization)
    return organization


def ending(organization: Organization, ends_at: datetime) -> Envelope:
    """An envelope of 40 whose last day is over at a time of the test's choosing."""
    one = envelopes.set_aside(organization, "Recall", usd("40"), organization.local_day(), OWNER)
    one.ends_at = ledger.lock(organization.id).envelope_ends_at = ends_at
    db.session.commit()
    return one


def test_anyone_who_asks_then_sees_it_back_even_if_no_worker_runs(organization: Organization) -> None:
    ends_at = utc_now() + timedelta(hours=1)
    ending(organization, ends_at)
    before = status.find(organization.id, at=ends_at - timedelta(microseconds=1))
    assert before is not None
    assert (before.available, before.set_aside) == (usd("60"), usd("40"))
    after = status.find(organization.id, at=ends_at)
    assert after is not None
    assert (after.available, after.set_aside) == (usd("100"), usd("0"))


@pytest.mark.parametrize("asks", [balance.gather, campaign_credit.find])
def test_pages_and_checks_count_by_the_clock_too(organization: Organization, asks: object) -> None:
    ending(organization, utc_now())
    assert callable(asks)
    assert asks(organization).available == usd("100")


def test_a_worker_ends_it_then_and_tells_the_platform_and_the_owner(
    organization: Organization, settings: Settings
) -> None:
    ends_at = utc_now() + timedelta(seconds=2)
    one = ending(organization, ends_at)
    enqueue_at(ends_at, "end_envelopes", org_id=str(organization.id))
    db.session.commit()
    with a_worker(settings, "--queues", "leases,mail"):
        until(lambda: db.session.scalar(db.select(Mail).filter_by(kind="envelope_ended")), "an email")
    db.session.refresh(one)
    assert one.ended_at == ends_at, "not when the worker came to it"
    assert one.returned_micro == usd("40").micro
    told = db.session.scalars(db.select(PlatformMessage.type).filter_by(org_id=organization.id)).all()
    assert "envelope.ended" in told
