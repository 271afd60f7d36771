"""Usage counts toward limits in the transaction that charges it, and owners are told."""

from __future__ import annotations

from flask import Flask

from app.billing.limits import standing
from app.clock import utc_now
from app.extensions import db
from app.models import Mail, PlatformMessage
from tests.factories import an_organization, usd
from tests.support.limits import a_draft, a_limit
from tests.support.metering import an_event, take
from tests.support.sandbox import work_through


def test_usage_and_corrections_count_and_a_repetition_counts_nothing(app: Flask) -> None:
    organization, now = an_organization(credit="100"), utc_now()
    a_limit(organization, a_draft("30"))
    event = an_event(organization, "a", 100_000, when=now)
    take(event, event, now=now)
    take(event, now=now)
    correction = an_event(organization, "b", 50_000, when=now, corrects=("platform", "a"))
    take(correction, an_event(organization, "c", 100_000, when=now), now=now)
    (limit,) = standing.gather(organization.id, utc_now())
    assert limit.spent == usd("1.80")


def test_near_and_reached_are_told_once_to_owners_and_the_platform(app: Flask) -> None:
    organization, now = an_organization(credit="100"), utc_now()
    a_limit(organization, a_draft("3", stops=False))
    for id in "abcd":
        take(an_event(organization, id, 100_000, when=now), now=now)
    work_through(app)
    db.session.rollback()
    mails = db.session.query(Mail).filter_by(org_id=organization.id).order_by(Mail.created_at, Mail.id).all()
    assert [mail.facts["percent"] for mail in mails] == [80, 100]
    messages = db.session.query(PlatformMessage).filter_by(org_id=organization.id)
    told = [one for one in messages.order_by(PlatformMessage.position) if one.type.startswith("limit.")]
    assert [one.type for one in told] == ["limit.near", "limit.reached"]
    assert told[1].data["stops"] is False
    assert told[1].data["spent"] == {"amount": "3.600000", "currency": "USD"}
