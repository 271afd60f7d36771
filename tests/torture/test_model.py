"""The model's own arithmetic, beside the product's on the same events."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.wallet import ledger
from app.clock import utc_now
from config import ROOT
from tests.factories import an_organization
from tests.support.metering import an_event, take
from torture.load.model import Model, Price, read_prices
from torture.load.operations import METERS, Event

PRICES = read_prices(ROOT / "catalog.toml")


def test_prices_are_those_of_the_catalog(app: Flask) -> None:
    starter = catalog.current().plan("starter")
    assert set(PRICES) == set(starter.rates)
    assert PRICES["calls_outbound"].included == 3_000
    assert PRICES["calls_outbound_international"] == Price(190_000, 60, minimum=30, step=6)


@pytest.mark.parametrize(
    ("quantity", "units"), [(0, 0), (1, 30), (30, 30), (31, 36), (36, 36), (37, 42)]
)  # fmt: skip
def test_an_event_counts_as_whole_steps_and_a_minimum(quantity: int, units: int) -> None:
    assert PRICES["calls_outbound_international"].units(quantity) == units


@pytest.mark.parametrize(
    ("units", "micro"), [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (9, 3), (10, 4)]
)
def test_a_line_is_rounded_once_half_up(units: int, micro: int) -> None:
    assert (
        Price(numerator=3, denominator=8).cost(units) == micro == int(Fraction(3 * units, 8) + Fraction(1, 2))
    )


def test_a_correction_counts_in_place_of_what_it_corrects_and_a_duplicate_not_at_all() -> None:
    model = Model({"sms": Price(12_000, 1, included=50)})
    event = Event("e", 0, "sms", 70, "call", "")
    assert model.charged(event, "2026-11")
    assert not model.charged(event, "2026-11")
    assert model.cost(0) == 20 * 12_000
    assert model.charged(Event("c", 0, "sms", 60, "call", "", corrects="e"), "2026-11")
    assert (model.cost(0), model.cost(1)) == (10 * 12_000, 0)
    assert not model.charged(event, "2026-11")
    assert model.of_call("call") == {"sms": 60}
    assert model.counts(["org"]) == {("org", "call", "sms"): (60, 1)}
    assert model.events == 2


def test_each_month_has_its_own_allowance() -> None:
    model = Model({"sms": Price(12_000, 1, included=50)})
    for number, month in enumerate(("2026-11", "2026-12")):
        model.charged(Event(f"e{number}", 0, "sms", 60, "call", ""), month)
    assert model.cost(0) == 2 * 10 * 12_000


def test_it_predicts_the_balance_of_the_product(app: Flask) -> None:
    organization, model, chance, now = an_organization(credit="1000"), Model(PRICES), Random(5), utc_now()
    for number in range(25):
        meter = chance.choice(list(METERS))
        quantity = chance.randint(1, METERS[meter])
        take(an_event(organization, f"e{number}", quantity, meter=meter, when=now), now=now)
        model.charged(Event(f"e{number}", 0, meter, quantity, "call", ""), f"{now:%Y-%m}")
    assert ledger.lock(organization.id).posted_micro == 1_000_000_000 - model.cost(0)
