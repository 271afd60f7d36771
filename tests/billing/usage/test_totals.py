"""Totals of usage by one dimension: whatever is written, they are what the daily totals add up to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.billing.activity import rollups
from app.billing.usage import totals
from app.billing.wallet import verification
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, UsageDaily
from tests.factories import an_organization
from tests.support.metering import WITH, a_call, an_event, on_growth, take

DAY = date(2026, 11, 10)

BY_METER = text("""
SELECT org_id, posted_on, meter, day, is_correction, quantity, amount_micro FROM usage_by_meter ORDER BY 1, 2, 3, 4, 5""")
METERS_OF_DAYS = text("""
SELECT org_id, posted_on, meter, day, is_correction, sum(quantity), sum(amount_micro) FROM usage_daily
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5""")
BY_NAME = text("""
SELECT org_id, kind, posted_on, name, is_correction, calling_units, calling_micro, telephony_micro, models_micro
FROM usage_by_name WHERE kind <> 'number' ORDER BY 1, 2, 3, 4, 5""")
NAMES_OF_DAYS = text("""
SELECT org_id, kind, posted_on, name, is_correction,
    sum(CASE meter WHEN 'calls_outbound' THEN quantity ELSE 0 END),
    sum(CASE meter WHEN 'calls_outbound' THEN amount_micro ELSE 0 END),
    sum(CASE WHEN meter IN ('sms', 'of_no_version') THEN amount_micro ELSE 0 END),
    sum(CASE meter WHEN 'tokens_in' THEN amount_micro ELSE 0 END)
FROM usage_daily, LATERAL (VALUES ('campaign', campaign), ('agent', agent)) AS named (kind, name)
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5""")

BY_NUMBER = text("""
SELECT posted_on, name, is_correction, calling_micro + telephony_micro + models_micro, calling_units
FROM usage_by_name WHERE kind = 'number' ORDER BY 1, 2, 3""")
NUMBERS_OF_ROLLUPS = text("""
SELECT posted_on, number, is_correction, sum(amount_micro),
    sum(CASE WHEN meter LIKE 'calls_%' THEN quantity ELSE 0 END)
FROM usage_rollup GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""")


def rows(query: Any) -> list[tuple[Any, ...]]:
    return [
        tuple(int(one) if hasattr(one, "as_tuple") else one for one in row)
        for row in db.session.execute(query)
    ]


def add(organization: Organization, number: int) -> None:
    """Usage of one of some days, meters, campaigns and agents; the same ones come again."""
    db.session.add(
        UsageDaily(
            org_id=organization.id,
            day=DAY - timedelta(days=number % 2),
            posted_on=DAY + timedelta(days=number % 3),
            meter=("calls_outbound", "sms", "tokens_in", "of_no_version")[number % 4],
            campaign=("", "Recall", "Reminders")[number % 3],
            agent=("", "Ava", "Mia", "Bob", "Zoe", "Tom", "Eve")[number % 7],
            is_correction=number % 5 == 0,
            quantity=number,
            included=0,
            amount_micro=1_000 * number,
        )
    )


def test_they_are_what_the_daily_totals_add_up_to_also_when_these_change(app: Flask) -> None:
    for organization in (an_organization(), an_organization()):
        for number in range(1, 61):
            add(organization, number)
    db.session.flush()
    for _ in range(2):
        assert rows(BY_METER) == rows(METERS_OF_DAYS)
        assert rows(BY_NAME) == rows(NAMES_OF_DAYS)
        db.session.execute(
            text("UPDATE usage_daily SET amount_micro = -amount_micro, quantity = 7 WHERE campaign <> ''")
        )


def test_those_by_number_follow_the_rollups_also_when_these_are_taken_out(app: Flask) -> None:
    organization = on_growth()
    take(*a_call(organization), an_event(organization, "x", 60, meter="calls_outbound", **WITH))
    take(an_event(organization, "y", 90, meter="calls_outbound", **WITH | {"number": "+1 2"}))
    rollups.roll_up(organization.id, until=utc_now())
    take(an_event(organization, "z", 30, meter="calls_outbound", corrects=("platform", "x"), **WITH))
    rollups.roll_up(organization.id, until=utc_now())
    right = rows(BY_NUMBER)
    assert right == rows(NUMBERS_OF_ROLLUPS)
    assert {row[1] for row in right} == {WITH["number"], "+1 2"}
    db.session.execute(
        text("SELECT recount_numbers(:org, '2000-01-01', '2100-01-01')"), {"org": organization.id}
    )
    assert rows(BY_NUMBER) == right
    db.session.execute(text("DELETE FROM usage_rollup"))
    assert {row[3:] for row in rows(BY_NUMBER)} == {(0, 0)}


def test_each_batch_and_each_correction_is_in_them(app: Flask) -> None:
    organization = on_growth()
    take(*a_call(organization), an_event(organization, "x", 60, meter="calls_outbound", **WITH))
    take(an_event(organization, "y", 30, meter="calls_outbound", corrects=("platform", "x"), **WITH))
    assert rows(BY_METER) == rows(METERS_OF_DAYS)
    assert {row[4] for row in rows(BY_METER)} == {False, True}
    assert totals.recount_differing(organization.id, first=date.min) == 0


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE usage_by_meter SET amount_micro = amount_micro + 1",
        "UPDATE usage_by_meter SET quantity = quantity + 1",
        "DELETE FROM usage_by_meter",
        "UPDATE usage_by_name SET calling_micro = calling_micro - 1 WHERE kind = 'agent'",
        "UPDATE usage_by_name SET models_micro = models_micro - 5, telephony_micro = telephony_micro + 5",
        "UPDATE usage_by_name SET calling_units = 0",
        "DELETE FROM usage_by_name WHERE kind = 'campaign'",
    ],
)
def test_what_differs_is_counted_again(app: Flask, damage: str) -> None:
    organization = on_growth()
    take(an_event(organization, "x", 60, meter="calls_outbound", **WITH))
    right = rows(BY_METER), rows(BY_NAME)
    db.session.execute(text(damage))
    assert totals.recount_differing(organization.id, first=date.min) == 1
    assert (rows(BY_METER), rows(BY_NAME)) == right
    assert totals.recount_differing(organization.id, first=date.min) == 0


@pytest.mark.parametrize(
    ("table", "found"),
    [("usage_by_meter", "0.000000 USD by meter"), ("usage_by_name", "0.000000 USD by campaign and agent")],
)
def test_the_check_of_the_ledger_finds_what_differs(app: Flask, table: str, found: str) -> None:
    take(an_event(on_growth(), "x", 6000, meter="calls_outbound_international", **WITH))
    db.session.execute(text(f"DELETE FROM {table}"))
    assert any(one.text.endswith(found) for one in verification.check())
