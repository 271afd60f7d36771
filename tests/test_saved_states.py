"""Set-ups that are put back are what walking through them leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.models import Organization, TopUp, TopUpStatus
from app.payments.errors import RefusedError
from tests.factories import a_paid_top_up, a_payer, an_organization, usd
from tests.support.database import another_session, empty
from tests.support.paying import Owner
from tests.support.plans import DECLINES, a_debtor, a_subscriber, plan_of, sell_plans
from tests.support.recorded import Records, recorded, recorded_rows
from tests.support.sandbox import Sandbox
from tests.support.saved_states import always_walking, filled_once, insert_rows, read_rows
from tests.support.versions import newer

SET_UPS: dict[str, Callable[..., Any]] = {
    "plans that are sold": lambda app, sandbox: sell_plans(),
    "a payer": lambda app, sandbox: a_payer(),
    "a payer with credit and an alert": lambda app, sandbox: a_payer(DECLINES, credit="20", alert="10"),
    "a paid top-up": lambda app, sandbox: a_paid_top_up(),
    "a subscriber": lambda app, sandbox: a_subscriber(),
    "a subscriber by the year": lambda app, sandbox: a_subscriber("scale", interval="year"),
    "a subscriber whose card declines": lambda app, sandbox: a_subscriber(token=DECLINES),
    "a debtor": a_debtor,
    "an owner who has signed in": lambda app, sandbox: Owner(app, credit="5"),
}


def begin_again(sandbox: Sandbox) -> None:
    another_session()
    empty()
    sandbox.start_over()


def set_up_from_nothing(name: str, app: Flask, sandbox: Sandbox) -> Records:
    """What is there after a set-up of an empty database and stand-in."""
    begin_again(sandbox)
    SET_UPS[name](app, sandbox)
    return recorded(sandbox)


def calls(sandbox: Sandbox) -> list[str]:
    """The ids of the calls of the stand-in: those of a walk are its own."""
    return [str(one["request_id"]) for one in sandbox.control.requests()]


def organizations() -> list[Organization]:
    return list(db.session.scalars(db.select(Organization).order_by(Organization.id)))


@pytest.mark.long
@pytest.mark.parametrize("name", SET_UPS)
def test_what_is_put_back_is_what_walking_through_it_leaves(name: str, app: Flask, sandbox: Sandbox) -> None:
    with always_walking():
        walked, of_the_walk = set_up_from_nothing(name, app, sandbox), calls(sandbox)
    assert walked
    assert set_up_from_nothing(name, app, sandbox) == walked
    assert calls(sandbox) == of_the_walk


@pytest.mark.one_of_each(by=lambda: "any")
@pytest.mark.parametrize("name", SET_UPS)
def test_every_time_in_the_database_is_later_by_what_has_passed(
    name: str, app: Flask, sandbox: Sandbox
) -> None:
    set_up_from_nothing(name, app, sandbox)
    walked, rows = recorded_rows(), read_rows()
    begin_again(sandbox)
    insert_rows(rows, later=timedelta(hours=7))
    assert recorded_rows(ago=-timedelta(hours=7)) == walked
    assert recorded_rows() != walked or not rows


@pytest.mark.long
def test_what_is_there_already_is_not_overwritten(app: Flask, sandbox: Sandbox) -> None:
    a_subscriber()
    begin_again(sandbox)
    first = an_organization()
    second = a_subscriber()
    third = a_subscriber()
    assert organizations() == [first, second, third]
    assert len(sandbox.stripe.v1.customers.list()) == 2


def test_what_was_ordered_to_fail_fails(app: Flask, sandbox: Sandbox) -> None:
    a_payer()
    begin_again(sandbox)
    sandbox.fail("POST /v1/customers", "400")
    with pytest.raises(RefusedError):
        a_payer()


@pytest.mark.parametrize("plan", ["growth", "scale"])
def test_other_arguments_are_another_set_up(plan: str, app: Flask, sandbox: Sandbox) -> None:
    a_subscriber("scale" if plan == "growth" else "growth")
    begin_again(sandbox)
    assert plan_of(a_subscriber(plan)).plan.key == plan


def test_another_catalog_is_another_set_up(app: Flask, sandbox: Sandbox) -> None:
    before = app.extensions["catalog"]
    assert plan_of(a_subscriber()).plan.price == usd("99")
    begin_again(sandbox)
    app.extensions["catalog"] = newer()
    try:
        assert plan_of(a_subscriber()).plan.price == usd("109")
    finally:
        app.extensions["catalog"] = before


def test_what_was_put_back_is_returned(app: Flask, sandbox: Sandbox) -> None:
    for _ in range(2):
        begin_again(sandbox)
        organization, top_up = a_paid_top_up()
        assert organizations() == [organization]
        assert list(db.session.scalars(db.select(TopUp))) == [top_up]
        assert top_up.status == TopUpStatus.SUCCEEDED
        assert sandbox.payment_intents()[0].id == top_up.payment_intent_id


def test_who_had_signed_in_is_signed_in(app: Flask, sandbox: Sandbox) -> None:
    for _ in range(2):
        begin_again(sandbox)
        owner = Owner(app)
        assert owner.get("/account").status_code == 200
        assert owner.organization.name in owner.reads("/billing/wallet")
        assert owner.post("/sign-out").status_code == 302
        assert owner.get("/account").status_code == 302


def test_what_is_filled_once_is_put_back_with_its_times(app: Flask) -> None:
    filled: list[str] = []

    @filled_once
    def fill(name: str) -> Organization:
        filled.append(name)
        return an_organization(name, credit="5")

    seen = []
    for name in ("Harbor", "Pine", "Harbor", "Pine"):
        another_session()
        empty()
        assert [fill(name)] == organizations()
        seen.append(read_rows())
    assert filled == ["Harbor", "Pine"]
    assert seen[:2] == seen[2:]
    fill("Harbor")
    assert filled == ["Harbor", "Pine", "Harbor"], "what is there already isn't overwritten"
