"""States that are saved under a name and put back."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from stripe_sandbox.control_client import ControlError
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.saved_states import TABLES
from stripe_sandbox.settings import Settings
from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.shopper import Shopper
from stripe_sandbox.tests.support.small_world import START, small_world

LATER = 90_061
CREATE = "POST /v1/payment_intents"
Tables = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def sandbox(tmp_path: Any) -> Sandbox:
    """One with an object of each kind, a call that is kept by its key and one in the log, and two that wait."""
    made = Sandbox(Settings.from_environment({"SANDBOX_STATE": str(tmp_path / "state.db")}))
    small_world(made)
    params = {"proration_date": str(START), "items": [{"price": "price_1"}]}
    made.idempotency.keep("key", CREATE, params, 200, {"id": "pi_1", "created": START})
    made.store.schedule(60, "succeed", "re_1")
    made.store.execute(
        "INSERT INTO delivery (event, url, secret, due) VALUES ('evt_1', '', '', ?)", time.time()
    )
    made.store.execute("INSERT INTO attempt VALUES (1, ?, '500')", time.time())
    return made


def everything(sandbox: Sandbox) -> Tables:
    return {table: sandbox.store.execute(f"SELECT * FROM {table} ORDER BY rowid") for table in TABLES}


def moments(value: Any) -> Iterator[Any]:
    """All single values of JSON, with what is JSON in texts, and with numbers in texts as numbers."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        value = json.loads(value)
    if isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from moments(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from moments(item)
    else:
        yield int(value) if isinstance(value, str) and value.isdecimal() else value


def is_a_time(value: Any) -> bool:
    return isinstance(value, int | float) and 1_000_000_000 <= value < 10_000_000_000


def test_it_is_put_back_as_it_was(sandbox: Sandbox) -> None:
    before = everything(sandbox)
    assert all(rows for table, rows in before.items() if table != "request")
    sandbox.states.save("world")
    sandbox.store.forget_everything()
    assert sandbox.states.restore("world") < 3
    after = everything(sandbox)
    assert {table: len(rows) for table, rows in after.items()} == {
        table: len(rows) for table, rows in before.items()
    }
    for old, new in zip(moments(list(before.values())), moments(list(after.values())), strict=True):
        assert old == new or (is_a_time(old) and 0 < new - old <= 2)


def test_every_time_is_later_by_what_has_passed_and_nothing_else_is_changed(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, before = time.time(), everything(sandbox)
    monkeypatch.setattr(time, "time", lambda: began)
    sandbox.states.save("world")
    sandbox.store.forget_everything()
    monkeypatch.setattr(time, "time", lambda: began + LATER)
    assert sandbox.states.restore("world") == LATER
    pairs = list(
        zip(moments(list(before.values())), moments(list(everything(sandbox).values())), strict=True)
    )
    assert sum(is_a_time(old) for old, _ in pairs) > 100
    assert [(old, new) for old, new in pairs if new != (old + LATER if is_a_time(old) else old)] == []


def test_what_is_put_back_goes_on(stand_in: Process, shopper: Shopper, client: stripe.StripeClient) -> None:
    key: Any = {"idempotency_key": "first"}
    paid: Any = {"amount": 500, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    first = client.v1.payment_intents.create(paid, key)
    stand_in.control.save("one payment")
    second = client.v1.payment_intents.create(paid)
    for _ in range(2):
        stand_in.control.reset(webhooks="hold")
        stand_in.control.restore("one payment")
        assert [one.id for one in client.v1.payment_intents.list()] == [first.id]
        assert client.v1.payment_intents.create(paid, key).id == first.id
        third = client.v1.payment_intents.create(paid)
        assert third.id not in {first.id, second.id}
        assert [one.id for one in client.v1.payment_intents.list()] == [third.id, first.id]
        assert client.v1.refunds.create({"payment_intent": first.id}).amount == 500
        types = {event.type for event in client.v1.events.list({"limit": 100})}
        assert {"payment_intent.succeeded", "charge.refunded"} <= types


def test_nothing_is_put_back_over_what_is_there(stand_in: Process, client: stripe.StripeClient) -> None:
    stand_in.control.save("nothing")
    client.v1.customers.create()
    with pytest.raises(ControlError, match=r"^409 .*isn't empty"):
        stand_in.control.restore("nothing")
    stand_in.control.reset()
    stand_in.control.order_fault(CREATE, "429")
    with pytest.raises(ControlError, match=r"^409 "):
        stand_in.control.restore("nothing")
    stand_in.control.clear_faults()
    stand_in.control.restore("nothing")
    assert client.v1.customers.list().data == []


def test_a_state_that_no_one_saved_is_unknown(stand_in: Process) -> None:
    with pytest.raises(ControlError, match=r"^404 .*No state is saved as 'moon'"):
        stand_in.control.restore("moon")


def test_a_name_is_saved_again(stand_in: Process, client: stripe.StripeClient) -> None:
    for name in ("Ada", "Grace"):
        client.v1.customers.create({"name": name})
        stand_in.control.save("customers")
    stand_in.control.reset()
    stand_in.control.restore("customers")
    assert [one.name for one in client.v1.customers.list()] == ["Grace", "Ada"]


@pytest.mark.parametrize("passed", [0.0, 0.2, 0.9, 1.0, 1.7])
def test_nothing_is_in_the_future(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, passed: float) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.9)
    sandbox.states.save("world")
    sandbox.store.forget_everything()
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.9 + passed)
    assert sandbox.states.restore("world") == int(passed)
