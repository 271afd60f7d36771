"""Who is billed, as documents say it: on invoices of now, and on statements as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.billing.customers import details, documents
from app.billing.customers.validation import Details
from app.extensions import db
from app.language import speaking
from app.models import Organization
from app.months import Month
from tests.factories import OWNER, an_organization
from tests.support.billing_details import HARBOR
from tests.support.pseudo import LEFT_TO_RIGHT, speaking_pseudo


def billed(wanted: Details) -> list[str]:
    """What documents say of an organization with these details."""
    organization = an_organization("Harbor Dental")
    details.save(organization, wanted, 0, OWNER)
    return documents.on_documents(organization)


def test_each_thing_has_a_line(app: Flask) -> None:
    assert billed(HARBOR) == [
        "Harbor Dental GmbH",
        "Hafenstraße 4",
        "20457 Hamburg",
        "Germany",
        "Tax ID: DE136695976",
        "Purchase order: PO-4711",
    ]


def test_a_reader_has_the_labels_and_the_country_in_their_language(app: Flask) -> None:
    with speaking_pseudo(), speaking(LEFT_TO_RIGHT):
        lines = billed(HARBOR)
    assert lines[:4] == ["Harbor Dental GmbH", "Hafenstraße 4", "20457 Hamburg", "Duitsland"]
    assert lines[4].startswith("«") and lines[4].endswith("DE136695976»")
    assert lines[5].startswith("«") and lines[5].endswith("PO-4711»")


def test_nothing_entered_leaves_the_name(app: Flask) -> None:
    assert documents.on_documents(an_organization("Harbor")) == ["Harbor"]
    assert billed(Details(purchase_order="7")) == ["Harbor Dental", "Purchase order: 7"]


@pytest.mark.parametrize(
    ("country", "region", "code", "lines"),
    [
        ("US", "MA", "02110", ["Boston, MA 02110", "United States"]),
        ("GB", "", "PE21 6SU", ["Boston PE21 6SU", "United Kingdom"]),
        ("US", "MA", "", ["Boston, MA", "United States"]),
        ("IT", "BZ", "39100", ["39100 Boston", "BZ", "Italy"]),
        ("IT", "", "", ["Boston", "Italy"]),
    ],
)
def test_the_town_stands_as_its_country_writes_it(
    app: Flask, country: str, region: str, code: str, lines: list[str]
) -> None:
    address = Details(line1="12 Pier St", city="Boston", region=region, postal_code=code, country=country)
    assert billed(address) == ["Harbor Dental", "12 Pier St", *lines]


def test_another_organization_has_its_own(app: Flask) -> None:
    billed(HARBOR)
    assert documents.on_documents(an_organization("Other")) == ["Other"]


class TestStatements:
    def lines(self, organization: Organization, month: Month) -> tuple[str, ...]:
        return documents.on_statement(organization, month).billed

    def test_a_month_that_is_over_keeps_what_it_said(self, app: Flask) -> None:
        organization = an_organization("Harbor Dental", credit="5")
        over, now = Month(2026, 1), Month.of(organization.local_day())
        details.save(organization, HARBOR, 0, OWNER)
        details.save(organization, replace(HARBOR, legal_name="Harbor Holding AG"), 1, OWNER)
        assert self.lines(organization, over) == ("Harbor Dental",)
        assert self.lines(organization, now)[0] == "Harbor Holding AG"

    def test_until_something_changes_it_says_what_is_so_now(self, app: Flask) -> None:
        organization = an_organization("Harbor Dental", credit="5", timezone="Europe/Berlin")
        head = documents.on_statement(organization, Month(2026, 1))
        assert (head.name, head.timezone, head.billed) == (
            "Harbor Dental",
            "Europe/Berlin",
            ("Harbor Dental",),
        )

    def test_a_second_snapshot_changes_nothing(self, app: Flask) -> None:
        organization = an_organization("Harbor Dental", credit="5")
        documents.snapshot_on_statements(organization)
        organization.name = "Another"
        db.session.flush()
        documents.snapshot_on_statements(organization)
        assert documents.on_statement(organization, Month(2026, 1)).name == "Harbor Dental"
