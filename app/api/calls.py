"""`GET /organizations/{org_id}/calls/{call}`: everything one call cost."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from app.api import problems
from app.api.amounts import Amount
from app.api.endpoints import Answer, Section
from app.api.organizations import organization_of
from app.api.problems import ProblemError
from app.billing.activity import call_costs
from app.billing.activity.call_costs import LINES, CallCostLine, CallCosts, CallPart, HoldInProgress
from app.billing.catalog.rate_labels import RateLabel
from app.people.tokens import Scope

NAMES = 100
"""How many names and holds of one call a response lists at most; a call has one or two of each."""

section = Section("Calls", "Everything one call cost.")


class CallRate(Struct, frozen=True):
    """The price of a line, from the plan and the catalog version in force at the time of use."""

    plan: Annotated[str, Meta(description="The plan's key.", examples=["growth"])]
    version: Annotated[str, Meta(examples=["2026-12.4"])]
    amount: Annotated[
        Amount | None, Meta(description="The price per `per`. Null if that version is no longer available.")
    ]
    per: Annotated[str | None, Meta(examples=["min", "1M tokens"])]


class CallLine(Struct, frozen=True):
    """One meter's usage on one day, or one correction, whose figures are differences. `billable` is `quantity` after
    the rate's minimum and rounding step; of these units, `included` were covered by the allowance."""

    part: CallPart
    meter: str
    quantity: int
    billable: int
    included: int
    rate: CallRate
    amount: Amount
    events: int
    used_on: Annotated[date, Meta(description="In the organization's own time zone.")]
    posted_on: date
    corrects: Annotated[str | None, Meta(description="The `id` of the event that this corrects.")]


class CallHold(Struct, frozen=True):
    """Credit currently on hold for the call."""

    reserved: Amount
    used: Amount
    since: datetime
    expires_at: datetime
    final: bool


class CallView(Struct, frozen=True):
    """A call with everything charged for it. It started at about `first_at` and ended at about `last_at`."""

    call: str
    total: Amount
    in_progress: Annotated[bool, Meta(description="Whether credit is still on hold for it.")]
    lines: Annotated[list[CallLine], Meta(description=f"The first {LINES} of them.")]
    more_lines: Annotated[int, Meta(description="How many more lines there are. `total` includes them.")]
    holds: Annotated[list[CallHold], Meta(description=f"At most {NAMES}.")]
    campaigns: Annotated[list[str], Meta(description=f"At most {NAMES}, like `agents` and `numbers`.")]
    agents: list[str]
    numbers: list[str]
    first_at: datetime
    last_at: datetime


_EXAMPLE = CallView(
    call="call-5f2c",
    total=Amount("0.048800", "USD"),
    in_progress=False,
    lines=[
        CallLine(
            part=CallPart.CALLING,
            meter="calls_outbound",
            quantity=87,
            billable=87,
            included=0,
            rate=CallRate("growth", "2026-12.4", Amount("0.030000", "USD"), "min"),
            amount=Amount("0.043500", "USD"),
            events=2,
            used_on=date(2026, 11, 24),
            posted_on=date(2026, 11, 24),
            corrects=None,
        ),
        CallLine(
            part=CallPart.MODEL,
            meter="tokens_in",
            quantity=2120,
            billable=2120,
            included=0,
            rate=CallRate("growth", "2026-12.4", Amount("2.500000", "USD"), "1M tokens"),
            amount=Amount("0.005300", "USD"),
            events=2,
            used_on=date(2026, 11, 24),
            posted_on=date(2026, 11, 24),
            corrects=None,
        ),
    ],
    more_lines=0,
    holds=[],
    campaigns=["Recall patients"],
    agents=["Ava"],
    numbers=["+1 212 555 0134"],
    first_at=datetime(2026, 11, 24, 9, 30, 12, tzinfo=UTC),
    last_at=datetime(2026, 11, 24, 9, 31, 39, tzinfo=UTC),
)


@section.get(
    "/organizations/<uuid:org_id>/calls/<path:call>",
    scope=Scope.USAGE_READ,
    summary="Show what a call cost",
    parameters={"call": "The call's name, as given in usage events and holds."},
    answers=(Answer(200, "The call.", CallView, _EXAMPLE),),
)
def show_call(org_id: UUID, call: str) -> CallView:
    """Everything that names the call: calling, telephony, speech, and model usage, each with the rate that
    priced it. Late usage and corrections are separate lines."""
    costs = call_costs.get_call_costs(organization_of(org_id), call)
    if costs is None:
        raise ProblemError(problems.NOT_FOUND, f"No usage and no hold name the call {call[:60]!r}.")
    return _view(costs)


def _view(costs: CallCosts) -> CallView:
    return CallView(
        call=costs.call,
        total=Amount.of(costs.total),
        in_progress=costs.is_in_progress,
        lines=[_line(line) for line in costs.lines],
        more_lines=costs.others,
        holds=[_hold(hold) for hold in costs.holds[:NAMES]],
        campaigns=list(costs.campaigns[:NAMES]),
        agents=list(costs.agents[:NAMES]),
        numbers=list(costs.numbers[:NAMES]),
        first_at=costs.first_at,
        last_at=costs.last_at,
    )


def _line(line: CallCostLine) -> CallLine:
    return CallLine(
        part=line.part,
        meter=line.meter,
        quantity=line.used.count,
        billable=line.billable.count,
        included=line.included.count,
        rate=_rate(line, line.rate),
        amount=Amount.of(line.amount),
        events=line.events,
        used_on=line.used_on,
        posted_on=line.posted_on,
        corrects=line.corrects,
    )


def _rate(line: CallCostLine, words: RateLabel | None) -> CallRate:
    return CallRate(
        plan=line.plan_key,
        version=line.version,
        amount=Amount.of(words.amount) if words else None,
        per=words.per if words else None,
    )


def _hold(hold: HoldInProgress) -> CallHold:
    return CallHold(
        reserved=Amount.of(hold.amount),
        used=Amount.of(hold.used),
        since=hold.since,
        expires_at=hold.until,
        final=hold.is_final,
    )
