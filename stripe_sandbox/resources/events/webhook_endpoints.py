"""Webhook endpoints."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from stripe_sandbox.conformance import blank
from stripe_sandbox.context import Call, handles
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.common import assign, find, listing
from stripe_sandbox.store import new_id, now

_PATH = "/v1/webhook_endpoints"


@handles("POST", _PATH)
def create(call: Call) -> dict[str, Any]:
    """The signing secret is shown once, here."""
    secret = new_id("whsec", 32)
    body = blank(
        "webhook_endpoint",
        id=new_id("we"),
        created=now(),
        enabled_events=call.params["enabled_events"],
        status="enabled",
        url=call.params["url"],
    )
    assign(body, call.params, "api_version", "description", "metadata")
    _check(body)
    body["secret"] = None
    call.store.add(body, secret=secret)
    return {**body, "secret": secret}


@handles("POST", _PATH + "/{webhook_endpoint}")
def update(call: Call) -> dict[str, Any]:
    """Change where or what is sent, or with `disabled` whether; the signing secret stays what it is."""
    body = find(call, "webhook_endpoint", call.path_ids[0])
    assign(body, call.params, "description", "enabled_events", "metadata", "url")
    _check(body)
    if "disabled" in call.params:
        body["status"] = "disabled" if call.params["disabled"] else "enabled"
    return call.store.save(body)


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


def _check(body: dict[str, Any]) -> None:
    """Raises 400 for an address that can't be sent to, and for no events."""
    parts = urlsplit(body["url"] or "")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise invalid(
            "Invalid URL: An explicit scheme (such as https) must be provided.",
            code="url_invalid",
            param="url",
        )
    if not body["enabled_events"]:
        raise invalid("enabled_events can't be empty.", param="enabled_events")
