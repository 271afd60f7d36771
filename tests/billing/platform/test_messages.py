"""Messages: what each crossing says, in an order that a receiver can rely on, to every endpoint in use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.platform import endpoints, messages
from app.clock import utc_now
from app.extensions import db
from app.models import CallingState, Organization, PlatformDelivery, PlatformMessage
from app.money import Money
from tests.factories import an_organization, usd
from tests.support.metering import NOW

ACTIVE, LOW, PAUSED = CallingState.ACTIVE, CallingState.LOW, CallingState.PAUSED
URL = "http://127.0.0.1:9/missing"


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization()


def written(organization: Organization) -> Sequence[PlatformMessage]:
    query = db.select(PlatformMessage).where(PlatformMessage.org_id == organization.id)
    return db.session.scalars(query.order_by(PlatformMessage.position)).all()


def changed(
    organization: Organization, before: CallingState, after: CallingState, *, low: tuple[bool, bool]
) -> list[str]:
    was_low, is_low = low
    messages.calling_changed(
        organization.id,
        before=before,
        after=after,
        was_low=was_low,
        is_low=is_low,
        available=usd("1"),
        reason="no_credit" if after is PAUSED else None,
        at=NOW,
    )
    return [one.type for one in written(organization)]


@pytest.mark.parametrize(
    ("before", "after", "low", "told"),
    [
        (ACTIVE, ACTIVE, (False, False), []),
        (ACTIVE, LOW, (False, True), ["wallet.low"]),
        (LOW, ACTIVE, (True, False), ["wallet.recovered"]),
        (ACTIVE, PAUSED, (False, False), ["calling.paused"]),
        (LOW, PAUSED, (True, True), ["calling.paused"]),
        (ACTIVE, PAUSED, (False, True), ["wallet.low", "calling.paused"]),
        (PAUSED, ACTIVE, (False, False), ["calling.resumed"]),
        (PAUSED, LOW, (False, True), ["calling.resumed", "wallet.low"]),
        (PAUSED, ACTIVE, (True, False), ["calling.resumed", "wallet.recovered"]),
        (PAUSED, PAUSED, (False, False), []),
    ],
)
def test_each_line_that_is_crossed_is_told_and_no_other(
    organization: Organization,
    before: CallingState,
    after: CallingState,
    low: tuple[bool, bool],
    told: list[str],
) -> None:
    assert changed(organization, before, after, low=low) == told


def test_only_a_pause_has_a_reason(organization: Organization) -> None:
    changed(organization, PAUSED, ACTIVE, low=(False, False))
    changed(organization, ACTIVE, PAUSED, low=(False, False))
    assert [one.data.get("reason") for one in written(organization)] == [None, "no_credit"]
    assert "reason" not in written(organization)[0].data


def test_times_of_an_organization_s_messages_grow_whatever_the_clocks_say(organization: Organization) -> None:
    other = an_organization()
    messages.publish(other.id, "plan.changed", {}, at=NOW + timedelta(days=1))
    for at in (NOW, NOW, NOW - timedelta(hours=1), NOW + timedelta(seconds=1)):
        messages.publish(organization.id, "plan.changed", {}, at=at)
    tick = timedelta(microseconds=1)
    assert [one.happened_at for one in written(organization)] == [
        NOW,
        NOW + tick,
        NOW + 2 * tick,
        NOW + timedelta(seconds=1),
    ]


def test_each_endpoint_in_use_gets_a_delivery_and_one_that_is_off_does_not(
    organization: Organization,
) -> None:
    used, off = (endpoints.add(f"{URL}/{name}")[0] for name in ("used", "off"))
    endpoints.disable(off.id)
    for type_ in ("plan.changed", "calling.paused"):
        messages.publish(organization.id, type_, {}, at=utc_now())
    rows = db.session.scalars(db.select(PlatformDelivery).order_by(PlatformDelivery.position)).all()
    assert [(row.endpoint_id, row.is_state) for row in rows] == [(used.id, False), (used.id, True)]


def test_without_endpoints_the_message_is_written_all_the_same(organization: Organization) -> None:
    messages.publish(organization.id, "plan.changed", {"n": 1}, at=NOW)
    assert [one.data for one in written(organization)] == [{"organization": str(organization.id), "n": 1}]
    assert db.session.scalars(db.select(PlatformDelivery)).all() == []


def test_a_top_up_says_what_was_credited_and_what_there_is_now(organization: Organization) -> None:
    top_up_id = uuid4()
    messages.topped_up(
        organization.id, top_up_id=top_up_id, credited=usd("50"), available=Money(-1, "USD"), at=NOW
    )
    [message] = written(organization)
    assert message.data == {
        "organization": str(organization.id),
        "top_up": str(top_up_id),
        "credited": {"amount": "50.000000", "currency": "USD"},
        "available": {"amount": "-0.000001", "currency": "USD"},
    }


def test_a_change_of_plan_has_the_limits_of_the_new_one(organization: Organization) -> None:
    before, after = (catalog.current().plan(key) for key in ("growth", "starter"))
    messages.plan_changed(
        organization.id, before=before, after=after, interval="month", reason="switched", at=NOW
    )
    data = written(organization)[0].data
    assert (data["plan"]["key"], data["plan"]["interval"], data["previous"]["key"]) == (
        "starter",
        "month",
        "growth",
    )
    assert (data["limits"], data["reason"]) == (after.limits, "switched")


@pytest.mark.parametrize(("is_state", "task"), [(True, "tell_calling_state"), (False, "deliver_to_platform")])
def test_states_have_a_task_of_their_own(is_state: bool, task: str) -> None:
    assert messages.task_of(is_state) == task
