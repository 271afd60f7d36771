"""Estimates as the API shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta, Struct

from app.api.amounts import Amount
from app.billing.usage.campaign_courses import Course
from app.billing.usage.campaign_estimates import Estimate, EstimateLine
from app.billing.usage.campaign_plans import CheaperPlan
from app.billing.usage.past_campaigns import PastCampaigns


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
        Amount,
        Meta(
            description="How much credit is missing for the campaign and `meanwhile`, without what expires before."
        ),
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


EXAMPLE = EstimateView(
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


def view(
    found: Estimate, course: Course | None, cheaper: CheaperPlan | None, past: PastCampaigns | None
) -> EstimateView:
    """An estimate as it is answered, with the campaign's course, the plan that would save, and past campaigns."""
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
