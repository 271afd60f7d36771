"""`GET /organizations/{org_id}/holds`: the calls in progress, and which of them last unusually long."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from app.api.amounts import Amount
from app.api.endpoints import Answer, Reply, Section
from app.api.organizations import organization_of
from app.api.queries import PageQuery, next_page, wrong_cursor
from app.billing.wallet import calls_in_progress
from app.billing.wallet.calls_in_progress import HeldBy
from app.cursor import Cursor
from app.people.tokens import Scope

section = Section("Calls in progress", "Which calls hold credit now, and which of them may have ended.")


class HoldsQuery(PageQuery, frozen=True):
    """Which holds to return."""

    overdue: Annotated[
        bool,
        msgspec.Meta(description="Only calls that last unusually long, as `call.overdue` names them."),
    ] = False


class HoldInProgress(Struct, frozen=True):
    """The hold of a call in progress. Without a renewal it ends at `expires_at`."""

    key: str
    call: str | None
    agent: str | None
    campaign: str | None
    reserved: Amount
    used: Amount
    since: datetime
    expires_at: datetime
    overdue_since: Annotated[
        datetime | None,
        Meta(
            description="When it was named as lasting unusually long; null once an owner said that it continues."
        ),
    ]


class HoldsPage(Struct, frozen=True):
    """A page of holds, those that began first."""

    items: list[HoldInProgress]
    next: Annotated[str | None, Meta(description="The address of the next page; null on the last page.")]


_EXAMPLE = HoldsPage(
    items=[
        HoldInProgress(
            key="call-5f2c",
            call="call-5f2c",
            agent="Ava",
            campaign="Recall patients",
            reserved=Amount("0.088500", "USD"),
            used=Amount("7.290000", "USD"),
            since=datetime(2026, 11, 24, 5, 12, 3, tzinfo=UTC),
            expires_at=datetime(2026, 11, 24, 9, 33, 12, tzinfo=UTC),
            overdue_since=datetime(2026, 11, 24, 9, 12, 5, tzinfo=UTC),
        )
    ],
    next=None,
)


@section.get(
    "/organizations/<uuid:org_id>/holds",
    scope=Scope.HOLDS_READ,
    summary="List calls in progress",
    query=HoldsQuery,
    answers=(Answer(200, "A page of holds.", HoldsPage, _EXAMPLE, {"Link": 'The next page, `rel="next"`.'}),),
)
def list_holds(org_id: UUID, query: HoldsQuery) -> Reply:
    """Every active hold, those that began first. Follow `next` until it is null. With `overdue=true`, those of calls
    that may have ended without anyone saying so: if one has, capture or release its hold, and its credit is available
    again."""
    after = Cursor.parse(query.after) if query.after is not None else None
    if query.after is not None and after is None:
        raise wrong_cursor()
    found = calls_in_progress.page(
        organization_of(org_id), after=after, size=query.limit, is_overdue=query.overdue
    )
    following, headers = next_page(str(found.following) if found.following else None)
    return Reply(HoldsPage([_view(one) for one in found.calls], following), headers=headers)


def _view(held: HeldBy) -> HoldInProgress:
    return HoldInProgress(
        key=held.key,
        call=held.call if held.has_story else None,
        agent=held.agent or None,
        campaign=held.campaign or None,
        reserved=Amount.of(held.amount),
        used=Amount.of(held.used),
        since=held.since,
        expires_at=held.until,
        overdue_since=held.overdue_since,
    )
