"""Invoices that are sent instead of charged."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.resources.billing import subscriptions
from stripe_sandbox.tests.support.stage import Stage, at


def test_an_invoice_that_is_sent_is_charged_to_no_card(stage: Stage, plan: dict[str, Any]) -> None:
    sent = {"collection_method": "send_invoice", "days_until_due": 14}
    stage.do(subscriptions.update, plan["id"], **sent)
    stage.charge_on("2027-02-28")
    invoice = stage.newest()
    assert (invoice["status"], invoice["attempted"]) == ("open", False)
    assert invoice["due_date"] == at("2027-02-28") + 3600 + 14 * 86_400
    assert stage.now(plan)["status"] == "active"
