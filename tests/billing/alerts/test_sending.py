"""Each kind of channel gets the form that it wants, composed before anything is sent."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from app.billing.alerts import sending
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.language import speaking
from app.models import ChannelKind
from app.notify.emails import AlertTest, CreditAlert
from tests.factories import a_person, at, usd
from tests.support.alerting import a_chat, actor_of, an_alerted
from tests.support.platform_receiver import Receiver
from tests.support.statements import statements

ALERT = CreditAlert(level="low", under=usd("100"), available=usd("48.2"), at=at("2026-11-24 14:05"))
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


@pytest.mark.parametrize("kind", [ChannelKind.SLACK, ChannelKind.TEAMS, ChannelKind.WEBHOOK])
def test_a_chat_is_written_to_in_the_language_of_who_added_it(app: Flask, kind: ChannelKind) -> None:
    organization, _ = an_alerted()
    someone = a_person(organization=organization)
    someone.language = "en_GB"
    db.session.commit()
    channel = a_chat(organization, kind=kind, by=actor_of(someone))
    with speaking("en_AU"):
        assert "US$48.20" in sending.body_of(channel, ALERT)
        channel.created_by_id = None
        body = sending.body_of(channel, ALERT)
    assert "$48.20" in body and "US$" not in body and "USD48" not in body, "no one is known: in English"


def test_what_programs_read_in_a_webhook_is_in_no_language(app: Flask) -> None:
    organization, owner = an_alerted()
    channel = a_chat(organization, kind=ChannelKind.WEBHOOK, by=actor_of(owner))
    english = sending.webhook_data(channel, ALERT)
    owner.language = "en_GB"
    db.session.commit()
    british = sending.webhook_data(channel, ALERT)
    assert british.pop("text") != english.pop("text")
    assert british == english


def test_a_phone_gets_the_language_of_its_person(app: Flask) -> None:
    organization, owner = an_alerted()
    phone = a_chat(organization, by=actor_of(owner))
    phone.kind, phone.user_id, phone.address = ChannelKind.SMS, owner.id, "+16175550123"
    assert "$48.20 left" in sending.body_of(phone, ALERT) and "US$" not in sending.body_of(phone, ALERT)
    owner.language = "en_GB"
    db.session.commit()
    assert "US$48.20 left" in sending.body_of(phone, ALERT)
