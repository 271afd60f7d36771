"""One message for each fall and level, and one recovery, however credit flutters and how many jobs run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from app.billing.alerts import judging, levels
from app.billing.wallet import holds
from app.clock import utc_now
from app.extensions import db
from app.models.scope import scope_to
from app.transaction import transaction
from tests.factories import an_organization, usd
from tests.support.alerting import (
    a_chat,
    a_listener,
    an_alerted,
    jobs,
    move,
    recipients_channel,
    tell_about,
    to,
    told,
)

EVERYTHING = ("low", "under:50000000", "under:20000000", "paused", "recovered")


@pytest.mark.long
def test_each_level_is_told_once_a_fall_and_its_recovery_once(app: Flask) -> None:
    organization, _ = an_alerted(amounts=("50", "20"))
    a_chat(organization, about=EVERYTHING)
    tell_about(organization, recipients_channel(organization))
    for number, balance in enumerate(("99", "101", "98", "49", "52", "48", "19", "0", "-3", "0.50")):
        to(organization, balance, source=str(number))
    assert told(organization) == [
        ("under 100", "slack"),
        ("under 50", "slack"),
        ("under 20", "slack"),
        ("paused", "slack"),
    ]
    to(organization, "300", source="top-up")
    assert told(organization)[4:] == [("recovered", "slack")]
    to(organization, "300", source="")
    to(organization, "99", source="again")
    assert told(organization)[5:] == [("under 100", "slack")]


def test_a_fall_through_several_levels_is_one_message_about_the_last(app: Flask) -> None:
    organization, _ = an_alerted(amounts=("50", "20"))
    a_chat(organization, about=("low", "under:50000000", "under:20000000"))
    tell_about(organization, recipients_channel(organization), "low", "paused")
    to(organization, "-1", source="all of it")
    assert told(organization) == [("paused", "recipients"), ("under 20", "slack")]


def test_what_has_recovered_before_the_job_ran_is_not_told(app: Flask) -> None:
    organization, _ = an_alerted(amounts=("50",))
    a_chat(organization, about=EVERYTHING)
    to(organization, "10", source="fall", judged=False)
    to(organization, "200", source="rise")
    assert told(organization) == []


def test_the_job_is_enqueued_where_credit_moves(app: Flask) -> None:
    organization, _ = an_alerted(amounts=("50",))
    before = jobs("judge_alerts")
    move(organization, "-101", source="under low")
    move(organization, "-48", source="still above 50")
    assert jobs("judge_alerts") == before + 1
    move(organization, "-2", source="under 50")
    assert jobs("judge_alerts") == before + 2
    move(organization, "-2", source="again")
    assert jobs("judge_alerts") == before + 2, "a watch fires once"


def test_without_any_settings_billing_recipients_learn_of_low_credit_and_pauses(app: Flask) -> None:
    organization = an_organization(credit="60", alert="50")
    to(organization, "40", source="low")
    to(organization, "0", source="nothing")
    to(organization, "100", source="top-up")
    assert told(organization) == [("under 50", "recipients"), ("paused", "recipients")]


def test_who_never_had_credit_is_told_nothing(app: Flask) -> None:
    organization = an_organization(alert="50")
    judging.judge(organization.id)
    to(organization, "100", source="first top-up")
    assert told(organization) == []


def test_calls_that_reserve_all_credit_pause_once_however_they_flutter(app: Flask) -> None:
    organization, _ = an_alerted(credit="10", low=None)
    tell_about(organization, recipients_channel(organization), "paused", "recovered")
    minutes = timedelta(minutes=5)
    with transaction():
        holds.reserve(organization.id, "long", usd("9.50"), at=utc_now(), lease=minutes)
    for number in range(3):
        with transaction():
            holds.reserve(organization.id, f"short {number}", usd("0.50"), at=utc_now(), lease=minutes)
        judging.judge(organization.id)
        with transaction():
            holds.release(organization.id, f"short {number}", at=utc_now())
        judging.judge(organization.id)
    assert told(organization) == [("paused", "recipients")]
    with transaction():
        holds.release(organization.id, "long", at=utc_now())
    judging.judge(organization.id)
    assert told(organization)[1:] == [("recovered", "recipients")]


def test_several_workers_tell_once(app: Flask) -> None:
    organization, owner = an_alerted(amounts=("50",))
    a_chat(organization, about=EVERYTHING)
    a_listener(organization, owner, "under:50000000", "recovered")
    to(organization, "10", source="fall", judged=False)
    org_id = organization.id
    db.session.commit()

    def work(_: int) -> None:
        with app.app_context():
            scope_to(db.session(), org_id)
            judging.judge(org_id)

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(8)))
    fallen = told(organization)
    assert sorted(fallen) == sorted(
        [("under 100", "recipients"), ("under 50", owner.email), ("under 50", "slack")]
    )
    to(organization, "200", source="rise", judged=False)
    db.session.commit()
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(8)))
    assert sorted(told(organization)[3:]) == sorted([("recovered", owner.email), ("recovered", "slack")])


def test_a_forecast_is_told_once_though_it_moves_with_each_call() -> None:
    now, was, told_times = utc_now(), False, 0
    for left in (5.0, 3.9, 4.2, 3.8, 5.9, 4.1, 6.1, 3.9):
        short = levels.is_short(4, now + timedelta(hours=left), now, was_short=was)
        told_times += short and not was
        was = short
    assert told_times == 2
