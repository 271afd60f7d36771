"""What a rate costs, as people read it."""

from __future__ import annotations

import pytest

from app.billing.catalog import Rate, file
from app.billing.catalog.model import Tier
from app.billing.catalog.rate_labels import RateLabel, describe
from app.language import speaking
from app.web.rate_text import rate_minimum, rate_price
from config import ROOT
from tests.support.pseudo import LEFT_TO_RIGHT, pseudo, speaking_pseudo

CATALOG = file.parse((ROOT / "catalog.toml").read_text(), name="catalog.toml")


def label(meter: str) -> RateLabel:
    return describe(meter, CATALOG.meter(meter), CATALOG.plan("scale").rates[meter], "USD")


@pytest.mark.parametrize(
    ("meter", "says"),
    [
        ("calls_inbound", "$0.018 per min"),
        ("sms", "$0.0085 per text message"),
        ("phone_numbers", "$1.20 per number per month"),
        ("tokens_in", "$1.95 per 1M tokens"),
        ("text_to_speech", "$0.012 per 1,000 characters"),
        ("speech_to_text", "$0.0065 per min of speech"),
    ],
)
def test_a_price_says_what_it_is_for(meter: str, says: str) -> None:
    assert rate_price(label(meter)) == says


def test_what_a_call_counts_at_least_and_how_it_is_rounded() -> None:
    meter = CATALOG.meter("calls_outbound_international")

    def says(minimum: int, step: int) -> str:
        rate = Rate((Tier(None, label("sms").amount.micro),), minimum=minimum, step=step)  # type: ignore[arg-type]
        return rate_minimum(describe("calls_outbound_international", meter, rate, "USD"))

    assert says(30, 6) == "minimum 30 seconds per call, in increments of 6 seconds"
    assert says(30, 1) == "minimum 30 seconds per call"
    assert says(0, 6) == "in increments of 6 seconds"
    assert says(0, 1) == ""


def test_prices_and_quantities_are_the_reader_s() -> None:
    with speaking_pseudo(), speaking(LEFT_TO_RIGHT):
        assert rate_price(label("sms")).startswith("«US$\xa00,0085 ")
        assert "«" in rate_minimum(label("calls_outbound_international"))
        assert pseudo("then") not in rate_price(label("tokens_in"))
