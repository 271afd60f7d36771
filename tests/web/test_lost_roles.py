"""Who loses the role while their request waits for a lock changes nothing: a walk over every form of owners."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, text, update
from werkzeug.test import TestResponse

from app import notify
from app.extensions import db
from app.models import Membership, Role
from app.notify import webhooks
from app.notify.sms import Gateway
from app.payments import http_client
from tests.support.browsing import text_of
from tests.support.database import as_superuser
from tests.support.locking import someone_waits
from tests.support.owner_forms import FORMS
from tests.support.owner_stage import Stage
from tests.support.sandbox import Sandbox
from tests.support.snapshots import everything
from tests.support.url_map import rules
from tests.support.waiting import wait_until

WAITS_FOR_NOTHING = {
    "alerts.send_test": "sends a message, and has nothing to write before",
    "change_plan.answer_renewal": "asks Stripe how a payment ended",
    "change_plan.answer_switch": "asks Stripe how a payment ended",
    "change_plan.cancel_scheduled_change": "asks Stripe first, and records what came of it",
    "change_plan.cancel_switch": "asks Stripe first, and records what came of it",
    "payment_methods.begin_setup": "asks Stripe alone: no card is saved yet",
    "wallet.remove_view": "removes a bookmark of one's own, which nothing else locks",
    "wallet.rename_view": "renames a bookmark of one's own, which nothing else locks",
}
"""Forms whose requests wait for no lock before they have done what they are for."""


OF_MEMBERS = {"limits.ask_more"}
ASKS_STRIPE = {
    "change_plan.cancel_plan": (
        "audit_event WHERE action = 'plan.canceled'",
        "subscription WHERE plan = 'starter'",
    ),
    "change_plan.cancel_switch": (
        "plan_switch WHERE status = 'declined'",
        "plan_switch WHERE status = 'canceled'",
    ),
    "change_plan.confirm_switch": (
        "plan_switch WHERE status = 'switching'",
        "plan_switch WHERE status = 'done'",
    ),
    "change_plan.pay_renewal": (
        "audit_event WHERE action = 'renewal.paid_for'",
        "subscription WHERE status = 'active'",
    ),
    "payment_methods.remove": (
        "payment_method WHERE removed_at IS NOT NULL",
        "payment_method WHERE removed_at IS NOT NULL",
    ),
    "wallet.pay_top_up": ("top_up WHERE status = 'paying'", "transfer WHERE kind = 'top_up'"),
}
"""Rows that say that it was decided, and rows that say that it was done."""


@pytest.fixture
def stage(app: Flask, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Where phones can be added, nothing is sent to any, and a request waits until all else was read."""
    monkeypatch.setattr("app.web.lock_timeouts.OF_REQUESTS", "15s")
    notify._sms_gateway.set(Gateway("http://127.0.0.1:9/", (webhooks.new_secret(),)))
    yield Stage(app, sandbox)
    notify._sms_gateway.set(None)


def test_every_form_of_owners_and_members_is_in_the_list(app: Flask) -> None:
    of_owners = {
        rule.endpoint
        for rule in rules(app, "POST")
        if getattr(app.view_functions[rule.endpoint], "org_admin_required", False)
        or getattr(app.view_functions[rule.endpoint], "member_required", False)
    }
    assert of_owners == set(FORMS)


@contextmanager
def all_locked(org_id: UUID) -> Iterator[None]:
    """Lock the wallet, and the organization so that nothing of it is written either, on a connection of its own."""
    with as_superuser() as connection:
        for table, key in (("wallet", "org_id"), ("organization", "id")):
            connection.exec_driver_sql(f"SELECT 1 FROM {table} WHERE {key} = %s FOR UPDATE", (org_id,))
        yield
        connection.rollback()


def is_so(rows: str) -> bool:
    """Whether there are such rows: a table, and a condition."""
    with as_superuser() as connection:
        return bool(connection.scalar(text(f"SELECT count(*) FROM {rows}")))


@contextmanager
def asked_before_stripe(check: Callable[[], None]) -> Iterator[None]:
    """Call `check` before each request to Stripe meanwhile."""
    http_client.before_each(check)
    try:
        yield
    finally:
        http_client._checks.get().remove(check)


def lose_role(org_id: UUID, user_id: UUID, left_as: Role | None) -> None:
    own = (Membership.org_id == org_id, Membership.user_id == user_id)
    db.session.execute(
        update(Membership).where(*own).values(role=left_as) if left_as else delete(Membership).where(*own)
    )
    db.session.commit()


def answer_of(stage: Stage, endpoint: str, left_as: Role | None) -> TestResponse:
    """The answer to a form whose sender loses the role while the request waits. Nothing is changed from then on."""
    path, fields = FORMS[endpoint](stage)
    visitor, org_id, user_id = stage.at_page()
    token = visitor.token()
    with ThreadPoolExecutor(1) as hand:
        with all_locked(org_id):
            sent = hand.submit(visitor.post, path, fields, token=token, headers=stage.headers)
            wait_until(lambda: someone_waits() or sent.done(), "the request neither waits nor is answered")
            assert not sent.done(), sent.result().status
            lose_role(org_id, user_id, left_as)
            before = everything()
        answer = sent.result()
    assert everything() == before
    return answer


@pytest.mark.one_of_each(by=lambda endpoint: endpoint.split(".")[0])
@pytest.mark.parametrize("endpoint", sorted(set(FORMS) - set(WAITS_FOR_NOTHING)))
def test_who_loses_the_role_while_the_request_waits_changes_nothing(stage: Stage, endpoint: str) -> None:
    left_as = None if endpoint in OF_MEMBERS else Role.MEMBER
    answer = answer_of(stage, endpoint, left_as)
    assert answer.status_code == 403, text_of(answer)


def test_who_is_removed_meanwhile_reads_that_there_is_no_organization(stage: Stage) -> None:
    answer = answer_of(stage, "limits.add", None)
    assert (answer.status_code, "you're no longer in any organization" in text_of(answer)) == (403, True)


@pytest.mark.parametrize("endpoint", sorted(ASKS_STRIPE))
def test_what_stripe_was_asked_for_is_recorded_though_the_role_is_lost_by_then(
    stage: Stage, endpoint: str
) -> None:
    path, fields = FORMS[endpoint](stage)
    visitor, org_id, user_id = stage.at_page()
    is_decided, is_done = ASKS_STRIPE[endpoint]
    token = visitor.token()
    db.session.rollback()
    assert not is_so(is_done)
    lost: list[bool] = []

    def lose_once_decided() -> None:
        if not lost and is_so(is_decided):
            with as_superuser() as connection:
                own = {"org_id": org_id, "user_id": user_id}
                connection.execute(
                    text("DELETE FROM membership WHERE org_id = :org_id AND user_id = :user_id"), own
                )
            lost.append(True)

    with asked_before_stripe(lose_once_decided):
        answer = visitor.post(path, fields, token=token)
    assert (answer.status_code, lost) == (303, [True])
    assert is_so(is_done)
    assert visitor.get("/billing").status_code == 403
