"""What the console sends or handles again, or acknowledges: with a reason, once, and the same as the command does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.billing.platform import endpoints, messages
from app.clock import utc_now
from app.extensions import db
from app.models import (
    AuditEvent,
    DeliveryState,
    EventState,
    Finding,
    Mail,
    MailState,
    Organization,
    PlatformDelivery,
    StripeEvent,
)
from app.reconciliation import findings
from app.transaction import transaction
from tests.cli.test_mail_commands import a_mail
from tests.factories import an_organization, usd
from tests.support.console import Console
from tests.support.operating import events

WHY = "Outage on Monday"


@dataclass(frozen=True)
class Thing:
    """Something that can be acted on: where its form is, what the form has besides a reason, and which command does
    the same."""

    at: str
    more: dict[str, str]
    command: list[str]
    action: str
    is_done: Callable[[], bool]


def failed_email(harbor: Organization) -> Thing:
    mail = a_mail(harbor, state=MailState.FAILED)
    return Thing(
        f"/organizations/{harbor.id}/emails/{mail.id}",
        {},
        ["mail", "retry", str(mail.id)],
        "email.resent",
        lambda: (
            db.session.get_one(Mail, (harbor.id, mail.id), populate_existing=True).state is MailState.WAITING
        ),
    )


def failed_message(harbor: Organization) -> Thing:
    endpoints.add("http://127.0.0.1:9/events")
    messages.topped_up(harbor.id, top_up_id=uuid4(), credited=usd("5"), available=usd("5"), at=utc_now())
    db.session.flush()
    row = db.session.scalars(db.select(PlatformDelivery)).one()
    row.state = DeliveryState.FAILED
    db.session.commit()
    key = (harbor.id, row.message_id, row.endpoint_id)
    return Thing(
        f"/organizations/{harbor.id}/messages/{row.message_id}",
        {},
        ["platform", "replay", str(row.message_id)],
        "message.replayed",
        lambda: (
            db.session.get_one(PlatformDelivery, key, populate_existing=True).state is DeliveryState.WAITING
        ),
    )


def failed_event(harbor: Organization) -> Thing:
    db.session.add(
        StripeEvent(
            id="evt_1",
            type="charge.refunded",
            object_id="ch_1",
            created_at=utc_now(),
            state=EventState.FAILED,
        )
    )
    db.session.commit()
    return Thing(
        "/events/replay",
        {"event": "evt_1"},
        ["webhooks", "replay", "evt_1"],
        "event.replayed",
        lambda: db.session.get_one(StripeEvent, "evt_1", populate_existing=True).state is EventState.RECEIVED,
    )


def open_finding(harbor: Organization) -> Thing:
    with transaction():
        findings.record({"pi_1": "Paid at Stripe, and not here."}, is_everything=True)
    return Thing(
        "/findings/acknowledge",
        {"object": "pi_1", "seal": Finding(text="Paid at Stripe, and not here.").seal},
        ["stripe", "accept", "pi_1"],
        "finding.acknowledged",
        lambda: db.session.get_one(Finding, "pi_1", populate_existing=True).is_accepted,
    )


THINGS = [failed_email, failed_message, failed_event, open_finding]


@pytest.mark.parametrize("make", THINGS)
def test_it_needs_a_reason_is_done_and_leaves_what_the_command_leaves(
    app: Flask, console: Console, harbor: Organization, make: Callable[[Organization], Thing]
) -> None:
    thing = make(harbor)
    for nothing in ("", " \t", "\u2800", "x" * 121):
        assert console.refused(console.post(thing.at, thing.more | {"reason": nothing}))
    assert not thing.is_done()
    db.session.rollback()
    assert not console.refused(console.post(thing.at, thing.more | {"reason": WHY}))
    assert thing.is_done()
    (by_console,) = events(thing.action)
    assert (by_console.actor, by_console.reason) == ("dana@operator.example", WHY)
    told = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == thing.action)).all()
    assert {(one.actor, one.details["reason"]) for one in told} <= {("operator Dana Whitfield", WHY)}
    assert len(told) == (by_console.organization_id is not None)
    db.session.rollback()
    done = app.test_cli_runner().invoke(args=[*thing.command, "--reason", WHY])
    assert done.exit_code == 0, done.output
    _, by_command = events(thing.action)
    kept = ("organization_id", "subject", "reason")
    assert [getattr(by_command, one) for one in kept] == [getattr(by_console, one) for one in kept]
    assert (by_command.actor, by_command.operator_id) == ("command", None)


def test_what_is_another_organizations_is_not_there(console: Console, harbor: Organization) -> None:
    pine = an_organization("Pine Realty")
    for make in (failed_email, failed_message):
        thing = make(harbor)
        elsewhere = thing.at.replace(str(harbor.id), str(pine.id))
        assert console.get(elsewhere).status_code == 404
        console.get()
        assert console.post(elsewhere, {"reason": WHY}).status_code == 404
        assert not thing.is_done()
        assert console.get(thing.at.replace(str(harbor.id), str(UUID(int=1)))).status_code == 404


def test_an_email_that_everyone_has_is_not_sent_again_and_its_text_is_not_shown(
    console: Console, harbor: Organization
) -> None:
    mail = a_mail(harbor, state=MailState.SENT)
    mail.text = "https://portal.example/secret-link"
    mail.delivered_to = ["owner@harbor.example"]
    db.session.commit()
    at = f"/organizations/{harbor.id}/emails/{mail.id}"
    page = console.get(at)
    assert "secret-link" not in page.text
    assert "Resend email" not in page.text
    console.get()
    assert "Nothing to send" in console.refused(console.post(at, {"reason": WHY}))
    assert events("email.resent") == []


@pytest.mark.parametrize(
    ("at", "more", "said"),
    [
        ("/events/replay", {"event": "evt_none"}, "There is no such event here."),
        ("/findings/acknowledge", {"object": "pi_none"}, "It isn't open any more."),
    ],
)
def test_what_is_not_there_is_refused(console: Console, at: str, more: dict[str, Any], said: str) -> None:
    assert said in console.refused(console.post(at, more | {"reason": WHY}))
