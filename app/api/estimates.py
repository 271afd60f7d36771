"""`POST /organizations/{org_id}/estimates`: estimate the cost of a campaign."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from app.api import problems
from app.api.amounts import Amount
from app.api.endpoints import Answer, Body, Section
from app.api.organizations import organization_of
from app.api.problems import FieldError, ProblemError
from app.billing.usage import campaign_estimates
from app.billing.usage.campaign_estimates import Campaign, Estimate, EstimateLine, UnknownCallingMeterError
from app.clock import utc_now
from app.people.tokens import Scope

section = Section("Estimates", "Estimate the cost of a campaign before it runs.")

Seconds = Annotated[int, Meta(ge=1, le=14_400)]


class CallLength(Struct, frozen=True, forbid_unknown_fields=True):
    """The length of an answered call, in seconds."""

    shortest: Seconds
    longest: Seconds


class CampaignBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The calls of a campaign."""

    calls: Annotated[int, Meta(ge=1, le=10_000_000)]
    seconds: CallLength
    meter: Annotated[str, Meta(min_length=1, max_length=60, description="The meter of the calls.")] = (
        "calls_outbound"
    )
    answered_percent: Annotated[
        int, Meta(ge=1, le=100, description="The percentage of calls that are answered.")
    ] = 100


class LineView(Struct, frozen=True):
    """One meter, if every call takes the longest time; `least` is the cost if every call takes the shortest."""

    meter: str
    quantity: int
    billable: int
    included: Annotated[int, Meta(description="Covered by the remaining allowance.")]
    least: Amount
    most: Amount


class EstimateView(Struct, frozen=True):
    """What the campaign would cost if it ran now, from `least` to `most`."""

    least: Amount
    most: Amount
    available: Amount
    covered_percent: Annotated[
        int, Meta(description="The percentage of `most` that available credit covers.")
    ]
    missing: Annotated[Amount, Meta(description="How much credit is missing to cover `most`.")]
    suggested_top_up: Annotated[
        Amount | None,
        Meta(description="A top-up that covers it, within the top-up limits. Null if none is needed."),
    ]
    from_own_usage: Annotated[
        bool,
        Meta(
            description="Whether agent usage is based on the organization's last 30 days; otherwise, "
            "typical usage is assumed."
        ),
    ]
    lines: list[LineView]


_EXAMPLE = EstimateView(
    least=Amount("420.120000", "USD"),
    most=Amount("510.480000", "USD"),
    available=Amount("362.440000", "USD"),
    covered_percent=70,
    missing=Amount("148.040000", "USD"),
    suggested_top_up=Amount("250.000000", "USD"),
    from_own_usage=True,
    lines=[
        LineView(
            "calls_outbound",
            612_000,
            612_000,
            38_700,
            Amount("225.150000", "USD"),
            Amount("286.650000", "USD"),
        )
    ],
)


@section.post(
    "/organizations/<uuid:org_id>/estimates",
    scope=Scope.ESTIMATES_READ,
    summary="Estimate a campaign",
    body=Body(CampaignBody, CampaignBody(4_000, CallLength(120, 153), "calls_outbound", 100)),
    answers=(Answer(200, "The estimate.", EstimateView, _EXAMPLE),),
)
def estimate_campaign(org_id: UUID, body: CampaignBody) -> EstimateView:
    """Priced by the organization's plan, after its remaining allowances. Nothing is reserved or stored, so
    request as many estimates as you like."""
    organization = organization_of(org_id)
    if body.seconds.longest < body.seconds.shortest:
        raise _invalid("`longest` must not be shorter than `shortest`.", "/seconds/longest")
    campaign = Campaign(
        body.calls, body.meter, body.answered_percent, body.seconds.shortest, body.seconds.longest
    )
    try:
        return _view(campaign_estimates.estimate(organization, campaign, at=utc_now()))
    except UnknownCallingMeterError as error:
        raise _invalid(str(error), "/meter") from None


def _invalid(detail: str, pointer: str) -> ProblemError:
    wrong = FieldError(detail, pointer=pointer)
    return ProblemError(problems.INVALID, "Request body failed validation; see `errors`.", [wrong])


def _view(found: Estimate) -> EstimateView:
    return EstimateView(
        least=Amount.of(found.least),
        most=Amount.of(found.most),
        available=Amount.of(found.available),
        covered_percent=found.covered_percent,
        missing=Amount.of(found.missing),
        suggested_top_up=Amount.of(found.top_up) if found.top_up else None,
        from_own_usage=found.is_own_usage,
        lines=[_line(line) for line in found.lines],
    )


def _line(line: EstimateLine) -> LineView:
    return LineView(
        meter=line.meter,
        quantity=line.quantity,
        billable=line.billable,
        included=line.included,
        least=Amount.of(line.least),
        most=Amount.of(line.most),
    )
