"""The second message: every row as the careful way writes it."""

from __future__ import annotations

from flask import Flask

from app.billing.fast_holds import End, Renew, Reserve
from app.extensions import db
from app.models import Hold, HoldAllowance, HoldState
from tests.billing.fast_holds.test_carrying_out import LEASE, carry_out, wallet_of
from tests.factories import an_organization, usd

CALLS = (("calls_outbound", 60),)


def test_units_of_slices_add_up_and_go_with_the_hold(app: Flask) -> None:
    organization = an_organization(credit="10")
    carry_out(Reserve(organization.id, "a", CALLS, LEASE))
    carry_out(Renew(organization.id, "a", CALLS, LEASE, 2))
    [units] = db.session.scalars(db.select(HoldAllowance))
    assert (units.meter, units.reserved) == ("call_minutes", 120)
    assert units.worth_micro > 0
    db.session.commit()
    carry_out(End(organization.id, "a", HoldState.RELEASED))
    assert db.session.scalars(db.select(HoldAllowance)).all() == []


def test_a_hold_that_is_made_and_ended_in_one_go_leaves_its_row_and_no_units(app: Flask) -> None:
    organization = an_organization(credit="10")
    version = wallet_of(organization).version
    usage = (*CALLS, ("tokens_out", 100_000))
    carry_out(
        Reserve(organization.id, "a", usage, LEASE, call="call-1", agent="Ava", campaign="Recall", to="US"),
        Renew(organization.id, "a", usage, LEASE, 2),
        End(organization.id, "a", HoldState.CAPTURED),
    )
    [hold] = db.session.scalars(db.select(Hold))
    assert (hold.state, hold.slice, hold.amount_micro) == (HoldState.CAPTURED, 2, 2_400_000)
    assert (hold.call, hold.agent, hold.campaign, hold.destination) == ("call-1", "Ava", "Recall", "US")
    assert hold.ended_at == hold.created_at
    assert hold.asked["usage"] == [["calls_outbound", 60], ["tokens_out", 100_000]]
    assert db.session.scalars(db.select(HoldAllowance)).all() == []
    wallet = wallet_of(organization)
    assert (wallet.held, wallet.version) == (usd("0"), version + 3)
