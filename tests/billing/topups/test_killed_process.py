"""kill -9 for a process that has charged a card and not credited the wallet yet."""

from __future__ import annotations

import os

from flask import Flask

from app.billing import topups
from app.extensions import db
from app.models import TopUpStatus
from config import Settings
from tests.factories import OWNER, a_payer, usd
from tests.support import programs
from tests.support.money import assert_ledger_matches, balance, the_top_up
from tests.support.sandbox import WEBHOOK_SECRET, Sandbox, deliver_all
from tests.support.waiting import wait_until


def test_a_process_killed_after_the_charge_leaves_nothing_lost_and_nothing_charged_twice(
    app: Flask, sandbox: Sandbox, settings: Settings
) -> None:
    organization, card = a_payer()
    top_up = topups.begin(organization, usd("50"), card.id, OWNER)
    db.session.commit()
    sandbox.fail("POST /v1/payment_intents", "timeout_after", delay=30)
    environment = {
        "APP_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "STRIPE_API_BASE": sandbox.url,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }
    process = programs.start(
        "tests.support.pay_once", [*map(str, (organization.id, top_up.id, card.id))], os.environ | environment
    )
    _wait_for_the_charge(sandbox)
    process.kill()
    process.wait()

    assert the_top_up(organization).status is TopUpStatus.PAYING
    assert balance(organization) == "0.00"
    assert topups.recover(organization.id, top_up.id)
    deliver_all(app, sandbox)
    assert balance(organization) == "50.00"
    assert len(sandbox.charges()) == 1
    assert_ledger_matches(organization, sandbox)


def _wait_for_the_charge(sandbox: Sandbox) -> None:
    """The stand-in takes the money immediately and keeps its answer for long."""
    wait_until(sandbox.charges, "nothing was charged")
