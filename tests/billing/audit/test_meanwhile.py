"""Settings that changed since they were shown: known again as text, and who did it."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import audit
from app.billing.audit import Actor, meanwhile
from app.billing.audit.meanwhile import ChangedMeanwhileError
from app.extensions import db
from tests.factories import an_organization


def test_what_was_seen_is_compared_with_what_is(app: Flask) -> None:
    meanwhile.check("5.00", "5.00")
    meanwhile.check(None, "5.00")
    with pytest.raises(ChangedMeanwhileError):
        meanwhile.check("4.00", "5.00")


def test_the_last_one_who_changed_it(app: Flask) -> None:
    organization, other = an_organization(), an_organization()
    for org_id, name, subject in (
        (organization.id, "dana@test.example", "a"),
        (organization.id, "kim@test.example", "b"),
        (other.id, "ava@test.example", "a"),
    ):
        audit.record(org_id, Actor(name), "envelope.changed", subject)
        db.session.commit()
    found = meanwhile.find_last(organization.id, "envelope.changed", "reserve.changed")
    assert found is not None and found.by == "kim@test.example"
    found = meanwhile.find_last(organization.id, "envelope.changed", subject="a")
    assert found is not None and found.by == "dana@test.example"
    assert meanwhile.find_last(organization.id, "reserve.changed") is None
