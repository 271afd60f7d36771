"""What people do to a subscription in Stripe's dashboard: void, write off, pause, give a trial; and what time makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from stripe_sandbox.errors import ApiError
from stripe_sandbox.resources.billing import (
    invoices,
    subscription_pauses,
    subscription_schedules,
    subscriptions,
)
from stripe_sandbox.resources.payments import early_fraud_warnings, refunds
from stripe_sandbox.tests.support.stage import Stage, at

DECLINES, PAYS = "4000000000000341", "4242424242424242"
HOUR = 3600


@pytest.fixture
def plan(stage: Stage) -> dict[str, Any]:
    """A plan that is paid until 28 February, by a card that works."""
    stage.use(PAYS)
    return stage.subscribe(4900)


def newest(stage: Stage) -> dict[str, Any]:
    return stage.invoices()[-1]


def statuses(stage: Stage) -> list[str]:
    return [one["status"] for one in stage.invoices()]


class TestTheHourAsADraft:
    def test_a_renewal_is_a_draft_first_and_the_period_has_begun(
        self, stage: Stage, plan: dict[str, Any]
    ) -> None:
        stage.move_to("2027-02-28")
        draft = newest(stage)
        assert (draft["status"], draft["attempted"], draft["number"]) == ("draft", False, None)
        assert draft["automatically_finalizes_at"] == at("2027-02-28") + HOUR
        now = stage.now(plan)
        assert (now["status"], now["latest_invoice"]) == ("active", draft["id"])
        assert now["items"]["data"][0]["current_period_start"] == at("2027-02-28")
        stage.charge_on("2027-02-28")
        assert statuses(stage) == ["paid", "paid"]

    def test_credit_is_used_when_it_is_finalized(self, stage: Stage, plan: dict[str, Any]) -> None:
        stage.move_to("2027-02-28")
        assert newest(stage)["ending_balance"] is None
        customer = stage.sandbox.store.get(stage.customer["id"]) or {}
        stage.sandbox.store.save(customer | {"balance": -900})
        stage.charge_on("2027-02-28")
        paid = newest(stage)
        assert (paid["amount_due"], paid["ending_balance"]) == (4000, 0)

    def test_a_past_due_plan_stays_so_while_the_next_renewal_is_a_draft(self, stage: Stage) -> None:
        stage.use(PAYS)
        one = stage.subscribe(700, interval="day")
        stage.use(DECLINES)
        stage.charge_on("2027-02-01")
        stage.move_to("2027-02-02")
        assert (stage.now(one)["status"], statuses(stage)) == ("past_due", ["paid", "open", "draft"])

    def test_the_draft_of_a_canceled_subscription_is_not_charged(
        self, stage: Stage, plan: dict[str, Any]
    ) -> None:
        stage.move_to("2027-02-28")
        stage.do(subscriptions.cancel, plan["id"])
        stage.move_to("2027-03-05")
        assert statuses(stage) == ["paid", "draft"]


class TestInvoicesGivenUp:
    @pytest.fixture(autouse=True)
    def fails(self, stage: Stage, plan: dict[str, Any]) -> None:
        stage.use(DECLINES)
        stage.charge_on("2027-02-28")
        assert stage.now(plan)["status"] == "past_due"

    @pytest.mark.parametrize("how", [invoices.void, invoices.mark_uncollectible])
    def test_the_newest_that_is_not_void_counts(self, stage: Stage, plan: dict[str, Any], how: Any) -> None:
        stage.do(how, newest(stage)["id"])
        assert stage.now(plan)["status"] == "active"
        assert stage.events()[-1] == "customer.subscription.updated"

    def test_a_voided_one_leaves_an_older_open_one_due(self, stage: Stage, plan: dict[str, Any]) -> None:
        stage.do(subscriptions.update, plan["id"], cancel_at_period_end=False)
        stage.charge_on("2027-03-03")
        items = [{"id": plan["items"]["data"][0]["id"], "quantity": 2}]
        stage.do(subscriptions.update, plan["id"], items=items, proration_behavior="always_invoice")
        assert statuses(stage) == ["paid", "open", "open"]
        stage.do(invoices.void, newest(stage)["id"])
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
        assert statuses(stage) == ["paid", becomes, becomes]
        assert stage.now(plan)["status"] == "active"
        stage.do(subscriptions.update, plan["id"], pause_collection="")
        stage.move_to("2027-05-01")
        assert statuses(stage) == ["paid", becomes, becomes, "paid"]

    def test_it_ends_by_itself(self, stage: Stage, plan: dict[str, Any]) -> None:
        paused = {"behavior": "void", "resumes_at": at("2027-03-15")}
        stage.do(subscriptions.update, plan["id"], pause_collection=paused)
        stage.move_to("2027-04-01")
        assert statuses(stage) == ["paid", "void", "paid"]
        assert stage.now(plan)["pause_collection"] is None


class TestPaused:
    def test_a_paused_subscription_stands_still(self, stage: Stage, plan: dict[str, Any]) -> None:
        paused = stage.do(subscription_pauses.pause, plan["id"])
        assert paused["status_details"]["paused"]["subscription"]["type"] == "pause_requested"
        stage.move_to("2027-05-01")
        assert (stage.now(plan)["status"], statuses(stage)) == ("paused", ["paid"])
        resumed = stage.do(subscription_pauses.resume, plan["id"])
        assert (resumed["status"], resumed["items"]["data"][0]["current_period_start"]) == (
            "active",
            at("2027-05-01"),
        )
        assert newest(stage)["amount_paid"] == 0, "the unused month was credited"

    def test_one_with_a_schedule_can_not_be(self, stage: Stage, plan: dict[str, Any]) -> None:
        stage.do(subscription_schedules.create, from_subscription=plan["id"])
        with pytest.raises(ApiError, match="schedule"):
            stage.do(subscription_pauses.pause, plan["id"])


class TestTrials:
    @pytest.mark.parametrize("how", [{"trial_period_days": 14}, {"trial_end": at("2027-02-14")}])
    def test_nothing_is_charged_until_it_ends(self, stage: Stage, how: dict[str, Any]) -> None:
        stage.use(PAYS)
        one = stage.subscribe(4900, **how)
        assert (one["status"], one["trial_end"]) == ("trialing", at("2027-02-14"))
        assert [(each["status"], each["total"]) for each in stage.invoices()] == [("paid", 0)]
        stage.move_to("2027-02-14")
        assert (stage.now(one)["status"], newest(stage)["status"]) == ("active", "draft")
        stage.charge_on("2027-02-14")
        assert (newest(stage)["amount_paid"], stage.now(one)["billing_cycle_anchor"]) == (
            4900,
            at("2027-02-14"),
        )

    def test_one_that_is_given_later_credits_what_was_paid(self, stage: Stage, plan: dict[str, Any]) -> None:
        stage.move_to("2027-02-14")
        given = stage.do(subscriptions.update, plan["id"], trial_end=at("2027-03-14"))
        assert (given["status"], newest(stage)["total"]) == ("trialing", -2450)
        stage.charge_on("2027-03-14")
        assert newest(stage)["amount_paid"] == 4900 - 2450

    def test_one_that_is_ended_is_charged_immediately(self, stage: Stage) -> None:
        stage.use(PAYS)
        one = stage.subscribe(4900, trial_period_days=14)
        ended = stage.do(subscriptions.update, one["id"], trial_end="now")
        assert (ended["status"], newest(stage)["amount_paid"]) == ("active", 4900)

    @pytest.mark.parametrize("end", [at("2027-01-31"), at("2029-06-01")])
    def test_an_end_that_is_past_or_far_away_is_refused(self, stage: Stage, end: int) -> None:
        with pytest.raises(ApiError, match="trial_end"):
            stage.subscribe(4900, trial_end=end)


def test_an_invoice_that_is_sent_is_charged_to_no_card(stage: Stage, plan: dict[str, Any]) -> None:
    sent = {"collection_method": "send_invoice", "days_until_due": 14}
    stage.do(subscriptions.update, plan["id"], **sent)
    stage.charge_on("2027-02-28")
    invoice = newest(stage)
    assert (invoice["status"], invoice["attempted"]) == ("open", False)
    assert invoice["due_date"] == at("2027-02-28") + HOUR + 14 * 86_400
    assert stage.now(plan)["status"] == "active"


def test_a_warning_of_fraud_is_actionable_until_the_charge_is_refunded(
    stage: Stage, plan: dict[str, Any]
) -> None:
    charge = stage.sandbox.store.all("charge", {})[0]
    made = stage.do(lambda call: early_fraud_warnings.warn(call, charge["id"]))
    assert (made["actionable"], made["payment_intent"]) == (True, charge["payment_intent"])
    assert stage.events()[-1] == "radar.early_fraud_warning.created"
    stage.do(refunds.create, charge=charge["id"])
    assert stage.do(early_fraud_warnings.retrieve, made["id"])["actionable"] is False
