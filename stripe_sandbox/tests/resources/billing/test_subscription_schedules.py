"""Schedules of the stand-in: another price from the end of the period on, canceled, changed and completed."""

from __future__ import annotations

import pytest

from stripe_sandbox.errors import ApiError
from stripe_sandbox.resources.billing import subscription_schedules, subscriptions
from stripe_sandbox.tests.support.schedules import a_price, amount_of, plan
from stripe_sandbox.tests.support.stage import Stage, at


def test_the_next_period_is_of_the_next_phase_and_then_the_schedule_is_done(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(9_900)
    schedule = plan(stage, one, a_price(stage, 2_500), metadata={"plan": "small"})
    assert stage.now(one)["schedule"] == schedule["id"]
    stage.move_to("2027-02-27")
    assert amount_of(stage, one) == 9_900
    stage.move_to("2027-03-01")
    after = stage.now(one)
    assert (amount_of(stage, one), after["metadata"]) == (2_500, {"plan": "small"})
    assert after["items"]["data"][0]["current_period_end"] == at("2027-03-31")
    assert [invoice["total"] for invoice in stage.invoices()] == [9_900, 2_500]
    stage.move_to("2027-04-01")
    assert stage.now(one)["schedule"] is None
    done = stage.do(subscription_schedules.retrieve, schedule["id"])
    assert (done["status"], done["released_subscription"]) == ("completed", one["id"])


def test_down_to_a_price_of_zero_nothing_is_due(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(9_900)
    plan(stage, one, a_price(stage, 0))
    stage.move_to("2027-03-01")
    newest = stage.invoices()[-1]
    assert (newest["total"], newest["status"]) == (0, "paid")


def test_released_the_subscription_goes_on_as_it_is(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(9_900)
    schedule = plan(stage, one, a_price(stage, 2_500))
    released = stage.do(subscription_schedules.release, schedule["id"])
    assert (released["status"], stage.now(one)["schedule"]) == ("released", None)
    stage.move_to("2027-03-01")
    assert amount_of(stage, one) == 9_900
    with pytest.raises(ApiError, match="`released` status"):
        stage.do(subscription_schedules.release, schedule["id"])


def test_what_is_planned_can_be_changed(stage: Stage) -> None:
    stage.use("4242424242424242")
    one = stage.subscribe(9_900)
    plan(stage, one, a_price(stage, 2_500))
    plan(stage, one, a_price(stage, 4_000))
    stage.move_to("2027-03-01")
    assert amount_of(stage, one) == 4_000


def test_one_schedule_a_subscription_and_none_for_one_that_has_ended(stage: Stage) -> None:
    one = stage.subscribe(0)
    made = stage.do(subscription_schedules.create, from_subscription=one["id"])
    with pytest.raises(ApiError, match="already attached to a schedule"):
        stage.do(subscription_schedules.create, from_subscription=one["id"])
    stage.do(subscriptions.cancel, one["id"])
    assert stage.do(subscription_schedules.retrieve, made["id"])["status"] == "canceled"
    with pytest.raises(ApiError, match="has ended"):
        stage.do(subscription_schedules.create, from_subscription=one["id"])


def test_phases_follow_each_other(stage: Stage) -> None:
    one = stage.subscribe(0)
    with pytest.raises(ApiError, match="must be the end date of the phase before"):
        plan(stage, one, a_price(stage, 2_500), start_date=at("2027-04-01"))
    with pytest.raises(ApiError, match="after its start date"):
        plan(stage, one, a_price(stage, 2_500), end_date=at("2027-02-01"))
