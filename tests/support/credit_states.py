"""Organizations in each state of their credit, as the shell's parts tell of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from dateutil.relativedelta import relativedelta

from app.billing.wallet import envelopes, holds, reserve
from app.billing.wallet.reserve import Reserve
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from demo import usage_reports
from demo.usage_reports import Used
from tests.factories import OWNER, an_organization, usd
from tests.support import subscriptions
from tests.support.subscriptions import Period


def spend(organization: Organization, seconds: int) -> None:
    """Let calls of so many seconds use credit."""
    used = Used("calls_outbound", seconds, organization.local_day(), "Recall", "Ava")
    usage_reports.record(organization, uuid4().hex, [used], at=utc_now())
    db.session.commit()


def low() -> Organization:
    """Less credit than its alert is set to."""
    return an_organization(credit="20", alert="50")


def negative() -> Organization:
    """More used than there was."""
    organization = an_organization(credit="1")
    spend(organization, 60_000)
    return organization


def reserved() -> Organization:
    """All credit reserved for a call in progress."""
    organization = an_organization(credit="3")
    holds.reserve(organization.id, "call", usd("3"), at=utc_now(), lease=timedelta(minutes=9))
    db.session.commit()
    return organization


def all_set_aside() -> Organization:
    """All credit set aside for a campaign."""
    organization = an_organization(credit="30")
    envelopes.set_aside(organization, "Recall", usd("30"), organization.local_day(), OWNER)
    db.session.commit()
    return organization


def at_reserve() -> Organization:
    """As much credit as is kept for number rent and inbound calls."""
    organization = an_organization(credit="30")
    reserve.choose(organization, Reserve(usd("30"), None), OWNER, is_confirmed=True)
    db.session.commit()
    return organization


def unpaid(organization: Organization) -> Organization:
    """The organization, with a renewal that failed."""
    today = organization.local_day()
    subscriptions.subscribe(organization, "scale", period=Period(today, today + relativedelta(months=1)))
    subscriptions.record_failed_renewal(organization, at=utc_now(), failure="generic_decline")
    db.session.commit()
    return organization


def low_and_past_due() -> Organization:
    """Both at the same time."""
    return unpaid(low())
