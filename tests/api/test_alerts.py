"""Which levels of credit there are, and which are reached; never where people are told of them."""

from __future__ import annotations

from typing import Any

import pytest

from app.billing.alerts import choices, judging
from app.extensions import db
from app.models import AuditEvent, Organization
from tests.support.alerting import a_chat, an_alerted, recipients_channel, tell_about, to, told
from tests.support.alerting import set_levels as owners_levels
from tests.support.platform import Platform


@pytest.mark.long
def test_levels_and_what_is_reached(platform: Platform) -> None:
    organization, _ = an_alerted(amounts=("50",), hours=(6,))
    a_chat(organization, "http://127.0.0.1:9/secret-path")
    to(organization, "90", source="fall")
    answer = platform.get(f"/organizations/{organization.id}/alerts")
    told = answer.json
    assert [(one["kind"], one["under"], one["hours"]) for one in told["levels"]] == [
        ("forecast", None, 6),
        ("low", {"amount": "100.000000", "currency": "USD"}, None),
        ("amount", {"amount": "50.000000", "currency": "USD"}, None),
        ("paused", None, None),
    ]
    assert [bool(one["reached_since"]) for one in told["levels"]] == [False, True, False, False]
    assert told["channels"] == 2
    assert "secret-path" not in answer.text


def usd_(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


BODY: dict[str, object] = {"low": usd_("80.000000"), "amounts": [usd_("50.000000")], "hours": [6]}


def set_levels(platform: Platform, organization: Organization, **changes: object) -> Any:
    return platform.put(f"/organizations/{organization.id}/alerts", BODY | changes)


def test_levels_are_set_once_however_often_it_is_sent(platform: Platform) -> None:
    organization, _ = an_alerted()
    answers = [set_levels(platform, organization) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert answers[0].json == answers[2].json
    assert [(one["kind"], one["hours"]) for one in answers[0].json["levels"]] == [
        ("forecast", 6), ("low", None), ("amount", None), ("paused", None)
    ]  # fmt: skip
    assert answers[0].json["levels"][1]["under"] == usd_("80.000000")
    query = db.select(AuditEvent).where(AuditEvent.action == "alerts.levels_changed").order_by(AuditEvent.id)
    entries = db.session.scalars(query).all()
    assert len(entries) == 1, "of many that are the same, one"
    assert entries[0].actor.startswith("token") and entries[0].user_id is None
    off = set_levels(platform, organization, low=None, amounts=[], hours=[])
    assert [one["kind"] for one in off.json["levels"]] == ["low", "paused"]
    assert off.json["levels"][0]["under"] is None


def test_billing_recipients_are_told_of_what_is_new_and_others_as_before(platform: Platform) -> None:
    organization, _ = an_alerted()
    chat, recipients = a_chat(organization), recipients_channel(organization)
    tell_about(organization, recipients)
    set_levels(platform, organization)
    assert choices.chosen(organization.id) == {
        recipients.id: {"hours:6", "under:50000000"},
        chat.id: {"low", "paused", "recovered"},
    }


def test_a_level_that_is_reached_is_told_now(platform: Platform) -> None:
    organization, _ = an_alerted(credit="40", low=None)
    set_levels(platform, organization, low=None, hours=[])
    judging.judge(organization.id)
    assert told(organization)[-1] == ("under 50", "recipients")


def test_no_ones_change_is_lost(platform: Platform) -> None:
    organization, _ = an_alerted()
    seen = platform.get(f"/organizations/{organization.id}/alerts").json["version"]
    owners_levels(organization, "70")
    refused = set_levels(platform, organization, version=seen)
    assert refused.status_code == 409 and refused.json["type"].endswith("alerts-changed")
    now = platform.get(f"/organizations/{organization.id}/alerts").json
    assert now["levels"][0]["under"] == usd_("70.000000")
    assert set_levels(platform, organization, version=now["version"]).status_code == 200


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"low": usd_("0")}, "/low"),
        ({"low": usd_("-5")}, "/low"),
        ({"low": usd_("1000000.01")}, "/low"),
        ({"low": usd_("5.001")}, "/low"),
        ({"low": {"amount": "5", "currency": "EUR"}}, "/low"),
        ({"amounts": [usd_("80")]}, "/amounts/0"),
        ({"amounts": [usd_("5"), usd_("5.00")]}, "/amounts/1"),
        ({"amounts": [usd_("1"), usd_("2"), usd_("3"), usd_("4")]}, "/amounts"),
        ({"hours": [5]}, "/hours/0"),
        ({"hours": ["6"]}, "/hours/0"),
        ({"channels": []}, "/channels"),
    ],
)
def test_what_is_wrong_is_pointed_out(platform: Platform, changes: dict[str, object], pointer: str) -> None:
    organization, _ = an_alerted()
    refused = set_levels(platform, organization, **changes)
    assert refused.status_code == 422, refused.json
    assert refused.json["errors"][0]["pointer"] == pointer
