"""Which way a call goes, by what it uses."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.catalog import directions
from app.models import UsageGroup


@pytest.mark.parametrize(
    ("meters", "expected"),
    [
        (["calls_inbound"], True),
        (["tokens_out", "calls_inbound", "speech_to_text"], True),
        (["calls_outbound"], False),
        (["calls_inbound", "calls_outbound"], False),
        (["calls_inbound", "calls_outbound_international"], False),
        (["tokens_out"], False),
        (["no_longer_offered"], False),
        ([], False),
    ],
)
def test_a_call_is_inbound_if_it_says_so_and_nothing_else(
    app: Flask, meters: list[str], expected: bool
) -> None:
    assert directions.is_inbound(meters) is expected


def test_every_meter_of_calls_says_which_way_they_go(app: Flask) -> None:
    calling = catalog.current().meters_of(UsageGroup.CALLING)
    assert all(directions.direction_of(meter) is not None for meter in calling)
