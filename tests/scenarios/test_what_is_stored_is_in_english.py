"""What is stored has many readers: someone who acts in their own language leaves English, which each reads in theirs.

An owner who reads the pseudo-language pays, is declined, sets limits and alerts, and decides; nothing of that language is
stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask import Flask

from app.billing.alerts import channels
from app.billing.audit import Actor
from app.billing.customers import details
from app.billing.limit_settings import decisions, requests, telling
from app.clock import utc_now
from app.extensions import db
from app.language import gettext, speaking
from app.models import AuditEvent, ChannelKind, Mail, Role
from app.transaction import transaction
from tests.billing.credit.test_grants import give
from tests.factories import OWNER, a_payer, a_person, usd
from tests.support.auto_top_ups import look, switch_on, use
from tests.support.limits import a_limit
from tests.support.pseudo import LEFT_TO_RIGHT, speaking_pseudo
from tests.support.sandbox import Sandbox, work_through
from tests.support.topping_up import pay

MEMBER = Actor("member@test.example")


@pytest.fixture(autouse=True)
def pseudo() -> Iterator[None]:
    with speaking_pseudo(), speaking(LEFT_TO_RIGHT):
        yield


def stored() -> dict[str, str]:
    """The facts of each kind of email, and the details of each action in the audit trail."""
    db.session.rollback()
    mails = {
        mail.kind: json.dumps(mail.facts, ensure_ascii=False) for mail in db.session.scalars(db.select(Mail))
    }
    for event in db.session.scalars(db.select(AuditEvent)):
        mails[event.action] = json.dumps([event.subject, event.details], ensure_ascii=False)
    return mails


def test_anyone_who_acts_leaves_english(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer(credit="30")
    owner = a_person(organization=organization)
    a_person(MEMBER.name, organization=organization, role=Role.MEMBER)
    by = Actor(owner.email, owner.id)
    pay(organization, card, "50")
    switch_on(organization, card)
    sandbox.control.set_bank_answer(card.stripe_id, "lost")
    pay(organization, card, "50")
    use(organization, 65)
    look(organization)
    give(organization)
    limit = a_limit(organization)
    assert limit.limit_id is not None
    telling.tell(organization.id, limit.limit_id, 80, 2_400_000, utc_now())
    wanted = requests.ask(organization, limit.limit_id, usd("10"), MEMBER)
    decisions.approve(organization, wanted.id, OWNER, seen=wanted.as_text)
    details.set_recipients(organization, ["books@harbor.example"], by)
    with transaction():
        channels.add_webhook(organization, ChannelKind.SLACK, "Ops", "http://127.0.0.1:9/hook", by)
    work_through(app)
    assert gettext("Card").startswith("«")
    found = stored()
    assert {
        "alert_channel_changed",
        "auto_top_up_changed",
        "auto_top_up_failed",
        "charge",
        "credit_granted",
        "limit_more_asked",
        "limit_more_decided",
        "limit_reached",
        "payment_failed",
        "recipients_changed",
    } <= set(found)
    assert {kind: facts for kind, facts in found.items() if "«" in facts} == {}
