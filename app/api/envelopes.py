"""`/organizations/{org_id}/envelopes`: credit set aside for campaigns."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, to_builtins

from app.api import problems
from app.api.amounts import Amount
from app.api.caller import current_actor
from app.api.endpoints import Answer, Body, Section
from app.api.organizations import organization_of
from app.api.problems import FieldError, ProblemError
from app.billing.usage.events import LONGEST
from app.billing.wallet import envelope_queries, envelope_terms, envelopes
from app.billing.wallet.envelope_terms import (
    TooLargeError,
    TooManyError,
    TooSmallError,
    UnknownEnvelopeError,
    WrongDayError,
)
from app.models import Envelope, Organization
from app.money import Money
from app.people.tokens import Scope
from app.text import is_storable

section = Section("Envelopes", "Credit set aside for one campaign until a day, which nothing else spends.")

_PATH = "/organizations/<uuid:org_id>/envelopes"
TOO_LARGE = problems.Kind(
    "envelope-too-large",
    409,
    "More than can be set aside",
    "Available credit above the owners' reserve doesn't cover it. Nothing was changed. `most` is what this envelope "
    "can have now, and `missing` the top-up that it takes.",
    "Top up first, or set aside `most`.",
)
TOO_SMALL = problems.Kind(
    "envelope-too-small",
    409,
    "Less than was spent and is held",
    "An envelope can't be lowered below what its campaign's calls have spent of it and hold now, which is `least`. "
    "Nothing was changed.",
    "Set aside `least`, or wait until calls have ended.",
)

TOO_MANY_ENVELOPES = problems.Kind(
    "too-many-envelopes",
    409,
    "Too many envelopes",
    f"An organization has at most {envelope_queries.MOST_OPEN} open envelopes. Nothing was changed.",
    "End an envelope that's no longer needed, or wait for the last day of one to be over.",
)


class NewEnvelope(Struct, frozen=True, forbid_unknown_fields=True):
    """How much to set aside for the campaign in all, with what was spent of it, and until which day."""

    amount: Annotated[Amount, Meta(description="Above zero, in whole smallest units of the currency.")]
    until: Annotated[date, Meta(description="Its last day, in the organization's time zone.")]


class EnvelopeView(Struct, frozen=True):
    """An envelope. `amount` is `left`, `held`, `spent` and what was returned at its end."""

    id: UUID
    campaign: str
    amount: Annotated[Amount, Meta(description="What was set aside, without what refunds and disputes took.")]
    left: Annotated[Amount, Meta(description="What the campaign's calls can still reserve and spend.")]
    held: Annotated[Amount, Meta(description="Reserved by its calls in progress.")]
    spent: Annotated[Amount, Meta(description="Used by its calls.")]
    until: date
    ends_at: Annotated[datetime, Meta(description="When its last day is over.")]
    ended_at: Annotated[datetime | None, Meta(description="Null while it is open.")]


class EnvelopeList(Struct, frozen=True):
    """All open envelopes, the one that ends first at the top."""

    envelopes: list[EnvelopeView]


_EXAMPLE = EnvelopeView(
    id=UUID("01932c07-c2e5-7d66-8b63-7a2e8b1d0f22"),
    campaign="Spring recall",
    amount=Amount("120.000000", "USD"),
    left=Amount("83.411500", "USD"),
    held=Amount("2.588500", "USD"),
    spent=Amount("34.000000", "USD"),
    until=date(2026, 12, 4),
    ends_at=datetime(2026, 12, 5, 5, tzinfo=UTC),
    ended_at=None,
)
_CAMPAIGN = {"campaign": "The campaign's name, as holds and usage have it."}


@section.get(
    _PATH,
    scope=Scope.ENVELOPES_READ,
    summary="List open envelopes",
    answers=(Answer(200, "All of them.", EnvelopeList, EnvelopeList([_EXAMPLE])),),
)
def list_envelopes(org_id: UUID) -> EnvelopeList:
    """Credit that is set aside is no part of available credit. A campaign's calls take from its envelope first, and
    may start while it has credit, even if calling is paused for others."""
    organization = organization_of(org_id)
    return EnvelopeList([_view(one, organization) for one in envelope_queries.list_open(org_id)])


@section.put(
    f"{_PATH}/<path:campaign>",
    scope=Scope.ENVELOPES_WRITE,
    summary="Set credit aside for a campaign",
    body=Body(NewEnvelope, NewEnvelope(Amount("120.000000", "USD"), date(2026, 12, 4))),
    parameters=_CAMPAIGN,
    answers=(Answer(200, "The envelope.", EnvelopeView, _EXAMPLE),),
    problems=(TOO_LARGE, TOO_SMALL, TOO_MANY_ENVELOPES),
)
def put_envelope(org_id: UUID, campaign: str, body: NewEnvelope) -> EnvelopeView:
    """Opens the campaign's envelope, or raises, lowers or extends the one that is open. What is left at the end of
    its last day is available credit again."""
    organization = organization_of(org_id)
    _check_name(campaign)
    amount = _amount(body.amount, organization)
    actor = current_actor()
    try:
        known = envelopes.find_open_locked(org_id, campaign)
        if known is None:
            made = envelopes.set_aside(organization, campaign, amount, body.until, actor)
        else:
            made = envelopes.change(organization, known.id, amount, body.until, actor)
    except WrongDayError as error:
        detail = f"The last day lies between {error.first} and {error.last}."
        raise _invalid(detail, "/until") from None
    except TooLargeError as error:
        members = {"most": _money(error.most), "missing": _money(error.missing)}
        raise ProblemError(TOO_LARGE, str(error), members=members) from None
    except TooManyError as error:
        raise ProblemError(TOO_MANY_ENVELOPES, str(error)) from None
    except TooSmallError as error:
        raise ProblemError(TOO_SMALL, str(error), members={"least": _money(error.least)}) from None
    return _view(made, organization)


@section.delete(
    f"{_PATH}/<path:campaign>",
    scope=Scope.ENVELOPES_WRITE,
    summary="End a campaign's envelope",
    parameters=_CAMPAIGN,
    answers=(Answer(200, "The envelope, ended.", EnvelopeView, _EXAMPLE),),
)
def delete_envelope(org_id: UUID, campaign: str) -> EnvelopeView:
    """What is left is available credit again. Calls in progress keep what they hold; what they don't use follows."""
    organization = organization_of(org_id)
    known = envelopes.find_open_locked(org_id, campaign)
    if known is None:
        raise ProblemError(problems.NOT_FOUND, "This campaign has no open envelope.")
    try:
        return _view(envelopes.end(organization, known.id, current_actor()), organization)
    except UnknownEnvelopeError as error:
        raise ProblemError(problems.NOT_FOUND, str(error)) from None


def _check_name(campaign: str) -> None:
    if len(campaign) > LONGEST or not is_storable(campaign):
        raise ProblemError(problems.MALFORMED, "A campaign's name has 1 to 255 characters of valid text.")


def _amount(wanted: Amount, organization: Organization) -> Money:
    amount = wanted.money
    if amount.currency != organization.currency:
        raise _invalid(f"The wallet is in {organization.currency}.", "/amount/currency")
    if amount.micro <= 0 or envelope_terms.is_broken(amount):
        raise _invalid("Use an amount above zero, in whole smallest units of the currency.", "/amount/amount")
    return amount


def _invalid(detail: str, pointer: str) -> ProblemError:
    wrong = FieldError(detail, pointer=pointer)
    return ProblemError(problems.INVALID, "Request body failed validation; see `errors`.", [wrong])


def _money(amount: Money) -> object:
    return to_builtins(Amount.of(amount))


def _view(envelope: Envelope, organization: Organization) -> EnvelopeView:
    def amount(micro: int) -> Amount:
        return Amount.of(Money(micro, organization.currency))

    return EnvelopeView(
        id=envelope.id,
        campaign=envelope.campaign,
        amount=amount(envelope.amount_micro),
        left=amount(envelope.left_micro),
        held=amount(envelope.held_micro),
        spent=amount(envelope.spent_micro),
        until=envelope.until,
        ends_at=envelope.ends_at,
        ended_at=envelope.ended_at,
    )
