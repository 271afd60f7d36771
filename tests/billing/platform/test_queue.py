"""What holds back what: the newest state gets through, a refused message holds back nothing, a slow receiver
no one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask

from app.billing.platform import deliveries, messages, queue
from app.billing.platform import endpoints as platform_endpoints
from app.billing.platform import slots as platform_slots
from app.clock import utc_now
from app.extensions import db
from app.models import DeliveryState, Organization, PlatformDelivery, PlatformEndpoint
from app.queues import SLOTS, Queue
from tests.factories import an_organization
from tests.support.database import inside
from tests.support.platform_receiver import Receiver, holding, receiving
from tests.support.sandbox import work_through
from tests.support.worker import until

PAUSED, RESUMED = "calling.paused", "calling.resumed"
OTHERS = ("wallet.low", "wallet.recovered", "wallet.topped_up", "plan.changed")
REFUSALS = (400, 401, 403, 404, 405, 409, 413, 415, 422, 451)
TROUBLE = (500, 502, 503, 504, 408, 425, 429, 302)


@pytest.fixture
def receiver(app: Flask) -> Iterator[Receiver]:
    with receiving() as found:
        platform_endpoints.add(found.url)
        db.session.commit()
        yield found


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization()


def tell(organization: Organization, *types: str) -> None:
    for type_ in types:
        messages.publish(organization.id, type_, {"n": 1}, at=utc_now())
        db.session.commit()


def rows() -> list[PlatformDelivery]:
    db.session.rollback()
    query = db.select(PlatformDelivery).order_by(PlatformDelivery.position)
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def states() -> list[str]:
    return [row.state.value for row in rows()]


def make_due() -> None:
    for row in rows():
        row.next_try_at = utc_now()
    db.session.commit()


def flask(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["platform", *words])


@pytest.mark.one_of_each(by=lambda type_: type_)
@pytest.mark.parametrize("status", REFUSALS)
@pytest.mark.parametrize("type_", ["wallet.topped_up", "plan.changed"])
def test_a_message_that_is_refused_holds_back_nothing_and_is_kept(
    app: Flask, receiver: Receiver, organization: Organization, status: int, type_: str
) -> None:
    receiver.by_type = {type_: status}
    tell(organization, type_, "wallet.low", PAUSED, RESUMED)
    work_through(app)
    assert states() == ["failed", "delivered", "delivered", "delivered"]
    assert receiver.types.count(type_) == 1, "it is not tried again"
    assert [one for one in receiver.types if one in {PAUSED, RESUMED}] == [PAUSED, RESUMED]
    shown = flask(app, "failed").output
    assert type_ in shown
    assert str(status) in shown
    assert app.test_client().get("/readyz").json["messages"]["failed"] == 1


@pytest.mark.one_of_each(by=lambda type_, status: {type_, status // 100})
@pytest.mark.parametrize("status", TROUBLE)
@pytest.mark.parametrize("type_", OTHERS)
def test_no_other_message_holds_back_the_state(
    app: Flask, receiver: Receiver, organization: Organization, status: int, type_: str
) -> None:
    receiver.by_type = {type_: status}
    tell(organization, type_)
    work_through(app)
    tell(organization, PAUSED)
    work_through(app)
    assert states() == ["waiting", "delivered"]
    tell(organization, RESUMED)
    work_through(app)
    assert states() == ["waiting", "delivered", "delivered"]


@pytest.mark.one_of_each(by=lambda end: end)
@pytest.mark.parametrize(
    ("status", "end"), [*((one, "failed") for one in REFUSALS), *((one, "superseded") for one in TROUBLE)]
)
def test_a_state_that_is_not_taken_gives_way_to_a_newer_one(
    app: Flask, receiver: Receiver, organization: Organization, status: int, end: str
) -> None:
    receiver.by_type = {PAUSED: status}
    tell(organization, PAUSED)
    work_through(app)
    assert states() == ["waiting"]
    tell(organization, RESUMED)
    work_through(app)
    assert states() == [end, "delivered"]
    assert receiver.types == [PAUSED, RESUMED]
    make_due()
    work_through(app)
    assert receiver.types == [PAUSED, RESUMED], "an old state never follows a new one"
    assert (PAUSED in flask(app, "failed").output) is (end == "failed")


@pytest.mark.parametrize("status", [404, 500])
def test_the_newest_state_is_tried_again_also_where_it_was_refused(
    app: Flask, receiver: Receiver, organization: Organization, status: int
) -> None:
    """The platform may be in the middle of a deployment."""
    receiver.answers = [status, status]
    tell(organization, PAUSED)
    for _ in range(3):
        make_due()
        deliveries.deliver(organization.id)
    assert states() == ["delivered"]
    assert receiver.types == [PAUSED] * 3


def test_a_state_is_never_left_alone_for_longer_than_a_minute(
    app: Flask, receiver: Receiver, organization: Organization
) -> None:
    receiver.answers, receiver.headers = [503], {"Retry-After": "86400"}
    tell(organization, PAUSED)
    rows()[0].attempts = 50
    db.session.commit()
    deliveries.deliver(organization.id)
    assert rows()[0].next_try_at <= utc_now() + timedelta(minutes=1)


def test_a_receiver_that_asks_to_be_left_alone_is(
    app: Flask, receiver: Receiver, organization: Organization
) -> None:
    receiver.answers, receiver.headers = [429], {"Retry-After": "900"}
    tell(organization, "plan.changed")
    work_through(app)
    assert rows()[0].next_try_at > utc_now() + timedelta(minutes=14)


def test_untried_states_are_told_in_their_order(
    app: Flask, receiver: Receiver, organization: Organization
) -> None:
    tell(organization, PAUSED, RESUMED, PAUSED, RESUMED)
    work_through(app)
    assert receiver.types == [PAUSED, RESUMED, PAUSED, RESUMED]


def test_an_endpoint_that_is_gone_is_switched_off_and_can_be_switched_on(
    app: Flask, receiver: Receiver, organization: Organization
) -> None:
    receiver.answers = [410]
    tell(organization, "plan.changed", "wallet.low", PAUSED)
    endpoint = db.session.scalars(db.select(PlatformEndpoint)).one()
    deliveries.drain(endpoint.id, is_state=False)
    work_through(app)
    assert states() == ["failed"] * 3
    assert len(receiver.requests) == 1, "nothing more is sent there"
    assert "disabled" in flask(app, "endpoints").output
    first = str(rows()[0].message_id)
    refused = flask(app, "replay", first)
    assert (refused.exit_code, "is disabled" in refused.output) == (1, True)
    assert flask(app, "enable", str(endpoint.id)).exit_code == 0
    assert flask(app, "replay", "--all-failed").output.count("queued") == 3
    work_through(app)
    assert states() == ["delivered"] * 3


def test_an_outdated_state_is_not_replayed(
    app: Flask, receiver: Receiver, organization: Organization
) -> None:
    receiver.by_type = {PAUSED: 400}
    tell(organization, PAUSED)
    work_through(app)
    tell(organization, RESUMED)
    work_through(app)
    replayed = flask(app, "replay", str(rows()[0].message_id))
    assert replayed.exit_code == 1
    assert "newer state" in replayed.output
    work_through(app)
    assert receiver.types == [PAUSED, RESUMED]


def test_a_message_that_a_killed_sender_had_is_sent_by_the_next(
    app: Flask, receiver: Receiver, organization: Organization
) -> None:
    tell(organization, "plan.changed", PAUSED)
    endpoint_id = rows()[0].endpoint_id
    for is_state in (False, True):
        assert queue.claim_next(endpoint_id, is_state=is_state) is not None
    assert timedelta(minutes=1) > queue.CLAIMED_FOR
    deliveries.deliver(organization.id)
    assert receiver.types == [], "no one takes it away from one that may be alive"
    for row in rows():
        row.sending_until = utc_now()
    db.session.commit()
    deliveries.enqueue_due()
    work_through(app)
    assert sorted(receiver.types) == [PAUSED, "plan.changed"]
    assert states() == ["delivered", "delivered"]


def test_nothing_is_locked_while_a_receiver_is_waited_for(app: Flask, organization: Organization) -> None:
    with holding() as slow, ThreadPoolExecutor(1) as aside:
        platform_endpoints.add(slow.url)
        tell(organization, "plan.changed")
        sending = aside.submit(in_app, app, organization)
        until(lambda: slow.waiting == 1, "it is being sent")
        locked = db.select(PlatformDelivery).with_for_update(nowait=True)
        assert len(db.session.scalars(locked).all()) == 1
        db.session.rollback()
        slow.release.set()
        sending.result()
    assert states() == ["delivered"]


def in_app(app: Flask, organization: Organization) -> None:
    with inside(app):
        deliveries.deliver(organization.id)


@pytest.mark.parametrize("is_state", [False, True])
def test_an_endpoint_takes_fewer_slots_than_there_are_and_what_waits_is_sent_by_those_that_are_at_it(
    app: Flask, is_state: bool
) -> None:
    all_slots = SLOTS[Queue.CALLING if is_state else Queue.MESSAGES]
    assert 0 < platform_slots.MOST[is_state] < all_slots
    with holding() as slow, receiving() as quick, ThreadPoolExecutor(all_slots) as slots:
        platform_endpoints.add(slow.url)
        platform_endpoints.add(quick.url)
        organizations = [an_organization() for _ in range(all_slots + 2)]
        for one in organizations:
            tell(one, PAUSED if is_state else "plan.changed")
        endpoints = {row.url: row.id for row in db.session.scalars(db.select(PlatformEndpoint))}

        def drain(url: str) -> None:
            with inside(app):
                deliveries.drain(endpoints[url], is_state=is_state)

        at_slow = [slots.submit(drain, slow.url) for _ in range(all_slots)]
        until(lambda: slow.waiting == platform_slots.MOST[is_state], "it has all that it may have")
        slots.submit(drain, quick.url).result()
        assert len(quick.requests) == len(organizations)
        assert slow.answered == 0
        slow.release.set()
        for one in at_slow:
            one.result()
    assert slow.most <= platform_slots.MOST[is_state]
    assert set(states()) == {DeliveryState.DELIVERED.value}
