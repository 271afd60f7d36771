"""When credit is expected to run out."""

from __future__ import annotations

from flask import Flask

from app.billing.alerts import outlook
from tests.factories import an_organization


def test_without_a_past_nothing_is_expected(app: Flask) -> None:
    assert outlook.dry_at(an_organization(credit="100")) is None
