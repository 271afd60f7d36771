"""Sends one message to a channel, in the form that its kind wants."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from app import notify
from app.billing.mail import languages, writing
from app.billing.platform.messages import amount
from app.language import speaking
from app.models import AlertChannel, ChannelKind
from app.notify import chat, sms, webhooks
from app.notify.composition import LONGEST_NAME
from app.notify.emails import AlertTest, CreditAlert, CreditRecovered, Email
from app.notify.notes import Note, compose_note
from app.notify.webhooks import DEADLINE_SECONDS, Answer

_TYPES = {CreditAlert.kind: "alert.raised", CreditRecovered.kind: "alert.ended", AlertTest.kind: "alert.test"}
"""The types of messages to webhooks."""


def prepare(
    channel: AlertChannel, email: Email, *, message_id: UUID, at: datetime, seconds: float = DEADLINE_SECONDS
) -> Callable[[], Answer]:
    """What sends `email` to a channel that isn't email: it's composed now, so that sending reads nothing."""
    allowed = notify.allowed_addresses()
    way: dict[str, Any] = {"allow_private": allowed.private, "ports": allowed.ports, "seconds": seconds}
    signed: dict[str, Any] = {"message_id": f"msg_{message_id.hex}", "at": at}
    if channel.kind is ChannelKind.WEBHOOK:
        type_, data = _TYPES[email.kind], webhook_data(channel, email)
        return partial(
            webhooks.send, channel.address, channel.secrets, type_=type_, data=data, **signed, **way
        )
    if channel.kind is ChannelKind.SMS:
        gateway = notify.sms_gateway()
        if gateway is None:
            return lambda: Answer(False, "There is no gateway for text messages.")
        return partial(sms.send, gateway, to=channel.address, text=_text(channel, email), **signed, **way)
    body = chat_body(channel.kind, note_of(channel, email))
    return partial(webhooks.post_json, channel.address, body, **way)


def body_of(channel: AlertChannel, email: Email) -> str:
    """What is sent to a channel, as JSON; for phones and webhooks without what signs it."""
    if channel.kind is ChannelKind.WEBHOOK:
        return json.dumps({"type": _TYPES[email.kind], "data": webhook_data(channel, email)})
    if channel.kind is ChannelKind.SMS:
        return json.dumps({"type": sms.TYPE, "data": {"to": channel.address, "text": _text(channel, email)}})
    return chat_body(channel.kind, note_of(channel, email))


def chat_body(kind: ChannelKind, note: Note) -> str:
    """A message as Slack or Teams gets it."""
    return chat.slack(note) if kind is ChannelKind.SLACK else chat.teams(note)


def note_of(channel: AlertChannel, email: Email, *, longest_name: int = LONGEST_NAME) -> Note:
    """What a message says, in the language of the phone's person. A chat or a webhook is read by many: there it is
    that of who added it."""
    who = channel.user_id if channel.kind.is_personal else channel.created_by_id
    readers = writing.readers_of(channel.org_id, languages.of_person(who))
    return compose_note(email, readers, longest_name=longest_name)


def webhook_data(channel: AlertChannel, email: Email) -> dict[str, Any]:
    """The `data` of a message to a webhook: what happened, and the same as text."""
    data: dict[str, Any] = {"organization": str(channel.org_id), "text": note_of(channel, email).subject}
    if isinstance(email, CreditAlert | CreditRecovered):
        data["level"] = {
            "kind": email.level,
            "under": amount(email.under) if email.under else None,
            "hours": email.hours,
        }
        data["available"] = amount(email.available)
        data["dry_at"] = email.dry_at.isoformat() if email.dry_at else None
    return data


def _text(channel: AlertChannel, email: Email) -> str:
    def note_with(longest_name: int) -> Note:
        return note_of(channel, email, longest_name=longest_name)

    with speaking(languages.of_person(channel.user_id)):
        return sms.text_of(note_with)
