"""`GET /organizations/{org_id}/status`: whether an organization may call now."""

from __future__ import annotations

from uuid import UUID

from flask import request
from werkzeug.http import parse_etags

from app.api.amounts import Amount
from app.api.caller import no_organization
from app.api.endpoints import Answer, Reply, Section
from app.api.fast import Pass
from app.api.limit_problems import view_of
from app.api.status_bodies import EXAMPLE, EnvelopeCredit, Status, StatusQuery, StopReason
from app.billing import catalog
from app.billing.limits import Call
from app.billing.wallet import status as calling_status
from app.billing.wallet.status import CallingStatus, StatusRow
from app.database import fast
from app.money import Money
from app.people import tokens
from app.people.tokens import Scope, TokenRow

section = Section("Calling", "Whether an organization may call; check it before each call or campaign.")


def show_status_fast(pass_: Pass, org_id: UUID, query: StatusQuery) -> Reply | None:
    """The same in one message, with the token; None where the wallet's row says too little."""
    if not pass_.token.may_be_about(org_id):
        return None
    asked = {"token_id": str(pass_.token.id), "org_id": str(org_id)}
    see = fast.seeing([org_id], pass_.token.id)
    _, rows = fast.connections.get().run(lambda one: one.send(see, (_FAST, asked)))
    if not rows:
        return None
    at, *columns = rows[0]
    of_token = len(TokenRow._fields)
    may_see = pass_.admits(columns[:of_token], at)
    if may_see is None or not may_see(org_id):
        return None
    found = calling_status.find_plain(StatusRow(*columns[of_token:]), _call(query))
    return _reply(org_id, found, query, pass_.if_none_match) if found is not None else None


_FAST = f"SELECT now(), * FROM ({tokens.BY_ID}) token, ({calling_status.FOR_DRIVER}) calling"  # noqa: S608, constants


@section.get(
    "/organizations/<uuid:org_id>/status",
    scope=Scope.STATUS_READ,
    summary="Get calling status",
    query=StatusQuery,
    answers=(
        Answer(200, "Its status.", Status, EXAMPLE, {"ETag": "Send it in `If-None-Match` next time."}),
        Answer(304, "Unchanged since the response whose `ETag` was sent in `If-None-Match`."),
    ),
    fast=show_status_fast,
)
def show_status(org_id: UUID, query: StatusQuery) -> Reply:
    """Cheap to request, so check it as often as you like: before each call, or every few seconds. With
    `If-None-Match`, an unchanged status returns 304 without a body.

    The response is a snapshot. To be sure of the credit for a call, reserve it with a hold.
    """
    found = calling_status.find(org_id, _call(query))
    if found is None:
        raise no_organization()
    return _reply(org_id, found, query, request.headers.get("If-None-Match"))


def _call(query: StatusQuery) -> Call:
    return Call.to(query.to, campaign=query.campaign, agent=query.agent)


def _reply(org_id: UUID, found: CallingStatus, query: StatusQuery, if_none_match: str | None) -> Reply:
    # `missing` also depends on the catalog's smallest top-up.
    tag = f"{found.version}-{catalog.current().version}{_stop_of(found)}"
    headers = {"ETag": f'W/"{tag}"', "Cache-Control": "private, no-cache"}
    if if_none_match is not None and parse_etags(if_none_match).contains_weak(tag):
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
