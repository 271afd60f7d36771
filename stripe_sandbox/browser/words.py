"""How the pages write money, times and cards."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from stripe_sandbox.amounts import money
from stripe_sandbox.browser.blueprint import blueprint

BRANDS = {"amex": "American Express", "diners": "Diners Club", "jcb": "JCB", "unionpay": "UnionPay"}

blueprint.add_app_template_filter(money, "sandbox_money")


@blueprint.app_template_filter("sandbox_time")
def time(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%d %B %Y, %H:%M} UTC"


@blueprint.app_template_filter("sandbox_iso")
def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


@blueprint.app_template_filter("sandbox_card")
def card(details: dict[str, Any]) -> str:
    """A card as people know it: "Visa ending in 4242"."""
    brand = details.get("brand") or "card"
    return f"{BRANDS.get(brand, brand.title())} ending in {details.get('last4') or '····'}"
