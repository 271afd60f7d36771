"""`GET /organizations/{org_id}/status`: whether an organization may call now."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from flask import request
from msgspec import Meta, Struct

from app.api.amounts import Amount
from app.api.caller import no_organization
from app.api.endpoints import Answer, Reply, Section
from app.api.limit_bodies import ReachedLimit, To
from app.api.limit_problems import view_of
from app.billing import catalog
from app.billing.limits import Call
from app.billing.usage.cloudevents import Name
from app.billing.wallet import status as calling_status
from app.billing.wallet.status import CallingStatus
from app.models import CallingState
from app.money import Money
from app.people.tokens import Scope

section = Section("Calling", "Whether an organization may call; check it before each call or campaign.")


class StopReason(StrEnum):
    """Why a call may not start."""

    NO_CREDIT = "no_credit"
    CREDIT_RESERVED = "credit_reserved"
    SET_ASIDE = "set_aside"
    RESERVE_KEPT = "reserve_kept"
    LIMIT_REACHED = "limit_reached"
    DESTINATION_CLOSED = "destination_closed"


class StatusQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """What kind of call is asked about; without any of these, only limits of the whole organization count."""

    campaign: Annotated[Name | None, Meta(description="The campaign of the call.")] = None
    agent: Annotated[Name | None, Meta(description="The agent of the call.")] = None
    to: Annotated[
        To | None, Meta(description="Where it goes: a number in E.164 with `+`, or a country's two letters.")
    ] = None


class EnvelopeCredit(Struct, frozen=True):
    """What a campaign's envelope has left for its calls."""

    id: UUID
    left: Amount


class Status(Struct, frozen=True):
    """Whether new calls may start, and the wallet's credit."""

    organization: UUID
    may_call: Annotated[
        bool,
        Meta(
            description="Whether new calls may start, for the campaign, agent and destination in the query. "
            "While false, every new hold for such a call is rejected, whatever is left of the plan's "
            "allowances. Calls in progress continue either way. A campaign may call while its envelope has "
            "credit, whatever the `state` is for others."
        ),
    ]
    may_call_out: Annotated[
        bool,
        Meta(
            description="The same for outbound calls: also false while available credit is at the owners' "
            "reserve, which is for number rent and inbound calls. With `to` in the query, `may_call` is that."
        ),
    ]
    state: Annotated[
        CallingState,
        Meta(description="`low`: credit is below the owners' alert threshold, but calls may start."),
    ]
    reason: Annotated[
        StopReason | None,
        Meta(
            description="Why new calls may not start: `no_credit`, or `credit_reserved` if calls in "
            "progress reserve all remaining credit, which ends as soon as one of them leaves some; "
            "`set_aside` if the rest of the credit is in envelopes of campaigns; `reserve_kept` if the call "
            "goes out and the rest is the owners' reserve; "
            "`limit_reached`, see `limit`; or `destination_closed` until an owner opens where the call goes. "
            "Null if calls may start."
        ),
    ]
    paused_since: datetime | None
    missing: Annotated[
        Amount | None,
        Meta(description="The smallest top-up that lets calls start again. Null if calls may start."),
    ]
    available: Annotated[
        Amount, Meta(description="What can be spent: `posted` minus `held` and `set_aside`.")
    ]
    posted: Annotated[Amount, Meta(description="The posted balance: the sum of all transfers.")]
    held: Annotated[Amount, Meta(description="Reserved by holds of calls in progress.")]
    set_aside: Annotated[Amount, Meta(description="In campaigns' envelopes, and held by no call.")]
    reserve: Annotated[
        Amount,
        Meta(description="The floor of available credit for number rent and inbound calls; zero is none."),
    ]
    available_micro: Annotated[
        int, Meta(description="The same in micro-units: millionths of the currency's unit.")
    ]
    posted_micro: int
    held_micro: int
    envelope: Annotated[
        EnvelopeCredit | None,
        Meta(description="The open envelope of the campaign in the query; null if it has none."),
    ]
    limit: Annotated[
        ReachedLimit | None, Meta(description="The limit by which new calls may not start, if there is one.")
    ]
    auto_top_up_stopped: Annotated[
        bool,
        Meta(
            description="Whether automatic top-ups wait for an owner's answer, because far more than usual was "
            "spent within an hour. Calls may start as long as there is credit."
        ),
    ]
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
        may_call_out=False,
        state=CallingState.PAUSED,
        reason=StopReason.NO_CREDIT,
        paused_since=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
        missing=Amount("10.000000", "USD"),
        available=Amount("-0.412500", "USD"),
        posted=Amount("-0.412500", "USD"),
        held=Amount("0.000000", "USD"),
        set_aside=Amount("0.000000", "USD"),
        reserve=Amount("0.000000", "USD"),
        available_micro=-412_500,
        posted_micro=-412_500,
        held_micro=0,
        envelope=None,
        limit=None,
        auto_top_up_stopped=False,
        version=48_213,
    )


@section.get(
    "/organizations/<uuid:org_id>/status",
    scope=Scope.STATUS_READ,
    summary="Get calling status",
    query=StatusQuery,
    answers=(
        Answer(200, "Its status.", Status, _example(), {"ETag": "Send it in `If-None-Match` next time."}),
        Answer(304, "Unchanged since the response whose `ETag` was sent in `If-None-Match`."),
    ),
)
def show_status(org_id: UUID, query: StatusQuery) -> Reply:
    """Cheap to request, so check it as often as you like: before each call, or every few seconds. With
    `If-None-Match`, an unchanged status returns 304 without a body.

    The response is a snapshot. To be sure of the credit for a call, reserve it with a hold.
    """
    found = calling_status.find(org_id, Call.to(query.to, campaign=query.campaign, agent=query.agent))
    if found is None:
        raise no_organization()
    # `missing` also depends on the catalog's smallest top-up.
    tag = f"{found.version}-{catalog.current().version}{_stop_of(found)}"
    headers = {"ETag": f'W/"{tag}"', "Cache-Control": "private, no-cache"}
    if request.if_none_match.contains_weak(tag):
        return Reply(status=304, headers=headers)
    return Reply(_status(org_id, found, goes_out=query.to is not None), headers=headers)


def _status(org_id: UUID, found: CallingStatus, *, goes_out: bool) -> Status:
    may_call = found.may_call_out if goes_out else found.may_call
    return Status(
        organization=org_id,
        may_call=may_call,
        may_call_out=found.may_call_out,
        state=found.state,
        reason=None if may_call else _reason(found),
        paused_since=found.paused_since,
        missing=Amount.of(found.missing) if found.missing and not may_call else None,
        available=Amount.of(found.available),
        posted=Amount.of(found.posted),
        held=Amount.of(found.held),
        set_aside=Amount.of(found.set_aside),
        reserve=Amount.of(found.reserve),
        available_micro=found.available.micro,
        posted_micro=found.posted.micro,
        held_micro=found.held.micro,
        envelope=_envelope(found),
        limit=view_of(found.limit) if found.limit else None,
        auto_top_up_stopped=found.is_auto_top_up_stopped,
        version=found.version,
    )


def _envelope(found: CallingStatus) -> EnvelopeCredit | None:
    if found.envelope is None:
        return None
    left = Amount.of(Money(found.envelope.left, found.available.currency))
    return EnvelopeCredit(found.envelope.id, left)


def _reason(found: CallingStatus) -> StopReason:
    """Why a call may not start that may not."""
    if found.reason is not None and not found.has_envelope_credit:
        return StopReason(found.reason.value)
    if found.closed is not None:
        return StopReason.DESTINATION_CLOSED
    return StopReason.LIMIT_REACHED if found.limit is not None else StopReason.RESERVE_KEPT


def _stop_of(found: CallingStatus) -> str:
    """What changes without the wallet: a limit that starts again."""
    if found.closed is not None:
        return f"-{found.closed.key}"
    limit = found.limit
    return f"-{limit.limit_id}-{int(limit.window.start.timestamp())}" if limit is not None else ""
