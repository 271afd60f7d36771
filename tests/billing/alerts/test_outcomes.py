"""A channel that answers 410, or accepts nothing for a day, is switched off, and its owner is told by email."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.alerts import deliveries, outcomes
from app.clock import utc_now
from app.extensions import db
from app.models import AlertChannel, AlertDelivery, AlertDeliveryState, AuditEvent, ChannelKind, Mail
from app.notify.webhooks import Answer
from tests.support.alerting import a_chat, a_listener, a_member, an_alerted, to
from tests.support.platform_receiver import Receiver

NOT_NOW = Answer(False, "503", status=503)


def off_mails() -> list[tuple[str | None, str, str]]:
    query = db.select(Mail).filter_by(kind="alert_channel_off").order_by(Mail.id)
    return [(one.recipient, one.facts["channel"], one.facts["why"]) for one in db.session.scalars(query)]


def waiting(channel: AlertChannel) -> AlertDelivery:
    query = db.select(AlertDelivery).filter_by(channel_id=channel.id, state=AlertDeliveryState.WAITING)
    return db.session.scalars(query.order_by(AlertDelivery.id)).first() or AlertDelivery()


def test_an_address_that_is_gone_gets_nothing_more(app: Flask, receiver: Receiver) -> None:
    organization, owner = an_alerted(amounts=("50",))
    chat = a_chat(organization, receiver.url, kind=ChannelKind.WEBHOOK, about=("low", "under:50000000"))
    receiver.answers = [410]
    to(organization, "90", source="fall")
    to(organization, "40", source="further")
    deliveries.drain(organization.id, chat.id)
    assert len(receiver.requests) == 1
    query = db.select(AlertDelivery.state)
    assert set(db.session.scalars(query)) == {AlertDeliveryState.FAILED}
    chat = db.session.get_one(AlertChannel, (organization.id, chat.id))
    assert (chat.off_at is not None, chat.off_reason) == (True, "gone")
    assert off_mails() == [(owner.email, "Billing alerts (webhook)", "gone")]
    entry = db.session.scalars(db.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert entry is not None and (entry.action, entry.actor) == ("alerts.channel_switched_off", "alerts")


def test_a_day_of_failures_switches_off_and_what_waits_is_given_up(app: Flask) -> None:
    organization, owner = an_alerted()
    chat = a_chat(organization, about=("low",))
    to(organization, "90", source="fall")
    now = utc_now()
    assert not outcomes.record(chat, waiting(chat), NOT_NOW)
    first = waiting(chat)
    assert first.next_try_at > now and chat.failing_since is not None
    chat.failing_since = now - timedelta(hours=24, minutes=1)
    assert not outcomes.record(chat, first, NOT_NOW)
    assert chat.off_reason == "failing" and first.state is AlertDeliveryState.FAILED
    assert off_mails() == [(owner.email, "Billing alerts (Slack)", "failing")]


def test_what_is_accepted_ends_the_failures(app: Flask) -> None:
    organization, _ = an_alerted()
    chat = a_chat(organization, about=("low",))
    to(organization, "90", source="fall")
    chat.failing_since = utc_now() - timedelta(hours=20)
    assert outcomes.record(chat, waiting(chat), Answer(True, "200", status=200))
    assert chat.failing_since is None and not off_mails()


def test_a_gateway_that_is_down_switches_no_phone_off_but_gone_does(app: Flask, with_gateway: str) -> None:
    organization, _ = an_alerted()
    member = a_member(organization)
    phone = a_listener(organization, member, "low", kind=ChannelKind.SMS, number="+16175550123")
    to(organization, "90", source="fall")
    delivery = waiting(phone)
    delivery.created_at = utc_now() - timedelta(days=2)
    assert outcomes.record(phone, delivery, NOT_NOW), "others of this phone go on"
    assert delivery.state is AlertDeliveryState.FAILED and phone.off_at is None
    outcomes.record_test(phone, Answer(False, "410", refused=True, gone=True, status=410))
    assert off_mails() == [(member.email, "+1•••0123 (text messages)", "gone")]


def test_the_wait_that_a_receiver_asks_for_is_kept(app: Flask) -> None:
    organization, _ = an_alerted()
    chat = a_chat(organization, about=("low",))
    to(organization, "90", source="fall")
    now = utc_now()
    outcomes.record(chat, waiting(chat), Answer(False, "429", status=429, retry_after=90))
    assert waiting(chat).next_try_at >= now + timedelta(seconds=89)
