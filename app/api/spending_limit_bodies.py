"""Request and response bodies of the limit endpoints, each with an example."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from app.api.amounts import Amount
from app.billing.limits import LimitStanding
from app.billing.usage.cloudevents import Name
from app.models import LimitOrigin, LimitRequest, LimitSubject, LimitWindow, RequestState
from app.money import Money

_ID = UUID("01932c07-b1d4-7c55-9a52-6f1d7a0c9e11")
Until = Annotated[datetime, Meta(tz=True, description="With a UTC offset, at most 92 days ahead.")]
Named = Annotated[
    Name | None,
    Meta(
        description="The campaign, agent or class (`standard`, `raised`, `high`); none for the organization."
    ),
]
Window = Annotated[
    LimitWindow,
    Meta(description="In the organization's time zone. Weeks start on Monday."),
]


class Raise(Struct, frozen=True, forbid_unknown_fields=True):
    """Until a time the limit is `amount`; then it is as before, by itself."""

    amount: Amount
    until: Until


class LimitBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The desired state of a limit."""

    subject: Annotated[LimitSubject, Meta(description="Whose spend it counts.")]
    window: Window
    amount: Annotated[Amount, Meta(description="At zero, a limit that stops calls allows none.")]
    stops: Annotated[bool, Meta(description="Whether it stops new calls; otherwise it only notifies.")]
    name: Named = None
    raised: Annotated[Raise | None, Meta(description="A raise for a while.")] = None


class LimitView(Struct, frozen=True):
    """A limit, as it stands."""

    id: UUID
    subject: LimitSubject
    name: str | None
    window: LimitWindow
    stops: bool
    amount: Annotated[Amount, Meta(description="The limit in force.")]
    usual: Annotated[Amount, Meta(description="The limit once a raise is over.")]
    raised_until: datetime | None
    spent: Annotated[Amount, Meta(description="Charged in this window.")]
    held: Annotated[Amount, Meta(description="Reserved by calls in progress.")]
    reached: Annotated[bool, Meta(description="Whether `spent` and `held` leave nothing of it.")]
    starts_again_at: datetime
    set_by: LimitOrigin

    @classmethod
    def of(cls, limit: LimitStanding) -> LimitView:
        if limit.limit_id is None or limit.origin is None:
            raise ValueError("A ceiling of the catalog is no limit that was set.")
        return cls(
            id=limit.limit_id,
            subject=limit.subject,
            name=limit.name or None,
            window=limit.kind,
            stops=limit.stops,
            amount=Amount.of(limit.amount),
            usual=Amount.of(limit.usual),
            raised_until=limit.raised_until,
            spent=Amount.of(limit.spent),
            held=Amount.of(limit.held),
            reached=limit.is_reached,
            starts_again_at=limit.window.end,
            set_by=limit.origin,
        )


class LimitViews(Struct, frozen=True):
    """All limits of an organization."""

    limits: list[LimitView]


class MoreBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What the limit should be for a while."""

    amount: Amount
    until: Annotated[Until | None, Meta(description="If omitted, until the window ends.")] = None
    note: Annotated[Annotated[str, Meta(max_length=500)] | None, Meta(description="Why; owners read it.")] = (
        None
    )


class RequestView(Struct, frozen=True):
    """A request for more."""

    id: UUID
    limit: UUID
    amount: Amount
    until: datetime | None
    note: str
    asked_by: str
    state: RequestState
    created_at: datetime
    decided_by: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, row: LimitRequest, currency: str) -> RequestView:
        return cls(
            id=row.id,
            limit=row.limit_id,
            amount=Amount.of(Money(row.wanted_micro, currency)),
            until=row.until,
            note=row.note,
            asked_by=row.asked_by,
            state=row.state,
            created_at=row.created_at,
            decided_by=row.decided_by or None,
            decided_at=row.decided_at,
        )


class RequestViews(Struct, frozen=True):
    """Requests for more, of all limits of an organization."""

    requests: list[RequestView]


LIMIT_BODY = LimitBody(
    LimitSubject.CAMPAIGN, LimitWindow.DAY, Amount("30.000000", "USD"), True, "Recall patients"
)
LIMIT = LimitView(
    id=_ID,
    subject=LimitSubject.CAMPAIGN,
    name="Recall patients",
    window=LimitWindow.DAY,
    stops=True,
    amount=Amount("30.000000", "USD"),
    usual=Amount("30.000000", "USD"),
    raised_until=None,
    spent=Amount("24.100000", "USD"),
    held=Amount("0.588500", "USD"),
    reached=False,
    starts_again_at=datetime(2026, 11, 25, 5, 0, tzinfo=UTC),
    set_by=LimitOrigin.PLATFORM,
)
MORE = MoreBody(Amount("50.000000", "USD"), None, "The list is longer than planned.")
REQUEST = RequestView(
    id=UUID("01932c0a-11f0-7d02-8f11-0a6a5f3b2c01"),
    limit=_ID,
    amount=Amount("50.000000", "USD"),
    until=None,
    note="The list is longer than planned.",
    asked_by="token call engine",
    state=RequestState.WAITING,
    created_at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
    decided_by=None,
    decided_at=None,
)
