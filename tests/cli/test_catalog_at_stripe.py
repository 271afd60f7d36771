"""`flask catalog sync` at Stripe: products and prices as the catalog has them, however often it is run."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from app.billing import catalog
from tests.support.sandbox import Sandbox
from tests.support.synced_catalog import FILE, prices, run


def test_what_is_sold_becomes_a_product_and_a_price_and_again_changes_nothing(
    app: Flask, sandbox: Sandbox
) -> None:
    first = run(app)
    assert "Done at Stripe: Growth: make the product voice_portal_plan_growth." in first
    assert "Done at Stripe: Growth: make the price growth_month, 99 USD a month." in first
    assert prices(sandbox) == {
        "starter_month": 0,
        "growth_month": 9_900,
        "growth_year": 99_000,
        "scale_month": 39_900,
        "scale_year": 399_000,
    }
    product = sandbox.stripe.v1.products.retrieve("voice_portal_plan_growth")
    assert (product.name, product.description) == ("Growth", "For teams that call every day.")
    assert "Done at Stripe" not in run(app)


def test_a_dry_run_says_it_and_changes_nothing(app: Flask, sandbox: Sandbox) -> None:
    assert "Scale: make the price scale_month, 399 USD a month." in run(app, "--dry-run")
    assert prices(sandbox) == {}
    run(app)
    assert run(app, "--dry-run") == "Stripe is up to date.\n"


def test_a_new_amount_is_a_new_price_that_takes_over_the_key(
    app: Flask, sandbox: Sandbox, edited: Path
) -> None:
    run(app)
    edited.write_text(
        FILE.replace('version = "2026-12.4"', 'version = "2027-02"').replace('price = "99"', 'price = "109"')
    )
    assert "growth_month costs 109 USD a month instead of 99." in run(app)
    found = {price.unit_amount: price.lookup_key for price in sandbox.stripe.v1.prices.list({}).data}
    assert (found[10_900], found[9_900]) == ("growth_month", None)


def test_a_plan_that_was_withdrawn_is_sold_no_more(app: Flask, sandbox: Sandbox, edited: Path) -> None:
    run(app)
    edited.write_text(
        FILE[: FILE.index("[plans.scale]")].replace('version = "2026-12.4"', 'version = "2027-02"')
    )
    assert "Scale: sell voice_portal_plan_scale no more." in run(app)
    assert sandbox.stripe.v1.products.retrieve("voice_portal_plan_scale").active is False
    edited.write_text(FILE.replace('version = "2026-12.4"', 'version = "2027-01"'))
    assert "bring name, summary and bank statement text of voice_portal_plan_scale up to date" in run(app)
    assert sandbox.stripe.v1.products.retrieve("voice_portal_plan_scale").active is True


def test_while_stripe_is_away_the_version_is_kept_and_it_is_said(app: Flask, sandbox: Sandbox) -> None:
    sandbox.fail("GET /v1/products/*", "500_before", times=9)
    done = app.test_cli_runner().invoke(args=["catalog", "sync"])
    assert done.exit_code == 1
    assert "is stored." in done.output
    assert "Stripe does not match it" in done.output
    assert catalog.current().version == "2026-12.4"
