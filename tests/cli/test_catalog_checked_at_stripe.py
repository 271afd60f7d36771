"""What flask catalog sync has done at Stripe is checked before it is called done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.catalog import sales
from app.database import locks
from app.extensions import db
from app.money import Money
from app.payments import previews
from app.payments.errors import RefusedError
from tests.support.sandbox import Sandbox
from tests.support.synced_catalog import FILE, prices, run


def sync(app: Flask, edited: Path, version: str, **changes: str) -> str:
    """Sync a catalog that differs from the application's own in some texts."""
    text = FILE.replace('version = "2026-12.4"', f'version = "{version}"')
    for old, new in changes.items():
        text = text.replace(old, new)
    edited.write_text(text)
    return run(app)


def costing(app: Flask, edited: Path, version: str, growth: str) -> str:
    """Sync a version in which Growth costs this much a month."""
    return sync(app, edited, version, **{'price = "99"': f'price = "{growth}"'})


def sold(sandbox: Sandbox, key: str = "growth_month") -> tuple[int | None, str | None]:
    """What someone who chooses a plan now is charged, and how often; the price can be subscribed to."""
    price = sandbox.stripe.v1.prices.list({"lookup_keys": [key], "active": True}).data[0]
    customer = sandbox.stripe.v1.customers.create({"name": "Ada"}).id
    card = sandbox.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    made = sandbox.stripe.v1.subscriptions.create(
        {"customer": customer, "items": [{"price": price.id}], "default_payment_method": card}
    )
    assert made.status == "active"
    return price.unit_amount, price.recurring.interval if price.recurring else None


class TestWhatItHasDoneIsLookedAt:
    """It says that it is done once someone can buy the plan at the catalog's price."""

    @pytest.mark.long
    def test_a_price_goes_back_and_forth_within_a_day(
        self, app: Flask, sandbox: Sandbox, edited: Path
    ) -> None:
        for version, growth in [
            ("1", "99"),
            ("2", "109"),
            ("1", "99"),
            ("2", "109"),
            ("3", "99"),
            ("1", "99"),
        ]:
            costing(app, edited, version, growth)
            assert sold(sandbox) == (int(growth) * 100, "month")
            assert run(app, "--dry-run") == "Stripe is up to date.\n"
        made = sandbox.stripe.v1.prices.list({"product": "voice_portal_plan_growth", "limit": 100}).data
        assert sorted(one.unit_amount or 0 for one in made) == [9_900, 10_900, 99_000]

    def test_a_price_was_archived_in_the_dashboard(self, app: Flask, sandbox: Sandbox) -> None:
        run(app)
        price = sandbox.stripe.v1.prices.list({"lookup_keys": ["growth_month"]}).data[0]
        sandbox.stripe.v1.prices.update(price.id, {"active": False})
        assert "Done at Stripe: Growth: make the price growth_month" in run(app)
        assert sold(sandbox) == (9_900, "month")

    def test_an_archived_price_is_made_active_again_in_the_dashboard(
        self, app: Flask, sandbox: Sandbox, edited: Path
    ) -> None:
        costing(app, edited, "1", "99")
        old = sandbox.stripe.v1.prices.list({"lookup_keys": ["growth_month"]}).data[0]
        sandbox.stripe.v1.prices.update(old.id, {"active": False})
        costing(app, edited, "2", "109")
        sandbox.stripe.v1.prices.update(old.id, {"active": True})
        assert "Done at Stripe" not in run(app)
        assert sold(sandbox) == (10_900, "month")

    @pytest.mark.parametrize(
        "recurring",
        [
            {"interval": "year"},
            {"interval": "month", "interval_count": 3},
            {"interval": "month", "usage_type": "metered"},
            None,
        ],
    )
    def test_the_key_leads_to_a_price_of_the_same_amount_for_something_else(
        self, app: Flask, sandbox: Sandbox, recurring: Any
    ) -> None:
        run(app)
        other: Any = {"recurring": recurring} if recurring else {}
        sandbox.stripe.v1.prices.create(
            {
                "product": "voice_portal_plan_growth",
                "currency": "usd",
                "unit_amount": 9_900,
                "lookup_key": "growth_month",
                "transfer_lookup_key": True,
                **other,
            }
        )
        with pytest.raises(RefusedError, match="price_missing"):
            previews.price_of("growth", "month", Money.parse("99", "USD"))
        run(app)
        assert sold(sandbox) == (9_900, "month")
        assert previews.price_of("growth", "month", Money.parse("99", "USD"))

    def test_the_key_was_moved_to_the_price_of_another_product(self, app: Flask, sandbox: Sandbox) -> None:
        run(app)
        product = sandbox.stripe.v1.products.create({"name": "Mugs"}).id
        sandbox.stripe.v1.prices.create(
            {
                "product": product,
                "currency": "usd",
                "unit_amount": 9_900,
                "recurring": {"interval": "month"},
                "lookup_key": "growth_month",
                "transfer_lookup_key": True,
            }
        )
        run(app)
        price = sandbox.stripe.v1.prices.list({"lookup_keys": ["growth_month"]}).data[0]
        assert price.product == "voice_portal_plan_growth"

    def test_a_price_was_made_by_hand_for_the_plan_s_own_product(self, app: Flask, sandbox: Sandbox) -> None:
        """It says no plan, so that a subscription of it could not be read."""
        run(app)
        sandbox.stripe.v1.prices.create(
            {
                "product": "voice_portal_plan_growth",
                "currency": "usd",
                "unit_amount": 9_900,
                "recurring": {"interval": "month"},
                "lookup_key": "growth_month",
                "transfer_lookup_key": True,
            }
        )
        with pytest.raises(RefusedError, match="price_missing"):
            previews.price_of("growth", "month", Money.parse("99", "USD"))
        run(app)
        price = sandbox.stripe.v1.prices.retrieve(
            previews.price_of("growth", "month", Money.parse("99", "USD"))
        )
        assert price.metadata["plan"] == "growth"

    def test_a_product_was_archived_in_the_dashboard(self, app: Flask, sandbox: Sandbox) -> None:
        run(app)
        sandbox.stripe.v1.products.update("voice_portal_plan_growth", {"active": False})
        with pytest.raises(RefusedError, match="price_missing"):
            previews.price_of("growth", "month", Money.parse("99", "USD"))
        run(app)
        assert sold(sandbox) == (9_900, "month")

    def test_a_price_was_deleted_in_the_dashboard(self, app: Flask, sandbox: Sandbox) -> None:
        run(app)
        price = sandbox.stripe.v1.prices.list({"lookup_keys": ["growth_month"]}).data[0]
        sandbox.control.delete_price(price.id)
        run(app)
        assert sold(sandbox) == (9_900, "month")

    def test_all_prices_were_deleted_in_the_dashboard_more_than_once(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        for _ in range(3):
            run(app)
            assert len(prices(sandbox)) == 5
            for price in sandbox.stripe.v1.prices.list({"limit": 100}).data:
                sandbox.control.delete_price(price.id)

    def test_names_and_summaries_change_back_and_forth(
        self, app: Flask, sandbox: Sandbox, edited: Path
    ) -> None:
        for version, name in [("1", "Growth"), ("2", "Grow"), ("1", "Growth")]:
            sync(app, edited, version, **{'name = "Growth"': f'name = "{name}"'})
            assert sandbox.stripe.v1.products.retrieve("voice_portal_plan_growth").name == name
            assert run(app, "--dry-run") == "Stripe is up to date.\n"

    def test_a_plan_is_sold_by_the_year_no_more_and_again_for_another_price(
        self, app: Flask, sandbox: Sandbox, edited: Path
    ) -> None:
        run(app)
        sync(app, edited, "2", **{'yearly = "990"\n': ""})
        assert sold(sandbox) == (9_900, "month")
        sync(app, edited, "3", **{'yearly = "990"': 'yearly = "1090"'})
        assert sold(sandbox, "growth_year") == (109_000, "year")

    @pytest.mark.parametrize("after", [1, 2, 4, 7])
    def test_it_dies_in_the_middle_and_is_run_again(self, app: Flask, sandbox: Sandbox, after: int) -> None:
        """Each thing that was begun is there once."""
        steps = sales.sync_prices(catalog.current())
        for _ in range(after):
            next(steps)
        run(app)
        assert len(sandbox.stripe.v1.prices.list({"limit": 100}).data) == 5
        assert run(app, "--dry-run") == "Stripe is up to date.\n"

    @pytest.mark.one_of_each(by=lambda operation: operation)
    @pytest.mark.parametrize("kind", ["500_before", "500_after", "drop_after", "429", "409"])
    @pytest.mark.parametrize("operation", ["POST /v1/prices", "POST /v1/products", "GET /v1/prices/*"])
    def test_stripe_is_away_in_the_middle(
        self, app: Flask, sandbox: Sandbox, operation: str, kind: str
    ) -> None:
        sandbox.fail(operation, kind, times=4)
        app.test_cli_runner().invoke(args=["catalog", "sync"])
        sandbox.clear_faults()
        run(app)
        assert len(sandbox.stripe.v1.prices.list({"limit": 100}).data) == 5
        assert sold(sandbox) == (9_900, "month")

    def test_two_at_the_same_time_take_turns(self, app: Flask, sandbox: Sandbox) -> None:
        with locks.alone(db.engine, "catalog sync"):
            done = app.test_cli_runner().invoke(args=["catalog", "sync"])
        assert done.exit_code == 1
        assert "Another sync is running." in done.output
        assert prices(sandbox) == {}
