"""Stripe is slow: a page waits a short time, says what is pending, and what Stripe did meanwhile is done once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.billing import topups
from app.billing.subscriptions import switches
from app.billing.wallet import ledger
from app.extensions import db
from app.models import Organization, PlanSwitch, SwitchStatus, TopUp, TopUpStatus
from app.payments import intents
from app.web.pools import STRIPE_BUSY
from app.web.stripe_deadlines import AskedWronglyError
from tests.factories import a_payer, a_person
from tests.support.browsing import Visitor, text_of
from tests.support.locking import wallet_locked
from tests.support.money import assert_ledger_matches, credited, the_top_up
from tests.support.plans import plan_of, sell_plans
from tests.support.sandbox import Sandbox
from tests.support.topping_up import begin
from tests.support.waiting import PATIENCE

SLOW = 3
"""Seconds that the stand-in is silent for, having done what was asked: longer than the page waits here."""


@pytest.fixture(autouse=True)
def _short_deadline(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings = replace(app.config["SETTINGS"], stripe_page_patience_seconds=1, stripe_timeout_seconds=10)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    return


def _pay(visitor: Visitor, top_up: UUID, **options: object) -> TestResponse:
    return visitor.post(f"/billing/wallet/top-ups/{top_up}/payments", follow_redirects=True, **options)


def _owner(visitor: Visitor) -> tuple[Organization, UUID]:
    organization, card = a_payer()
    visitor.begin_session(a_person(organization=organization).email)
    return organization, begin(organization, card)


def test_pay_answers_pending_and_the_job_finds_the_one_charge(visitor: Visitor, sandbox: Sandbox) -> None:
    organization, top_up = _owner(visitor)
    sandbox.fail("POST /v1/payment_intents", "timeout_after", delay=SLOW)
    assert "is in progress" in text_of(_pay(visitor, top_up))
    assert the_top_up(organization).status is TopUpStatus.PAYING
    assert "is in progress" in text_of(_pay(visitor, top_up))
    assert topups.recover(organization.id, top_up)
    assert len(sandbox.charges()) == len(credited(organization)) == 1
    assert_ledger_matches(organization, sandbox)


def test_where_too_many_wait_pay_is_pending_immediately_and_the_job_charges(
    visitor: Visitor, sandbox: Sandbox
) -> None:
    organization, top_up = _owner(visitor)
    before = len(sandbox.control.requests())
    answer = _pay(visitor, top_up, environ_overrides={STRIPE_BUSY: True})
    assert "is in progress" in text_of(answer)
    assert len(sandbox.control.requests()) == before
    assert topups.recover(organization.id, top_up)
    assert topups.recover(organization.id, top_up)
    assert len(sandbox.charges()) == len(credited(organization)) == 1
    assert_ledger_matches(organization, sandbox)


@pytest.mark.parametrize(
    "operation",
    [
        "GET /v1/subscriptions/*",
        "GET /v1/prices",
        "POST /v1/customers/*",
        "POST /v1/subscriptions/*",
        "GET /v1/invoices/*",
        "POST /v1/invoices/create_preview",
    ],
)
@pytest.mark.parametrize("from_the_start", [True, False])
def test_a_switch_is_made_and_charged_once_whichever_answer_is_late(
    visitor: Visitor, sandbox: Sandbox, operation: str, from_the_start: bool
) -> None:
    """Late in the review, or once it is confirmed; then the person, or the job, goes on."""
    sell_plans()
    organization, _ = a_payer()
    visitor.begin_session(a_person(organization=organization).email)
    if from_the_start:
        sandbox.fail(operation, "timeout_after", delay=SLOW)
    chosen = {"plan": "growth:month"}
    switch = _choose(visitor, organization, chosen)
    end = time.monotonic() + PATIENCE
    while switch is None:  # On a busy machine a page's short patience can end without a fault, too.
        sandbox.clear_faults()
        assert time.monotonic() < end, "no review though Stripe answers"
        switch = _choose(visitor, organization, chosen)
    if not from_the_start:
        sandbox.fail(operation, "timeout_after", delay=SLOW)
    address = f"/billing/change-plan/{switch.id}/confirmation"
    visitor.post(address)
    sandbox.clear_faults()
    db.session.rollback()
    if db.session.get_one(PlanSwitch, (organization.id, switch.id)).status is SwitchStatus.REVIEW:
        assert sandbox.charges() == []
        visitor.post(address)
    switches.recover(organization.id, switch.id)
    switches.recover(organization.id, switch.id)
    assert db.session.get_one(PlanSwitch, (organization.id, switch.id)).status is SwitchStatus.DONE
    assert plan_of(organization).name == "Growth"
    assert len(sandbox.charges()) == 1


def test_all_requests_of_a_page_to_stripe_share_one_deadline(visitor: Visitor, sandbox: Sandbox) -> None:
    """Five answers of 0.8 seconds each would keep a thread for four; the fifth is never asked for."""
    sell_plans()
    organization, _ = a_payer()
    visitor.begin_session(a_person(organization=organization).email)
    for operation in ("GET /v1/*", "POST /v1/*", "GET /v1/*/*", "POST /v1/*/*"):
        sandbox.fail(operation, "timeout_after", times=20, delay=SLOW)
    before = len(sandbox.control.requests())
    answer = visitor.post("/billing/change-plan", {"plan": "growth:month"})
    assert answer.status_code == 422
    assert "didn't respond, so nothing was changed" in text_of(answer)
    assert len(sandbox.control.requests()) - before <= 2


def test_asking_stripe_with_a_wallet_locked_is_a_defect_that_tests_find(app: Flask, sandbox: Sandbox) -> None:
    organization, _ = a_payer()
    ledger.lock(organization.id)
    with pytest.raises(AskedWronglyError, match="Commit before calling Stripe"):
        intents.fetch("pi_1")
    db.session.rollback()


def test_asking_stripe_on_a_page_that_is_not_for_it_is_a_defect_that_tests_find(
    app: Flask, sandbox: Sandbox
) -> None:
    with app.test_request_context("/billing"), pytest.raises(AskedWronglyError, match=r"overview\.show"):
        intents.fetch("pi_1")


def test_no_wallet_is_held_while_stripe_is_slow(app: Flask, visitor: Visitor, sandbox: Sandbox) -> None:
    organization, top_up = _owner(visitor)
    sandbox.fail("POST /v1/payment_intents", "timeout_after", delay=SLOW)
    _pay(visitor, top_up)
    with wallet_locked(organization.id):
        assert db.session.get_one(TopUp, (organization.id, top_up)).status is TopUpStatus.PAYING


def _choose(visitor: Visitor, organization: Organization, chosen: dict[str, str]) -> PlanSwitch | None:
    answer = visitor.post("/billing/change-plan", chosen)
    if answer.status_code != 303:
        assert answer.status_code == 422
        return None
    db.session.rollback()
    return db.session.get_one(PlanSwitch, (organization.id, UUID(answer.location.rsplit("/", 1)[1])))
