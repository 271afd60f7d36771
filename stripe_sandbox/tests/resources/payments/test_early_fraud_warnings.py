"""Early fraud warnings."""

from __future__ import annotations

from stripe_sandbox.resources.payments import early_fraud_warnings, refunds
from stripe_sandbox.tests.support.stage import PAYS, Stage


def test_a_warning_of_fraud_is_actionable_until_the_charge_is_refunded(stage: Stage) -> None:
    stage.use(PAYS)
    stage.subscribe(4900)
    charge = stage.sandbox.store.all("charge", {})[0]
    made = stage.do(lambda call: early_fraud_warnings.warn(call, charge["id"]))
    assert (made["actionable"], made["payment_intent"]) == (True, charge["payment_intent"])
    assert stage.events()[-1] == "radar.early_fraud_warning.created"
    stage.do(refunds.create, charge=charge["id"])
    assert stage.do(early_fraud_warnings.retrieve, made["id"])["actionable"] is False
