"""Lets people stop their emails by a link in each of them, without signing in: alerts, or the weekly digest."""

from __future__ import annotations

from uuid import UUID

from itsdangerous import BadData
from sqlalchemy import and_, delete, select

from app.billing import audit
from app.billing.alerts.levels import DIGEST
from app.billing.audit import Actor
from app.billing.mail import opting_out
from app.billing.mail.opting_out import OptOut
from app.billing.mail.recipients import recipients_of
from app.extensions import db
from app.models import (
    AlertChannel,
    AlertChoice,
    AlertDelivery,
    ChannelKind,
    Organization,
    PhoneCode,
    StoppedMail,
    User,
)
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


def is_stopped(one: OptOut) -> bool:
    """Whether an address gets no emails of this kind any more."""
    if _choices_of(one):
        return False
    organization = db.session.get_one(Organization, one.org_id)
    return not _is_recipient(organization, one) or (one.address.lower(), one.what) in _stopped(one.org_id)


def can_resume(one: OptOut) -> bool:
    """Whether who has the link can start them again. What an owner chose for a person, an owner chooses again."""
    return (one.address.lower(), one.what) in _stopped(one.org_id)


def stop_emails(one: OptOut, *, address: str | None) -> bool:
    """Send an address no more emails of a kind; other emails and other people's stay as they are.
    False if that was so already. `address` is the IP address of who asks. In the caller's transaction."""
    organization = db.session.get_one(Organization, one.org_id)
    chosen = _choices_of(one)
    for choice in chosen:
        db.session.delete(choice)
    was_added = _is_recipient(organization, one) and opting_out.add(one)
    if not chosen and not was_added:
        return False
    audit.record(one.org_id, _actor(one, address), "alerts.unsubscribed", one.address, what=one.what.value)
    db.session.flush()
    return True


def resume_emails(one: OptOut, *, address: str | None) -> bool:
    """Send a billing recipient these emails again; False if nothing was stopped. In the caller's transaction."""
    if not opting_out.end(one):
        return False
    audit.record(one.org_id, _actor(one, address), "alerts.resubscribed", one.address, what=one.what.value)
    return True


def _choices_of(one: OptOut) -> list[AlertChoice]:
    """What was chosen for the person of this address, of this kind."""
    is_of_kind = AlertChoice.about == DIGEST
    query = (
        select(AlertChoice)
        .join(
            AlertChannel,
            and_(AlertChannel.org_id == AlertChoice.org_id, AlertChannel.id == AlertChoice.channel_id),
        )
        .join(User, User.id == AlertChannel.user_id)
        .where(
            AlertChoice.org_id == one.org_id,
            AlertChannel.kind == ChannelKind.EMAIL,
            User.email_key == one.address.lower(),
            is_of_kind if one.what is StoppedMail.DIGEST else ~is_of_kind,
        )
    )
    return list(db.session.scalars(query))


def _is_recipient(organization: Organization, one: OptOut) -> bool:
    return one.address.lower() in {address.lower() for address in recipients_of(organization)}


def _stopped(org_id: UUID) -> set[tuple[str, StoppedMail]]:
    return set(opting_out.list_opted_out(org_id))


def _actor(one: OptOut, address: str | None) -> Actor:
    user_id = db.session.scalar(select(User.id).where(User.email_key == one.address.lower()))
    return Actor(one.address, user_id, address)


def delete_channel(channel: AlertChannel) -> None:
    """Delete a channel with all that belongs to it. In the caller's transaction."""
    for table in (AlertChoice, AlertDelivery, PhoneCode):
        db.session.execute(
            delete(table).where(table.org_id == channel.org_id, table.channel_id == channel.id)
        )
    db.session.delete(channel)
    db.session.flush()
