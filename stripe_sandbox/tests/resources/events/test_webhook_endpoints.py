"""Webhook endpoints: which events each gets."""

from __future__ import annotations

from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.receiver import Receiver
from stripe_sandbox.tests.support.shopper import Shopper


def test_an_endpoint_hears_only_what_it_asked_for(
    shopper: Shopper, stand_in: Process, receiver: Receiver
) -> None:
    wanted = {
        "url": "http://127.0.0.1:9/",
        "enabled_events": ["setup_intent.succeeded"],
        "api_version": "2026-10-28.endive",
    }
    endpoint = shopper.v1.webhook_endpoints.create(wanted)  # type: ignore[arg-type]
    assert endpoint.secret and endpoint.secret.startswith("whsec_")
    assert endpoint.api_version == wanted["api_version"]
    assert shopper.v1.webhook_endpoints.list().data[0].id == endpoint.id
    shopper.v1.customers.update(shopper.id, {"name": "Grace"})
    assert shopper.v1.events.list({"limit": 1}).data[0].pending_webhooks == 1
    shopper.v1.webhook_endpoints.delete(endpoint.id)
    assert shopper.v1.webhook_endpoints.list().data == []


def test_a_disabled_endpoint_hears_nothing_and_a_changed_one_what_it_wants_now(
    shopper: Shopper, stand_in: Process, receiver: Receiver
) -> None:
    endpoint = shopper.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["customer.updated"], "metadata": {"of": "tests"}}
    )
    assert endpoint.secret is not None
    disabled = shopper.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    assert (disabled.status, "secret" in disabled and disabled.secret) == ("disabled", None)
    shopper.v1.customers.update(shopper.id, {"name": "Grace"})
    waiting = shopper.v1.events.list({"type": "customer.updated"}).data[0]
    assert waiting.pending_webhooks == 1
    changed = shopper.v1.webhook_endpoints.update(
        endpoint.id, {"disabled": False, "enabled_events": ["customer.deleted"], "description": "Mine"}
    )
    assert (changed.status, changed.description, changed.enabled_events) == (
        "enabled",
        "Mine",
        ["customer.deleted"],
    )
    shopper.v1.customers.delete(shopper.id)
    assert shopper.v1.events.list({"type": "customer.deleted"}).data[0].pending_webhooks == 2
