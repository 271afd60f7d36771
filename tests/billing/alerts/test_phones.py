"""Phones: alerts go there once a code came back from who typed the number, and nothing but the code before."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from app.billing.alerts import audience, channels, deliveries, phones
from app.billing.alerts.channels import ChannelError, UnknownChannelError
from app.billing.alerts.outcomes import Result
from app.billing.alerts.phones import CodeOverError, NotAskedError, WrongCodeError
from app.clock import utc_now
from app.extensions import db
from app.models import (
    AlertChannel,
    AlertDelivery,
    AuditEvent,
    ChannelKind,
    Mail,
    Organization,
    PhoneCode,
    User,
)
from app.notify import gsm
from app.transaction import transaction
from tests.factories import a_person
from tests.support.alerting import a_listener, a_member, actor_of, an_alerted, to
from tests.support.platform_receiver import Receiver
from tests.support.pseudo import LEFT_TO_RIGHT, speaking_pseudo

NUMBER, OTHER = "+16175550123", "+16175550199"


def a_phone() -> tuple[Organization, User, AlertChannel]:
    """A phone that waits for its code, and the owner who typed its number."""
    organization, owner = an_alerted()
    phone = a_listener(
        organization,
        owner,
        "low",
        kind=ChannelKind.SMS,
        number=NUMBER,
        by=actor_of(owner),
        is_confirmed=False,
    )
    return organization, owner, phone


def issue(organization: Organization, owner: User, phone: AlertChannel) -> str:
    with transaction():
        return phones.issue(organization, phone.id, actor_of(owner))


def enter(organization: Organization, owner: User, phone: AlertChannel, code: str) -> str:
    """Enter a code, as the page does."""
    with transaction():
        tried = phones.count_try(organization, phone.id)
    if tried is None:
        raise CodeOverError
    with transaction():
        return phones.confirm(organization, phone.id, code, actor_of(owner), tried=tried)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_nothing_but_the_code_goes_there_before(app: Flask, receiver: Receiver, with_gateway: str) -> None:
    organization, owner, phone = a_phone()
    code = issue(organization, owner, phone)
    assert phones.send(NUMBER, code, locale="en_US").taken
    to(organization, "40", source="fall")
    deliveries.drain(organization.id, phone.id)
    assert deliveries.test(organization.id, phone.id, by=owner).result is Result.NOT_CONFIRMED
    assert [data["to"] for data in map(receiver.data, range(len(receiver.requests)))] == [NUMBER]
    text = receiver.data()["text"]
    assert re.findall(r"\d{6}", text) == [code] and organization.name not in text
    assert not any(one.channel.id == phone.id for one in audience.listeners(organization))


def test_its_code_confirms_it_and_the_owners_are_told(app: Flask, with_gateway: str) -> None:
    organization, owner, phone = a_phone()
    changed = db.select(Mail.facts).where(Mail.kind == "alert_channel_changed")
    assert db.session.scalars(changed).all() == [], "it reaches no one yet"
    code = issue(organization, owner, phone)
    assert enter(organization, owner, phone, f" {code[:3]} {code[3:]} ") == "+1•••0123 (text messages)"
    assert [facts["change"] for facts in db.session.scalars(changed)] == ["confirmed"]
    assert any(one.channel.id == phone.id for one in audience.listeners(organization))
    actions = db.session.scalars(db.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions[-3:] == ["alerts.choices_changed", "alerts.phone_code_sent", "alerts.phone_confirmed"]
    with pytest.raises(CodeOverError):
        enter(organization, owner, phone, code)


def test_the_code_is_nowhere_in_the_database(app: Flask, with_gateway: str) -> None:
    organization, owner, phone = a_phone()
    code = issue(organization, owner, phone)
    row = db.session.get_one(PhoneCode, (organization.id, phone.id))
    assert len(row.code_hash) == 32
    stored = [str(one.details) for one in db.session.scalars(db.select(AuditEvent))]
    stored += [str(one.facts) for one in db.session.scalars(db.select(Mail))]
    stored += [str(one.facts) for one in db.session.scalars(db.select(AlertDelivery))]
    assert not any(code in words for words in stored)


def test_five_tries_and_then_another_code(app: Flask, with_gateway: str) -> None:
    organization, owner, phone = a_phone()
    code = issue(organization, owner, phone)
    left = []
    for _ in range(phones.MOST_TRIES):
        with pytest.raises(WrongCodeError) as refused:
            enter(organization, owner, phone, wrong(code))
        left.append(refused.value.left)
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(CodeOverError):
        enter(organization, owner, phone, code)
    again = issue(organization, owner, phone)
    if again != code:
        with pytest.raises(WrongCodeError):
            enter(organization, owner, phone, code)
    enter(organization, owner, phone, again)


def test_ten_minutes(app: Flask, with_gateway: str) -> None:
    organization, owner, phone = a_phone()
    code = issue(organization, owner, phone)
    with transaction():
        db.session.get_one(PhoneCode, (organization.id, phone.id)).expires_at = utc_now() - timedelta(
            seconds=1
        )
    with pytest.raises(CodeOverError):
        enter(organization, owner, phone, code)


def test_who_typed_the_number_confirms_it(app: Flask, with_gateway: str) -> None:
    organization, owner, phone = a_phone()
    other = a_person(organization=organization)
    code = issue(organization, owner, phone)
    with pytest.raises(NotAskedError):
        issue(organization, other, phone)
    db.session.rollback()
    with pytest.raises(NotAskedError):
        enter(organization, other, phone, code)
    with pytest.raises(NotAskedError):
        phones.find_waiting(organization.id, phone.id, actor_of(other))


def test_another_number_needs_another_code_and_loses_what_waits(app: Flask, with_gateway: str) -> None:
    organization, owner, phone = a_phone()
    code = issue(organization, owner, phone)
    enter(organization, owner, phone, code)
    to(organization, "40", source="fall")
    second = a_person(organization=organization)
    with transaction():
        changed = phones.change_number(organization, phone.id, OTHER, actor_of(second))
    assert changed.waits_for_code and changed.address == OTHER
    assert [one.state.value for one in db.session.scalars(db.select(AlertDelivery))] == ["failed"]
    mails = db.session.scalars(
        db.select(Mail).where(Mail.kind == "alert_channel_changed").order_by(Mail.id)
    ).all()
    assert {one.facts["change"] for one in mails} == {"confirmed", "number_changed"}
    assert any("0123" in one.facts["channel"] for one in mails if one.facts["change"] == "number_changed")
    with pytest.raises(NotAskedError):
        issue(organization, owner, phone)
    db.session.rollback()
    enter(organization, second, phone, issue(organization, second, phone))


def test_a_code_is_for_its_number_only(app: Flask, with_gateway: str) -> None:
    organization, owner, phone = a_phone()
    code = issue(organization, owner, phone)
    with transaction():
        phones.change_number(organization, phone.id, OTHER, actor_of(owner))
    with pytest.raises(CodeOverError):
        enter(organization, owner, phone, code)
    with pytest.raises(ChannelError, match="already"), transaction():
        phones.change_number(organization, phone.id, OTHER, actor_of(owner))


def test_a_number_that_has_a_channel_is_not_taken_twice(app: Flask, with_gateway: str) -> None:
    organization, owner, phone = a_phone()
    a_listener(organization, owner, "low", kind=ChannelKind.SMS, number=OTHER, is_confirmed=False)
    with pytest.raises(ChannelError, match="already added"), transaction():
        phones.change_number(organization, phone.id, OTHER, actor_of(owner))


def test_what_is_no_phone_or_another_organizations(app: Flask, with_gateway: str) -> None:
    organization, owner, phone = a_phone()
    other, _ = an_alerted()
    mail = a_listener(organization, a_member(organization), "low")
    for org, channel in ((other, phone), (organization, mail)):
        with pytest.raises(UnknownChannelError), transaction():
            phones.issue(org, channel.id, actor_of(owner))
        with pytest.raises(UnknownChannelError), transaction():
            phones.change_number(org, channel.id, OTHER, actor_of(owner))
    with transaction():
        channels.remove(organization, phone.id, actor_of(owner))
    with pytest.raises(UnknownChannelError), transaction():
        phones.confirm(organization, phone.id, "000000", actor_of(owner), tried=1)


def test_without_a_gateway_no_code_leaves(app: Flask) -> None:
    assert not phones.send(NUMBER, "123456", locale="en_US").taken


def test_the_code_is_in_the_language_of_the_phones_person_and_short_in_each() -> None:
    assert phones.code_text("123456", "en_US").startswith("Voice Portal: 123456 is your code")
    with speaking_pseudo():
        text = phones.code_text("123456", LEFT_TO_RIGHT)
    assert "123456" in text and "your code" not in text
    assert gsm.fits(text)
