"""How often a click reads the rows of its purchase: a top-up once for each transaction, and once to be shown."""

from __future__ import annotations

from collections import Counter

from flask import Flask

from app.extensions import db
from app.models import PlanSwitch
from tests.factories import a_person
from tests.support.browsing import HTMX, Visitor
from tests.support.paying import Owner
from tests.support.plans import DECLINES, a_subscriber, pay_by
from tests.support.sandbox import Sandbox
from tests.support.statements import statements

PAGE = "/billing/change-plan"
TABLES = ("top_up", "plan_switch", "wallet")


def rows_of(said: list[str]) -> dict[str, int]:
    """How many statements read a row of each of the tables, to look at it or to lock it."""
    found = Counter(table for one in said for table in TABLES if one.startswith(f"SELECT {table}.org_id"))
    return {table: found[table] for table in TABLES}


def test_a_top_up_is_claimed_and_settled_then_drawn(app: Flask, sandbox: Sandbox) -> None:
    owner = Owner(app)
    top_up = owner.review()
    with statements() as pressed:
        assert owner.pay(top_up, headers=HTMX).status_code == 303
    with statements() as drawn:
        assert owner.get(top_up, headers=HTMX).status_code == 200
    assert rows_of(pressed) == {"top_up": 2, "plan_switch": 0, "wallet": 2}, "claimed, then settled"
    assert rows_of(drawn)["top_up"] == 1


def test_a_switch_is_confirmed(app: Flask, sandbox: Sandbox, visitor: Visitor) -> None:
    subscriber = a_subscriber("growth")
    visitor.begin_session(a_person(organization=subscriber).email)
    switch = chosen(visitor)
    with statements() as pressed:
        assert visitor.post(f"{PAGE}/{switch}/confirmation", {}, headers=HTMX).status_code == 303
    with statements() as drawn:
        assert visitor.get(f"{PAGE}/{switch}", headers=HTMX).status_code == 200
    assert rows_of(pressed) == {"top_up": 0, "plan_switch": 10, "wallet": 4}
    assert rows_of(drawn)["plan_switch"] == 1


def test_a_declined_switch_is_paid_with_another_card(app: Flask, sandbox: Sandbox, visitor: Visitor) -> None:
    subscriber = a_subscriber("growth", token=DECLINES)
    visitor.begin_session(a_person(organization=subscriber).email)
    switch = chosen(visitor)
    visitor.post(f"{PAGE}/{switch}/confirmation", {})
    card = pay_by(subscriber, "pm_card_visa")
    with statements() as pressed:
        answer = visitor.post(f"{PAGE}/{switch}/payments", {"card": str(card.id)}, headers=HTMX)
        assert answer.status_code == 303
    with statements() as drawn:
        assert visitor.get(f"{PAGE}/{switch}", headers=HTMX).status_code == 200
    assert rows_of(pressed) == {"top_up": 0, "plan_switch": 6, "wallet": 3}
    assert rows_of(drawn)["plan_switch"] == 1


def chosen(visitor: Visitor) -> str:
    """Scale, chosen and reviewed; the switch's id."""
    visitor.post(PAGE, {"plan": "scale:month"})
    db.session.expire_all()
    newest = db.session.scalars(db.select(PlanSwitch).order_by(PlanSwitch.id.desc())).first()
    assert newest is not None
    return str(newest.id)
