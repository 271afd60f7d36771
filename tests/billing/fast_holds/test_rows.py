"""A hold's row: its units of allowances, and its state at a time."""

from __future__ import annotations

from datetime import date, timedelta

from app.billing.fast_holds import HoldRow
from app.billing.wallet.hold_prices import Counted
from app.ids import uuid7
from app.models import HoldState
from tests.support.metering import NOW

NOVEMBER = (date(2026, 11, 1), "call_minutes")
DECEMBER = (date(2026, 12, 1), "call_minutes")


def a_row() -> HoldRow:
    return HoldRow(
        org_id=uuid7(),
        id=uuid7(),
        key="call-1",
        amount_micro=0,
        used_micro=0,
        slice=1,
        is_final=False,
        state=HoldState.ACTIVE,
        campaign=None,
        envelope_id=None,
        set_aside_micro=0,
        asked=None,
        slice_asked=None,
        expires_at=NOW,
    )


def test_its_units_are_those_from_before_and_those_of_new_slices() -> None:
    row = a_row()
    assert row.units == {}
    row.reserved[NOVEMBER] = 60
    row.included[NOVEMBER] = Counted(30, 0)
    row.included[DECEMBER] = Counted(10, 0)
    assert row.units == {NOVEMBER: 90, DECEMBER: 10}
    assert row.reserved == {NOVEMBER: 60}


def test_a_lease_that_is_over_has_ended_by_its_time() -> None:
    row = a_row()
    assert row.state_at(NOW - timedelta(seconds=1)) is HoldState.ACTIVE
    assert row.state_at(NOW) is HoldState.EXPIRED
    row.state = HoldState.CAPTURED
    assert row.state_at(NOW) is HoldState.CAPTURED
