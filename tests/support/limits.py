"""Limits as tests set them."""

from __future__ import annotations

from datetime import datetime

from app.billing.limit_settings import settings
from app.billing.limit_settings.drafts import Draft
from app.billing.limits import LimitStanding, standing
from app.clock import utc_now
from app.extensions import db
from app.models import LimitSubject, LimitWindow, Organization
from tests.factories import OWNER, usd
from tests.support.metering import an_event, take


def a_draft(
    amount: str = "3",
    *,
    subject: LimitSubject = LimitSubject.ORGANIZATION,
    name: str = "",
    window: LimitWindow = LimitWindow.DAY,
    stops: bool = True,
    raised: str | None = None,
    until: datetime | None = None,
) -> Draft:
    return Draft(subject, name, window, stops, usd(amount), usd(raised) if raised else None, until)


def a_limit(organization: Organization, draft: Draft | None = None) -> LimitStanding:
    """A limit that an owner has set; $3.00 a day for the whole organization, unless said otherwise."""
    made = settings.put(organization, draft or a_draft(), OWNER)
    db.session.commit()
    return made


def page_of(limit: LimitStanding) -> str:
    """The path of its page."""
    return f"/billing/wallet/limits/{limit.limit_id}"


def standings(organization: Organization) -> list[LimitStanding]:
    """All limits of an organization as they are now."""
    db.session.rollback()
    return standing.gather(organization.id, utc_now())


def use_tokens(organization: Organization, tokens: int = 3_000_000, campaign: str = "Spring recall") -> None:
    """$36.00, unless said otherwise."""
    now = utc_now()
    take(an_event(organization, f"u{tokens}", tokens, when=now, campaign=campaign), now=now)
