"""The hour in which the invoice of a renewal is a draft."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.resources.billing import subscriptions
from stripe_sandbox.tests.support.stage import DECLINES, PAYS, Stage, at

HOUR = 3600


class TestTheHourAsADraft:
    def test_a_renewal_is_a_draft_first_and_the_period_has_begun(
        self, stage: Stage, plan: dict[str, Any]
    ) -> None:
        stage.move_to("2027-02-28")
        draft = stage.newest()
        assert (draft["status"], draft["attempted"], draft["number"]) == ("draft", False, None)
        assert draft["automatically_finalizes_at"] == at("2027-02-28") + HOUR
        now = stage.now(plan)
        assert (now["status"], now["latest_invoice"]) == ("active", draft["id"])
        assert now["items"]["data"][0]["current_period_start"] == at("2027-02-28")
        stage.charge_on("2027-02-28")
        assert stage.statuses() == ["paid", "paid"]

    def test_credit_is_used_when_it_is_finalized(self, stage: Stage, plan: dict[str, Any]) -> None:
        stage.move_to("2027-02-28")
        assert stage.newest()["ending_balance"] is None
        customer = stage.sandbox.store.get(stage.customer["id"]) or {}
        stage.sandbox.store.save(customer | {"balance": -900})
        stage.charge_on("2027-02-28")
        paid = stage.newest()
        assert (paid["amount_due"], paid["ending_balance"]) == (4000, 0)

    def test_a_past_due_plan_stays_so_while_the_next_renewal_is_a_draft(self, stage: Stage) -> None:
        stage.use(PAYS)
        one = stage.subscribe(700, interval="day")
        stage.use(DECLINES)
        stage.charge_on("2027-02-01")
        stage.move_to("2027-02-02")
        assert (stage.now(one)["status"], stage.statuses()) == ("past_due", ["paid", "open", "draft"])

    def test_the_draft_of_a_canceled_subscription_is_not_charged(
        self, stage: Stage, plan: dict[str, Any]
    ) -> None:
        stage.move_to("2027-02-28")
        stage.do(subscriptions.cancel, plan["id"])
        stage.move_to("2027-03-05")
        assert stage.statuses() == ["paid", "draft"]
