"""Events: what happened, as webhooks deliver it (https://docs.stripe.com/api/events)."""

from __future__ import annotations

from typing import Any

import stripe

from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.resources.common import find, listing
from stripe_sandbox.store import new_id, now


@handles("GET", "/v1/events/{id}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "event", call.path_ids[0])


@handles("GET", "/v1/events")
def list_(call: Call) -> dict[str, Any]:
    types = call.params.get("types")
    return listing(call, "event", "/v1/events", "type", **({"type": types} if types else {}))


def record(call: Call) -> list[dict[str, Any]]:
    """Write down the events that a call has led to, in their order."""
    made = []
    for one in call.events:
        data: dict[str, Any] = {"object": one.object}
        if one.previous is not None:
            data["previous_attributes"] = one.previous
        body = blank(
            "event",
            id=new_id("evt"),
            api_version=stripe.api_version,
            created=now(),
            data=data,
            livemode=False,
            pending_webhooks=0,
            request={"id": call.request_id or None, "idempotency_key": call.idempotency_key},
            type=one.type,
        )
        for name in ("context", "reason", "account"):
            if name in body:
                body[name] = None
        made.append(call.store.add(body))
    call.events.clear()
    return made
