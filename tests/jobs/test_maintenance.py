"""The work of the night: what is old goes and what is in use stays, in whatever order its parts are done."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db, enqueue
from app.models import RateLimitCounter, SignInSession, StoredResponse
from tests.factories import a_person, an_organization
from tests.support.sandbox import work_through

LONG_AGO = timedelta(days=400)
PARTS = 15


def old_and_new() -> None:
    """Of each kind one that is old, and one that is in use."""
    now = utc_now()
    organization = an_organization()
    user_id = a_person(organization=organization).id
    for name, ago in (("old", LONG_AGO), ("new", timedelta())):
        session = SignInSession(
            token_hash=name.encode(), user_id=user_id, created_at=now - ago, seen_at=now - ago
        )
        answer = StoredResponse(
            org_id=organization.id,
            key=name,
            fingerprint=b"",
            status=200,
            headers={},
            body=b"",
            expires_at=now - ago + timedelta(hours=1),
        )
        counter = RateLimitCounter(key=name, count=1, expires_at=now - ago + timedelta(hours=1))
        db.session.add_all([session, answer, counter])
    db.session.commit()


def left() -> dict[str, list[str]]:
    db.session.rollback()
    columns: tuple[Any, ...] = (SignInSession.token_hash, StoredResponse.key, RateLimitCounter.key)
    found = {column.class_.__tablename__: list(db.session.scalars(db.select(column))) for column in columns}
    return {
        name: sorted(k.decode() if isinstance(k, bytes) else k for k in keys) for name, keys in found.items()
    }


@pytest.mark.parametrize("last", range(PARTS))
def test_what_is_old_goes_whichever_part_is_done_last(
    app: Flask, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    def shuffle(parts: list[Any]) -> None:
        assert len(parts) == PARTS
        parts.append(parts.pop(last))

    old_and_new()
    enqueue("nightly", timestamp=0)
    db.session.commit()
    monkeypatch.setattr(random, "shuffle", shuffle)
    work_through(app)
    assert left() == {"sign_in_session": ["new"], "kept_answer": ["new"], "rate_limit_counter": ["new"]}
