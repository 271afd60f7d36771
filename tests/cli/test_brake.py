"""The operators' command for the brake of an organization."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.brake import stopping
from app.billing.brake.band import Band
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from tests.factories import an_organization


def said(app: Flask, slug: str, *arguments: str) -> str:
    return app.test_cli_runner().invoke(args=["organization", "brake", slug, *arguments]).output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "may have 4 automatic charges within an hour and 12 within 24 hours"),
        (["--per-hour", "9", "--per-day", "90"], "9 automatic charges within an hour and 90 within 24 hours"),
        (["--floor", "400"], "more than $400.00 is spent"),
        (["--settings"], "more than $25.00 is spent"),
        (["--per-hour", "9", "--settings"], "not both"),
        (["--per-hour", "0"], "is not in the range"),
        (["--floor", "1e9"], "in digits"),
    ],
)
def test_the_operators_command(app: Flask, arguments: list[str], says: str) -> None:
    assert says in said(app, an_organization("Harbor Dental").slug, *arguments)


def test_it_says_that_charges_are_stopped(app: Flask) -> None:
    organization = an_organization("Harbor Dental")
    ledger.lock(organization.id)
    stopping.stop(organization, 90_000_000, Band(20_000_000, 60_000_000, is_known=True), utc_now())
    db.session.commit()
    assert "$90.00 was spent within an hour." in said(app, organization.slug)
