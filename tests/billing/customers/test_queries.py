"""An organization is found by its customer at Stripe, and its billing details as they are now."""

from __future__ import annotations

from flask import Flask

from app.billing.customers import details, queries
from app.billing.customers.validation import Details
from app.extensions import db
from app.models import Organization
from tests.factories import OWNER, an_organization
from tests.support.billing_details import HARBOR
from tests.support.database import behind_the_scenes


def a_customer(id_: str | None, *former: str) -> Organization:
    organization = an_organization()
    organization.stripe_customer_id = id_
    organization.former_customer_ids = list(former)
    db.session.commit()
    return organization


class TestFindOrganization:
    def test_by_its_own_customer_and_no_other(self, app: Flask) -> None:
        ours, other = a_customer("cus_1"), a_customer("cus_2")
        assert queries.find_organization("cus_1") is ours
        assert queries.find_organization("cus_2", or_was=True) is other
        assert queries.find_organization("cus_3", or_was=True) is None

    def test_by_one_that_was_deleted_only_where_that_is_asked_for(self, app: Flask) -> None:
        ours = a_customer("cus_3", "cus_1", "cus_2")
        for former in ("cus_1", "cus_2"):
            assert queries.find_organization(former) is None
            assert queries.find_organization(former, or_was=True) is ours

    def test_no_customer_is_not_the_organization_that_has_none(self, app: Flask) -> None:
        a_customer(None)
        assert queries.find_organization(None) is None
        assert queries.find_organization(None, or_was=True) is None


class TestGather:
    def test_where_nothing_was_ever_saved_they_are_empty(self, app: Flask) -> None:
        organization = an_organization()
        assert queries.find_row(organization.id) is None
        assert queries.gather(organization) == (Details(), 0)

    def test_they_are_as_the_database_has_them_now(self, app: Flask) -> None:
        organization = an_organization()
        details.save(organization, HARBOR, 0, OWNER)
        db.session.commit()
        held = queries.find_row(organization.id)
        assert held is not None
        assert held.city == "Hamburg"
        with behind_the_scenes() as connection:
            connection.execute(db.text("UPDATE billing_details SET city = 'Bremen', version = 7"))
        kept, version = queries.gather(organization)
        assert (kept.city, version) == ("Bremen", 7)
