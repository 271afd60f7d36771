"""Holds that were granted and refused, one by one and in batches, the fast way and the careful one."""

from __future__ import annotations

import pytest

from app.database.fast import connections
from tests.api.test_holds import MINUTE_OF_TOKENS, reserve
from tests.factories import an_organization
from tests.support.measured import grown
from tests.support.platform import Platform


@pytest.mark.parametrize("fast", [True, False])
def test_each_operation_is_counted_by_what_became_of_it(platform: Platform, fast: bool) -> None:
    organization = an_organization(credit="2")
    with (
        grown("billing_holds_total", operation="reserve", outcome="granted") as granted,
        grown("billing_holds_total", operation="reserve", outcome="not-enough-credit") as refused,
        grown("billing_holds_total", operation="capture", outcome="granted") as captured,
    ):
        if fast:
            _call(platform, organization)
        else:
            with connections.get().switched_off():
                _call(platform, organization)
    assert (granted.by, refused.by, captured.by) == (1, 1, 1)


def _call(platform: Platform, organization: object) -> None:
    assert reserve(platform, organization, "call-1").status_code == 200  # type: ignore[arg-type]
    assert reserve(platform, organization, "call-2").status_code == 402  # type: ignore[arg-type]
    platform.post(f"/organizations/{organization.id}/holds/call-1/capture", {})  # type: ignore[attr-defined]


def test_a_batch_counts_each_of_its_operations(platform: Platform) -> None:
    organization = an_organization(credit="2")
    operations = [
        {"op": "reserve", "organization": str(organization.id), "key": key, "usage": MINUTE_OF_TOKENS,
         "lease_seconds": 60, "call": key}
        for key in ("call-1", "call-2")
    ] + [{"op": "release", "organization": str(organization.id), "key": "call-1"}]  # fmt: skip
    with (
        grown("billing_holds_total", operation="reserve", outcome="granted") as granted,
        grown("billing_holds_total", operation="reserve", outcome="not-enough-credit") as refused,
        grown("billing_holds_total", operation="release", outcome="granted") as released,
    ):
        answer = platform.post("/holds/batch", {"operations": operations})
        assert answer.status_code == 200, answer.text
    assert (granted.by, refused.by, released.by) == (1, 1, 1)
