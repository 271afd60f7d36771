"""A primary that was demoted and still runs: kept connections to it refuse each change, and are left."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from app.database import fast
from app.extensions import db
from app.models import Hold, Organization, UsageEvent
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor
from tests.support.metering import a_cloudevent
from tests.support.platform import Platform

DEMOTED = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
TOKENS = [{"meter": "tokens_out", "quantity": 1_000}]


@pytest.fixture
def demote(app: Flask) -> Iterator[Callable[[], None]]:
    """Lets kept connections, of which there is one of each kind, be to a server that takes no changes any more."""

    def demote() -> None:
        db.session.commit()
        leave()
        with db.engine.connect() as kept:
            kept.exec_driver_sql(DEMOTED)
            kept.commit()
        fast.connections.get().run(lambda one: one.execute(DEMOTED))

    def leave() -> None:
        db.engine.dispose()
        fast.connections.get().close()

    yield demote
    db.session.rollback()
    leave()


def reserve(platform: Platform, organization: Organization) -> int:
    body = {"key": "call-1", "usage": TOKENS, "lease_seconds": 60}
    return int(platform.post(f"/organizations/{organization.id}/holds", body).status_code)


def report(platform: Platform, organization: Organization) -> int:
    event = json.dumps(a_cloudevent(organization, "e1", data={"quantity": 1_000})).encode()
    # The test's own transaction has the connection.
    db.session.rollback()
    answer = platform.open("POST", "/usage", data=event, content_type="application/cloudevents+json")
    return int(answer.status_code)


@pytest.mark.parametrize(("send", "made"), [(reserve, Hold), (report, UsageEvent)])
def test_what_the_platform_sends_is_done_or_said_to_be_not_done(
    platform: Platform,
    demote: Callable[[], None],
    send: Callable[[Platform, Organization], int],
    made: type[Hold | UsageEvent],
) -> None:
    organization = an_organization(credit="10")
    demote()
    answers = [send(platform, organization), send(platform, organization)]
    assert answers[0] in {200, 201, 503}
    assert answers[1] in {200, 201}, "new connections go to the server that takes changes"
    assert db.session.query(made).count() >= 1


def test_an_owner_is_asked_to_try_again_and_can(visitor: Visitor, demote: Callable[[], None]) -> None:
    visitor.begin_session(a_person(organization=an_organization(credit="10")).email)
    demote()
    view = {"name": "Mine", "query": "kind=usage"}
    answers = [visitor.post("/billing/wallet/views", view).status_code for _ in range(2)]
    assert answers == [503, 303]
