"""`GET /organizations/{org_id}/status`: whether an organization may call now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from flask import request
from msgspec import Meta, Struct

from app.api.amounts import Amount
from app.api.caller import no_organization
from app.api.endpoints import Answer, Reply, Section
from app.billing import catalog
from app.billing.wallet import status as calling_status
from app.billing.wallet.calling_state import PauseReason
from app.billing.wallet.status import CallingStatus
from app.models import CallingState
from app.people.tokens import Scope

section = Section("Calling", "Whether an organization may call; check it before each call or campaign.")


class Status(Struct, frozen=True):
    """Whether new calls may start, and the wallet's credit."""

    organization: UUID
    may_call: Annotated[
        bool,
        Meta(
            description="Whether new calls may start. While false, every new hold is rejected, whatever is "
            "left of the plan's allowances. Calls in progress continue either way."
        ),
    ]
    state: Annotated[
        CallingState,
        Meta(description="`low`: credit is below the owners' alert threshold, but calls may start."),
    ]
    reason: Annotated[
        PauseReason | None,
        Meta(
            description="Why new calls may not start: `no_credit`, or `credit_reserved` if calls in "
            "progress reserve all remaining credit, which ends as soon as one of them leaves some. "
            "Null if calls may start."
        ),
    ]
    paused_since: datetime | None
    missing: Annotated[
        Amount | None,
        Meta(description="The smallest top-up that lets calls start again. Null if calls may start."),
    ]
    available: Annotated[Amount, Meta(description="What can be spent: `posted` minus `held`.")]
    posted: Annotated[Amount, Meta(description="The posted balance: the sum of all transfers.")]
    held: Annotated[Amount, Meta(description="Reserved by holds of calls in progress.")]
    available_micro: Annotated[
        int, Meta(description="The same in micro-units: millionths of the currency's unit.")
    ]
    posted_micro: int
    held_micro: int
    version: Annotated[
        int,
        Meta(
            description="Increases with every change: of two responses, the one with the larger version is "
            "newer."
        ),
    ]


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


@section.get(
    "/organizations/<uuid:org_id>/status",
    scope=Scope.STATUS_READ,
    summary="Get calling status",
    answers=(
        Answer(200, "Its status.", Status, _example(), {"ETag": "Send it in `If-None-Match` next time."}),
        Answer(304, "Unchanged since the response whose `ETag` was sent in `If-None-Match`."),
    ),
)
def show_status(org_id: UUID) -> Reply:
    """Cheap to request, so check it as often as you like: before each call, or every few seconds. With
    `If-None-Match`, an unchanged status returns 304 without a body.

    The response is a snapshot. To be sure of the credit for a call, reserve it with a hold.
    """
    found = calling_status.find(org_id)
    if found is None:
        raise no_organization()
    # `missing` also depends on the catalog's smallest top-up.
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
