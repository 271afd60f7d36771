"""Where a page of a list ends: written for addresses, read back as it was, and None where it makes no sense."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask

from app.cursor import Cursor, Page, page
from app.extensions import db
from app.ids import uuid7
from app.models import AuditEvent, Organization
from tests.factories import an_organization, at

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def test_what_is_written_is_read_again_to_the_microsecond() -> None:
    cursor = Cursor(NOON + timedelta(microseconds=7), uuid7())
    assert Cursor.parse(str(cursor)) == cursor
    assert set(str(cursor)) <= set("0123456789abcdefT.-")


def test_it_is_written_in_utc() -> None:
    id_ = uuid7()
    away = NOON.astimezone(timezone(timedelta(hours=13)))
    assert str(Cursor(away, id_)) == str(Cursor(NOON, id_)) == f"20261129T120000.000000-{id_.hex}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "20261129T120000.000000",
        "20261129T120000.000000-",
        "20261329T120000.000000-" + "0" * 32,
        "x" * 999,
    ],
)
def test_what_makes_no_sense_is_none(text: str) -> None:
    assert Cursor.parse(text) is None


def events(count: int) -> Organization:
    """An organization with so many audit events, each two of the same moment."""
    organization = an_organization()
    for number in range(count):
        moment = at("2026-11-29 12:00") + timedelta(minutes=number // 2)
        db.session.add(
            AuditEvent(
                org_id=organization.id,
                at=moment,
                actor="a",
                action="user.joined",
                subject=str(number),
                details={},
            )
        )
        db.session.flush()
    db.session.commit()
    return organization


def read(
    organization: Organization, before: Cursor | None = None, after: Cursor | None = None
) -> Page[AuditEvent, Cursor]:
    wanted = db.select(AuditEvent).filter_by(org_id=organization.id, action="user.joined")
    return page(wanted, AuditEvent.at, AuditEvent.id, size=3, before=before, after=after)


def subjects(found: Page[AuditEvent, Cursor]) -> list[int]:
    return [int(one.subject) for one in found.rows]


def test_pages_lead_down_and_back_up_without_a_gap_also_amid_one_moment(app: Flask) -> None:
    organization = events(8)
    first = read(organization)
    second = read(organization, before=first.older)
    third = read(organization, before=second.older)
    assert [subjects(one) for one in (first, second, third)] == [[7, 6, 5], [4, 3, 2], [1, 0]]
    assert (first.newer, third.older) == (None, None)
    assert subjects(read(organization, after=third.newer)) == [4, 3, 2]


def test_where_less_than_a_page_is_newer_it_is_the_newest_page(app: Flask) -> None:
    organization = events(5)
    first = read(organization)
    oldest_shown = Cursor(first.rows[1].at, first.rows[1].id)
    again = read(organization, after=oldest_shown)
    assert (subjects(again), again.newer) == ([4, 3, 2], None)


def test_where_exactly_a_page_is_newer_none_of_it_is_left_out(app: Flask) -> None:
    organization = events(4)
    oldest = read(organization, before=read(organization).older)
    assert subjects(oldest) == [0]
    again = read(organization, after=oldest.newer)
    assert (subjects(again), again.newer) == ([3, 2, 1], None)


def test_exactly_a_page_has_no_other(app: Flask) -> None:
    found = read(events(3))
    assert (subjects(found), found.newer, found.older) == ([2, 1, 0], None, None)
    assert read(events(0)) == Page([], None, None)
