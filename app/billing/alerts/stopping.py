"""Lets people who were added stop their emails, by a link in each of them and without signing in."""

from __future__ import annotations

from uuid import UUID

from itsdangerous import BadData
from sqlalchemy import delete, select

from app.billing import audit
from app.billing.audit import Actor
from app.extensions import db
from app.models import AlertChannel, AlertChoice, AlertDelivery, Organization, PhoneCode, User
from app.signing import serializer

_SALT = "alert emails"


class StopLinkError(LookupError):
    """The link is none of ours, or what it stops has been stopped already."""


def path_of(channel: AlertChannel) -> str:
    """The path of the page that stops a channel. It stays valid for as long as the channel is there."""
    return f"/stop-alerts/{serializer(_SALT).dumps([channel.org_id.hex, channel.id.hex])}"


def read(token: str) -> tuple[UUID, UUID]:
    """The organization and the channel that a link names. Raises `StopLinkError`."""
    try:
        org_id, channel_id = serializer(_SALT).loads(token)
        return UUID(org_id), UUID(channel_id)
    except (BadData, ValueError, TypeError) as error:
        raise StopLinkError from error


def find(org_id: UUID, channel_id: UUID) -> tuple[Organization, AlertChannel]:
    """Whose emails these are. Raises `StopLinkError`."""
    channel = db.session.get(AlertChannel, (org_id, channel_id))
    if channel is None:
        raise StopLinkError
    return db.session.get_one(Organization, org_id), channel


def stop(org_id: UUID, channel_id: UUID, *, address: str | None) -> None:
    """Remove the channel, because its person asked for that. In the caller's transaction. Raises `StopLinkError`."""
    organization, channel = find(org_id, channel_id)
    email = db.session.scalar(select(User.email).where(User.id == channel.user_id)) or ""
    delete_channel(channel)
    actor = Actor(email, channel.user_id, address)
    audit.record(organization.id, actor, "alerts.unsubscribed", email)


def delete_channel(channel: AlertChannel) -> None:
    """Delete a channel with all that belongs to it. In the caller's transaction."""
    for table in (AlertChoice, AlertDelivery, PhoneCode):
        db.session.execute(
            delete(table).where(table.org_id == channel.org_id, table.channel_id == channel.id)
        )
    db.session.delete(channel)
    db.session.flush()
