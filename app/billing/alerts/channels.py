"""An organization's channels: added, switched on again and removed by its owners, who all are told by email."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app import notify
from app.billing import audit
from app.billing.alerts import changes, settings
from app.billing.alerts.naming import name_of, stored_name
from app.billing.alerts.stopping import delete_channel
from app.billing.audit import Actor
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.language import gettext
from app.models import AlertChannel, ChannelKind, Membership, Organization, User
from app.notify import sms, webhooks
from app.notify.addresses import AddressError

MOST = 30
"""The most channels of an organization: each alert is sent to all of them."""


class ChannelError(ValueError):
    """A channel can't be added as wanted; the message says what to do, and `field` names what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class UnknownChannelError(LookupError):
    """There is no such channel."""


def add_for_person(
    organization: Organization, kind: ChannelKind, user_id: UUID, actor: Actor, *, number: str = ""
) -> AlertChannel:
    """Add the email of someone who has a role, or their phone, which gets nothing before it is confirmed
    (`app.billing.alerts.phones`). Locks the wallet, in the caller's transaction.

    Raises `ChannelError`.
    """
    is_member = select(Membership.user_id).where(
        Membership.org_id == organization.id, Membership.user_id == user_id
    )
    if db.session.scalar(is_member) is None:
        raise ChannelError("person", gettext("Choose someone of this organization."))
    address = read_number(number) if kind is ChannelKind.SMS else ""
    return _add(organization, AlertChannel(kind=kind, user_id=user_id, address=address), actor)


def read_number(written: str) -> str:
    """A phone number as it is stored. Raises `ChannelError`."""
    if notify.sms_gateway() is None:
        raise ChannelError("number", gettext("Text messages are not available."))
    number = sms.number_of(written)
    if number is None:
        raise ChannelError(
            "number", gettext("Enter a phone number with its country code, like +1 617 555 0123.")
        )
    return number


def check_address(url: str) -> None:
    """Check that messages may be sent to an address, which looks it up. Raises `ChannelError`."""
    allowed = notify.allowed_addresses()
    try:
        webhooks.check_address(url, allow_private=allowed.private, ports=allowed.ports)
    except AddressError as error:
        raise ChannelError("address", str(error)) from error


def add_webhook(
    organization: Organization, kind: ChannelKind, name: str, url: str, actor: Actor
) -> AlertChannel:
    """Add a chat or a webhook, whose address was checked (`check_address`). A webhook gets a secret, which is shown
    now and never again. Locks the wallet, in the caller's transaction. Raises `ChannelError`."""
    if not name or len(name) > 60:
        raise ChannelError("name", gettext("Enter a name of up to 60 characters."))
    secrets = [webhooks.new_secret()] if kind is ChannelKind.WEBHOOK else []
    return _add(organization, AlertChannel(kind=kind, name=name, address=url, secrets=secrets), actor)


def remove(organization: Organization, channel_id: UUID, actor: Actor) -> str:
    """Remove a channel; returns how it was called. In the caller's transaction. Raises `UnknownChannelError`."""
    channel = find(organization.id, channel_id)
    if channel.kind is ChannelKind.RECIPIENTS:
        raise UnknownChannelError("Billing recipients are changed in the billing details.")
    name, stored = name_of(channel), stored_name(channel)
    delete_channel(channel)
    changes.record(organization, channel, "removed", actor, name=stored)
    return name


def switch_on(organization: Organization, channel_id: UUID, actor: Actor) -> str:
    """Send to a channel again that was switched off; returns how it's called. In the caller's transaction. Raises
    `UnknownChannelError`."""
    channel = find(organization.id, channel_id)
    name = name_of(channel)
    if channel.off_at is not None:
        channel.off_at = channel.off_reason = channel.failing_since = None
        changes.record(organization, channel, "switched_on", actor)
    return name


def rotate(organization: Organization, channel_id: UUID, actor: Actor) -> AlertChannel:
    """Give a webhook a new secret, which is shown now and never again. Messages are also signed with the one before,
    until the next. In the caller's transaction. Raises `UnknownChannelError`."""
    channel = find(organization.id, channel_id)
    if channel.kind is not ChannelKind.WEBHOOK:
        raise UnknownChannelError("Only webhooks have a secret.")
    channel.secrets = [webhooks.new_secret(), *channel.secrets[:1]]
    audit.record(organization.id, actor, "alerts.secret_changed", stored_name(channel))
    db.session.flush()
    return channel


def forget_person(organization: Organization, user: User) -> None:
    """Remove the channels of someone who lost their role. In the caller's transaction."""
    query = select(AlertChannel).where(
        AlertChannel.org_id == organization.id, AlertChannel.user_id == user.id
    )
    for channel in db.session.scalars(query).all():
        delete_channel(channel)


def find(org_id: UUID, channel_id: UUID) -> AlertChannel:
    """The channel. Raises `UnknownChannelError`."""
    channel = db.session.get(AlertChannel, (org_id, channel_id))
    if channel is None:
        raise UnknownChannelError(str(channel_id))
    return channel


def _add(organization: Organization, channel: AlertChannel, actor: Actor) -> AlertChannel:
    wallet, now = ledger.lock(organization.id), utc_now()
    settings.ensure(wallet, now)
    field = {ChannelKind.EMAIL: "person", ChannelKind.SMS: "number"}.get(channel.kind, "address")
    if check_free(organization, channel, field) >= MOST:
        raise ChannelError(
            field, gettext("There are already %(most)s channels. Remove one first.", most=MOST)
        )
    channel.org_id, channel.id, channel.created_at = organization.id, uuid7(), now
    channel.created_by_id = actor.user_id
    db.session.add(channel)
    db.session.flush()
    changes.record(organization, channel, "added", actor)
    return channel


def check_free(organization: Organization, channel: AlertChannel, field: str) -> int:
    """Check that no channel goes where this one does; how many there are. Only with the wallet locked. Raises
    `ChannelError`."""
    known = db.session.scalars(select(AlertChannel).where(AlertChannel.org_id == organization.id)).all()
    if any(_same(one, channel) for one in known):
        raise ChannelError(field, gettext("This channel was already added."))
    return len(known)


def _same(one: AlertChannel, other: AlertChannel) -> bool:
    return (one.kind, one.user_id, one.address) == (other.kind, other.user_id, other.address)
