"""The weekly digest: on Monday morning in the organization's own zone, once for each who wants it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.billing.alerts import audience, digest_figures
from app.billing.alerts.levels import DIGEST
from app.billing.mail import notices
from app.extensions import db
from app.models import AlertChoice, ChannelKind, Mail, Organization
from app.notify.emails import WeeklyDigest

FROM_HOUR = 8
"""It's written from this hour on; where no worker ran then, within a day."""


def find_due(now: datetime) -> list[UUID]:
    """The organizations where it's Monday morning, or has been within a day, and someone wants a digest."""
    query = (
        select(Organization)
        .where(Organization.id.in_(select(AlertChoice.org_id).where(AlertChoice.about == DIGEST).distinct()))
        .order_by(Organization.id)
    )
    return [one.id for one in db.session.scalars(query) if monday_of(one, now) is not None]


def write(org_id: UUID, *, now: datetime) -> int:
    """Write the digest of the week that has ended for everyone who has none yet; returns how many. In the caller's
    transaction. However often it runs, and at how many places, each gets one: by the Monday's date."""
    organization = db.session.get_one(Organization, org_id)
    monday = monday_of(organization, now)
    if monday is None:
        return 0
    wanted = {
        f"{monday}:{one.channel.id}": one
        for one in audience.listeners(organization)
        if DIGEST in one.about and one.sees_billing and one.channel.kind.is_email
    }
    query = select(Mail.source).where(
        Mail.org_id == org_id, Mail.kind == WeeklyDigest.kind, Mail.source.in_(wanted)
    )
    for source in db.session.scalars(query):
        del wanted[source]
    if not wanted:
        return 0
    email = digest_figures.gather(organization, monday, now)
    for source, one in wanted.items():
        if one.channel.kind is ChannelKind.RECIPIENTS:
            notices.to_recipients(org_id, email, source=source)
        else:
            notices.personal(org_id, email, to=one.email, source=source)
    return len(wanted)


def monday_of(organization: Organization, now: datetime) -> date | None:
    """The Monday whose morning it is or was within a day, by the organization's clock; None on other days."""
    local = now.astimezone(ZoneInfo(organization.timezone)) - timedelta(hours=FROM_HOUR)
    return local.date() if local.weekday() == 0 else None
