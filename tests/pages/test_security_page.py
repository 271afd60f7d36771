"""The organization's security settings."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.models import AuditEvent, Organization
from app.pages.activity import wording
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor, text_of

PAGE = "/billing/security"


@pytest.fixture
def owner(app: Flask, visitor: Visitor) -> Visitor:
    visitor.begin_session(a_person(organization=an_organization("Harbor Dental")).email)
    return visitor


def test_an_owner_has_everyone_asked_every_time_and_no_longer(owner: Visitor) -> None:
    for always in ("yes", "yes", "no"):
        said = text_of(owner.post(f"{PAGE}/confirmations", {"always": always}, follow_redirects=True))
        assert "Security settings saved." in said
        db.session.rollback()
        assert db.session.scalar(db.select(Organization.confirms_always)) is (always == "yes")
    chosen = db.select(AuditEvent).filter_by(action="organization.confirmations_chosen")
    recorded = db.session.scalars(chosen.order_by(AuditEvent.id))
    details = [wording.find_wording(one.action).detail(one) for one in recorded]
    assert details == ["Ask every time", "Ask when the last confirmation is older"]


def test_the_activity_leads_to_it(owner: Visitor) -> None:
    assert f'href="{PAGE}' in owner.get("/billing/activity").text
    assert "more than 30 minutes ago" in text_of(owner.get(PAGE))
