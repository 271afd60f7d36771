"""What the page about alerts shows, and the panel on the Wallet page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select

from app import notify
from app.billing.alerts import audience, choices, settings
from app.billing.alerts.levels import Level
from app.billing.alerts.naming import masked, name_of
from app.billing.mail import opting_out
from app.extensions import db
from app.language import gettext
from app.models import (
    AlertChannel,
    AlertChoice,
    AlertLevel,
    ChannelKind,
    Membership,
    Organization,
    Role,
    StoppedMail,
    User,
    Wallet,
)


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel as its owners see it. `person` is whose it is, by name. `sees_billing` is false for people who are
    told that credit ends, and no figures. `waits_for_code` is true for a phone that isn't confirmed, whose number
    `asked_by` typed, by name and id."""

    id: UUID
    kind: ChannelKind
    name: str
    address: str
    person: str
    about: frozenset[str]
    sees_billing: bool
    gets_digest: bool
    failing_since: datetime | None
    off_at: datetime | None
    off_reason: str | None
    waits_for_code: bool = False
    asked_by_id: UUID | None = None
    asked_by: str = ""

    @property
    def hears(self) -> bool:
        """Whether anything is sent there."""
        return self.off_at is None and not self.waits_for_code


@dataclass(frozen=True, slots=True)
class PersonView:
    """Someone with a role in the organization."""

    id: UUID
    name: str
    email: str
    is_owner: bool


@dataclass(frozen=True, slots=True)
class AlertsPage:
    """The levels, the mildest first, and their version; the channels, the oldest first; the people who can be added;
    and which billing recipients stopped which emails."""

    levels: list[Level]
    version: str
    channels: list[ChannelView]
    people: list[PersonView]
    has_sms: bool
    stopped: list[tuple[str, StoppedMail]]


@dataclass(frozen=True, slots=True)
class Panel:
    """The alerts in a sentence: how many levels there are, how many channels are told, and how many are off."""

    levels: int
    channels: int
    off: int


def gather(organization: Organization) -> AlertsPage:
    """Everything on the page. What each organization begins with is shown also where nothing is stored yet."""
    wallet = db.session.get_one(Wallet, organization.id)
    people = _people(organization)
    by_id = {one.id: one for one in people}
    chosen, found = choices.chosen(organization.id), choices.channels_of(organization.id)
    levels = settings.list_levels(wallet)
    return AlertsPage(
        levels=levels,
        version=settings.version_of(wallet, levels),
        channels=[_view(channel, by_id, chosen.get(channel.id, frozenset())) for channel in found],
        people=people,
        has_sms=notify.sms_gateway() is not None,
        stopped=opting_out.list_opted_out(organization.id),
    )


def panel(org_id: UUID) -> Panel:
    """What the panel says, in one statement."""
    told = (
        select(func.count(AlertChoice.channel_id.distinct()))
        .join(
            AlertChannel,
            and_(AlertChannel.org_id == AlertChoice.org_id, AlertChannel.id == AlertChoice.channel_id),
        )
        .where(AlertChoice.org_id == org_id, AlertChannel.hears())
    )
    off = select(func.count()).where(AlertChannel.org_id == org_id, AlertChannel.off_at.is_not(None))
    levels = select(func.count()).where(AlertLevel.org_id == org_id)
    row = db.session.execute(
        select(levels.scalar_subquery(), told.scalar_subquery(), off.scalar_subquery())
    ).one()
    # Where nothing is stored yet, billing recipients are told of two levels.
    return Panel(*row) if row[0] else Panel(2, 1, 0)


def _view(channel: AlertChannel, people: dict[UUID, PersonView], about: frozenset[str]) -> ChannelView:
    person = people.get(channel.user_id) if channel.user_id else None
    is_owner = person is not None and person.is_owner
    asked_by = people.get(channel.created_by_id) if channel.created_by_id else None
    return ChannelView(
        id=channel.id,
        kind=channel.kind,
        name=gettext("Billing email recipients")
        if channel.kind is ChannelKind.RECIPIENTS
        else name_of(channel, person.email if person else ""),
        # An email's and a phone's is its name.
        address=masked(channel) if not channel.kind.is_personal and not channel.kind.is_email else "",
        person=person.name if person else "",
        about=about,
        sees_billing=is_owner or not channel.kind.is_personal,
        gets_digest=audience.gets_digest(channel, Role.ORG_ADMIN if is_owner else None),
        failing_since=channel.failing_since,
        off_at=channel.off_at,
        off_reason=channel.off_reason,
        waits_for_code=channel.waits_for_code,
        asked_by_id=channel.created_by_id,
        asked_by=asked_by.name if asked_by else "",
    )


def _people(organization: Organization) -> list[PersonView]:
    query = (
        select(User.id, User.name, User.email, Membership.role)
        .join(Membership, and_(Membership.user_id == User.id, Membership.org_id == organization.id))
        .order_by(User.name, User.email)
    )
    return [
        PersonView(id_, name, email, role is Role.ORG_ADMIN)
        for id_, name, email, role in db.session.execute(query)
    ]
