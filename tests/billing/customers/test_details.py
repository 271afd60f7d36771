"""Billing details: kept by versions, so that no one overwrites what someone else has just saved."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.billing.customers import details
from app.billing.customers import queries as customer_queries
from app.billing.customers.details import ChangedMeanwhileError
from app.billing.customers.validation import Details, DetailsError
from app.extensions import db
from app.models import AuditEvent
from tests.factories import OWNER, a_payer, an_organization
from tests.support.billing_details import HARBOR


def test_they_are_kept_tidied_up(app: Flask) -> None:
    organization = an_organization()
    details.save(organization, HARBOR, 0, OWNER)
    db.session.commit()
    kept, version = customer_queries.gather(organization)
    assert (kept.tax_id, kept.emails, version) == (
        "DE136695976",
        ("books@harbor.example", "cfo@harbor.example"),
        1,
    )


def test_of_two_tabs_the_second_is_told(app: Flask) -> None:
    organization = an_organization()
    details.save(organization, HARBOR, 0, OWNER)
    with pytest.raises(ChangedMeanwhileError):
        details.save(organization, replace(HARBOR, city="Bremen"), 0, OWNER)
    assert customer_queries.gather(organization)[0].city == "Hamburg"


def test_what_is_wrong_changes_nothing(app: Flask) -> None:
    organization = an_organization()
    details.save(organization, HARBOR, 0, OWNER)
    with pytest.raises(DetailsError):
        details.save(organization, replace(HARBOR, country="XX"), 1, OWNER)
    assert customer_queries.gather(organization)[1] == 1


def test_the_trail_names_what_was_changed_and_not_to_what(app: Flask) -> None:
    organization = an_organization()
    details.save(organization, HARBOR, 0, OWNER)
    details.save(organization, replace(HARBOR, city="Bremen"), 1, OWNER)
    trail = db.session.scalars(
        db.select(AuditEvent.details)
        .filter_by(org_id=organization.id, action="billing_details.changed")
        .order_by(AuditEvent.at, AuditEvent.id)
    ).all()
    assert trail[1] == {"fields": ["city"]}


class TestRecipients:
    def test_a_form_that_was_open_can_t_bring_the_old_ones_back(self, app: Flask) -> None:
        organization = an_organization()
        details.save(organization, HARBOR, 0, OWNER)
        details.remove_recipient(organization, "CFO@harbor.example", OWNER)
        with pytest.raises(ChangedMeanwhileError):
            details.save(organization, HARBOR, 1, OWNER)
        assert organization.billing_emails == ["books@harbor.example"]

    def test_the_same_ones_again_are_no_change(self, app: Flask) -> None:
        organization = an_organization()
        for _ in range(2):
            details.set_recipients(organization, ["cfo@harbor.example"], OWNER)
        assert customer_queries.gather(organization) == (Details(emails=("cfo@harbor.example",)), 1)

    def test_someone_who_never_got_mail_is_no_change_unless_stripe_may_know_them(
        self, app: Flask, sandbox: object
    ) -> None:
        for organization, version in ((an_organization(), 0), (a_payer()[0], 1)):
            details.remove_recipient(organization, "cfo@harbor.example", OWNER)
            assert customer_queries.gather(organization)[1] == version
