"""Pausing collection, and pausing a subscription."""

from __future__ import annotations

from typing import Any

import pytest

from stripe_sandbox.errors import ApiError
from stripe_sandbox.resources.billing import (
    subscription_pauses,
    subscription_schedules,
    subscriptions,
)
from stripe_sandbox.tests.support.stage import Stage, at


class TestPausedCollection:
    @pytest.mark.parametrize(
        ("behavior", "becomes"),
        [("keep_as_draft", "draft"), ("void", "void"), ("mark_uncollectible", "uncollectible")],
    )
    def test_renewals_go_on_and_nothing_is_charged(
        self, stage: Stage, plan: dict[str, Any], behavior: str, becomes: str
    ) -> None:
        stage.do(subscriptions.update, plan["id"], pause_collection={"behavior": behavior})
        stage.move_to("2027-04-01")
        assert stage.statuses() == ["paid", becomes, becomes]
        assert stage.now(plan)["status"] == "active"
        stage.do(subscriptions.update, plan["id"], pause_collection="")
        stage.move_to("2027-05-01")
        assert stage.statuses() == ["paid", becomes, becomes, "paid"]

    def test_it_ends_by_itself(self, stage: Stage, plan: dict[str, Any]) -> None:
        paused = {"behavior": "void", "resumes_at": at("2027-03-15")}
        stage.do(subscriptions.update, plan["id"], pause_collection=paused)
        stage.move_to("2027-04-01")
        assert stage.statuses() == ["paid", "void", "paid"]
        assert stage.now(plan)["pause_collection"] is None


class TestPaused:
    def test_a_paused_subscription_stands_still(self, stage: Stage, plan: dict[str, Any]) -> None:
        paused = stage.do(subscription_pauses.pause, plan["id"])
        assert paused["status_details"]["paused"]["subscription"]["type"] == "pause_requested"
        stage.move_to("2027-05-01")
        assert (stage.now(plan)["status"], stage.statuses()) == ("paused", ["paid"])
        resumed = stage.do(subscription_pauses.resume, plan["id"])
        assert (resumed["status"], resumed["items"]["data"][0]["current_period_start"]) == (
            "active",
            at("2027-05-01"),
        )
        assert stage.newest()["amount_paid"] == 0, "the unused month was credited"

    def test_one_with_a_schedule_can_not_be(self, stage: Stage, plan: dict[str, Any]) -> None:
        stage.do(subscription_schedules.create, from_subscription=plan["id"])
        with pytest.raises(ApiError, match="schedule"):
            stage.do(subscription_pauses.pause, plan["id"])
