"""Requests for holds: the same one is known again, and another one is told by the fields that differ."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.billing.wallet.hold_prices import Price
from app.billing.wallet.hold_requests import describe_hold, describe_slice, differences
from app.money import Money
from tests.factories import usd

LEASE = timedelta(minutes=5)


class Wanted:
    """Usage that a hold is asked for with."""

    def __init__(self, *content: list[Any]) -> None:
        self.content = list(content)

    @property
    def is_inbound(self) -> bool:
        return False

    def price(self) -> Price:
        return Price.of_credit(usd("1"))


def a_request(micro: int = 1_000_000, lease: timedelta = LEASE, **names: str | None) -> dict[str, Any]:
    known: dict[str, str | None] = {"call": "c1", "agent": None, "campaign": None}
    return describe_hold(Money(micro, "USD"), lease, **(known | names))


def test_the_same_request_differs_in_nothing() -> None:
    assert differences(a_request(), a_request()) == []


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        (a_request(1_000_001), ["amount_micro"]),
        (a_request(lease=LEASE + timedelta(milliseconds=1)), ["lease_seconds"]),
        (a_request(call=None), ["call"]),
        (a_request(agent=""), ["agent"]),
        (a_request(2, campaign="Recall"), ["amount_micro", "campaign"]),
    ],
)
def test_every_field_that_differs_is_named_and_no_other(changed: dict[str, Any], fields: list[str]) -> None:
    assert differences(a_request(), changed) == fields
    assert differences(changed, a_request()) == fields


def test_usage_in_place_of_an_amount_differs_in_both() -> None:
    asked = describe_slice(Wanted(["sms", 1]), LEASE)
    assert asked == {"usage": [["sms", 1]], "lease_seconds": 300.0}
    assert set(differences(describe_slice(usd("1"), LEASE), asked)) == {"amount_micro", "usage"}


def test_of_a_hold_that_was_made_before_requests_were_stored_nothing_differs() -> None:
    assert differences(None, a_request()) == []
