"""Tax on plans as a catalog writes it: off, automatic, or by up to five rates of Stripe's."""

from __future__ import annotations

import pytest

from app.billing.catalog import CatalogError
from app.billing.catalog.source import Source
from app.billing.catalog.tax import MOST_RATES, TaxText, build
from app.payments.tax_settings import TaxSettings

SOURCE = Source("catalog.toml", '[tax]\nmode = "rates"\nrates = []\n')
RATES = [f"txr_{number}" for number in range(MOST_RATES)]


def test_where_it_is_off_subscriptions_keep_what_they_have() -> None:
    assert build(SOURCE, TaxText()) is None


def test_automatic_tax_names_no_rates() -> None:
    assert build(SOURCE, TaxText("automatic")) == TaxSettings(automatic=True)


def test_as_many_rates_as_stripe_takes_keep_their_order() -> None:
    assert build(SOURCE, TaxText("rates", RATES)) == TaxSettings(rates=tuple(RATES))


@pytest.mark.parametrize(
    ("tax", "problem"),
    [
        (TaxText("rates"), "name the tax rates"),
        (TaxText("off", RATES), "with no other mode"),
        (TaxText("automatic", RATES), "with no other mode"),
        (TaxText("rates", [*RATES, "txr_more"]), "5 rates at most"),
        (TaxText("rates", ["txr_"]), "not the id of a tax rate"),
        (TaxText("rates", ["tax_1ABC"]), "not the id of a tax rate"),
        (TaxText("rates", ["txr_1 "]), "not the id of a tax rate"),
        (TaxText("rates", ["txr_\u0661"]), "not the id of a tax rate"),
        (TaxText("rates", ["txr_" + "a" * 251]), "not the id of a tax rate"),
    ],
)
def test_what_stripe_would_refuse_is_refused_with_its_line(tax: TaxText, problem: str) -> None:
    with pytest.raises(CatalogError, match=rf"^catalog\.toml:3: tax\.rates: .*{problem}"):
        build(SOURCE, tax)
