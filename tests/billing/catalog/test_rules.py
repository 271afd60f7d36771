"""A catalog that could not be sold from is refused with its line and key, and what to do; old versions are still read."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app.billing.catalog import CatalogError, versions
from app.billing.catalog import file as catalog_file
from app.extensions import db
from config import ROOT
from tests.factories import an_organization

TEXT = (ROOT / "catalog.toml").read_text()
STARTER = TEXT[TEXT.index("[plans.starter]") : TEXT.index("[plans.growth]")]


def changed(*changes: tuple[str, str]) -> str:
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def in_currency(currency: str, growth: str = "99000", minimum: str = "10") -> str:
    return changed(
        ('currency = "USD"', f'currency = "{currency}"'),
        ('price = "99"', f'price = "{growth}"'),
        ('minimum = "10"', f'minimum = "{minimum}"'),
    )


WRONG = [
    (changed((STARTER, "")), "plans: there is no free plan", 'Add [plans.starter] with price = "0"'),
    (changed(('price = "0"', 'price = "19"')), "plans.starter.price", "is the free plan"),
    (changed(('price = "0"', 'price = "0"\nyearly = "0"')), "plans.starter.yearly", "no yearly price"),
    (
        changed(("agents = 10,", "agnets = 10,")),
        "plans.growth.limits",
        "no limit 'agnets'. There are: agents,",
    ),
    (changed(("agents = 10,", "agents = -1,")), "plans.growth.limits", "'agents' lies between 0"),
    (changed(('agents = "Nothing', 'agnets = "Nothing')), "over_limits.agnets", "no limit 'agnets'"),
    (changed(('currency = "USD"', 'currency = "XYZ"')), "currency", "docs.stripe.com/currencies"),
    (changed(('currency = "USD"', 'currency = "BHD"')), "currency", "doesn't charge cards in 'BHD'"),
    (in_currency("ISK", "990.50"), "plans.growth.price", "ISK has no smaller unit"),
    (in_currency("UGX", "990.50"), "plans.growth.price", "UGX has no smaller unit"),
    (in_currency("HUF", "99"), "plans.growth.price", "Stripe charges HUF175.00 or more"),
    (in_currency("USD", "0.49"), "plans.growth.price", "Stripe charges $0.50 or more: $0.49 is too little"),
    (changed(('yearly = "990"', 'yearly = "0.30"')), "plans.growth.yearly", "$0.50 or more"),
    (changed(('yearly = "990"', 'yearly = "0"')), "plans.growth.yearly", "costs something"),
    (changed(('yearly = "990"', 'yearly = "1000000"')), "plans.growth.yearly", "$999,999.99 at most"),
    (changed(('minimum = "10"', 'minimum = "0.25"')), "top_up.minimum", "$0.50 or more"),
    (changed(('minimum = "10"', 'minimum = "0"')), "top_up.minimum", "above zero"),
    (in_currency("MXN", minimum="9.99"), "top_up.minimum", "MX$10.00 or more"),
]


@pytest.mark.parametrize(("text", "key", "problem"), WRONG, ids=[f"{key}: {said}" for _, key, said in WRONG])
def test_check_says_what_is_wrong_where_and_what_to_do(
    app: Flask, tmp_path: Path, text: str, key: str, problem: str
) -> None:
    file = tmp_path / "next.toml"
    file.write_text(text)
    refused = app.test_cli_runner().invoke(args=["catalog", "check", str(file)])
    assert refused.exit_code == 1
    assert re.search(rf"next.toml(:\d+)?: {re.escape(key)}", refused.output), refused.output
    assert problem in refused.output


@pytest.mark.parametrize("currency", ["EUR", "GBP", "JPY", "ISK", "HUF", "TWD", "UGX", "MXN"])
def test_what_stripe_charges_is_right(tmp_path: Path, currency: str) -> None:
    file = tmp_path / "next.toml"
    file.write_text(
        re.sub(r"presets = .*", 'presets = ["2500", "5000"]', in_currency(currency, minimum="1000"))
    )
    assert catalog_file.load(file).currency == currency


@pytest.mark.parametrize("command", ["check", "sync"])
def test_a_catalog_in_another_currency_than_the_wallets_is_refused(
    app: Flask, tmp_path: Path, command: str
) -> None:
    an_organization()
    plan_catalog = catalog_file.parse(in_currency("EUR"), name="next")
    with pytest.raises(CatalogError, match="the wallets of an organization are in USD"):
        versions.check_currency(plan_catalog)
    file = tmp_path / "next.toml"
    file.write_text(in_currency("EUR"))
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, catalog_path=file)
    try:
        refused = app.test_cli_runner().invoke(args=["catalog", command])
    finally:
        app.config["SETTINGS"] = settings
    assert refused.exit_code == 1
    assert "this catalog is in EUR, and the wallets of an organization are in USD" in refused.output
    assert "Write USD" in refused.output


def test_a_version_that_was_stored_before_the_rules_is_still_read(app: Flask) -> None:
    old = changed(
        ("agents = 10,", "robots = 10,"),
        ('price = "0"', 'price = "9"'),
        ('version = "2026-12.4"', 'version = "2025"'),
    )
    versions.store(catalog_file.parse(old, name="old"))
    db.session.commit()
    assert versions.find("2025").plan("growth").limits["robots"] == 10
