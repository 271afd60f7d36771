"""Query and response bodies of the calling status."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from app.api.amounts import Amount
from app.api.limit_bodies import ReachedLimit, To
from app.billing.usage.cloudevents import Name
from app.models import CallingState


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


EXAMPLE = Status(
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
"""That of an organization without credit."""
