"""Plans that follow at the end of a period, by a schedule."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.resources.billing import prices, subscription_schedules
from stripe_sandbox.tests.support.stage import Stage


def a_price(stage: Stage, amount: int, interval: str = "month") -> str:
    made = stage.do(
        prices.create,
        currency="usd",
        unit_amount=amount,
        recurring={"interval": interval},
        product_data={"name": "Other"},
    )
    return str(made["id"])


def plan(stage: Stage, one: dict[str, Any], price: str, **second: Any) -> dict[str, Any]:
    """Let `price` follow at the end of the period."""
    schedule = stage.now(one)["schedule"]
    if schedule is None:
        schedule = stage.do(subscription_schedules.create, from_subscription=one["id"])["id"]
    first = stage.do(subscription_schedules.retrieve, schedule)["phases"][0]
    item = stage.now(one)["items"]["data"][0]
    phases = [
        {
            "items": [{"price": item["price"]["id"], "quantity": 1}],
            "start_date": first["start_date"],
            "end_date": item["current_period_end"],
        },
        {"items": [{"price": price, "quantity": 1}], "proration_behavior": "none", **second},
    ]
    return stage.do(subscription_schedules.update, schedule, phases=phases, end_behavior="release")


def amount_of(stage: Stage, one: dict[str, Any]) -> int:
    return int(stage.now(one)["items"]["data"][0]["price"]["unit_amount"])
