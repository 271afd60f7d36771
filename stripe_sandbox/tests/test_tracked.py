"""Whatever the SDK knows and the stand-in doesn't serve is refused by name; what it takes has an effect."""

from __future__ import annotations

import re
from typing import Any

import pytest

from stripe_sandbox.conformance import find_operation
from stripe_sandbox.context import HANDLERS
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.settings import Settings
from stripe_sandbox.tests.support.cases import NEVER, case_of
from stripe_sandbox.tests.support.probes import Probe
from stripe_sandbox.tests.support.probing import Prober
from stripe_sandbox.tests.support.small_world import small_world
from stripe_sandbox.tracked import Tracked

QUIET = {
    # This card's bank asks no one.
    ("POST", "/v1/payment_intents/{intent}/confirm"): {"off_session", "return_url", "use_stripe_sdk"},
    ("POST", "/v1/setup_intents/{intent}/confirm"): {"return_url", "use_stripe_sdk"},
    # No other price has a lookup key to take.
    ("POST", "/v1/prices"): {"transfer_lookup_key"},
    ("POST", "/v1/prices/{price}"): {"transfer_lookup_key"},
    # They say how other items are charged, and none change.
    ("POST", "/v1/subscriptions/{subscription_exposed_id}"): {
        "off_session",
        "payment_behavior",
        "proration_behavior",
        "proration_date",
    },
    ("POST", "/v1/invoices/create_preview"): {"subscription_details[proration_behavior]"},
    # It is about the items of the current phase, and none change.
    ("POST", "/v1/subscription_schedules/{schedule}"): {"proration_behavior"},
}
"""Parameters that are served, and whose effect only other states show; others are seen to have one."""


@pytest.fixture(scope="module")
def prober(tmp_path_factory: pytest.TempPathFactory) -> Prober:
    state = tmp_path_factory.mktemp("stand-in") / "state.db"
    return small_world(Sandbox(Settings.from_environment({"SANDBOX_STATE": str(state)})))


@pytest.mark.parametrize(("method", "template"), sorted(set(HANDLERS) - NEVER))
def test_each_known_parameter_has_an_effect_or_is_refused(prober: Prober, method: str, template: str) -> None:
    ids, base = case_of(method, template)
    path = re.sub(r"\{\w+\}", lambda _: prober.named.get(ids.pop(0), "nothing"), template)
    operation = find_operation(method, path)
    assert operation
    probe = Probe(prober, method, path, prober.with_ids(base))
    assert probe.usual.status == 200, f"Give {method} {template} a case in cases.py: {probe.usual.body}"
    ignored = set(probe.ignored(operation.params)) if operation.params else set()
    assert ignored <= QUIET.get((method, template), set()), "Served without any effect that could be seen."


def test_a_refusal_names_the_parameter_and_keeps_nothing(prober: Prober) -> None:
    sent = {"name": "Ada", "shipping": {"name": "Ada", "address": {"city": "Paris"}}}
    rows = prober.sandbox.store.execute("SELECT count(*) FROM object")
    result = prober.send("POST", "/v1/customers", sent)
    assert result.status == 400
    assert result.body["error"]["param"] == "shipping"
    assert prober.sandbox.store.execute("SELECT count(*) FROM object") == rows


def test_the_innermost_parameter_is_named(prober: Prober) -> None:
    items = [{"price": prober.named["price"], "discounts": [{"coupon": "x"}]}]
    sent = {"customer": prober.named["customer"], "items": items}
    result = prober.send("POST", "/v1/subscriptions", sent)
    assert result.body["error"]["param"] == "items[0][discounts]"


def test_nothing_of_a_decline_is_kept_where_a_parameter_was_ignored(prober: Prober) -> None:
    sent = {"amount": 500, "currency": "usd", "confirm": True, "payment_method": "pm_card_chargeDeclined"}
    result = prober.send("POST", "/v1/payment_intents", {**sent, "transfer_group": "x"})
    assert (result.status, result.body["error"]["param"]) == (400, "transfer_group")


@pytest.mark.parametrize(
    "read",
    [
        lambda params: {**params["outer"]},
        lambda params: dict(params["outer"]),
        lambda params: {"inner": 0} | params["outer"],
        lambda params: params["outer"] | {},
        lambda params: list(params["outer"].values()),
        lambda params: params["outer"].copy(),
        lambda params: params.get("outer", {}).get("inner"),
    ],
)
def test_every_way_to_read_is_reading(read: Any) -> None:
    params = Tracked({"outer": {"inner": 1}})
    assert [*params.unread()] == ["outer"]
    assert "inner" in params["outer"]
    assert [*params.unread()] == ["outer[inner]"]
    read(params)
    assert not [*params.unread()]
