"""The operators' command for the daily limit of an organization."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.factories import an_organization


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "may top up $10,000.00 in any 24 hours"),
        (["25000"], "may top up $25,000.00 in any 24 hours"),
        (["--catalog"], "may top up $10,000.00 in any 24 hours"),
        (["25000", "--catalog"], "not both"),
        (["1e9"], "in digits"),
    ],
)
def test_the_operators_command(app: Flask, arguments: list[str], says: str) -> None:
    slug = an_organization("Harbor Dental").slug
    said = app.test_cli_runner().invoke(args=["organization", "daily-limit", slug, *arguments]).output
    assert says in said
