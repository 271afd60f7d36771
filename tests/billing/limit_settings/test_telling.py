"""Telling of limits that are near or reached."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.limit_settings import settings, telling
from app.billing.limits import LimitReachedError, LimitStanding
from app.billing.wallet import holds
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import Mail, Organization, PlatformMessage
from tests.factories import OWNER, an_organization, usd
from tests.support.limits import a_draft, a_limit
from tests.support.sandbox import work_through


def told(app: Flask, organization: Organization) -> list[int]:
    db.session.commit()
    work_through(app)
    db.session.rollback()
    mails = db.session.query(Mail).filter_by(org_id=organization.id).order_by(Mail.created_at, Mail.id)
    percents = [mail.facts["percent"] for mail in mails]
    messages = db.session.query(PlatformMessage).filter_by(org_id=organization.id)
    assert len([one for one in messages if one.type.startswith("limit.")]) == len(percents)
    return percents


def refuse(organization: Organization, limit: LimitStanding) -> None:
    telling.note_refusal(organization.id, limit, utc_now())


@pytest.mark.long
def test_a_refusal_tells_once_in_a_window_and_again_after_a_raise(app: Flask) -> None:
    organization = an_organization()
    limit = a_limit(organization)
    for _ in range(3):
        refuse(organization, limit)
    assert told(app, organization) == [100]
    raised = settings.put(organization, a_draft("9"), OWNER, limit_id=limit.limit_id)
    refuse(organization, raised)
    assert told(app, organization) == [100, 100]


def test_a_job_that_runs_again_tells_nothing_more(app: Flask) -> None:
    organization = an_organization()
    limit_id, now = a_limit(organization).limit_id, utc_now()
    assert limit_id is not None
    for percent in (80, 80, 100):
        telling.tell(organization.id, limit_id, percent, 2_400_000, now)
    telling.tell(organization.id, limit_id, 80, 2_400_000, now + timedelta(days=1))
    telling.tell(organization.id, uuid7(), 100, 1, now)
    assert sorted(told(app, organization)) == [80, 80, 100]


def test_a_ceiling_that_stops_calls_is_told_once_an_hour(app: Flask) -> None:
    organization, now = an_organization(credit="1000"), utc_now()
    for key in ("a", "b"):
        with pytest.raises(LimitReachedError) as error:
            holds.reserve(organization.id, key, usd("251"), at=now, lease=timedelta(minutes=1), to="AE")
        telling.note_refusal(organization.id, error.value.limit, now)
    assert told(app, organization) == [100]
