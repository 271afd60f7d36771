"""`POST /usage`: report usage in batches of CloudEvents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec
import psycopg
import structlog
from flask import request
from msgspec import UNSET, Meta, Raw, Struct, UnsetType
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from app import metrics
from app.api import bodies, caller, problems
from app.api.endpoints import Answer, Body, Reply, Section
from app.api.problems import ProblemError
from app.billing.catalog import CatalogError
from app.billing.usage import busy_wallets, ingest, json_brackets, reports
from app.billing.usage.cloudevents import TYPE, UsageCloudEvent, UsageData
from app.billing.usage.events import Sender
from app.billing.usage.json_brackets import NotSplittableError
from app.billing.wallet.lock_queue import WalletBusyError
from app.clock import utc_now
from app.extensions import db
from app.people.tokens import Scope
from app.web.database import is_locked, retry_on_conflict

section = Section("Usage", "Usage of calls, telephony, speech, and models, event by event.")

log = structlog.get_logger("billing.api")

BATCH = "application/cloudevents-batch+json"
SINGLE = "application/cloudevents+json"
MOST_EVENTS = 1_000
LARGEST = 10 * 1024 * 1024
_MANY = 100_000
"""Commas, most of which are within events: with more, a batch is counted before it is decoded, because five million
elements fill a gigabyte."""


class RefusedEvent(Struct, frozen=True):
    """A rejected event. It is stored, and an operator can replay it once the cause is fixed."""

    index: Annotated[int, Meta(description="Its position in the batch, starting at 0.")]
    field: Annotated[str, Meta(description="The invalid field; empty if the event as a whole is invalid.")]
    reason: str
    kept: Annotated[
        bool | UnsetType,
        Meta(
            description="`false` if it was not stored, because too many of this token's rejected events "
            "are already waiting: send it again once the cause is fixed. Omitted otherwise."
        ),
    ] = UNSET


class Receipt(Struct, frozen=True):
    """The outcome of the batch."""

    accepted: Annotated[int, Meta(description="Events recorded with this request.")]
    duplicates: Annotated[
        int, Meta(description="Events that had already been recorded. Nothing is counted twice.")
    ]
    refused: list[RefusedEvent]


_EXAMPLE = [
    UsageCloudEvent(
        specversion="1.0",
        type=TYPE,
        source="https://portal.example/telephony",
        id="call-5f2c-leg-1",
        time=datetime(2026, 11, 24, 9, 31, 12, tzinfo=UTC),
        data=UsageData(
            organization=UUID("01932c07-9a3e-7b61-8f0e-2d5d3c1b7a90"),
            meter="calls_outbound",
            quantity=87,
            call="call-5f2c",
            campaign="Recall patients",
            agent="Ava",
            hold="call-5f2c",
        ),
    )
]

TOO_MANY_EVENTS = problems.Kind(
    "too-many-events",
    422,
    "Too many events in the batch",
    f"A batch may have at most {MOST_EVENTS:,} events. Nothing was recorded.",
    "Split it into several batches. Even if they overlap, each event is counted once.",
)


@section.post(
    "/usage",
    scope=Scope.USAGE_WRITE,
    summary="Report usage",
    body=Body(
        list[UsageCloudEvent],
        _EXAMPLE,
        media_types=(BATCH,),
        others={SINGLE: (UsageCloudEvent, _EXAMPLE[0])},
        limit=LARGEST,
        decoded=False,
    ),
    commits=True,
    answers=(
        Answer(
            200,
            "The outcome of the batch. Valid events were recorded, even if others were rejected.",
            Receipt,
            Receipt(
                accepted=998,
                duplicates=1,
                refused=[RefusedEvent(17, "data.quantity", "Expected `int`, got `str`")],
            ),
        ),
    ),
    problems=(TOO_MANY_EVENTS,),
)
def report_usage() -> Reply:
    """Up to 1,000 events as a JSON batch, or a single event as an object; gzip is accepted.

    Each event is identified by its `source` and `id` and counted once, however often it is sent: if you get
    no response, send the same batch again. An `id` that was already accepted with different content is
    rejected. Late events are rated by the plan, rates, and allowance in force at their own `time`. To correct
    an event, send another one with `corrects` and the right quantity.
    """
    who = caller.current_caller()
    raw = _events(bodies.read_body(limit=LARGEST, media_types=(BATCH, SINGLE)))
    receipt = _ingest_unlocked(dict(enumerate(raw)), Sender(who.token_id, who.org_id))
    _count(receipt)
    unkept = set(receipt.unkept)
    refused = [
        RefusedEvent(one.index, one.field, one.reason, False if one.index in unkept else UNSET)
        for one in receipt.refused
    ]
    return Reply(Receipt(receipt.accepted, receipt.duplicates, refused))


def _ingest_unlocked(raw: dict[int, bytes], sender: Sender) -> ingest.Receipt:
    """Ingest a batch; if an organization's wallet stays locked, ingest the other organizations' events.

    The caller must then send the batch again: what was recorded is counted once. Raises `ProblemError`.
    """
    try:
        return _ingest(raw, sender)
    except (OperationalError, psycopg.OperationalError, WalletBusyError) as error:
        db.session.rollback()
        if not is_locked(error):
            raise
        free, busy = busy_wallets.split(raw, sender)
        if not free:
            raise
    receipt = _ingest(free, sender)
    if not busy:
        return receipt
    _count(receipt)
    raise ProblemError(
        problems.UNAVAILABLE,
        f"{receipt.accepted:,} events were recorded. The wallets of the organizations in `busy` are locked "
        "by another request: send the same batch again.",
        headers={"Retry-After": "2"},
        members={"accepted": receipt.accepted, "busy": sorted(map(str, busy))},
    )


_OF_AN_EVENT = (
    psycopg.DataError,
    psycopg.IntegrityError,
    DataError,
    IntegrityError,
    CatalogError,
    ArithmeticError,
    LookupError,
    ValueError,
)
"""Errors that one event, or one organization's data, can cause; any other error is a failure of the service."""


def _ingest(raw: dict[int, bytes], sender: Sender) -> ingest.Receipt:
    """Ingest a batch; if it fails as a whole, ingest its halves, so that a bad event affects only itself."""
    try:
        return retry_on_conflict(lambda: reports.ingest_batch(raw, sender, at=utc_now()))
    except _OF_AN_EVENT:
        db.session.rollback()
        if len(raw) == 1:
            log.exception("usage_not_recorded")
            ((index, one),) = raw.items()
            return retry_on_conflict(lambda: reports.refuse(index, one, sender, at=utc_now()))
    first, second = (_ingest(half, sender) for half in _halves(raw))
    return ingest.Receipt(
        accepted=first.accepted + second.accepted,
        duplicates=first.duplicates + second.duplicates,
        refused=first.refused + second.refused,
        unkept=first.unkept + second.unkept,
    )


def _count(receipt: ingest.Receipt) -> None:
    for outcome, count in (
        ("recorded", receipt.accepted),
        ("repeated", receipt.duplicates),
        ("rejected", len(receipt.refused)),
    ):
        metrics.INGEST_EVENTS.labels(outcome).inc(count)


def _halves(raw: dict[int, bytes]) -> tuple[dict[int, bytes], dict[int, bytes]]:
    rows = list(raw.items())
    return dict(rows[: len(rows) // 2]), dict(rows[len(rows) // 2 :])


_batches = msgspec.json.Decoder(list[Raw])


def _events(body: bytes) -> list[bytes]:
    if request.mimetype == SINGLE:
        return [body]
    if body.count(b",") > _MANY and json_brackets.has_more_than(MOST_EVENTS, body):
        raise ProblemError(TOO_MANY_EVENTS, f"The batch has more than {MOST_EVENTS:,} events.")
    try:
        found = [bytes(one) for one in _batches.decode(body)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # An element that can't be decoded is reported among the rejected events; the others are recorded.
        try:
            found = json_brackets.elements(body)
        except NotSplittableError:
            raise ProblemError(
                problems.MALFORMED, f"The body is not a JSON array of events: {error}."
            ) from None
    if len(found) > MOST_EVENTS:
        raise ProblemError(TOO_MANY_EVENTS, f"The batch has {len(found):,} events.")
    return found
