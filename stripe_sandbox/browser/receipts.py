"""The receipt of a charge, where its `receipt_url` leads."""

from __future__ import annotations

from flask import Response

from stripe_sandbox.browser import reading
from stripe_sandbox.browser.blueprint import blueprint
from stripe_sandbox.browser.challenges import MERCHANT
from stripe_sandbox.browser.pages import page


@blueprint.get("/_sandbox/receipts/<charge_id>")
def receipt(charge_id: str) -> Response:
    charge = reading.charge_or_404(charge_id)
    card = (charge.get("payment_method_details") or {}).get("card") or {}
    return page("receipt.html", charge=charge, card=card, merchant=MERCHANT)
