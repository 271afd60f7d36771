"""The audit trail as owners read it: newest first, page by page, by person, action and days of their zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count

import pytest
from flask import Flask

from app.billing.audit import trail
from app.billing.audit.trail import PAGE, PIECE, Filters
from app.extensions import db
from app.models import AuditEvent, Organization
from tests.factories import an_organization, at
from tests.support.statements import statements

EVERYTHING = Filters()
NOON = at("2026-11-10 12:00")
_numbers = count(1)


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization()


def an_entry(
    organization: Organization, when: datetime = NOON, *, actor: str = "ava", action: str = "refund"
) -> str:
    """Its subject, which no other has."""
    subject = f"re_{next(_numbers)}"
    db.session.add(
        AuditEvent(org_id=organization.id, at=when, actor=actor, action=action, subject=subject, details={})
    )
    return subject


def subjects(organization: Organization, filters: Filters = EVERYTHING) -> list[str]:
    return [entry.subject for entry in trail.page(organization, filters).rows]


def test_a_trail_without_records_is_an_empty_page(organization: Organization) -> None:
    an_entry(an_organization())
    found = trail.page(organization, EVERYTHING)
    assert (list(found.rows), found.newer, found.older) == ([], None, None)
    assert list(trail.list_all_records(organization, EVERYTHING)) == []
    assert trail.people(organization) == []


def test_pages_lead_down_to_the_oldest_and_back_up_without_a_gap(organization: Organization) -> None:
    """All of one moment, so that only their ids part them."""
    written = [an_entry(organization) for _ in range(PAGE + 2)]
    first = trail.page(organization, EVERYTHING)
    second = trail.page(organization, EVERYTHING, before=first.older)
    assert [one.subject for one in [*first.rows, *second.rows]] == written[::-1]
    assert (len(first.rows), first.newer, second.older) == (PAGE, None, None)
    assert trail.page(organization, EVERYTHING, after=second.newer).rows == first.rows


def test_exactly_a_page_has_no_older_one(organization: Organization) -> None:
    for _ in range(PAGE):
        an_entry(organization)
    assert trail.page(organization, EVERYTHING).older is None


def test_an_export_has_every_record_once_also_where_a_piece_ends(organization: Organization) -> None:
    written = [an_entry(organization) for _ in range(PIECE + 1)]
    db.session.commit()
    with statements() as seen:
        found = [one.subject for one in trail.list_all_records(organization, EVERYTHING)]
    assert found == written[::-1]
    assert len([one for one in seen if "FROM audit_event" in one]) == 2


@pytest.mark.parametrize(
    ("zone", "last", "first"),
    [
        ("UTC", "2026-11-09 23:59", "2026-11-10 00:00"),
        ("America/New_York", "2026-11-10 04:59", "2026-11-10 05:00"),
        ("Asia/Kathmandu", "2026-11-09 18:14", "2026-11-09 18:15"),
    ],
)
def test_days_are_those_of_the_organizations_zone_with_both_ends(
    app: Flask, zone: str, last: str, first: str
) -> None:
    organization = an_organization(timezone=zone)
    before, begins = an_entry(organization, at(last)), an_entry(organization, at(first))
    ends = an_entry(organization, at(first) + timedelta(days=1, microseconds=-1))
    after = an_entry(organization, at(first) + timedelta(days=1))
    tenth = date(2026, 11, 10)
    assert subjects(organization, Filters(first_day=tenth, last_day=tenth)) == [ends, begins]
    assert subjects(organization, Filters(first_day=tenth)) == [after, ends, begins]
    assert subjects(organization, Filters(last_day=tenth)) == [ends, begins, before]


def test_a_day_of_changed_clocks_has_all_its_hours(app: Flask) -> None:
    """The first of November 2026 has 25 hours in New York."""
    organization = an_organization(timezone="America/New_York")
    last = an_entry(organization, at("2026-11-02 04:59"))
    an_entry(organization, at("2026-11-02 05:00"))
    day = date(2026, 11, 1)
    assert subjects(organization, Filters(first_day=day, last_day=day)) == [last]


def test_filters_apply_together(organization: Organization) -> None:
    wanted = an_entry(organization, actor="ava", action="refund")
    an_entry(organization, actor="ava", action="dispute")
    an_entry(organization, actor="stripe", action="refund")
    assert subjects(organization, Filters("ava", frozenset({"refund", "token.created"}))) == [wanted]
    assert [one.subject for one in trail.list_all_records(organization, Filters("ava"))][-1] == wanted


def test_of_no_actions_there_are_no_records(organization: Organization) -> None:
    """None wanted is another question than any."""
    an_entry(organization)
    assert subjects(organization, Filters(actions=frozenset())) == []


def test_days_that_end_before_they_begin_have_no_records(organization: Organization) -> None:
    an_entry(organization)
    days = Filters(first_day=date(2026, 11, 11), last_day=date(2026, 11, 9))
    assert subjects(organization, days) == []


def test_people_are_listed_once_by_name_and_only_those_of_the_organization(
    organization: Organization,
) -> None:
    for actor in ("stripe", "ava", "stripe", "noah"):
        an_entry(organization, actor=actor)
    an_entry(an_organization(), actor="mallory")
    assert trail.people(organization) == ["ava", "noah", "stripe"]
