"""Replays: a message goes again to every endpoint that is in use and doesn't know a newer state."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.billing.platform import endpoints, messages, replays
from app.billing.platform.replays import Replayed
from app.clock import utc_now
from app.extensions import db
from app.models import DeliveryState, Organization, PlatformDelivery, PlatformMessage
from tests.factories import an_organization

URL = "http://127.0.0.1:9/missing"
PAUSED, RESUMED = "calling.paused", "calling.resumed"


@pytest.fixture
def organization(app: Flask) -> Organization:
    endpoints.add(URL)
    return an_organization()


def publish(organization: Organization, type_: str) -> UUID:
    messages.publish(organization.id, type_, {}, at=utc_now())
    newest = db.select(PlatformMessage.id).order_by(PlatformMessage.position.desc()).limit(1)
    return db.session.scalars(newest).one()


def fail(*message_ids: UUID) -> None:
    """As if every endpoint had refused them."""
    for row in rows():
        if row.message_id in message_ids:
            row.state, row.attempts, row.refused, row.ended_at = DeliveryState.FAILED, 7, True, utc_now()
    db.session.commit()


def rows() -> list[PlatformDelivery]:
    query = db.select(PlatformDelivery).order_by(PlatformDelivery.position)
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def test_it_begins_afresh(organization: Organization) -> None:
    message = publish(organization, "plan.changed")
    fail(message)
    assert replays.replay(message) == Replayed(queued=1, outdated=0, switched_off=0)
    [row] = rows()
    assert (row.state, row.attempts, row.refused, row.ended_at) == (DeliveryState.WAITING, 0, False, None)


def test_an_unknown_message_goes_nowhere(organization: Organization) -> None:
    publish(organization, "plan.changed")
    assert replays.replay(uuid4()) == Replayed(0, 0, 0)


def test_only_where_the_endpoint_is_in_use(organization: Organization) -> None:
    other, _ = endpoints.add(URL)
    message = publish(organization, "plan.changed")
    fail(message)
    endpoints.disable(other.id)
    assert replays.replay(message) == Replayed(queued=1, outdated=0, switched_off=1)
    states = {row.endpoint_id: row.state for row in rows()}
    assert states[other.id] is DeliveryState.FAILED


def test_a_state_is_outdated_by_a_newer_one_of_its_organization_alone(organization: Organization) -> None:
    message = publish(organization, PAUSED)
    fail(message)
    publish(organization, "plan.changed")
    publish(an_organization(), RESUMED)
    assert replays.replay(message).queued == 1
    fail(message)
    publish(organization, RESUMED)
    assert replays.replay(message) == Replayed(queued=0, outdated=1, switched_off=0)
    assert rows()[0].state is DeliveryState.FAILED


def test_a_message_of_another_kind_is_never_outdated(organization: Organization) -> None:
    message = publish(organization, "wallet.low")
    publish(organization, "wallet.recovered")
    publish(organization, RESUMED)
    fail(message)
    assert replays.replay(message).queued == 1


def test_an_endpoint_that_does_not_know_the_newer_state_is_told_the_older_one(
    organization: Organization,
) -> None:
    """It was off when that was written."""
    other, _ = endpoints.add(URL)
    message = publish(organization, PAUSED)
    fail(message)
    endpoints.disable(other.id)
    publish(organization, RESUMED)
    endpoints.enable(other.id)
    assert replays.replay(message) == Replayed(queued=1, outdated=1, switched_off=0)


def test_those_that_failed_are_listed_once_each_in_the_order_in_which_they_were_written(
    organization: Organization,
) -> None:
    assert replays.all_failed() == []
    endpoints.add(URL)
    first, second, third = (publish(organization, "plan.changed") for _ in range(3))
    assert replays.all_failed() == []
    fail(third, first)
    assert replays.all_failed() == [first, third]
    assert second not in replays.all_failed()
