"""Which levels of credit there are, and which are reached; never where people are told of them."""

from __future__ import annotations

from tests.support.alerting import a_chat, an_alerted, to
from tests.support.platform import Platform


def test_levels_and_what_is_reached(platform: Platform) -> None:
    organization, _ = an_alerted(amounts=("50",), hours=(6,))
    a_chat(organization, "http://127.0.0.1:9/secret-path")
    to(organization, "90", source="fall")
    answer = platform.get(f"/organizations/{organization.id}/alerts")
    told = answer.json
    assert [(one["kind"], one["under"], one["hours"]) for one in told["levels"]] == [
        ("forecast", None, 6),
        ("low", {"amount": "100.000000", "currency": "USD"}, None),
        ("amount", {"amount": "50.000000", "currency": "USD"}, None),
        ("paused", None, None),
    ]
    assert [bool(one["reached_since"]) for one in told["levels"]] == [False, True, False, False]
    assert told["channels"] == 2
    assert "secret-path" not in answer.text
