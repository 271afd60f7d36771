"""Finds calls, campaigns and top-ups by name, number or amount.

Each search reads a limited number of rows by an index, and stops after a moment: someone is typing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from psycopg.errors import QueryCanceled
from sqlalchemy import func, literal, or_, select, text
from sqlalchemy.exc import OperationalError

from app.billing.wallet import line_details
from app.clock import utc_now
from app.extensions import db
from app.models import Hold, HoldState, Organization, TopUp, TransferKind, UsageByName, WalletLine
from app.money import Money

MOST = 5
"""How many of a kind are found."""
SHORTEST = 3
"""Calls are found from this many characters on."""
MOMENT = "700ms"
_NEWEST_USAGE, _NEWEST_LINES = 50_000, 2_000
"""How many of the newest rows are looked through where no index has what is searched for."""

T = TypeVar("T")

_CALLS = text("""
WITH RECURSIVE found(call, place) AS (
    (SELECT call, 1 FROM usage_event WHERE org_id = :org_id AND call >= :start ORDER BY call LIMIT 1)
    UNION ALL
    SELECT (
        SELECT usage_event.call FROM usage_event
        WHERE org_id = :org_id AND usage_event.call > found.call ORDER BY usage_event.call LIMIT 1
    ), place + 1
    FROM found WHERE starts_with(found.call, :start) AND place < :most
)
SELECT call FROM found WHERE starts_with(call, :start)
""")
"""Jumps from call to call in the index: a call may have any number of events."""


@dataclass(frozen=True, slots=True)
class FoundCampaign:
    """A campaign, and the last day on which usage of it was posted."""

    name: str
    last_day: date


@dataclass(frozen=True, slots=True)
class FoundTopUp:
    """A top-up that was paid; `card` is what paid it."""

    id: UUID
    amount: Money
    at: datetime
    card: str


class SearchTookTooLongError(Exception):
    """The database needed longer than someone who types waits."""


def within_a_moment(find: Callable[[], T]) -> T:
    """What `find` finds. Raises `SearchTookTooLongError`; the caller's transaction can go on."""
    try:
        with db.session.begin_nested():
            db.session.execute(text(f"SET LOCAL statement_timeout = '{MOMENT}'"))
            return find()
    except OperationalError as error:
        if isinstance(error.orig, QueryCanceled):
            raise SearchTookTooLongError from error
        raise


def find_calls(organization: Organization, start: str) -> list[str]:
    """The names of calls that begin so, those in progress first."""
    if len(start) < SHORTEST:
        return []
    in_progress = (
        select(Hold.call)
        .where(Hold.org_id == organization.id, Hold.state == HoldState.ACTIVE, Hold.expires_at > utc_now())
        .where(Hold.call.startswith(start, autoescape=True))
        .order_by(Hold.call)
        .limit(MOST)
    )
    values = {"org_id": organization.id, "start": start, "most": MOST}
    found = [*db.session.scalars(in_progress), *db.session.scalars(_CALLS, values)]
    return list(dict.fromkeys(call for call in found if call))[:MOST]


def find_campaigns(organization: Organization, part: str) -> list[FoundCampaign]:
    """The campaigns whose name has this part, in upper or lower case, the last used first."""
    newest = (
        select(UsageByName.name.label("campaign"), UsageByName.posted_on)
        .where(UsageByName.org_id == organization.id, UsageByName.kind == "campaign")
        .order_by(UsageByName.posted_on.desc())
        .limit(_NEWEST_USAGE)
        .subquery()
    )
    last_day = func.max(newest.c.posted_on).label("last_day")
    query = (
        select(newest.c.campaign, last_day)
        .where(newest.c.campaign != "", newest.c.campaign.icontains(part, autoescape=True))
        .group_by(newest.c.campaign)
        .order_by(last_day.desc(), newest.c.campaign)
        .limit(MOST)
    )
    return [FoundCampaign(row.campaign, row.last_day) for row in db.session.execute(query)]


def find_top_ups(organization: Organization, amount: Money | None, card: str | None) -> list[FoundTopUp]:
    """The top-ups of this amount, or paid with a card whose last digits these are; the newest first."""
    newest = (
        select(
            WalletLine.top_up_id, WalletLine.amount_micro, WalletLine.at, WalletLine.detail, WalletLine.seq
        )
        .where(WalletLine.org_id == organization.id, WalletLine.kind == TransferKind.TOP_UP)
        .order_by(WalletLine.seq.desc())
        .limit(_NEWEST_LINES)
        .subquery()
    )
    wanted: list[Any] = []
    if amount is not None and amount.currency == organization.currency:
        wanted.append(newest.c.amount_micro == amount.micro)
    if card is not None:
        wanted.append(newest.c.detail.endswith(card, autoescape=True))
    query = select(newest).where(or_(literal(False), *wanted), newest.c.top_up_id.is_not(None))
    rows = db.session.execute(query.order_by(newest.c.seq.desc()).limit(MOST))
    return [
        FoundTopUp(
            row.top_up_id,
            Money(row.amount_micro, organization.currency),
            row.at,
            line_details.to_read(row.detail),
        )
        for row in rows
    ]


def find_top_up(organization: Organization, number: UUID) -> TopUp | None:
    """The top-up with this id."""
    return db.session.get(TopUp, (organization.id, number))
