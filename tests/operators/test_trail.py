"""The operators' own trail: whom it was about, why, and that no one changes it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.billing.audit import name_for_reader
from app.extensions import db
from app.models.scope import Reason, seeing_all
from app.operators import trail
from app.operators.trail import COMMAND, LONGEST_REASON, Doer, ReasonError
from app.transaction import transaction
from tests.factories import an_organization, usd
from tests.support.database import owner
from tests.support.operating import an_operator, events


def test_an_entry_says_who_whom_what_and_why(app: Flask) -> None:
    dana, harbor = an_operator().operator, an_organization("Harbor Dental")
    with transaction():
        trail.record(
            Doer(dana, "192.0.2.7"), "credit.granted", "a lot", about=harbor, reason="Outage", amount=usd("5")
        )
        trail.record(COMMAND, "event.replayed", "evt_1")
    granted, replayed = events()[-2:]
    assert (granted.operator_id, granted.actor, granted.address) == (dana.id, dana.email, "192.0.2.7")
    assert (granted.organization_id, granted.organization) == (harbor.id, "Harbor Dental")
    assert (granted.reason, granted.amount_micro, granted.currency) == ("Outage", 5_000_000, "USD")
    assert (replayed.operator_id, replayed.actor) == (None, "command")
    assert [one.id for one in trail.page(about=harbor.id).rows] == [granted.id]


def test_owners_read_the_name_of_the_operator(app: Flask) -> None:
    dana = an_operator().operator
    assert name_for_reader(Doer(dana).actor.name) == "Voice Portal operator Dana Whitfield"
    assert name_for_reader(COMMAND.actor.name) == "Voice Portal operator"


@pytest.mark.parametrize("change", ["UPDATE operator_event SET reason = ''", "DELETE FROM operator_event"])
@pytest.mark.parametrize("by_owner", [False, True], ids=["application", "owner"])
def test_no_one_changes_it(app: Flask, change: str, by_owner: bool) -> None:
    an_operator()
    if by_owner:
        with owner().connect() as connection, pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(change))
    else:
        with seeing_all(Reason.TESTS), pytest.raises(DBAPIError):
            db.session.execute(text(change))
        db.session.rollback()


@pytest.mark.parametrize(
    ("text_", "kept"),
    [
        ("  a\n b ", "a b"),
        ("x" * LONGEST_REASON, "x" * LONGEST_REASON),
        ("", None),
        (" \n", None),
        ("x" * (LONGEST_REASON + 1), None),
        ("a\x00b", None),
        ("\u3164", None),
        ("\u00ad\u200b", None),
        ("\u2800 \ufe0f", None),
    ],
)
def test_a_reason_is_needed_and_short(text_: str, kept: str | None) -> None:
    if kept is not None:
        assert trail.checked_reason(text_) == kept
    else:
        with pytest.raises(ReasonError):
            trail.checked_reason(text_)
