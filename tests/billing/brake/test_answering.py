"""Answering a stop: once, kept, and what is due is charged immediately."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from app.billing.auto_top_ups import settings
from app.billing.brake import answering, rows
from app.billing.brake.answering import AnsweredAlreadyError, answer
from app.clock import utc_now
from app.extensions import db
from app.models import AuditEvent, BrakeAnswer, Organization
from tests.factories import OWNER, a_payer, a_person, an_organization
from tests.support.auto_top_ups import amounts, settings_of, switch_on, use
from tests.support.braking import emails_of, messages_of, stops, the_stop, usually_spends
from tests.support.sandbox import Sandbox, work_through


def stopped(*, dollars: int = 90) -> Organization:
    """One that usually spends $20 an hour, has spent this much, and whose charge is stopped."""
    organization, card = a_payer(credit="100")
    a_person(organization=organization)
    usually_spends(organization, 20)
    switch_on(organization, card, target="100", cap="2000", has_brake=True)
    use(organization, dollars)
    return organization


@pytest.mark.long
def test_a_charge_waits_for_the_answer_and_follows_it_immediately(app: Flask, sandbox: Sandbox) -> None:
    organization = stopped()
    work_through(app)
    assert (settings_of(organization).refused_for, sandbox.charges()) == ("brake", [])
    assert len(emails_of(organization, "auto_top_up_stopped")) == 1
    assert emails_of(organization, "auto_top_up_refused") == []

    done = answer(organization, the_stop(organization).id, BrakeAnswer.ONCE, OWNER)
    assert done.until is not None
    work_through(app)
    assert amounts(organization) == [("90.01", "succeeded")]
    assert settings_of(organization).refused_for is None
    [entry] = db.session.scalars(db.select(AuditEvent).filter_by(action="auto_top_up.resumed"))
    assert (entry.actor, entry.address, entry.details["answer"]) == (OWNER.name, OWNER.address, "once")
    assert entry.details["up_to"] == "181.00"
    [message] = messages_of(organization, "auto_top_up.resumed")
    assert (message["answer"], message["up_to"]) == ("once", {"amount": "181.000000", "currency": "USD"})
    [email] = emails_of(organization, "auto_top_up_resumed")
    assert email["by"] == OWNER.name


@pytest.mark.long
def test_one_cause_is_asked_about_once_and_twice_as_much_is_another(app: Flask, sandbox: Sandbox) -> None:
    organization = stopped()
    work_through(app)
    answer(organization, the_stop(organization).id, BrakeAnswer.ONCE, OWNER)
    work_through(app)
    use(organization, 85, "e2")
    work_through(app)
    assert len(amounts(organization)) == 2
    assert len(stops(organization)) == 1
    use(organization, 85, "e3")
    work_through(app)
    assert len(amounts(organization)) == 2
    assert len(stops(organization)) == 2


@pytest.mark.long
def test_this_time_ends_after_a_day_and_for_good_does_not(app: Flask, sandbox: Sandbox) -> None:
    for chosen, asked in ((BrakeAnswer.ONCE, 2), (BrakeAnswer.FOR_GOOD, 1)):
        organization = stopped()
        work_through(app)
        answer(organization, the_stop(organization).id, chosen, OWNER)
        work_through(app)
        [stop] = stops(organization)
        stop.answered_at = utc_now() - answering.RESUMED_FOR - timedelta(hours=1)
        stop.until = utc_now() - timedelta(hours=1) if stop.until else None
        db.session.commit()
        use(organization, 85, "e2")
        work_through(app)
        assert len(stops(organization)) == asked, chosen


@pytest.mark.long
def test_what_is_spent_while_it_waits_counts_for_the_answer(app: Flask, sandbox: Sandbox) -> None:
    organization = stopped()
    work_through(app)
    use(organization, 60, "e2")
    answer(organization, the_stop(organization).id, BrakeAnswer.FOR_GOOD, OWNER)
    own = rows.find_own(organization.id)
    assert own is not None
    assert own.accepted_micro == 301_000_000
    work_through(app)
    assert len(stops(organization)) == 1
    assert len(amounts(organization)) == 1


def test_it_is_answered_once(app: Flask, sandbox: Sandbox) -> None:
    organization = stopped()
    work_through(app)
    stop = the_stop(organization)
    answer(organization, stop.id, BrakeAnswer.ONCE, OWNER)
    with pytest.raises(AnsweredAlreadyError) as raised:
        answer(organization, stop.id, BrakeAnswer.FOR_GOOD, OWNER)
    assert raised.value.stop.answer is BrakeAnswer.ONCE
    assert rows.find_own(organization.id) is None
    assert len(emails_of(organization, "auto_top_up_resumed")) == 1


def test_another_organizations_stop_is_not_there(app: Flask, sandbox: Sandbox) -> None:
    organization = stopped()
    work_through(app)
    with pytest.raises(LookupError):
        answer(an_organization(), the_stop(organization).id, BrakeAnswer.ONCE, OWNER)
    with pytest.raises(LookupError):
        answer(organization, uuid4(), BrakeAnswer.ONCE, OWNER)
    assert the_stop(organization).answer is None


def test_an_owner_who_switches_auto_top_up_off_has_answered(app: Flask, sandbox: Sandbox) -> None:
    organization = stopped()
    work_through(app)
    settings.turn_off(organization, OWNER)
    [stop] = stops(organization)
    assert (stop.answer, stop.answered_by) == (BrakeAnswer.SWITCHED_OFF, OWNER.name)
    assert messages_of(organization, "auto_top_up.resumed") == []


@pytest.mark.long
def test_what_was_said_for_good_can_be_forgotten(app: Flask, sandbox: Sandbox) -> None:
    organization = stopped()
    work_through(app)
    answer(organization, the_stop(organization).id, BrakeAnswer.FOR_GOOD, OWNER)
    work_through(app)
    answering.forget(organization, OWNER)
    answering.forget(organization, OWNER)
    [entry] = db.session.scalars(db.select(AuditEvent).filter_by(action="auto_top_up.brake_changed"))
    assert entry.details == {"before": "181.00"}
    use(organization, 85, "e2")
    work_through(app)
    assert len(stops(organization)) == 2
