"""Confirming a phone on the pages: the code, another one, another number, and how often codes are sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from app import notify
from app.extensions import db
from app.ids import uuid7
from app.models import AlertChannel, ChannelKind, User
from app.notify import webhooks
from app.notify.sms import Gateway
from app.pages.alerts import code_limits
from app.web import rate_limits
from tests.factories import a_person
from tests.support.confirming import minutes_pass
from tests.support.paying import Owner
from tests.support.platform_receiver import Receiver, receiving
from tests.support.sandbox import Sandbox

PAGE = "/billing/wallet/alerts"
NUMBER = "+1 617 555 0123"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app, credit="200")


@pytest.fixture
def gateway(app: Flask) -> Iterator[Receiver]:
    with receiving() as receiver:
        notify._sms_gateway.set(Gateway(receiver.url, (webhooks.new_secret(),)))
        yield receiver
        notify._sms_gateway.set(None)


def add(owner: Owner, number: str = NUMBER) -> AlertChannel:
    """Type a number, as the owner; the phone that waits for its code."""
    person = db.session.scalars(db.select(User.id).where(User.email == owner.email)).one()
    answer = owner.post(f"{PAGE}/channels", {"kind": "sms", "person": str(person), "number": number})
    assert answer.status_code == 303, answer.text
    return phone()


def phone() -> AlertChannel:
    db.session.expire_all()
    return db.session.scalars(db.select(AlertChannel).where(AlertChannel.kind == ChannelKind.SMS)).one()


def code_of(gateway: Receiver) -> str:
    return re.findall(r"[0-9]{6}", gateway.data()["text"])[0]


@pytest.mark.long
def test_a_number_is_typed_and_confirmed(owner: Owner, gateway: Receiver) -> None:
    added = add(owner)
    page = f"{PAGE}/phones/{added.id}/code"
    assert "A code is on its way to +16175550123." in owner.reads(page)
    shown = owner.reads(PAGE)
    assert "Not confirmed" in shown and "Send a test to +1" not in shown
    code = code_of(gateway)
    refused = owner.post(page, {"code": f"{(int(code) + 1) % 10**6:06}"})
    assert refused.status_code == 422 and "4 tries are left" in refused.text
    assert "Entered a wrong code for a phone for credit alerts +1•••0123" in owner.reads("/billing/activity")
    assert owner.post(page, {"code": code}).status_code == 303
    shown = owner.reads(PAGE)
    assert "is confirmed" in shown and "Not confirmed" not in shown and "Send a test to +1" in shown
    assert owner.post(page, {"code": code}).status_code == 303, "it is confirmed: there is nothing to enter"


@pytest.mark.long
def test_codes_are_sent_rarely(owner: Owner, gateway: Receiver) -> None:
    added = add(owner)
    owner.post(f"{PAGE}/phones/{added.id}/codes")
    assert "A code was just sent. Wait" in owner.reads(f"{PAGE}/phones/{added.id}/code")
    assert len(gateway.requests) == 1
    taken = [code_limits.take(added.org_id, f"+1555000{number:04}") for number in range(19)]
    with pytest.raises(code_limits.TooManyCodesError, match="sent today"):
        code_limits.take(added.org_id, "+15559999999")
    for one in taken:
        code_limits.give_back(one)
    code_limits.take(added.org_id, "+15559999999")


def test_a_number_gets_few_codes_a_day_from_all_together(owner: Owner, gateway: Receiver) -> None:
    for _ in range(code_limits.MOST_TO_A_NUMBER):
        taken = code_limits.take(uuid7(), "+16175550123")
        rate_limits.clear([taken[0]])
    add(owner)
    assert "Too many codes were sent to this number" in owner.reads(f"{PAGE}/phones/{phone().id}/code")
    assert gateway.requests == []


@pytest.mark.long
def test_what_the_gateway_did_not_take_is_said_and_not_counted(owner: Owner, gateway: Receiver) -> None:
    gateway.answers = [503]
    page = f"{PAGE}/phones/{add(owner).id}"
    assert "couldn't be sent" in owner.reads(f"{page}/code")
    owner.post(f"{page}/codes")
    assert "A code is on its way" in owner.reads(f"{page}/code")
    assert owner.post(f"{page}/code", {"code": code_of(gateway)}).status_code == 303
    assert not phone().waits_for_code


@pytest.mark.long
def test_another_number_waits_for_its_own_code(owner: Owner, gateway: Receiver) -> None:
    page = f"{PAGE}/phones/{add(owner).id}"
    owner.post(f"{page}/code", {"code": code_of(gateway)})
    assert "The current number is +1•••0123." in owner.reads(f"{page}/number")
    for number, error in (("555", "country code"), ("", "Enter a phone number"), (NUMBER, "already")):
        refused = owner.post(f"{page}/number", {"number": number})
        assert refused.status_code == 422 and error in refused.text
    assert owner.post(f"{page}/number", {"number": "+1 617 555 0199"}).status_code == 303
    assert gateway.data()["to"] == "+16175550199" and phone().waits_for_code
    assert "Not confirmed" in owner.reads(PAGE)


@pytest.mark.long
def test_another_owner_does_not_confirm_it(owner: Owner, gateway: Receiver) -> None:
    page = f"{PAGE}/phones/{add(owner).id}"
    added = phone()
    added.created_by_id = a_person(organization=owner.organization, name="Kim Park").id
    db.session.commit()
    for path, fields in (("code", {"code": code_of(gateway)}), ("codes", {})):
        assert owner.post(f"{page}/{path}", fields).status_code == 303
        assert "Only the person who entered the number can confirm it." in owner.reads(PAGE)
    assert "Kim Park entered this number and has to confirm it" in owner.reads(PAGE)
    assert phone().waits_for_code and len(gateway.requests) == 1


def test_another_number_asks_who_it_is(owner: Owner, gateway: Receiver) -> None:
    page = f"{PAGE}/phones/{add(owner).id}/number"
    minutes_pass()
    assert owner.post(page, {"number": "+1 617 555 0199"}).status_code == 403
