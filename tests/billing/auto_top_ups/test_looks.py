"""Whether a planned try is still to come, or due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.auto_top_ups.looks import Look
from app.billing.wallet import ledger
from tests.factories import a_card, an_organization, at
from tests.support.auto_top_ups import switch_on

NOW = at("2026-11-24 14:05")


@pytest.mark.parametrize(
    ("minutes", "is_waiting", "is_time"),
    [(None, False, False), (5, True, False), (0, False, True), (-5, False, True)],
)
def test_a_planned_try(app: Flask, minutes: int | None, is_waiting: bool, is_time: bool) -> None:
    organization = an_organization(credit="30")
    settings = switch_on(organization, a_card(organization))
    settings.next_try_at = None if minutes is None else NOW + timedelta(minutes=minutes)
    look = Look(organization, ledger.lock(organization.id), settings, NOW)
    assert (look.is_waiting, look.is_time) == (is_waiting, is_time)
