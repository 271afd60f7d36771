"""Who is told about what: channels that are on, with their person's role as it is now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select

from app.billing.mail.recipients import recipients_of
from app.extensions import db
from app.models import AlertChannel, AlertChoice, ChannelKind, Membership, Organization, Role, User


@dataclass(frozen=True, slots=True)
class Listener:
    """A channel that is on, and what it's told about. `email` is its person's address; `sees_billing` is false for
    people who aren't owners."""

    channel: AlertChannel
    about: frozenset[str]
    email: str
    sees_billing: bool


def listeners(organization: Organization) -> list[Listener]:
    """Everyone who is told about anything. Someone who gets an email as a billing recipient gets none besides."""
    query = (
        select(AlertChannel, AlertChoice.about, User.email, Membership.role)
        .join(
            AlertChoice,
            and_(AlertChoice.org_id == AlertChannel.org_id, AlertChoice.channel_id == AlertChannel.id),
        )
        .outerjoin(User, User.id == AlertChannel.user_id)
        .outerjoin(
            Membership,
            and_(Membership.org_id == AlertChannel.org_id, Membership.user_id == AlertChannel.user_id),
        )
        .where(AlertChannel.org_id == organization.id, AlertChannel.hears())
        .order_by(AlertChannel.id)
    )
    found: dict[AlertChannel, tuple[set[str], str, Role | None]] = {}
    for channel, about, email, role in db.session.execute(query):
        found.setdefault(channel, (set(), email or "", role))[0].add(about)
    listening = [
        Listener(channel, frozenset(about), email, not channel.kind.is_personal or role is Role.ORG_ADMIN)
        for channel, (about, email, role) in found.items()
        # Who has lost their role is told nothing.
        if not channel.kind.is_personal or role is not None
    ]
    return list(_each_once(organization, listening))


def roles_of(org_id: UUID) -> dict[UUID | None, Role]:
    """The role of everyone in an organization."""
    query = select(Membership.user_id, Membership.role).where(Membership.org_id == org_id)
    return {row.user_id: row.role for row in db.session.execute(query)}


def gets_digest(channel: AlertChannel, role: Role | None) -> bool:
    """Whether a channel can get the weekly digest: by email, and only people who see billing. `role` is that of its
    person."""
    if channel.kind is ChannelKind.EMAIL:
        return role is Role.ORG_ADMIN
    return channel.kind is ChannelKind.RECIPIENTS


def _each_once(organization: Organization, found: list[Listener]) -> Iterable[Listener]:
    by_recipients = next((one for one in found if one.channel.kind is ChannelKind.RECIPIENTS), None)
    if by_recipients is None:
        return found
    reached = {address.lower() for address in recipients_of(organization)}
    return [
        Listener(
            one.channel,
            one.about - by_recipients.about
            if one.channel.kind is ChannelKind.EMAIL and one.email.lower() in reached
            else one.about,
            one.email,
            one.sees_billing,
        )
        for one in found
    ]
