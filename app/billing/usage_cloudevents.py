"""Usage as the platform sends it: CloudEvents (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Raw, Struct

from app.billing.usage_events import LONGEST, MOST, Refusal, Reported

TYPE: Literal["voice-portal.usage.v1"] = "voice-portal.usage.v1"
"""The type of every event of usage; others are refused."""

Name = Annotated[str, Meta(min_length=1, max_length=LONGEST)]
_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_LONGEST_KEPT = 20_000


class Corrects(Struct, frozen=True, forbid_unknown_fields=True):
    """The event whose quantity was wrong."""

    source: Name
    id: Name


class UsageData(Struct, frozen=True, forbid_unknown_fields=True):
    """What was used, by whom."""

    organization: UUID
    meter: Annotated[str, Meta(min_length=1, max_length=60, description="One of the catalogue's meters.")]
    quantity: Annotated[
        int,
        Meta(ge=0, le=MOST, description="Whole units of the meter. Of a correction, the right quantity."),
    ]
    call: Annotated[Name | None, Meta(description="What the cost is told by, as one thing.")] = None
    campaign: Name | None = None
    agent: Name | None = None
    number: Name | None = None
    hold: Annotated[Name | None, Meta(description="The key of the hold that this was reserved by.")] = None
    corrects: Annotated[Corrects | None, Meta(description="Makes this event a correction.")] = None


class UsageEvent(Struct, frozen=True):
    """One event. `source` and `id` together are counted once for each organization, however often they are sent."""

    specversion: Literal["1.0"]
    type: Annotated[Literal["voice-portal.usage.v1"], Meta(description="Of every event of usage.")]
    source: Name
    id: Name
    time: Annotated[datetime, Meta(tz=True, description="When it was used, with its zone.")]
    data: UsageData
    datacontenttype: str | None = None
    subject: str | None = None


_decoder = msgspec.json.Decoder(UsageEvent)


def read(index: int, raw: bytes) -> Reported | Refusal:
    """An event of its JSON; or the field that is wrong, and what is wrong with it."""
    try:
        event = _decoder.decode(raw)
    except msgspec.ValidationError as error:
        message = str(error)
        found = _PATH.search(message)
        return Refusal(index, found["path"] if found else "", message[: found.start()] if found else message)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Refusal(index, "", "It is no JSON object in UTF-8.")
    data = event.data
    return Reported(
        index=index,
        org_id=data.organization,
        source=event.source,
        id=event.id,
        meter=data.meter,
        quantity=data.quantity,
        at=event.time,
        call=data.call,
        campaign=data.campaign,
        agent=data.agent,
        number=data.number,
        hold=data.hold,
        corrects=(data.corrects.source, data.corrects.id) if data.corrects else None,
    )


def kept(raw: Raw | bytes) -> Any:
    """The event as it is kept when it was refused: its JSON where that can be stored, else its beginning as text."""
    text = bytes(raw).decode("utf-8", "replace")
    if len(text) <= _LONGEST_KEPT and "\\u0000" not in text and "\0" not in text:
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            pass
    return {"text": text[:_LONGEST_KEPT].replace("\0", "").replace("\\u0000", "")}


def names_of(body: Any) -> tuple[str | None, str | None]:
    """Source and id of an event that could not be read, as far as it has them."""
    found = [body.get(name) if isinstance(body, dict) else None for name in ("source", "id")]
    source, id_ = (value[:LONGEST] if isinstance(value, str) else None for value in found)
    return source, id_
