"""What was delayed for long goes to people only if it is still true, once, and to programs in any case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.alerts import deliveries, lateness
from app.clock import utc_now
from app.extensions import db
from app.models import (
    AlertChannel,
    AlertDelivery,
    AlertDeliveryState,
    AlertLevel,
    ChannelKind,
    Mail,
    MailState,
    Organization,
)
from app.notify import emails
from app.notify.emails import CreditAlert
from tests.factories import usd
from tests.support.alerting import a_chat, a_listener, an_alerted, to
from tests.support.platform_receiver import Receiver
from tests.support.sandbox import work_through

ABOUT = ("low", "under:50000000", "paused", "recovered")
HOUR = timedelta(hours=1)


def a_phone() -> tuple[Organization, AlertChannel]:
    organization, owner = an_alerted(amounts=("50",))
    return organization, a_listener(organization, owner, *ABOUT, kind=ChannelKind.SMS, number="+16175550123")


def time_passes(by: timedelta) -> None:
    """Everything so far happened so much earlier."""
    for one in db.session.query(AlertDelivery):
        one.created_at -= by
        one.next_try_at = one.created_at
    for level in db.session.query(AlertLevel).filter(AlertLevel.raised_at.is_not(None)):
        level.raised_at = (level.raised_at or utc_now()) - by
    db.session.commit()


def drain(organization: Organization, channel: AlertChannel, receiver: Receiver) -> list[str]:
    """What arrives now, in its order."""
    before = len(receiver.requests)
    deliveries.drain(organization.id, channel.id)
    db.session.rollback()
    return [receiver.data(index)["text"] for index in range(before, len(receiver.requests))]


def states() -> list[AlertDeliveryState]:
    db.session.rollback()
    return list(db.session.scalars(db.select(AlertDelivery.state).order_by(AlertDelivery.id)))


def test_a_gateway_that_is_down_for_an_hour_gets_what_is_still_true_and_each_once(
    app: Flask, receiver: Receiver, with_gateway: str
) -> None:
    organization, phone = a_phone()
    receiver.answers = [503] * 3
    to(organization, "90", source="fall")
    for _ in range(3):
        assert len(drain(organization, phone, receiver)) == 1, "an attempt"
        time_passes(HOUR / 3)
    to(organization, "40", source="further")
    told = drain(organization, phone, receiver)
    assert ["under $100.00" in told[0], "under $50.00" in told[1], len(told)] == [True, True, 2]
    assert drain(organization, phone, receiver) == []
    assert states() == [AlertDeliveryState.DELIVERED] * 2


def test_what_was_over_before_it_could_be_told_is_not_told(
    app: Flask, receiver: Receiver, with_gateway: str
) -> None:
    organization, phone = a_phone()
    to(organization, "40", source="fall")
    to(organization, "200", source="rise")
    to(organization, "90", source="fall again")
    time_passes(HOUR)
    [told] = drain(organization, phone, receiver)
    assert "under $100.00: $90.00 left" in told
    assert states() == [AlertDeliveryState.FAILED, AlertDeliveryState.FAILED, AlertDeliveryState.DELIVERED]
    given_up = db.session.query(AlertDelivery).filter_by(state=AlertDeliveryState.FAILED)
    assert {one.answer for one in given_up} == {lateness.ANSWER}


@pytest.mark.parametrize(
    ("kind", "late", "arrives"),
    [
        (ChannelKind.SMS, timedelta(minutes=14), 2),
        (ChannelKind.SMS, timedelta(minutes=16), 1),
        (ChannelKind.SLACK, timedelta(minutes=14), 2),
        (ChannelKind.SLACK, timedelta(minutes=16), 1),
        (ChannelKind.TEAMS, timedelta(minutes=16), 1),
        (ChannelKind.WEBHOOK, timedelta(hours=20), 2),
    ],
)
def test_people_are_spared_what_is_over_and_programs_get_everything(
    app: Flask, receiver: Receiver, with_gateway: str, kind: ChannelKind, late: timedelta, arrives: int
) -> None:
    organization, owner = an_alerted()
    if kind is ChannelKind.SMS:
        channel = a_listener(organization, owner, "low", "recovered", kind=kind, number="+16175550123")
    else:
        channel = a_chat(organization, receiver.url, kind=kind, about=("low", "recovered"))
    to(organization, "90", source="fall")
    to(organization, "200", source="rise")
    time_passes(late)
    deliveries.drain(organization.id, channel.id)
    assert len(receiver.requests) == arrives
    assert "recovered" in receiver.requests[-1][1] or "again" in receiver.requests[-1][1]


def test_a_forecast_whose_time_has_passed_is_not_told(app: Flask) -> None:
    organization, _ = an_alerted(hours=(4,))
    chat = a_chat(organization, about=("hours:4",))
    now = utc_now()
    level = db.session.get_one(AlertLevel, (organization.id, "hours:4"))
    level.raised_at, level.times = now - HOUR, 1
    for minutes, expected in ((-5, True), (5, False)):
        dry_at = now + timedelta(minutes=minutes)
        alert = CreditAlert(level="forecast", available=usd("40"), at=now - HOUR, hours=4, dry_at=dry_at)
        late = AlertDelivery(
            org_id=organization.id,
            channel_id=chat.id,
            source="hours:4:1",
            kind=alert.kind,
            facts=emails.pack(alert),
            created_at=now - HOUR,
        )
        assert lateness.is_too_late(chat, late, now) is expected


@pytest.mark.parametrize(("late", "is_told_of_fall"), [(14, True), (16, False)])
def test_an_email_that_is_over_is_sent_to_no_one(app: Flask, late: int, is_told_of_fall: bool) -> None:
    organization, owner = an_alerted(amounts=("50",))
    a_listener(organization, owner, "under:50000000", "recovered")
    organization.billing_emails = ["books@harbor.example"]
    db.session.commit()
    for balance in ("90", "40", "200"):
        to(organization, balance, source=balance)
    earlier = Mail.created_at - timedelta(minutes=late)
    db.session.execute(db.update(Mail).values(created_at=earlier))
    db.session.commit()
    work_through(app)
    db.session.rollback()
    query = db.select(Mail).where(Mail.kind.in_(("credit_alert", "credit_recovered")))
    told = {(one.kind, one.recipient is None): (one.state, one.note) for one in db.session.scalars(query)}
    of_fall = (MailState.SENT, None) if is_told_of_fall else (MailState.FAILED, lateness.ANSWER)
    assert told == {
        ("credit_alert", True): of_fall,
        ("credit_alert", False): of_fall,
        ("credit_recovered", False): (MailState.SENT, None),
    }
