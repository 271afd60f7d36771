"""Reading the brake's rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.billing.brake import rows
from app.clock import utc_now
from app.extensions import db
from app.models import BrakeAnswer, BrakeStop, Organization
from tests.factories import an_organization


def a_stop(organization: Organization, answered_ago: int | None = None) -> BrakeStop:
    stop = BrakeStop(
        org_id=organization.id, spent_micro=2, usual_micro=1, most_micro=1, is_known=True, spenders=[]
    )
    if answered_ago is not None:
        stop.answer = BrakeAnswer.FOR_GOOD
        stop.answered_at = utc_now() - timedelta(hours=answered_ago)
    db.session.add(stop)
    db.session.commit()
    return stop


def test_open_and_answered_ones_are_told_apart(app: Flask) -> None:
    organization = an_organization()
    assert rows.find_own(organization.id) is None
    assert rows.find_open(organization.id) is None
    assert rows.find_newest_answered(organization.id) is None
    a_stop(organization, 5)
    newest = a_stop(organization, 1)
    a_stop(organization, 3)
    waits = a_stop(organization)
    a_stop(an_organization())
    assert rows.find_open(organization.id) is waits
    assert rows.find_newest_answered(organization.id) is newest


def test_the_database_refuses_a_second_open_one(app: Flask) -> None:
    organization = an_organization()
    a_stop(organization)
    with pytest.raises(IntegrityError):
        a_stop(organization)
    db.session.rollback()
