"""What the platform is told: in the transaction that makes it true, signed, in order, until it is taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from standardwebhooks.webhooks import Webhook

from app.billing.platform import deliveries as platform_deliveries
from app.billing.platform import endpoints, messages
from app.billing.wallet import calling_state, ledger
from app.clock import utc_now
from app.extensions import db
from app.models import DeliveryState, Organization, PlatformDelivery, PlatformMessage
from app.notify import webhooks
from app.notify.addresses import AddressError
from tests.factories import an_organization, give_credit, usd
from tests.support.platform_receiver import Receiver, receiving
from tests.support.sandbox import work_through


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def secret(app: Flask, receiver: Receiver) -> str:
    _, secret = endpoints.add(receiver.url)
    db.session.commit()
    return secret


def spend(organization: Organization, amount: str) -> None:
    """Let credit go as usage does."""
    wallet = ledger.lock(organization.id)
    wallet.posted_micro -= usd(amount).micro
    calling_state.reassess(wallet, utc_now())
    db.session.commit()


def tell(organization: Organization, *types: str) -> None:
    """Write messages, one after the other."""
    for type_ in types:
        messages.publish(organization.id, type_, {}, at=utc_now())
        db.session.commit()


def deliveries() -> list[PlatformDelivery]:
    db.session.rollback()
    query = db.select(PlatformDelivery).order_by(PlatformDelivery.position)
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def make_due() -> None:
    for delivery in deliveries():
        delivery.next_try_at = utc_now()
    db.session.commit()


def test_the_crossing_of_each_line_is_told_in_order(app: Flask, receiver: Receiver, secret: str) -> None:
    organization = an_organization(credit="10", alert="5")
    spend(organization, "6")
    spend(organization, "4")
    give_credit(organization, "1")
    give_credit(organization, "20")
    work_through(app)
    states = [one for one in receiver.types if one.startswith("calling.")]
    assert states == ["calling.resumed", "calling.paused", "calling.resumed"]
    others = [one for one in receiver.types if not one.startswith("calling.")]
    assert others == ["wallet.low", "wallet.recovered"], "low is told once a fall, which a pause does not end"
    assert receiver.data(receiver.types.index("wallet.recovered")) == {
        "organization": str(organization.id),
        "state": "active",
        "available": {"amount": "21.000000", "currency": "USD"},
    }


def test_a_message_exists_exactly_when_its_cause_does(app: Flask, receiver: Receiver, secret: str) -> None:
    organization = an_organization()
    wallet = ledger.lock(organization.id)
    wallet.posted_micro += 5
    calling_state.reassess(wallet, utc_now())
    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count()).select_from(PlatformMessage)) == 0


def test_any_receiver_can_verify_who_sent_it(app: Flask, receiver: Receiver, secret: str) -> None:
    an_organization(credit="10")
    work_through(app)
    headers, body = receiver.requests[0]
    assert Webhook(secret).verify(body, headers)["type"] == "calling.resumed"


def test_while_a_secret_is_changed_both_verify(app: Flask, receiver: Receiver, secret: str) -> None:
    endpoint = endpoints.list_active()[0]
    newer = endpoints.rotate(endpoint.id)
    an_organization(credit="10")
    work_through(app)
    headers, body = receiver.requests[0]
    assert Webhook(secret).verify(body, headers)
    assert Webhook(newer).verify(body, headers)
    endpoints.retire(endpoint.id)
    assert endpoint.secrets == [newer]


@pytest.mark.parametrize("answer", [500, 429, 408, 425, 302])
def test_what_is_not_taken_is_tried_again_before_anything_later(
    app: Flask, receiver: Receiver, secret: str, answer: int
) -> None:
    organization = an_organization(credit="10")
    platform_deliveries.deliver(organization.id)
    receiver.requests.clear()
    receiver.answers = [answer]
    tell(organization, "wallet.topped_up", "plan.changed")
    platform_deliveries.deliver(organization.id)
    assert receiver.types == ["wallet.topped_up"]
    first, second = deliveries()[-2:]
    assert (first.state, first.attempts, second.attempts) == (DeliveryState.WAITING, 1, 0)
    assert str(answer) in (first.answer or "")
    platform_deliveries.deliver(organization.id)
    assert len(receiver.requests) == 1, "its pause is not over"
    make_due()
    assert platform_deliveries.find_stale() == [organization.id]
    platform_deliveries.deliver(organization.id)
    assert receiver.types == ["wallet.topped_up", "wallet.topped_up", "plan.changed"]
    assert receiver.requests[0][0]["webhook-id"] == receiver.requests[1][0]["webhook-id"]


def test_one_organization_does_not_wait_for_another(app: Flask, receiver: Receiver, secret: str) -> None:
    receiver.answers = [500]
    one, other = an_organization(credit="10"), an_organization(credit="10")
    platform_deliveries.deliver(one.id)
    platform_deliveries.deliver(other.id)
    assert [delivery.state for delivery in deliveries()] == [DeliveryState.WAITING, DeliveryState.DELIVERED]


def test_after_three_days_it_is_given_up_shown_and_can_be_sent_again(
    app: Flask, receiver: Receiver, secret: str
) -> None:
    receiver.answers = [500]
    organization = an_organization(credit="10")
    message = db.session.scalars(db.select(PlatformMessage)).one()
    message.created_at -= timedelta(days=3, minutes=1)
    db.session.commit()
    platform_deliveries.deliver(organization.id)
    runner = app.test_cli_runner()
    assert f"{message.id}  calling.resumed" in runner.invoke(args=["platform", "failed"]).output
    assert "queued" in runner.invoke(args=["platform", "replay", str(message.id)]).output
    work_through(app)
    assert [delivery.state for delivery in deliveries()] == [DeliveryState.DELIVERED]
    assert "No failed messages." in runner.invoke(args=["platform", "failed"]).output


def test_a_receiver_that_is_down_is_tried_again(app: Flask) -> None:
    with receiving() as gone:
        endpoints.add(gone.url)
    organization = an_organization(credit="10")
    platform_deliveries.deliver(organization.id)
    assert (deliveries()[0].state, deliveries()[0].attempts) == (DeliveryState.WAITING, 1)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://portal.example/x", "https"),
        ("https://127.0.0.1/x", "not a public address"),
        ("https://localhost/x", "not a public address"),
        ("https://[::1]/x", "not a public address"),
        ("https://169.254.169.254/latest", "not a public address"),
        ("https://10.1.2.3/x", "not a public address"),
        ("https://name.invalid/x", "can't be found"),
        ("ftp://portal.example", "Use an address like"),
        ("https://user@portal.example", "Use an address like"),
        ("https://portal.example:99999", "port"),
    ],
)
def test_in_production_only_public_addresses_over_https_are_sent_to(url: str, problem: str) -> None:
    with pytest.raises(AddressError, match=problem):
        webhooks.check_address(url, allow_private=False)
    message = {"message_id": "msg_1", "type_": "wallet.low", "data": {}, "at": utc_now()}
    answer = webhooks.send(url, [webhooks.new_secret()], **message, allow_private=False)  # type: ignore[arg-type]
    assert not answer.taken
    assert problem in answer.words


def test_endpoints_are_managed_by_command(app: Flask, receiver: Receiver) -> None:
    runner = app.test_cli_runner()
    assert "No endpoints yet" in runner.invoke(args=["platform", "endpoints"]).output
    added = runner.invoke(args=["platform", "add", receiver.url]).output
    endpoint_id = added.split("\n")[0]
    assert "whsec_" in added
    assert f"{receiver.url}  1 secret" in runner.invoke(args=["platform", "endpoints"]).output
    assert "whsec_" in runner.invoke(args=["platform", "rotate", endpoint_id]).output
    assert "2 secrets" in runner.invoke(args=["platform", "endpoints"]).output
    assert runner.invoke(args=["platform", "retire", endpoint_id]).exit_code == 0
    assert runner.invoke(args=["platform", "disable", endpoint_id]).exit_code == 0
    refused = runner.invoke(args=["platform", "rotate", endpoint_id])
    assert refused.exit_code == 1
    assert "There is no endpoint" in refused.output
    assert "Use an address" in runner.invoke(args=["platform", "add", "portal"]).output
