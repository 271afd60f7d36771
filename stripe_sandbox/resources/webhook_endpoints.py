"""Webhook endpoints."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.store import new_id, now

_PATH = "/v1/webhook_endpoints"


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    """The signing secret is told once, here."""
    secret = new_id("whsec", 32)
    body = blank(
        "webhook_endpoint",
        id=new_id("we"),
        created=now(),
        enabled_events=call.params["enabled_events"],
        status="enabled",
        url=call.params["url"],
    )
    assign(body, call.params, "description", "metadata")
    body["secret"] = None
    call.store.add(body, secret=secret)
    return {**body, "secret": secret}


@handles("GET", _PATH + "/{webhook_endpoint}")
def retrieve(call: Call) -> dict[str, Any]:
    return find(call, "webhook_endpoint", call.path_ids[0])


@handles("GET", _PATH)
def list_(call: Call) -> dict[str, Any]:
    return listing(call, "webhook_endpoint", _PATH)


@handles("DELETE", _PATH + "/{webhook_endpoint}")
def delete(call: Call) -> dict[str, Any]:
    body = find(call, "webhook_endpoint", call.path_ids[0])
    call.store.remove(body["id"])
    return {"id": body["id"], "object": "webhook_endpoint", "deleted": True}
