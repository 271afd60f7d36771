"""Usage as the platform sends it: CloudEvents (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from app.billing.usage import defects
from app.billing.usage.events import LONGEST, MOST, Refusal, Reported

TYPE: Literal["voice-portal.usage.v1"] = "voice-portal.usage.v1"
"""The type of every usage event; others are rejected."""

Name = Annotated[str, Meta(min_length=1, max_length=LONGEST)]
_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")


class Corrects(Struct, frozen=True, forbid_unknown_fields=True):
    """The event whose quantity was wrong."""

    source: Name
    id: Name


class UsageData(Struct, frozen=True, forbid_unknown_fields=True):
    """What was used, and by which organization."""

    organization: UUID
    meter: Annotated[str, Meta(min_length=1, max_length=60, description="One of the catalog's meters.")]
    quantity: Annotated[
        int,
        Meta(ge=0, le=MOST, description="Whole units of the meter. In a correction, the correct quantity."),
    ]
    call: Annotated[Name | None, Meta(description="The call that the cost is part of.")] = None
    campaign: Name | None = None
    agent: Name | None = None
    number: Annotated[Name | None, Meta(description="The organization's own number.")] = None
    direction: Annotated[
        Literal["inbound", "outbound"] | None, Meta(description="Whether the call was placed or answered.")
    ] = None
    country: Annotated[
        Annotated[str, Meta(pattern="^[A-Z]{2}$")] | None,
        Meta(description="The country of the other side, as its two capital letters in ISO 3166-1."),
    ] = None
    hold: Annotated[Name | None, Meta(description="The key of the hold that reserved this usage.")] = None
    corrects: Annotated[Corrects | None, Meta(description="The event that this one corrects.")] = None


class UsageCloudEvent(Struct, frozen=True):
    """One usage event. An event with the same `source` and `id` is counted once per organization, however
    often it is sent."""

    specversion: Literal["1.0"]
    type: Annotated[Literal["voice-portal.usage.v1"], Meta(description="The type of all usage events.")]
    source: Name
    id: Name
    time: Annotated[datetime, Meta(tz=True, description="When the usage happened, with a UTC offset.")]
    data: UsageData
    datacontenttype: str | None = None
    subject: str | None = None


_decoder = msgspec.json.Decoder(UsageCloudEvent)
_of_many = msgspec.json.Decoder(list[UsageCloudEvent])


def read_many(raw_events: Mapping[int, bytes]) -> list[Reported | Refusal]:
    """Each as `read` does it, in their order. Decoded together, which takes half as long, unless one is invalid."""
    try:
        together = b"[" + b",".join(raw_events.values()) + b"]"
        _check_encoding(together)
        events = _of_many.decode(together)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        events = []
    # One is not decoded with others that it may have brought along: `{…},{…}` is no event.
    if len(events) != len(raw_events) or len(events) == 1:
        return [read(index, raw) for index, raw in raw_events.items()]
    return [_reported(index, event) for index, event in zip(raw_events, events, strict=True)]


def read(index: int, raw: bytes) -> Reported | Refusal:
    """Decode an event, with its time in UTC; or return the invalid field and what is wrong with it."""
    try:
        _check_encoding(raw)
        return _reported(index, _decoder.decode(raw))
    except msgspec.ValidationError as error:
        return _refusal_of(index, error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Refusal(index, *defects.find(raw))


def _check_encoding(raw: bytes) -> None:
    """Raises `UnicodeDecodeError`. The decoder doesn't look into fields that it skips."""
    if not raw.isascii():
        raw.decode()


def _reported(index: int, event: UsageCloudEvent) -> Reported | Refusal:
    try:
        # The database knows offsets up to 15:59, RFC 3339 up to 23:59 (https://www.rfc-editor.org/rfc/rfc3339#section-5.6).
        at = event.time.astimezone(UTC)
    except OverflowError:
        return Refusal(index, "time", "Must be between the years 1 and 9999 in UTC.")
    data = event.data
    return Reported(
        index=index,
        org_id=data.organization,
        source=event.source,
        id=event.id,
        meter=data.meter,
        quantity=data.quantity,
        at=at,
        call=data.call,
        campaign=data.campaign,
        agent=data.agent,
        number=data.number,
        hold=data.hold,
        direction=data.direction,
        country=data.country,
        corrects=(data.corrects.source, data.corrects.id) if data.corrects else None,
    )


def _refusal_of(index: int, error: msgspec.ValidationError) -> Refusal:
    message = str(error)
    found = _PATH.search(message)
    path, reason = (found["path"], message[: found.start()]) if found else ("", message)
    return Refusal(index, defects.shortened(path), defects.shortened(reason))
