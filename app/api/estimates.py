"""`POST /organizations/{org_id}/estimates`: estimate the cost of a campaign."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from app.api import estimate_bodies, problems
from app.api.endpoints import Answer, Body, Section
from app.api.organizations import organization_of
from app.api.problems import FieldError, ProblemError
from app.billing.usage import campaign_courses, campaign_estimates, campaign_plans, past_campaigns
from app.billing.usage.campaign_estimates import Campaign, UnknownCallingMeterError
from app.billing.usage.cloudevents import Name
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


@section.post(
    "/organizations/<uuid:org_id>/estimates",
    scope=Scope.ESTIMATES_READ,
    summary="Estimate a campaign",
    body=Body(CampaignBody, CampaignBody(4_000, CallLength(120, 153), "calls_outbound", 100, 1_500)),
    answers=(Answer(200, "The estimate.", estimate_bodies.EstimateView, estimate_bodies.EXAMPLE),),
)
def estimate_campaign(org_id: UUID, body: CampaignBody) -> estimate_bodies.EstimateView:
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
    return estimate_bodies.view(
        estimate,
        campaign_courses.follow(organization, estimate, a_day, now=now),
        campaign_plans.find(organization, estimate, at=now),
        past_campaigns.find(organization, body.meter, now=now),
    )


def _invalid(detail: str, pointer: str) -> ProblemError:
    wrong = FieldError(detail, pointer=pointer)
    return ProblemError(problems.INVALID, "Request body failed validation; see `errors`.", [wrong])
