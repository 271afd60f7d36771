"""Several tabs at the same moment: one switch is made, and charged once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID

from flask import Flask

from app.billing.subscriptions import switches
from app.billing.subscriptions.switch_conditions import OtherSwitchError
from app.billing.subscriptions.switch_reviews import PreviewRenewedError
from app.extensions import db
from app.models import Organization
from tests.factories import OWNER, a_payer
from tests.support.database import another_session, inside
from tests.support.plans import a_subscriber, plan_of, sell_plans
from tests.support.sandbox import Sandbox


def confirm(app: Flask, org_id: UUID, switch_id: UUID) -> None:
    """As a web process does, on a connection of its own."""
    with inside(app):
        organization = db.session.get_one(Organization, org_id)
        with suppress(OtherSwitchError, PreviewRenewedError):
            switches.confirm(organization, switch_id, OWNER)
        another_session()


def at_once(app: Flask, org_id: UUID, switch_ids: list[UUID]) -> None:
    with ThreadPoolExecutor(len(switch_ids)) as tabs:
        for tab in [tabs.submit(confirm, app, org_id, switch_id) for switch_id in switch_ids]:
            tab.result()
    db.session.rollback()
    db.session.expire_all()


def test_the_same_switch_is_made_once(app: Flask, sandbox: Sandbox) -> None:
    sell_plans()
    organization, _ = a_payer()
    switch = switches.begin(organization, "growth", "month", OWNER)
    at_once(app, organization.id, [switch.id] * 4)
    assert [charge.amount for charge in sandbox.charges()] == [9_900]
    assert plan_of(organization).name == "Growth"


def test_of_two_switches_one_is_made_and_charged_as_it_was_shown(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth")
    wanted = {
        switches.begin(organization, plan, interval, OWNER)
        for plan, interval in (("scale", "month"), ("scale", "year"))
    }
    at_once(app, organization.id, [switch.id for switch in wanted])
    made = [switch for switch in wanted if switch.ended_at is not None]
    assert len(made) == 1
    charged, before = (charge.amount for charge in sandbox.charges())
    # A year begins its own period: what is shown of it is the most that is charged.
    assert (0 <= made[0].due.minor - charged <= 5, before) == (True, 9_900)
    view = plan_of(organization)
    assert (view.plan.key, view.interval) == (made[0].plan, made[0].interval)
    assert switches.find_open(organization.id) is None
