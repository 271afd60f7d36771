"""Time zones: those that we and the database know, and by which both count the same days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo, available_timezones

import pytest
from flask import Flask
from sqlalchemy import text

from app.extensions import db
from app.people import organizations, timezones
from app.people.organizations import TimezoneError
from tests.factories import a_person, an_organization, at
from tests.support.browsing import Visitor
from tests.support.moving import use
from tests.support.platform import Platform
from tests.support.url_map import address, rules

ORG = "/organizations/01932c07-9a3e-7b61-8f0e-2d5d3c1b7a90"
NONE = [
    "localtime",
    "Factory",
    "posixrules",
    "posix/UTC",
    "right/UTC",
    "america/new_york",
    "EST5EDT4",
    "+02:00",
    "",
    "\ufeffUTC",
    "Mars/Base",
    "CET",  # an abbreviation to the database: no summer time
]


@pytest.mark.parametrize("zone", NONE)
def test_what_is_no_zone_is_refused_at_every_entrance(app: Flask, zone: str) -> None:
    with pytest.raises(TimezoneError):
        organizations.create_organization("Harbor", timezone=zone)
    db.session.rollback()
    platform = Platform(app)
    refused = platform.put(ORG, {"name": "Harbor", "timezone": zone})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "/timezone"
    assert platform.put(ORG, {"name": "Harbor", "timezone": "UTC"}).status_code == 201
    assert platform.put(ORG, {"name": "Harbor", "timezone": zone}).status_code == 422
    told = app.test_cli_runner().invoke(args=["organization", "create", "Pine", "--timezone", zone])
    assert told.exit_code != 0
    assert "Traceback" not in told.output


def test_those_that_people_use_are_taken(app: Flask) -> None:
    wanted = {
        "UTC",
        "America/New_York",
        "Europe/Berlin",
        "Asia/Kolkata",
        "Pacific/Kiritimati",
        "Etc/GMT+12",
        "US/Pacific",
    }
    assert wanted <= timezones.known()
    assert len(timezones.known()) > 0.9 * len(available_timezones() - set(NONE))


def test_the_database_counts_the_same_days_as_we_do(app: Flask) -> None:
    random, zones = Random(20261128), sorted(timezones.known())
    first, days = datetime(2025, 1, 1, tzinfo=UTC), 3 * 365
    moments = [first + timedelta(seconds=random.randrange(days * 86_400)) for _ in range(5 * len(zones))]
    # Where a day begins and ends, above all.
    moments += [
        first.replace(hour=23, minute=59, second=59) + timedelta(days=random.randrange(days)) for _ in zones
    ]
    asked = [(zone, moment) for place, moment in enumerate(moments) for zone in (zones[place % len(zones)],)]
    found = db.session.scalars(
        text(
            "SELECT (at AT TIME ZONE zone)::date FROM unnest(CAST(:zones AS text[]), CAST(:moments AS timestamptz[]))"
            " WITH ORDINALITY AS asked(zone, at, place) ORDER BY place"
        ),
        {"zones": [zone for zone, _ in asked], "moments": [moment for _, moment in asked]},
    ).all()
    ours = [moment.astimezone(ZoneInfo(zone)).date() for zone, moment in asked]
    assert [(one, day, own) for one, day, own in zip(asked, found, ours, strict=True) if day != own] == []


@pytest.mark.long
@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Asia/Kathmandu", "Pacific/Kiritimati", "EST5EDT"])
def test_every_page_is_drawn_in_a_zone(app: Flask, zone: str) -> None:
    organization = an_organization(timezone=zone, credit="10")
    use(organization, 1_000, at("2026-09-01 08:00"))
    owner = Visitor(app.test_client())
    owner.begin_session(a_person(organization=organization).email)
    for rule in rules(app):
        if rule.endpoint.startswith(("overview", "wallet", "invoices", "live", "change_plan")):
            known = {"UUIDConverter": organization.id, "month": "2026-09"}
            assert owner.get(address(app, rule, known), buffered=True).status_code < 500, rule
