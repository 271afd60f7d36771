"""Delivers alerts to chat, phones and webhooks: in order for each channel, until they are accepted or given up."""

from __future__ import annotations

from uuid import UUID

from app.billing.alerts import lateness, outcomes, outgoing, sending
from app.billing.alerts.channels import UnknownChannelError
from app.billing.alerts.naming import name_of as name_of  # noqa: PLC0414 - also for the demo
from app.billing.alerts.naming import stored_name
from app.billing.alerts.outcomes import Result, Tested
from app.billing.mail import notices
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import AlertChannel, AlertDelivery, User
from app.notify import emails
from app.notify.emails import AlertTest
from app.notify.notes import Note
from app.notify.webhooks import Answer
from app.transaction import end_reading, transaction

TEST_SECONDS = 6
"""How long a test waits for a response: someone waits for it."""

newest = outgoing.newest
write = outgoing.write


def preview(channel: AlertChannel, delivery: AlertDelivery) -> tuple[Note, str]:
    """What a message says, and its body as JSON."""
    email = emails.unpack(delivery.kind, delivery.facts)
    return sending.note_of(channel, email), sending.body_of(channel, email)


def drain(org_id: UUID, channel_id: UUID) -> None:
    """Send what is due for a channel. Commits. While it accepts nothing, the message schedules its next attempt.

    What is late and no longer true for people isn't sent.
    """
    while True:
        with transaction():
            claimed = outgoing.claim_next(org_id, channel_id)
            if claimed is not None and lateness.is_too_late(*claimed, utc_now()):
                outgoing.give_up(claimed[1], lateness.ANSWER, utc_now())
                continue
        if claimed is None:
            return
        channel, delivery = claimed
        answer = _answer(channel, delivery)
        with transaction():
            goes_on = _record(delivery, answer)
        if not goes_on:
            return


def test(org_id: UUID, channel_id: UUID, *, by: User) -> Tested:
    """Send a test to a channel now, and say what happened. Commits. Raises `UnknownChannelError`."""
    channel = db.session.get(AlertChannel, (org_id, channel_id))
    if channel is None:
        raise UnknownChannelError(str(channel_id))
    if channel.waits_for_code:
        return Tested(Result.NOT_CONFIRMED)
    email = AlertTest(channel=stored_name(channel), by=by.name, at=utc_now())
    if channel.kind.is_email:
        _email_test(channel, email)
        return Tested(Result.EMAILED)
    send = sending.prepare(channel, email, message_id=uuid7(), at=email.at, seconds=TEST_SECONDS)
    end_reading()
    answer = send()
    with transaction():
        locked = outgoing.lock(org_id, channel_id)
        if locked is None:
            raise UnknownChannelError(str(channel_id))
        return outcomes.record_test(locked, answer)


def _answer(channel: AlertChannel, delivery: AlertDelivery) -> Answer:
    if channel.off_at is not None:
        return Answer(False, "The channel is switched off.")
    if channel.waits_for_code:
        return Answer(False, "The number isn't confirmed.", refused=True)
    email = emails.unpack(delivery.kind, delivery.facts)
    send = sending.prepare(channel, email, message_id=delivery.id, at=delivery.created_at)
    end_reading()
    return send()


def _record(claimed: AlertDelivery, answer: Answer) -> bool:
    channel = outgoing.lock(claimed.org_id, claimed.channel_id)
    delivery = db.session.get(AlertDelivery, (claimed.org_id, claimed.id), populate_existing=True)
    if channel is None or delivery is None:
        return False
    return outcomes.record(channel, delivery, answer)


def _email_test(channel: AlertChannel, email: AlertTest) -> None:
    source = f"{channel.id}:{email.at.isoformat()}"
    with transaction():
        if channel.user_id is None:
            notices.to_recipients(channel.org_id, email, source=source)
        else:
            address = db.session.get_one(User, channel.user_id).email
            notices.personal(channel.org_id, email, to=address, source=source)
