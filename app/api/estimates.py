"""`POST /organizations/{org_id}/estimates`: estimate the cost of a campaign."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from app.api import problems
from app.api.amounts import Amount
from app.api.endpoints import Answer, Body, Section
from app.api.organizations import organization_of
from app.api.problems import FieldError, ProblemError
from app.billing.usage import campaign_courses, campaign_estimates, campaign_plans, past_campaigns
from app.billing.usage.campaign_courses import Course
from app.billing.usage.campaign_estimates import Campaign, Estimate, EstimateLine, UnknownCallingMeterError
from app.billing.usage.campaign_plans import CheaperPlan
from app.billing.usage.cloudevents import Name
from app.billing.usage.past_campaigns import PastCampaigns
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
    calls_a_day: Annotated[
        Annotated[int, Meta(ge=1, le=10_000_000)] | None,
        Meta(description="How many calls are made on a day. Null: all of them on one."),
    ] = None
    campaign: Annotated[
        Name | None,
        Meta(description="The campaign's name: what its open envelope has left pays for its calls first."),
    ] = None


class LineView(Struct, frozen=True):
    """One meter, if every call takes the longest time; `least` is the cost if every call takes the shortest."""

    meter: str
    quantity: int
    billable: int
    included: Annotated[int, Meta(description="Covered by the remaining allowance.")]
    least: Amount
    most: Amount


class CourseView(Struct, frozen=True):
    """How the campaign would go if it began now and cost `most`, in the organization's usual calling hours."""

    ends_at: datetime
    meanwhile: Annotated[
        Amount | None,
        Meta(description="What else will be spent until then, by the forecast. Null without enough history."),
    ]
    runs_out_at: Annotated[
        datetime | None, Meta(description="When credit ends before. Null if it covers both.")
    ]
    calls_covered: Annotated[int, Meta(description="How many of the calls can be made until then.")]
    missing: Annotated[
        Amount, Meta(description="How much credit is missing for the campaign and `meanwhile`.")
    ]
    suggested_top_up: Amount | None


class PlanSaving(Struct, frozen=True):
    """A larger plan on which the campaign costs `most` at most; `saves` is the difference, after its price."""

    plan: str
    most: Amount
    saves: Amount


class PastView(Struct, frozen=True):
    """The organization's own campaigns of the last 90 days with calls of this meter."""

    campaigns: list[str]
    calls: Annotated[int, Meta(description="Answered calls.")]
    seconds: Annotated[int, Meta(description="The average length of an answered call.")]
    answered_percent: int | None
    cost_a_call: Amount


class EstimateView(Struct, frozen=True):
    """What the campaign would cost if it ran now, from `least` to `most`."""

    least: Amount
    most: Amount
    available: Amount
    reserve: Annotated[
        Amount, Meta(description="What of `available` is not for these calls. Zero for inbound calls.")
    ]
    set_aside: Annotated[
        Amount, Meta(description="What is left of the envelope of `campaign`, which its calls spend first.")
    ]
    covered_percent: Annotated[
        int,
        Meta(description="The percentage of `most` that `set_aside` and `available` above `reserve` cover."),
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
    course: Annotated[
        CourseView | None, Meta(description="Null if it takes longer than anything is forecast.")
    ]
    cheaper_plan: Annotated[PlanSaving | None, Meta(description="Null if no larger plan saves anything.")]
    past: Annotated[PastView | None, Meta(description="Null if there are none to go by.")]


_EXAMPLE = EstimateView(
    least=Amount("420.120000", "USD"),
    most=Amount("510.480000", "USD"),
    available=Amount("322.440000", "USD"),
    reserve=Amount("0.000000", "USD"),
    set_aside=Amount("40.000000", "USD"),
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
    course=CourseView(
        ends_at=datetime(2026, 11, 26, 21, tzinfo=UTC),
        meanwhile=Amount("118.200000", "USD"),
        runs_out_at=datetime(2026, 11, 25, 19, 30, tzinfo=UTC),
        calls_covered=2_310,
        missing=Amount("266.240000", "USD"),
        suggested_top_up=Amount("270.000000", "USD"),
    ),
    cheaper_plan=PlanSaving("growth", Amount("389.300000", "USD"), Amount("22.180000", "USD")),
    past=PastView(["Recall patients"], 4_210, 86, 62, Amount("0.091000", "USD")),
)


@section.post(
    "/organizations/<uuid:org_id>/estimates",
    scope=Scope.ESTIMATES_READ,
    summary="Estimate a campaign",
    body=Body(CampaignBody, CampaignBody(4_000, CallLength(120, 153), "calls_outbound", 100, 1_500)),
    answers=(Answer(200, "The estimate.", EstimateView, _EXAMPLE),),
)
def estimate_campaign(org_id: UUID, body: CampaignBody) -> EstimateView:
    """Priced by the organization's plan, after its remaining allowances. Nothing is reserved or stored, so
    request as many estimates as you like."""
    organization, now = organization_of(org_id), utc_now()
    if body.seconds.longest < body.seconds.shortest:
        raise _invalid("`longest` must not be shorter than `shortest`.", "/seconds/longest")
    campaign = Campaign(
        body.calls, body.meter, body.answered_percent, body.seconds.shortest, body.seconds.longest
    )
    try:
        estimate = campaign_estimates.estimate(organization, campaign, at=now, name=body.campaign or "")
    except UnknownCallingMeterError as error:
        raise _invalid(str(error), "/meter") from None
    a_day = min(body.calls_a_day or body.calls, body.calls)
    return _view(
        estimate,
        campaign_courses.follow(organization, estimate, a_day, now=now),
        campaign_plans.find(organization, estimate, at=now),
        past_campaigns.find(organization, body.meter, now=now),
    )


def _invalid(detail: str, pointer: str) -> ProblemError:
    wrong = FieldError(detail, pointer=pointer)
    return ProblemError(problems.INVALID, "Request body failed validation; see `errors`.", [wrong])


def _view(
    found: Estimate, course: Course | None, cheaper: CheaperPlan | None, past: PastCampaigns | None
) -> EstimateView:
    return EstimateView(
        least=Amount.of(found.least),
        most=Amount.of(found.most),
        available=Amount.of(found.credit.available),
        reserve=Amount.of(found.credit.reserve),
        set_aside=Amount.of(found.credit.own),
        covered_percent=found.covered_percent,
        missing=Amount.of(found.missing),
        suggested_top_up=Amount.of(found.top_up) if found.top_up else None,
        from_own_usage=found.is_own_usage,
        lines=[_line(line) for line in found.lines],
        course=_course(course) if course else None,
        cheaper_plan=PlanSaving(cheaper.plan.key, Amount.of(cheaper.cost), Amount.of(cheaper.saves))
        if cheaper
        else None,
        past=_past(past) if past else None,
    )


def _course(course: Course) -> CourseView:
    return CourseView(
        ends_at=course.ends_at,
        meanwhile=Amount.of(course.meanwhile) if course.meanwhile is not None else None,
        runs_out_at=course.runs_out_at,
        calls_covered=course.calls_covered,
        missing=Amount.of(course.missing),
        suggested_top_up=Amount.of(course.top_up) if course.top_up else None,
    )


def _past(past: PastCampaigns) -> PastView:
    return PastView(
        list(past.names), past.calls, past.seconds, past.answered_percent, Amount.of(past.cost_a_call)
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
