"""The ledger's own guards: append-only, and read by day in the organization's zone."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.billing.activity import history
from app.billing.activity.filters import Filters
from app.extensions import db
from tests.factories import an_organization, at, give_credit
from tests.support.database import owner


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE transfer SET amount_micro = 1",
        "DELETE FROM transfer",
        "TRUNCATE transfer",
        "UPDATE audit_event SET actor = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
    ],
)
def test_the_database_refuses_to_change_or_delete_what_was_posted(app: Flask, change: str) -> None:
    organization = an_organization(credit="10")
    db.session.execute(
        text(
            "INSERT INTO audit_event (org_id, id, at, actor, action, subject, details) "
            "VALUES (:org, gen_random_uuid(), now(), 'a', 'b', 'c', '{}')"
        ),
        {"org": organization.id},
    )
    db.session.commit()
    with pytest.raises(DBAPIError, match="permission denied"):
        db.session.execute(text(change))
    with pytest.raises(DBAPIError, match="append-only"), owner().begin() as connection:
        connection.execute(text(change))


def test_the_database_refuses_to_post_twice_what_has_the_same_cause(app: Flask) -> None:
    an_organization(credit="10")
    again = text(
        "INSERT INTO transfer SELECT (jsonb_populate_record(transfer, '{\"seq\": 99}')).* FROM transfer"
    )
    with pytest.raises(IntegrityError, match="uq_transfer_cause"):
        db.session.execute(again)


def test_days_are_the_organizations_own(app: Flask) -> None:
    organization = an_organization(timezone="Pacific/Auckland")
    give_credit(organization, "5", at=at("2026-11-10 12:30"))
    [line] = history.page(organization, Filters()).lines
    assert str(line.day) == "2026-11-11"


def test_pages_of_the_history_join_without_gap_or_repetition(app: Flask) -> None:
    organization = an_organization()
    for number in range(history.PAGE * 2 + 3):
        give_credit(organization, f"{number + 1}", at=at("2026-11-10 12:00"))
    first = history.page(organization, Filters())
    second = history.page(organization, Filters(), before=first.older)
    third = history.page(organization, Filters(), before=second.older)
    amounts = [line.amount.micro // 1_000_000 for page in (first, second, third) for line in page.lines]
    assert amounts == list(range(history.PAGE * 2 + 3, 0, -1))
    assert first.newer is None and third.older is None
    back = history.page(organization, Filters(), after=third.newer)
    assert [line.id for line in back.lines] == [line.id for line in second.lines]
    assert history.page(organization, Filters(), after=second.newer).lines == first.lines
