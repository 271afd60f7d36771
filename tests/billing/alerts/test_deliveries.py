"""Alerts reach chats, phones and webhooks in their order, and what is down never delays others."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from standardwebhooks.webhooks import Webhook

from app import queues
from app.billing.alerts import deliveries, outgoing
from app.billing.alerts.outcomes import Result
from app.extensions import db
from app.models import AlertDelivery, AlertDeliveryState, ChannelKind, Mail
from app.models.scope import scope_to
from app.queues import Queue
from tests.support.alerting import a_chat, a_listener, an_alerted, jobs, to
from tests.support.platform_receiver import Receiver


def states() -> list[AlertDeliveryState]:
    db.session.rollback()
    return list(db.session.scalars(db.select(AlertDelivery.state).order_by(AlertDelivery.id)))


def test_a_webhook_gets_signed_json_with_the_figures(app: Flask, receiver: Receiver) -> None:
    organization, _ = an_alerted(amounts=("50",))
    hook = a_chat(organization, receiver.url, kind=ChannelKind.WEBHOOK, about=("under:50000000", "recovered"))
    to(organization, "40", source="fall")
    to(organization, "200", source="rise")
    deliveries.drain(organization.id, hook.id)
    assert receiver.types == ["alert.raised", "alert.ended"]
    headers, body = receiver.requests[0]
    Webhook(hook.secrets[0]).verify(body, {name.lower(): value for name, value in headers.items()})
    data = json.loads(body)["data"]
    assert data == {
        "organization": str(organization.id),
        "text": f"{organization.name}'s credit is under $50.00: $40.00 left",
        "level": {"kind": "amount", "under": {"amount": "50.000000", "currency": "USD"}, "hours": None},
        "available": {"amount": "40.000000", "currency": "USD"},
        "dry_at": None,
    }
    assert states() == [AlertDeliveryState.DELIVERED] * 2


def test_a_phone_gets_a_signed_message_through_the_gateway(
    app: Flask, receiver: Receiver, with_gateway: str
) -> None:
    organization, owner = an_alerted()
    phone = a_listener(organization, owner, "low", kind=ChannelKind.SMS, number="+16175550123")
    to(organization, "40", source="fall")
    deliveries.drain(organization.id, phone.id)
    headers, body = receiver.requests[0]
    Webhook(with_gateway).verify(body, {name.lower(): value for name, value in headers.items()})
    assert json.loads(body)["type"] == "sms.message"
    assert receiver.data()["to"] == "+16175550123"
    assert receiver.data()["text"].startswith(
        f"{organization.name}'s credit is under $100.00: $40.00 left. Top up: http"
    )


def test_a_gateway_that_is_down_is_tried_again_and_has_slots_of_its_own(
    app: Flask, receiver: Receiver, with_gateway: str
) -> None:
    receiver.answers = [503, 503]
    organization, owner = an_alerted()
    phone = a_listener(organization, owner, "low", kind=ChannelKind.SMS, number="+16175550123")
    to(organization, "40", source="fall")
    deliveries.drain(organization.id, phone.id)
    assert len(receiver.requests) == 1 and states() == [AlertDeliveryState.WAITING]
    assert jobs("send_text_messages") == 2, "the first, and the one that tries again"
    tasks = {
        queues.QUEUE_OF[task] for task in ("send_text_messages", "send_alerts", "send_mail", "judge_alerts")
    }
    assert tasks == {Queue.SMS, Queue.CHAT, Queue.MAIL, Queue.ALERTS}


@pytest.mark.long
def test_many_jobs_send_each_message_once_and_in_its_order(app: Flask, receiver: Receiver) -> None:
    organization, _ = an_alerted(amounts=("50",))
    hook = a_chat(organization, receiver.url, kind=ChannelKind.WEBHOOK, about=("under:50000000", "recovered"))
    for number in range(3):
        to(organization, "40", source=f"fall {number}")
        to(organization, "200", source=f"rise {number}")
    org_id, channel_id = organization.id, hook.id
    db.session.commit()

    def work(_: int) -> None:
        with app.app_context():
            scope_to(db.session(), org_id)
            deliveries.drain(org_id, channel_id)

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))
    assert receiver.types == ["alert.raised", "alert.ended"] * 3
    assert len({headers["webhook-id"] for headers, _ in receiver.requests}) == 6


def test_a_removed_channel_is_no_error(app: Flask) -> None:
    organization, _ = an_alerted()
    assert outgoing.claim_next(organization.id, organization.id) is None
    deliveries.drain(organization.id, organization.id)


def test_a_test_says_what_happened(app: Flask, receiver: Receiver) -> None:
    organization, owner = an_alerted()
    hook = a_chat(organization, receiver.url, kind=ChannelKind.WEBHOOK)
    dead = a_chat(organization, "http://127.0.0.1:9/nothing")
    receiver.answers = [204, 500, 404, 410]
    results = [deliveries.test(organization.id, hook.id, by=owner) for _ in range(4)]
    assert [(one.result, one.answer) for one in results] == [
        (Result.DELIVERED, ""),
        (Result.FAILED, "500"),
        (Result.REJECTED, "404"),
        (Result.SWITCHED_OFF, "410"),
    ]
    assert receiver.types == ["alert.test"] * 4
    assert deliveries.test(organization.id, dead.id, by=owner).result is Result.NO_ANSWER
    mail = a_listener(organization, owner, "low")
    assert deliveries.test(organization.id, mail.id, by=owner).result is Result.EMAILED
    tests = db.session.scalars(db.select(Mail).filter_by(kind="alert_test")).all()
    assert [one.recipient for one in tests] == [owner.email]
