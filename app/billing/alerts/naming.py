"""How channels are called, without what they keep secret: the address of a chat is all that posting to it takes."""

from __future__ import annotations

from urllib.parse import urlsplit

from sqlalchemy import select

from app.extensions import db
from app.language import gettext, marked, translated
from app.language.stored import for_storage
from app.models import AlertChannel, ChannelKind, User

RECIPIENTS = marked("billing email recipients")
"""How the channel of the billing recipients is called, within a sentence."""


def name_of(channel: AlertChannel, email: str | None = None) -> str:
    """What people call a channel: `Billing alerts (Slack)`, `dana@harbor.example`, `+1•••0123`. `email` is its
    person's, where that is known."""
    if channel.kind is ChannelKind.RECIPIENTS:
        return translated(RECIPIENTS)
    if channel.kind is ChannelKind.SMS:
        return gettext("%(number)s (text messages)", number=masked(channel))
    if channel.kind is ChannelKind.EMAIL:
        return email or db.session.scalar(select(User.email).where(User.id == channel.user_id)) or ""
    if channel.kind is ChannelKind.SLACK:
        return gettext("%(name)s (Slack)", name=channel.name)
    if channel.kind is ChannelKind.TEAMS:
        return gettext("%(name)s (Teams)", name=channel.name)
    return gettext("%(name)s (webhook)", name=channel.name)


def stored_name(channel: AlertChannel) -> str:
    """The same in English, as emails and the audit trail store it, whatever language the reader has."""
    with for_storage():
        return name_of(channel)


def masked(channel: AlertChannel) -> str:
    """An address to recognize, and not to use: the host of a webhook, the last digits of a phone number."""
    if channel.kind is ChannelKind.SMS:
        return f"{channel.address[:2]}•••{channel.address[-4:]}"
    host = urlsplit(channel.address).hostname or ""
    return f"{host}/…{channel.address[-4:]}" if channel.kind is not ChannelKind.WEBHOOK else channel.address
