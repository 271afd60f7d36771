"""Days and months in addresses that clocks can't go beyond: every page of an owner answers, as for any other nonsense."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from flask import Flask

from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

DAYS = ("from", "to", "day", "until", "first", "last", "since")


@pytest.mark.parametrize("day", ["0001-01-01", "9998-12-31", "9999-12-31"])
def test_no_day_in_an_address_is_an_error_of_ours(app: Flask, sandbox: Sandbox, day: str) -> None:
    owner = Owner(app)
    asked = dict.fromkeys(DAYS, day) | {"range": "custom", "cost": "1", "call": "x"}
    found = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and rule.rule.startswith("/billing") and "<" not in rule.rule
    }
    assert len(found) > 20
    queries = (asked, asked | {"month": day[:7]}, {"month": day[:7]})
    failed = [
        f"{rule}?{urlencode(query)}"
        for rule in sorted(found)
        for query in queries
        if owner.client.get(rule, query_string=query).status_code >= 500
    ]
    assert failed == []
    assert owner.client.get(f"/billing/statements/{day[:7]}").status_code < 500
