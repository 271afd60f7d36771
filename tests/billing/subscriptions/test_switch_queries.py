"""A switch of plan is found by its own organization, by an id that may be anything, and by being open."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.subscriptions import switch_queries
from app.billing.subscriptions.switch_queries import UnknownSwitchError
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import Interval, Organization, PlanSwitch, SwitchStatus
from tests.factories import an_organization
from tests.support import subscriptions
from tests.support.database import behind_the_scenes
from tests.support.subscriptions import Period


def a_switch(organization: Organization, status: SwitchStatus) -> PlanSwitch:
    switch = PlanSwitch(
        org_id=organization.id,
        plan="scale",
        version=catalog.current().version,
        interval=Interval.MONTH,
        is_at_once=True,
        status=status,
        based_on="",
        previewed_at=utc_now(),
        due_micro=0,
        currency="USD",
        preview={},
    )
    db.session.add(switch)
    db.session.commit()
    return switch


def test_another_organizations_is_as_unknown_as_one_that_never_was(app: Flask) -> None:
    organization, other = an_organization(), an_organization()
    switch = a_switch(organization, SwitchStatus.REVIEW)
    assert switch_queries.find(organization.id, switch.id) is switch
    for org_id, id_ in ((other.id, switch.id), (organization.id, uuid7())):
        with pytest.raises(UnknownSwitchError):
            switch_queries.find(org_id, id_)


def test_by_an_id_that_someone_sent_it_is_found_or_there_is_none(app: Flask) -> None:
    organization, other = an_organization(), an_organization()
    switch = a_switch(organization, SwitchStatus.REVIEW)
    assert switch_queries.find_by_text(organization.id, str(switch.id)) is switch
    for org_id, text in (
        (other.id, str(switch.id)),
        (organization.id, str(uuid7())),
        (organization.id, "4711"),
        (organization.id, ""),
        (organization.id, None),
    ):
        assert switch_queries.find_by_text(org_id, text) is None


@pytest.mark.parametrize("status", list(SwitchStatus))
def test_it_is_open_from_when_stripe_is_asked_until_it_has_ended(app: Flask, status: SwitchStatus) -> None:
    organization, other = an_organization(), an_organization()
    switch = a_switch(organization, status)
    is_open = status in {SwitchStatus.SWITCHING, SwitchStatus.ACTION, SwitchStatus.DECLINED}
    assert switch_queries.find_open(organization.id) is (switch if is_open else None)
    assert switch_queries.find_open(other.id) is None


def test_both_are_read_as_the_database_has_them_now(app: Flask) -> None:
    organization = an_organization()
    switch = a_switch(organization, SwitchStatus.SWITCHING)
    today = organization.local_day()
    row = subscriptions.subscribe(organization, "growth", period=Period(today, today))
    db.session.commit()
    assert (switch.status, row.plan) == (SwitchStatus.SWITCHING, "growth")
    with behind_the_scenes() as connection:
        connection.execute(db.text("UPDATE plan_switch SET status = 'action'"))
        connection.execute(db.text("UPDATE subscription SET plan = 'scale'"))
    again, plan = switch_queries.find_open(organization.id), switch_queries.get_subscription(organization)
    assert again is switch
    assert plan is row
    assert (switch.status, row.plan) == (SwitchStatus.ACTION, "scale")


def test_without_a_subscription_there_is_none(app: Flask) -> None:
    assert switch_queries.get_subscription(an_organization()) is None
