"""Limits on spend as the API shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from app.api.amounts import Amount
from app.billing.limits import LimitStanding
from app.models import LimitSubject, LimitWindow

To = Annotated[
    str,
    Meta(
        pattern=r"^(\+[1-9][0-9]{1,14}|[A-Z]{2})\Z",
        description="Where the call goes: a number in E.164, like `+442079460123`, or a country's two letters, "
        "like `GB`. Destinations of a high class are checked by it.",
        examples=["+442079460123"],
    ),
]


class ReachedLimit(Struct, frozen=True):
    """The limit that stops new calls."""

    id: Annotated[UUID | None, Meta(description="Null for the catalog's ceiling of a destination class.")]
    subject: Annotated[LimitSubject, Meta(description="Whose spend it counts.")]
    name: Annotated[
        str | None, Meta(description="The campaign, agent or class; null for the whole organization.")
    ]
    window: LimitWindow
    amount: Annotated[Amount, Meta(description="The limit in force.")]
    spent: Annotated[Amount, Meta(description="Charged in this window.")]
    held: Annotated[Amount, Meta(description="Reserved by calls in progress.")]
    starts_again_at: Annotated[datetime, Meta(description="When the next window begins.")]
    ask_for_more: Annotated[
        str | None,
        Meta(description="A page for people of the organization, whatever their role, that asks the owners."),
    ]

    @classmethod
    def of(cls, limit: LimitStanding, ask_for_more: str | None) -> ReachedLimit:
        return cls(
            id=limit.limit_id,
            subject=limit.subject,
            name=limit.name or None,
            window=limit.kind,
            amount=Amount.of(limit.amount),
            spent=Amount.of(limit.spent),
            held=Amount.of(limit.held),
            starts_again_at=limit.window.end,
            ask_for_more=ask_for_more,
        )


def example() -> ReachedLimit:
    """For the document."""
    return ReachedLimit(
        id=UUID("01932c07-b1d4-7c55-9a52-6f1d7a0c9e11"),
        subject=LimitSubject.CAMPAIGN,
        name="Recall patients",
        window=LimitWindow.DAY,
        amount=Amount("30.000000", "USD"),
        spent=Amount("29.412500", "USD"),
        held=Amount("0.588500", "USD"),
        starts_again_at=datetime(2026, 11, 25, 5, 0, tzinfo=UTC),
        ask_for_more="https://billing.portal.example/billing/wallet/limits/"
        "01932c07-b1d4-7c55-9a52-6f1d7a0c9e11/more",
    )
