"""Limits on spend: set and removed by the platform, and requests for more that owners decide about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.api import problems
from app.api.caller import current_actor
from app.api.endpoints import Answer, Body, Reply, Section
from app.api.organizations import organization_of
from app.api.problems import FieldError, ProblemError
from app.api.spending_limit_bodies import (
    LIMIT,
    LIMIT_BODY,
    MORE,
    REQUEST,
    LimitBody,
    LimitView,
    LimitViews,
    MoreBody,
    RequestView,
    RequestViews,
)
from app.billing import catalog
from app.billing.limit_settings import requests, settings
from app.billing.limit_settings.drafts import (
    Draft,
    LimitExistsError,
    OwnersLimitError,
    TooManyLimitsError,
    UnknownLimitError,
)
from app.billing.limit_settings.requests import LATEST, AskedTooOftenError, NotMoreError
from app.billing.limits import standing
from app.clock import utc_now
from app.models import LimitOrigin, LimitSubject, Organization
from app.money import Money
from app.people.tokens import Scope

section = Section(
    "Limits",
    "The most that an organization, a campaign, an agent or a destination class may spend in a window.",
)

LIMIT_EXISTS = problems.Kind(
    "limit-exists",
    409,
    "This limit already exists",
    "Another limit counts the same spend in the same window, and does the same when it's reached: its id is in "
    "`limit`.",
    "Change that limit.",
)
OWNERS_LIMIT = problems.Kind(
    "owners-limit",
    409,
    "An owner set this limit",
    "The platform can lower a limit that an owner set, or let it stop, but can't loosen or remove it. Nothing was "
    "changed.",
    "Ask the owners for more: `POST …/limits/{limit_id}/requests`.",
)
TOO_MANY_LIMITS = problems.Kind(
    "too-many-limits",
    409,
    "Too many limits",
    "The organization has as many limits as it can have. Nothing was changed.",
    "Remove limits that are no longer needed.",
)
NOT_MORE = problems.Kind(
    "not-more",
    409,
    "Not more than the limit",
    "The request isn't for more than the limit in force; it may have been raised in the meantime.",
    "Read the limit again.",
)
ASKED_OFTEN = problems.Kind(
    "asked-too-often",
    409,
    "Too many requests for more",
    f"More of this limit was requested {requests.MOST_A_DAY} times within 24 hours.",
    "Talk to the owners of the organization.",
)
_LIMITS = "/organizations/<uuid:org_id>/limits"


@section.get(
    _LIMITS,
    scope=Scope.LIMITS_READ,
    summary="List limits",
    answers=(Answer(200, "All limits, and what counts toward each.", LimitViews, LimitViews([LIMIT])),),
)
def list_limits(org_id: UUID) -> LimitViews:
    """Those that owners and the platform have set, with what counts toward each in its present window."""
    organization = organization_of(org_id)
    return LimitViews([LimitView.of(one) for one in standing.gather(organization.id, utc_now())])


@section.put(
    f"{_LIMITS}/<uuid:limit_id>",
    scope=Scope.LIMITS_WRITE,
    summary="Set a limit",
    parameters={"limit_id": "The limit's id: a UUID that you choose for a new one."},
    body=Body(LimitBody, LIMIT_BODY),
    answers=(Answer(200, "The limit, new or changed.", LimitView, LIMIT),),
    problems=(LIMIT_EXISTS, OWNERS_LIMIT, TOO_MANY_LIMITS),
)
def put_limit(org_id: UUID, limit_id: UUID, body: LimitBody) -> LimitView:
    """Repeating the same request changes nothing. It applies immediately to calls that start; calls in progress
    finish. `reached` says whether new calls are stopped, or would be.

    A raise ends by itself. Limits of owners can be tightened, but not loosened.
    """
    organization = organization_of(org_id)
    draft = _draft(organization, body)
    try:
        made = settings.put(
            organization, draft, current_actor(), limit_id=limit_id, origin=LimitOrigin.PLATFORM
        )
    except LimitExistsError as error:
        raise ProblemError(LIMIT_EXISTS, str(error), members={"limit": str(error.known)}) from None
    except OwnersLimitError:
        raise ProblemError(OWNERS_LIMIT, "An owner set this limit, and this would loosen it.") from None
    except TooManyLimitsError:
        raise ProblemError(TOO_MANY_LIMITS, f"An organization has at most {settings.MOST} limits.") from None
    return LimitView.of(made)


@section.delete(
    f"{_LIMITS}/<uuid:limit_id>",
    scope=Scope.LIMITS_WRITE,
    summary="Remove a limit",
    parameters={"limit_id": "The limit's id."},
    answers=(Answer(204, "There is no such limit anymore."),),
    problems=(OWNERS_LIMIT,),
)
def delete_limit(org_id: UUID, limit_id: UUID) -> Reply:
    """Remove a limit that the platform has set. Repeating this changes nothing."""
    organization = organization_of(org_id)
    try:
        settings.remove(organization, limit_id, current_actor(), origin=LimitOrigin.PLATFORM)
    except OwnersLimitError:
        raise ProblemError(OWNERS_LIMIT, "An owner set this limit.") from None
    except UnknownLimitError:
        pass
    return Reply(status=204)


@section.post(
    f"{_LIMITS}/<uuid:limit_id>/requests",
    scope=Scope.LIMITS_WRITE,
    summary="Ask for more of a limit",
    parameters={"limit_id": "The limit's id."},
    body=Body(MoreBody, MORE),
    answers=(Answer(200, "The request, which waits for the owners.", RequestView, REQUEST),),
    problems=(NOT_MORE, ASKED_OFTEN),
    once=True,
)
def ask_for_more(org_id: UUID, limit_id: UUID, body: MoreBody) -> RequestView:
    """The owners get an email and decide; `limit.request_decided` tells how. One request for a limit waits at a
    time: asked again, it is the same one with the newest wish. Approved, the limit is higher until `until`, or until
    the end of its window, and then as before by itself."""
    organization = organization_of(org_id)
    wanted = _amount(organization, body.amount.money, "/amount")
    until = _end(body.until, "/until") if body.until is not None else None
    try:
        row = requests.ask(organization, limit_id, wanted, current_actor(), until=until, note=body.note or "")
    except UnknownLimitError:
        raise ProblemError(problems.NOT_FOUND, "There is no limit with this id.") from None
    except NotMoreError:
        raise ProblemError(NOT_MORE, "The limit in force is as high as this, or higher.") from None
    except AskedTooOftenError:
        raise ProblemError(ASKED_OFTEN, "More of this limit was requested too many times today.") from None
    return RequestView.of(row, organization.currency)


@section.get(
    "/organizations/<uuid:org_id>/limit-requests",
    scope=Scope.LIMITS_READ,
    summary="List requests for more",
    answers=(
        Answer(200, "Waiting requests, then the newest others.", RequestViews, RequestViews([REQUEST])),
    ),
)
def list_limit_requests(org_id: UUID) -> RequestViews:
    """At most 100. `state` is `waiting`, `approved`, `refused`, or `obsolete` if the limit was removed."""
    organization = organization_of(org_id)
    found = requests.list_newest(organization.id, count=100)
    return RequestViews([RequestView.of(row, organization.currency) for row in found])


def _draft(organization: Organization, body: LimitBody) -> Draft:
    name = body.name or ""
    if (body.subject is LimitSubject.ORGANIZATION) != (not name):
        raise _invalid("Name the campaign, agent or class; the organization has no name here.", "/name")
    classes = catalog.current().destinations.classes
    if body.subject is LimitSubject.DESTINATION_CLASS and name not in classes:
        raise _invalid(f"There is no class {name[:60]!r}. There are: {', '.join(classes)}.", "/name")
    amount = _amount(organization, body.amount.money, "/amount")
    if body.raised is None:
        return Draft(body.subject, name, body.window, body.stops, amount)
    raised = _amount(organization, body.raised.amount.money, "/raised/amount")
    if raised <= amount:
        raise _invalid("A raise has to be more than the limit.", "/raised/amount")
    until = _end(body.raised.until, "/raised/until")
    return Draft(body.subject, name, body.window, body.stops, amount, raised, until)


def _amount(organization: Organization, amount: Money, pointer: str) -> Money:
    if amount.currency != organization.currency:
        raise _invalid(f"The wallet is in {organization.currency}.", pointer)
    if amount.micro < 0:
        raise _invalid("A limit can't be below zero.", pointer)
    return amount


def _end(until: datetime, pointer: str) -> datetime:
    now = utc_now()
    if not now < until <= now + LATEST + timedelta(days=1):
        raise _invalid(f"A time in the future, at most {LATEST.days} days ahead.", pointer)
    return until.astimezone(UTC)


def _invalid(detail: str, pointer: str) -> ProblemError:
    return ProblemError(
        problems.INVALID,
        "Request body failed validation; see `errors`.",
        [FieldError(detail, pointer=pointer)],
    )
