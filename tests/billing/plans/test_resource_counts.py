"""What the platform counted: what it names is upserted, the rest stays, and open pages redraw on a change."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.plans import resource_counts
from app.extensions import db
from app.models import Organization, Wallet
from tests.factories import an_organization


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization()


def version(organization: Organization) -> int:
    db.session.expire_all()
    return db.session.get_one(Wallet, organization.id).version


def test_counts_that_are_not_named_stay_as_they_are(organization: Organization) -> None:
    resource_counts.set_counts(organization.id, {"agents": 3, "campaigns": 2})
    resource_counts.set_counts(organization.id, {"agents": 0})
    assert resource_counts.counts_of(organization.id) == {"agents": 0, "campaigns": 2}


def test_nothing_counted_is_no_zero(organization: Organization) -> None:
    resource_counts.set_counts(organization.id, {})
    assert resource_counts.counts_of(organization.id) == {}
    assert resource_counts.names_of(organization.id) == {}


def test_open_pages_redraw_only_where_a_count_has_changed(organization: Organization) -> None:
    before = version(organization)
    resource_counts.set_counts(organization.id, {"agents": 3})
    assert version(organization) == before + 1
    resource_counts.set_counts(organization.id, {"agents": 3})
    resource_counts.set_counts(organization.id, {})
    assert version(organization) == before + 1
    resource_counts.set_counts(organization.id, {"agents": 3, "campaigns": 1})
    assert version(organization) == before + 2


def test_names_keep_their_order_and_need_a_count(organization: Organization) -> None:
    resource_counts.set_counts(organization.id, {"agents": 2, "campaigns": 1})
    resource_counts.set_names(organization.id, {"agents": ["Zoe", "Ava"], "phone_numbers": ["+1 212"]})
    assert resource_counts.names_of(organization.id) == {"agents": ("Zoe", "Ava"), "campaigns": ()}
    resource_counts.set_counts(organization.id, {"agents": 3})
    assert resource_counts.names_of(organization.id)["agents"] == ("Zoe", "Ava")
    resource_counts.set_names(organization.id, {"agents": []})
    assert resource_counts.names_of(organization.id)["agents"] == ()


def test_another_organizations_counts_are_its_own(organization: Organization) -> None:
    other = an_organization()
    before = version(other)
    resource_counts.set_counts(organization.id, {"agents": 3})
    resource_counts.set_counts(other.id, {"agents": 1})
    resource_counts.set_names(organization.id, {"agents": ["Ava"]})
    assert resource_counts.counts_of(other.id) == {"agents": 1}
    assert resource_counts.names_of(other.id) == {"agents": ()}
    assert version(other) == before + 1
