"""Whom a company's alerts reach: its owner with a digest, a chat, and someone without a billing role."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import notify
from app.billing.alerts import channels, choices, deliveries, digests, settings
from app.billing.alerts.settings import Wanted
from app.billing.audit import Actor
from app.extensions import db
from app.models import ChannelKind, Membership, Organization, Role, User
from app.money import Money
from app.notify.emails import CreditAlert, CreditRecovered

LOW_AGO = timedelta(days=9)
"""When credit was low, and a top-up followed."""


def set_up(organization: Organization, low: Money, owner: Actor, now: datetime) -> None:
    """Two amounts and a forecast; told to billing recipients, the owner, a member and a chat, which was told of a
    fall and its recovery. The owner has last week's digest."""
    half = Money(low.micro // 2, low.currency)
    settings.set_levels(organization, Wanted(low, (half,), (6,)), owner)
    address = f"{notify.site().public_url}/dev/chat/{organization.slug}"
    chat = channels.add_webhook(organization, ChannelKind.SLACK, "#billing-alerts", address, owner)
    wanted = {chat.id: frozenset({"low", f"under:{half.micro}", "hours:6", "paused", "recovered"})}
    for user_id, role in _people(organization):
        if role is Role.MEMBER or user_id == owner.user_id:
            about = {"paused", "hours:6"} if role is Role.MEMBER else {"hours:6", "digest", "recovered"}
            mail = channels.add_for_person(organization, ChannelKind.EMAIL, user_id, owner)
            wanted[mail.id] = frozenset(about)
    choices.choose(organization, wanted, owner)
    fell = CreditAlert(
        level="low", under=low, available=Money(low.micro - 3_120_000, low.currency), at=now - LOW_AGO
    )
    rose = CreditRecovered(
        level="low",
        under=low,
        available=Money(low.micro * 3, low.currency),
        at=now - LOW_AGO + timedelta(hours=1),
    )
    for email in (fell, rose):
        deliveries.write(chat, email, source=f"demo:{email.kind}")
    digests.write(organization.id, now=_monday_morning(organization, now))


def _people(organization: Organization) -> list[tuple[UUID, Role]]:
    query = (
        select(Membership.user_id, Membership.role)
        .join(User, User.id == Membership.user_id)
        .where(Membership.org_id == organization.id)
        .order_by(User.email)
    )
    return [(row.user_id, row.role) for row in db.session.execute(query)]


def _monday_morning(organization: Organization, now: datetime) -> datetime:
    """The last Monday's, in the organization's zone."""
    local = now.astimezone(ZoneInfo(organization.timezone)) - timedelta(hours=digests.FROM_HOUR)
    morning = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=local.weekday())
    return morning + timedelta(hours=digests.FROM_HOUR)
