"""What a subscription is once its invoices are voided, written off or paid."""

from __future__ import annotations

from typing import Any

import pytest

from stripe_sandbox.resources.billing import (
    invoices,
    subscriptions,
)
from stripe_sandbox.tests.support.stage import DECLINES, Stage


class TestInvoicesGivenUp:
    @pytest.fixture(autouse=True)
    def fails(self, stage: Stage, plan: dict[str, Any]) -> None:
        stage.use(DECLINES)
        stage.charge_on("2027-02-28")
        assert stage.now(plan)["status"] == "past_due"

    @pytest.mark.parametrize("how", [invoices.void, invoices.mark_uncollectible])
    def test_the_newest_that_is_not_void_counts(self, stage: Stage, plan: dict[str, Any], how: Any) -> None:
        stage.do(how, stage.newest()["id"])
        assert stage.now(plan)["status"] == "active"
        assert stage.events()[-1] == "customer.subscription.updated"

    def test_a_voided_one_leaves_an_older_open_one_due(self, stage: Stage, plan: dict[str, Any]) -> None:
        stage.do(subscriptions.update, plan["id"], cancel_at_period_end=False)
        stage.charge_on("2027-03-03")
        items = [{"id": plan["items"]["data"][0]["id"], "quantity": 2}]
        stage.do(subscriptions.update, plan["id"], items=items, proration_behavior="always_invoice")
        assert stage.statuses() == ["paid", "open", "open"]
        stage.do(invoices.void, stage.newest()["id"])
        assert stage.now(plan)["status"] == "past_due"
        stage.do(invoices.void, stage.invoices()[1]["id"])
        assert stage.now(plan)["status"] == "active"

    def test_an_older_one_that_is_paid_leaves_the_newest_due(
        self, stage: Stage, plan: dict[str, Any]
    ) -> None:
        items = [{"id": plan["items"]["data"][0]["id"], "quantity": 2}]
        stage.do(subscriptions.update, plan["id"], items=items, proration_behavior="always_invoice")
        stage.do(invoices.pay, stage.invoices()[1]["id"], paid_out_of_band=True)
        assert stage.now(plan)["status"] == "past_due"
