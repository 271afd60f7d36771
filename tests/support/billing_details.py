"""Billing details as tests enter them."""

from __future__ import annotations

from app.billing.customers.validation import Details

HARBOR = Details(
    legal_name="Harbor Dental GmbH",
    line1="Hafenstraße 4",
    city="Hamburg",
    postal_code="20457",
    country="DE",
    tax_kind="eu_vat",
    tax_id="de 136 695 976",
    purchase_order="PO-4711",
    emails=("books@harbor.example", "Books@harbor.example", "cfo@harbor.example"),
)
