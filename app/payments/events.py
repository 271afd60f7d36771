"""Events: that something happened at Stripe (https://docs.stripe.com/api/events)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import stripe

from app.clock import clock
from app.payments.client import stripe_client
from app.payments.errors import RefusedError, translated

_ID = re.compile(r"[\x21-\x7e]{1,255}")
_TYPE = re.compile(r"[a-z0-9_.]{1,120}")
_VERSION = re.compile(r"[\x21-\x7e]{1,60}")
_STRIPE_BEGAN = datetime(2010, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)
"""How far ahead of our clock an event's time may be."""


class UnknownEventError(LookupError):
    """Stripe no longer has an event with this id."""


class NotAnEventError(ValueError):
    """The body is not a Stripe event; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Notice that something happened to one of Stripe's objects. The object itself is fetched when the event is
    handled.

    `livemode` is whether it is about real money, `api_version` the version of the event's object. `customer_id` is
    the object's customer, if the event says so.
    """

    id: str
    type: str
    object_id: str | None
    created_at: datetime
    livemode: bool
    api_version: str | None
    customer_id: str | None = None


def read(body: bytes) -> Notice:
    """Parse a raw event. Raises `NotAnEventError`."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAnEventError("The body is not JSON.") from error
    if not isinstance(event, dict):
        raise NotAnEventError("The body is JSON, but not an event: it is not an object.")
    return _notice(event)


def after(event_id: str) -> Iterator[Notice]:
    """All events after this one, oldest first.

    Raises `OutcomeUnknownError`, `NotDoneError`, and `UnknownEventError` if Stripe no longer has this one: it keeps
    events for 30 days (https://docs.stripe.com/api/events/list).
    """
    try:
        yield from _listed({"ending_before": event_id, "limit": 100})
    except RefusedError as error:
        if error.code != "resource_missing":
            raise
        raise UnknownEventError(event_id) from error


def created_since(at: datetime) -> list[Notice]:
    """All of Stripe's events since `at`, oldest first. Raises as `app.payments.intents.fetch` does."""
    return list(_listed({"created": {"gte": int(at.timestamp())}, "limit": 100}))[::-1]


def newest_before(at: datetime, *, limit: int) -> list[Notice]:
    """The newest events that are older than `at`, newest first. Raises as `created_since` does."""
    with translated():
        listed = stripe_client().v1.events.list({"created": {"lte": int(at.timestamp())}, "limit": limit})
        return [_notice(event.to_dict()) for event in listed.data]


def _listed(params: stripe.params.EventListParams) -> Iterator[Notice]:
    with translated():
        for event in stripe_client().v1.events.list(params).auto_paging_iter():
            yield _notice(event.to_dict())


def _notice(event: dict[str, Any]) -> Notice:
    return Notice(
        id=_matching(event, "id", _ID),
        type=_matching(event, "type", _TYPE),
        object_id=_object_id(event),
        created_at=_created(event),
        livemode=_livemode(event),
        api_version=_version(event.get("api_version")),
        customer_id=_customer_id(event),
    )


def _matching(event: dict[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = event.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise NotAnEventError(f"The event's {name} is missing or invalid.")
    return value


def _object_id(event: dict[str, Any]) -> str | None:
    """The id of the event's object. Some objects have none, such as a balance."""
    data = event.get("data")
    about = data.get("object") if isinstance(data, dict) else None
    if not isinstance(about, dict):
        raise NotAnEventError("The event has no data.object.")
    return None if about.get("id") is None else _matching(about, "id", _ID)


def _customer_id(event: dict[str, Any]) -> str | None:
    """The customer of the event's object, or the object itself."""
    about = event["data"]["object"]
    found = about.get("id") if about.get("object") == "customer" else about.get("customer")
    return found if isinstance(found, str) and _ID.fullmatch(found) else None


def _created(event: dict[str, Any]) -> datetime:
    created = event.get("created")
    if isinstance(created, int) and not isinstance(created, bool):
        try:
            at = datetime.fromtimestamp(created, UTC)
        except (OverflowError, OSError, ValueError):
            at = datetime.min.replace(tzinfo=UTC)
        if _STRIPE_BEGAN <= at <= clock.about_now() + _AHEAD:
            return at
    raise NotAnEventError("The event's created is missing or not a possible time.")


def _livemode(event: dict[str, Any]) -> bool:
    livemode = event.get("livemode")
    if not isinstance(livemode, bool):
        raise NotAnEventError("The event's livemode is neither true nor false.")
    return livemode


def _version(given: Any) -> str | None:
    return given if isinstance(given, str) and _VERSION.fullmatch(given) else None
