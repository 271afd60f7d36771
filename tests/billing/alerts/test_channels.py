"""Channels are added and removed by owners, and every owner is told."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.alerts import channels
from app.billing.alerts.channels import ChannelError, UnknownChannelError
from app.extensions import db
from app.models import AlertChannel, AuditEvent, ChannelKind, Mail
from app.transaction import transaction
from tests.factories import OWNER, a_person, an_organization
from tests.support.alerting import a_chat, a_listener, a_member, an_alerted, recipients_channel


def test_every_owner_learns_where_news_of_money_goes(app: Flask) -> None:
    organization, owner = an_alerted()
    second = a_person(organization=organization)
    chat = a_chat(organization, "http://127.0.0.1:9/services/T0/secret-end")
    with transaction():
        channels.remove(organization, chat.id, OWNER)
    query = db.select(Mail).filter_by(kind="alert_channel_changed").order_by(Mail.id)
    mails = db.session.scalars(query).all()
    assert {(one.recipient, one.facts["change"]) for one in mails} == {
        (person.email, change) for person in (owner, second) for change in ("added", "removed")
    }
    entries = db.session.scalars(db.select(AuditEvent).order_by(AuditEvent.id)).all()
    added = next(one for one in entries if one.action == "alerts.channel_added")
    assert added.details == {"kind": "slack", "address": "127.0.0.1/…-end"}
    assert "secret-end" not in str([(one.subject, one.details) for one in entries])


def test_the_same_place_is_added_once(app: Flask) -> None:
    organization, owner = an_alerted()
    a_chat(organization)
    a_listener(organization, owner, "low")
    with pytest.raises(ChannelError, match="already added"):
        a_chat(organization)
    db.session.rollback()
    with pytest.raises(ChannelError, match="already added"):
        a_listener(organization, owner, "low")


def test_only_people_of_the_organization_are_added(app: Flask) -> None:
    organization, _ = an_alerted()
    stranger = a_person(organization=an_organization())
    with pytest.raises(ChannelError, match="of this organization"), transaction():
        channels.add_for_person(organization, ChannelKind.EMAIL, stranger.id, OWNER)


def test_a_phone_needs_a_gateway_and_a_country_code(app: Flask, with_gateway: str) -> None:
    organization, _ = an_alerted()
    member = a_member(organization)
    with pytest.raises(ChannelError, match="country code"):
        a_listener(organization, member, "low", kind=ChannelKind.SMS, number="617 555 0123")
    db.session.rollback()
    phone = a_listener(organization, member, "low", kind=ChannelKind.SMS, number="+1 (617) 555-0123")
    assert phone.address == "+16175550123"


def test_without_a_gateway_there_are_no_phones(app: Flask) -> None:
    organization, owner = an_alerted()
    with pytest.raises(ChannelError, match="not available"):
        a_listener(organization, owner, "low", kind=ChannelKind.SMS, number="+16175550123")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/hook",
        "https://10.0.0.5/",
        "https://[::1]/",
        "http://hooks.slack.com/x",
        "https://x:8443/",
    ],
)
def test_production_sends_to_public_addresses_by_https_only(
    app: Flask, in_production: None, url: str
) -> None:
    with pytest.raises(ChannelError):
        channels.check_address(url)


def test_a_webhooks_old_secret_signs_until_the_next_one(app: Flask) -> None:
    organization, _ = an_alerted()
    hook = a_chat(organization, kind=ChannelKind.WEBHOOK)
    [first] = hook.secrets
    with transaction():
        channels.rotate(organization, hook.id, OWNER)
    with transaction():
        third = channels.rotate(organization, hook.id, OWNER)
    assert len(third.secrets) == 2 and first not in third.secrets


def test_what_is_another_organizations_is_not_found(app: Flask) -> None:
    organization, other = an_alerted()[0], an_alerted()[0]
    hook = a_chat(other, kind=ChannelKind.WEBHOOK)
    for change in (channels.remove, channels.switch_on, channels.rotate):
        with pytest.raises(UnknownChannelError), transaction():
            change(organization, hook.id, OWNER)
    recipients = recipients_channel(organization)
    with pytest.raises(UnknownChannelError), transaction():
        channels.remove(organization, recipients.id, OWNER)
    assert db.session.get(AlertChannel, (other.id, hook.id)) is not None
