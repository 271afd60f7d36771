"""`GET /organizations/{org_id}/status`: may this organization call now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from flask import request
from msgspec import Meta, Struct

from app.api.amounts import Amount
from app.api.caller import no_organization
from app.api.endpoints import Answer, Reply, Room
from app.billing import catalog
from app.billing.wallet import status as calling_status
from app.billing.wallet.calling_state import PauseReason
from app.billing.wallet.status import CallingStatus
from app.models import CallingState
from app.people.tokens import Scope

room = Room("Calling", "Whether an organization may call, asked before each call or campaign.")


class Status(Struct, frozen=True):
    """Whether new calls may start, and the credit behind that."""

    organization: UUID
    may_call: Annotated[
        bool,
        Meta(
            description="Whether new calls may start: while it is false, no new hold is granted, whatever the plan's "
            "allowances have left. Calls in progress go on either way."
        ),
    ]
    state: Annotated[
        CallingState, Meta(description="`low`: credit fell below the owners' alert. It may call.")
    ]
    reason: Annotated[
        PauseReason | None,
        Meta(
            description="Why not: `no_credit`, or `credit_reserved` where calls in progress reserve all that there "
            "is; that is over as soon as one of them leaves some. Null where calls may start."
        ),
    ]
    paused_since: datetime | None
    missing: Annotated[
        Amount | None,
        Meta(description="The smallest top-up that lets calls start again. Null where they may."),
    ]
    available: Annotated[Amount, Meta(description="What can still be spent: `posted` less `held`.")]
    posted: Annotated[Amount, Meta(description="The sum of everything booked.")]
    held: Annotated[Amount, Meta(description="What calls in progress reserve.")]
    available_micro: Annotated[int, Meta(description="The same in millionths of the currency's unit, whole.")]
    posted_micro: int
    held_micro: int
    version: Annotated[int, Meta(description="Grows with every change: of two answers, the larger is newer.")]


def _example() -> Status:
    return Status(
        organization=UUID("01932c07-9a3e-7b61-8f0e-2d5d3c1b7a90"),
        may_call=False,
        state=CallingState.PAUSED,
        reason=PauseReason.NO_CREDIT,
        paused_since=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
        missing=Amount("10.000000", "USD"),
        available=Amount("-0.412500", "USD"),
        posted=Amount("-0.412500", "USD"),
        held=Amount("0.000000", "USD"),
        available_micro=-412_500,
        posted_micro=-412_500,
        held_micro=0,
        version=48_213,
    )


@room.get(
    "/organizations/<uuid:org_id>/status",
    scope=Scope.STATUS_READ,
    summary="May this organization call now",
    answers=(
        Answer(200, "Its status.", Status, _example(), {"ETag": "Send it back in `If-None-Match`."}),
        Answer(304, "Nothing changed since the answer whose `ETag` was sent in `If-None-Match`."),
    ),
)
def show_status(org_id: UUID) -> Reply:
    """Answered from one row, so ask as often as you like: before each call, or every few seconds. With
    `If-None-Match` an unchanged status is a 304 without a body.

    The answer is true at its moment. To be sure of the credit for a call, reserve it with a hold.
    """
    found = calling_status.find(org_id)
    if found is None:
        raise no_organization()
    # What is missing depends on the catalogue's smallest top-up too.
    tag = f"{found.version}-{catalog.current().version}"
    headers = {"ETag": f'W/"{tag}"', "Cache-Control": "private, no-cache"}
    if request.if_none_match.contains_weak(tag):
        return Reply(status=304, headers=headers)
    return Reply(_status(org_id, found), headers=headers)


def _status(org_id: UUID, found: CallingStatus) -> Status:
    return Status(
        organization=org_id,
        may_call=found.may_call,
        state=found.state,
        reason=found.reason,
        paused_since=found.paused_since,
        missing=Amount.of(found.missing) if found.missing else None,
        available=Amount.of(found.available),
        posted=Amount.of(found.posted),
        held=Amount.of(found.held),
        available_micro=found.available.micro,
        posted_micro=found.posted.micro,
        held_micro=found.held.micro,
        version=found.version,
    )
