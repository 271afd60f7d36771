"""Each kind of channel gets the form that it wants, composed before anything is sent."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from app.billing.alerts import sending
from app.clock import utc_now
from app.ids import uuid7
from app.models import ChannelKind
from app.notify.emails import AlertTest
from tests.support.alerting import a_chat, an_alerted
from tests.support.platform_receiver import Receiver
from tests.support.statements import statements

TEST = AlertTest(channel="Billing alerts", by="Dana Reed", at=utc_now())


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (ChannelKind.SLACK, {"text", "blocks", "mrkdwn", "unfurl_links", "unfurl_media"}),
        (ChannelKind.TEAMS, {"type", "attachments"}),
        (ChannelKind.WEBHOOK, {"type", "timestamp", "data"}),
    ],
)
def test_each_kind_has_its_own_body(
    app: Flask, receiver: Receiver, kind: ChannelKind, fields: set[str]
) -> None:
    receiver.by_type = {"": 200}
    organization, _ = an_alerted()
    channel = a_chat(organization, receiver.url, kind=kind)
    send = sending.prepare(channel, TEST, message_id=uuid7(), at=TEST.at)
    with statements() as read:
        assert send().taken
    assert not read
    headers, body = receiver.requests[0]
    assert set(json.loads(body)) == fields
    assert ("webhook-signature" in headers) is (kind is ChannelKind.WEBHOOK)


def test_without_a_gateway_a_phone_is_reached_by_nothing(app: Flask) -> None:
    organization, _ = an_alerted()
    phone = a_chat(organization, kind=ChannelKind.SLACK)
    phone.kind = ChannelKind.SMS
    assert "no gateway" in sending.prepare(phone, TEST, message_id=uuid7(), at=TEST.at)().words
