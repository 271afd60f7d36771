"""Stripe's references to other objects."""

from __future__ import annotations

from typing import Any

import stripe


def id_of(reference: Any) -> str | None:
    """The id of a reference, which is an id, or the whole object if it was expanded."""
    if reference is None or isinstance(reference, str):
        return reference
    return str(reference["id"] if isinstance(reference, dict) else reference.id)


def price_of_line(line: stripe.InvoiceLineItem) -> str | None:
    """The id of the price of an invoice line, if it has one."""
    details = line.pricing.price_details if line.pricing else None
    return id_of(details.price) if details is not None else None
