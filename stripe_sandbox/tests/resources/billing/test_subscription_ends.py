"""When subscriptions of the stand-in end: by a caller, by their schedule, and with an update that waits."""

from __future__ import annotations

from typing import Any

import pytest

from stripe_sandbox.errors import ApiError
from stripe_sandbox.resources.billing import invoices, subscription_schedules, subscriptions
from stripe_sandbox.tests.support.schedules import a_price, amount_of, plan
from stripe_sandbox.tests.support.stage import Stage, at

PERIOD_END = at("2027-02-28")


@pytest.fixture
def one(stage: Stage) -> dict[str, Any]:
    """A subscription of $99 a month, paid by a card whose later charges decline."""
    stage.use("4242424242424242")
    made = stage.subscribe(9_900)
    stage.use("4000000000000341")
    return made


def ask(stage: Stage, one: dict[str, Any], **params: Any) -> dict[str, Any]:
    return stage.do(subscriptions.update, one["id"], **params)


def upgrade(stage: Stage, one: dict[str, Any], **params: Any) -> dict[str, Any]:
    """Ask for an update that has to wait: its payment is declined."""
    item = stage.now(one)["items"]["data"][0]
    return ask(
        stage,
        one,
        items=[{"id": item["id"], "price": a_price(stage, 39_900)}],
        proration_behavior="always_invoice",
        payment_behavior="pending_if_incomplete",
        **params,
    )


def pay(stage: Stage, one: dict[str, Any]) -> None:
    stage.use("4242424242424242")
    stage.do(invoices.pay, stage.now(one)["latest_invoice"])


class TestManagedByASchedule:
    @pytest.mark.parametrize(
        "params",
        [
            {"cancel_at_period_end": True},
            {"cancel_at_period_end": False},
            {"cancel_at": PERIOD_END},
            {"cancel_at": ""},
        ],
    )
    def test_its_end_is_not_changed_directly(
        self, stage: Stage, one: dict[str, Any], params: dict[str, Any]
    ) -> None:
        plan(stage, one, a_price(stage, 2_500))
        with pytest.raises(ApiError, match="is managed by the subscription schedule `sub_sched_"):
            ask(stage, one, **params)

    def test_the_schedule_sets_it_and_takes_it_along(self, stage: Stage, one: dict[str, Any]) -> None:
        schedule = stage.do(subscription_schedules.create, from_subscription=one["id"])
        ending = stage.do(subscription_schedules.update, schedule["id"], end_behavior="cancel")
        assert stage.now(one)["cancel_at"] == ending["phases"][-1]["end_date"] == PERIOD_END
        stage.do(subscription_schedules.update, schedule["id"], end_behavior="release")
        assert stage.now(one)["cancel_at"] is None

    @pytest.mark.parametrize("preserve", [True, False])
    def test_released_it_is_dropped_unless_it_is_to_be_preserved(
        self, stage: Stage, one: dict[str, Any], preserve: bool
    ) -> None:
        schedule = stage.do(subscription_schedules.create, from_subscription=one["id"])
        stage.do(subscription_schedules.update, schedule["id"], end_behavior="cancel")
        stage.do(subscription_schedules.release, schedule["id"], preserve_cancel_date=preserve)
        assert stage.now(one)["cancel_at"] == (PERIOD_END if preserve else None)

    def test_its_items_can_be_changed_and_the_schedule_stays(self, stage: Stage, one: dict[str, Any]) -> None:
        schedule = plan(stage, one, a_price(stage, 2_500))
        upgrade(stage, one)
        assert (stage.now(one)["schedule"], amount_of(stage, one)) == (schedule["id"], 9_900)
        pay(stage, one)
        assert (stage.now(one)["schedule"], amount_of(stage, one)) == (schedule["id"], 39_900)


class TestWithAnUpdateThatWaits:
    def test_the_end_goes_once_it_is_paid(self, stage: Stage, one: dict[str, Any]) -> None:
        ask(stage, one, cancel_at_period_end=True)
        waiting = upgrade(stage, one, cancel_at_period_end=False)
        assert waiting["pending_update"]["cancel_at_period_end"] is False
        assert waiting["cancel_at"] == PERIOD_END
        pay(stage, one)
        after = stage.now(one)
        assert (after["cancel_at"], after["cancel_at_period_end"]) == (None, False)

    def test_paid_immediately_it_goes_immediately(self, stage: Stage, one: dict[str, Any]) -> None:
        stage.use("4242424242424242")
        ask(stage, one, cancel_at_period_end=True)
        assert upgrade(stage, one, cancel_at_period_end=False)["cancel_at"] is None

    def test_voided_it_stays(self, stage: Stage, one: dict[str, Any]) -> None:
        ask(stage, one, cancel_at_period_end=True)
        upgrade(stage, one, cancel_at_period_end=False)
        stage.do(invoices.void, stage.now(one)["latest_invoice"])
        assert (stage.now(one)["pending_update"], stage.now(one)["cancel_at"]) == (None, PERIOD_END)

    def test_another_wish_lets_it_expire(self, stage: Stage, one: dict[str, Any]) -> None:
        ask(stage, one, cancel_at_period_end=True)
        upgrade(stage, one, cancel_at_period_end=False)
        ask(stage, one, cancel_at_period_end=True)
        assert (stage.now(one)["pending_update"], stage.invoices()[-1]["status"]) == (None, "void")

    @pytest.mark.parametrize("name", ["default_payment_method", "cancel_at", "description", "off_session"])
    def test_other_attributes_are_refused(self, stage: Stage, one: dict[str, Any], name: str) -> None:
        with pytest.raises(ApiError, match=name):
            upgrade(stage, one, **{name: PERIOD_END if name == "cancel_at" else "text"})


def test_an_end_at_another_time_is_not_the_periods(stage: Stage, one: dict[str, Any]) -> None:
    ask(stage, one, cancel_at=at("2027-02-10"))
    ask(stage, one, cancel_at_period_end=False)
    assert stage.now(one)["cancel_at"] == at("2027-02-10")
    assert ask(stage, one, cancel_at="")["cancel_at"] is None
    assert ask(stage, one, cancel_at="min_period_end")["cancel_at"] == PERIOD_END
    with pytest.raises(ApiError, match="only specify one"):
        ask(stage, one, cancel_at="", cancel_at_period_end=False)
