"""Sends one message to a channel, in the form that its kind wants."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from app import notify
from app.billing.platform.messages import amount
from app.extensions import db
from app.models import AlertChannel, ChannelKind, Organization
from app.notify import chat, sms, webhooks
from app.notify.composition import Readers
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
    note = note_of(channel, email)
    if channel.kind is ChannelKind.SMS:
        gateway = notify.sms_gateway()
        if gateway is None:
            return lambda: Answer(False, "There is no gateway for text messages.")
        return partial(sms.send, gateway, to=channel.address, text=sms.text_of(note), **signed, **way)
    return partial(webhooks.post_json, channel.address, chat_body(channel.kind, note), **way)


def body_of(channel: AlertChannel, email: Email) -> str:
    """What is sent to a channel, as JSON; for phones and webhooks without what signs it."""
    if channel.kind is ChannelKind.WEBHOOK:
        return json.dumps({"type": _TYPES[email.kind], "data": webhook_data(channel, email)})
    note = note_of(channel, email)
    if channel.kind is ChannelKind.SMS:
        return json.dumps({"type": sms.TYPE, "data": {"to": channel.address, "text": sms.text_of(note)}})
    return chat_body(channel.kind, note)


def chat_body(kind: ChannelKind, note: Note) -> str:
    """A message as Slack or Teams gets it."""
    return chat.slack(note) if kind is ChannelKind.SLACK else chat.teams(note)


def note_of(channel: AlertChannel, email: Email) -> Note:
    """What a message says."""
    return compose_note(email, _readers(channel.org_id))


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


def _readers(org_id: UUID) -> Readers:
    organization, site = db.session.get_one(Organization, org_id), notify.site()
    return Readers(
        organization=organization.name,
        slug=organization.slug,
        timezone=organization.timezone,
        public_url=site.public_url,
        support_email=site.support_email,
    )
