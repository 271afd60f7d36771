"""Whatever a chat, a webhook or the gateway for text messages answers: what becomes of the message and its channel."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta

import pytest
from flask import Flask

from app.billing.alerts import deliveries
from app.billing.alerts.outcomes import Result
from app.clock import utc_now
from app.extensions import db
from app.models import AlertChannel, AlertDelivery, AlertDeliveryState, ChannelKind
from tests.support.alerting import a_chat, a_listener, an_alerted, to
from tests.support.platform_receiver import Receiver, answering

WAITING, DELIVERED, FAILED = AlertDeliveryState
every_kind = pytest.mark.parametrize(
    "kind", [ChannelKind.SLACK, ChannelKind.TEAMS, ChannelKind.WEBHOOK, ChannelKind.SMS]
)


@pytest.mark.one_of_each(by=lambda kind, state, is_off: {kind, (state, is_off)})
@every_kind
@pytest.mark.parametrize(
    ("status", "state", "is_off", "waits"),
    [
        (200, DELIVERED, False, 0),
        (204, DELIVERED, False, 0),
        (302, WAITING, False, 5),
        (307, WAITING, False, 5),
        (400, FAILED, False, 0),
        (403, FAILED, False, 0),
        (404, FAILED, False, 0),
        (408, WAITING, False, 40),
        (410, FAILED, True, 0),
        (429, WAITING, False, 40),
        (500, WAITING, False, 40),
        (503, WAITING, False, 40),
    ],
)
def test_each_answer_has_one_outcome(
    app: Flask,
    receiver: Receiver,
    with_gateway: str,
    kind: ChannelKind,
    status: int,
    state: AlertDeliveryState,
    is_off: bool,
    waits: int,
) -> None:
    organization, owner = an_alerted()
    if kind is ChannelKind.SMS:
        channel = a_listener(organization, owner, "low", kind=kind, number="+16175550123")
    else:
        channel = a_chat(organization, receiver.url, kind=kind, about=("low",))
    receiver.answers = [status]
    receiver.headers = {"Retry-After": "40"} if waits == 40 else {}
    to(organization, "40", source="fall")
    now = utc_now()
    deliveries.drain(organization.id, channel.id)
    db.session.rollback()
    assert len(receiver.requests) == 1, "not followed, and not sent again now"
    [delivery] = db.session.query(AlertDelivery).all()
    found = db.session.get_one(AlertChannel, (organization.id, channel.id))
    assert (delivery.state, found.off_at is not None) == (state, is_off)
    if waits:
        assert delivery.next_try_at >= now + timedelta(seconds=waits)
    receiver.answers, receiver.headers = [], {}
    delivery.next_try_at = utc_now() - timedelta(seconds=1)
    db.session.commit()
    deliveries.drain(organization.id, channel.id)
    assert len(receiver.requests) == (2 if state is WAITING else 1), "once it is accepted, never again"
    if state is WAITING:
        assert len({headers.get("webhook-id") for headers, _ in receiver.requests}) == 1, (
            "as the same message"
        )


@pytest.mark.one_of_each(by=lambda kind, result: {kind, result})
@pytest.mark.parametrize("kind", [ChannelKind.SLACK, ChannelKind.TEAMS, ChannelKind.WEBHOOK])
@pytest.mark.parametrize(
    ("parts", "for_ever", "result"),
    [
        ((b"",), True, Result.NO_ANSWER),
        ((b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n"), True, Result.NO_ANSWER),
        ((b"HTTP/1.1 200 OK\r\nX: " + b"x" * 40_000,), False, Result.NO_ANSWER),
        ((b"not HTTP\r\n\r\n",), False, Result.NO_ANSWER),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n", b"x" * 4096), True, Result.DELIVERED),
    ],
    ids=["hangs", "drips", "huge headers", "nonsense", "huge body"],
)
def test_what_hangs_or_is_huge_is_no_answer_or_counts_by_its_status(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    kind: ChannelKind,
    parts: tuple[bytes, ...],
    for_ever: bool,
    result: Result,
) -> None:
    monkeypatch.setattr(deliveries, "TEST_SECONDS", 0.5)
    organization, owner = an_alerted()
    with ExitStack() as stack:
        url = stack.enter_context(answering(*parts, pause=0.02, for_ever=for_ever))
        channel = a_chat(organization, url, kind=kind, about=("low",))
        assert deliveries.test(organization.id, channel.id, by=owner).result is result
    found = db.session.get_one(AlertChannel, (organization.id, channel.id))
    assert found.off_at is None
