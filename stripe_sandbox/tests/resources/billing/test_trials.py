"""Trials: given at first or later, and ended."""

from __future__ import annotations

from typing import Any

import pytest

from stripe_sandbox.errors import ApiError
from stripe_sandbox.resources.billing import subscriptions
from stripe_sandbox.tests.support.stage import PAYS, Stage, at


class TestTrials:
    @pytest.mark.parametrize("how", [{"trial_period_days": 14}, {"trial_end": at("2027-02-14")}])
    def test_nothing_is_charged_until_it_ends(self, stage: Stage, how: dict[str, Any]) -> None:
        stage.use(PAYS)
        one = stage.subscribe(4900, **how)
        assert (one["status"], one["trial_end"]) == ("trialing", at("2027-02-14"))
        assert [(each["status"], each["total"]) for each in stage.invoices()] == [("paid", 0)]
        stage.move_to("2027-02-14")
        assert (stage.now(one)["status"], stage.newest()["status"]) == ("active", "draft")
        stage.charge_on("2027-02-14")
        assert (stage.newest()["amount_paid"], stage.now(one)["billing_cycle_anchor"]) == (
            4900,
            at("2027-02-14"),
        )

    def test_one_that_is_given_later_credits_what_was_paid(self, stage: Stage, plan: dict[str, Any]) -> None:
        stage.move_to("2027-02-14")
        given = stage.do(subscriptions.update, plan["id"], trial_end=at("2027-03-14"))
        assert (given["status"], stage.newest()["total"]) == ("trialing", -2450)
        stage.charge_on("2027-03-14")
        assert stage.newest()["amount_paid"] == 4900 - 2450

    def test_one_that_is_ended_is_charged_immediately(self, stage: Stage) -> None:
        stage.use(PAYS)
        one = stage.subscribe(4900, trial_period_days=14)
        ended = stage.do(subscriptions.update, one["id"], trial_end="now")
        assert (ended["status"], stage.newest()["amount_paid"]) == ("active", 4900)

    @pytest.mark.parametrize("end", [at("2027-01-31"), at("2029-06-01")])
    def test_an_end_that_is_past_or_far_away_is_refused(self, stage: Stage, end: int) -> None:
        with pytest.raises(ApiError, match="trial_end"):
            stage.subscribe(4900, trial_end=end)
