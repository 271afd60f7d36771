"""What Stripe says about our key and the webhook endpoints of its account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import stripe

from app.payments.client import stripe_client
from app.payments.errors import translated

API_VERSION = str(stripe.api_version)
"""The version that the SDK is pinned to, which each request names."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A webhook endpoint. `events` may be `*`, which is every event except those that have to be chosen one by one
    (https://docs.stripe.com/api/webhook_endpoints/object). Without an `api_version` it is the account's."""

    id: str
    url: str
    is_enabled: bool
    events: frozenset[str]
    api_version: str | None

    def lacks(self, wanted: set[str]) -> list[str]:
        """The events that it isn't sent, sorted."""
        return [] if "*" in self.events else sorted(wanted - self.events)


def answered_version() -> str | None:
    """Ask for the newest event, which reconciliation reads too; returns the API version of the answer's header, if it
    has one (unverified: https://docs.stripe.com/api/versioning doesn't promise it). Raises what `translated` does."""
    with translated():
        # Its stubs don't say that a client has it.
        client: Any = stripe_client()
        response = client.raw_request("get", "/v1/events", limit=1)
    headers = {name.lower(): value for name, value in cast(Mapping[str, str], response.headers).items()}
    return headers.get("stripe-version")


def list_endpoints() -> list[Endpoint]:
    """The account's webhook endpoints in the mode of the key. Raises what `translated` does."""
    with translated():
        return [
            Endpoint(
                id=one.id,
                url=one.url,
                is_enabled=one.status == "enabled",
                events=frozenset(one.enabled_events),
                api_version=one.api_version,
            )
            for one in stripe_client().v1.webhook_endpoints.list({"limit": 100}).auto_paging_iter()
        ]
