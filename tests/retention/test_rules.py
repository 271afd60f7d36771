"""For how long each table's rows are kept."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import catalog
from app.retention import Kept
from app.retention.rules import RULES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.table)
def test_each_table_has_its_days(app: Flask, rule: object) -> None:
    table: str = rule.table  # type: ignore[attr-defined]
    expected = {"hold": 500, "platform_message": 90, "alert_delivery": 90}
    assert Kept(500, 90, 400).days_of(table) == expected.get(table, 400)


def test_a_hold_stays_as_long_as_usage_that_names_it_may_be_late(app: Flask) -> None:
    assert Kept(1, 1, 1).days_of("hold") == catalog.current().late_days + 1


def test_the_days_are_what_operators_have_set(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    kept = Kept.of(settings)
    assert (kept.holds, kept.messages, kept.mails) == (
        settings.hold_days_kept,
        settings.message_days_kept,
        settings.mail_days_kept,
    )
