"""Stripe's customers: one for each organization."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, cast
from uuid import UUID

import stripe

from app.payments.client import stripe_client
from app.payments.errors import translated
from app.payments.references import id_of


def create(org_id: UUID, *, name: str, email: str | None, lost: int = 0) -> str:
    """Create the organization's customer and return its id; an organization never gets two at the same time.

    `lost` is how many earlier ones were deleted: for the same idempotency key Stripe would return that one again.
    Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`.
    """
    with translated():
        customer = stripe_client().v1.customers.create(
            {"name": name, "metadata": {"organization": str(org_id)}, **({"email": email} if email else {})},
            {"idempotency_key": f"customer:{org_id}:{lost}" if lost else f"customer:{org_id}"},
        )
    return customer.id


def organization_of(customer_id: str) -> str | None:
    """The organization that a customer was created for, by our metadata; None for one that was deleted, or isn't
    ours. Raises as `create` does."""
    with translated():
        return _organization_of(stripe_client().v1.customers.retrieve(customer_id))


def created_since(at: datetime) -> Iterator[tuple[str, str]]:
    """The customers created for organizations since `at`: their ids, and the organizations'. Raises as `create`
    does."""
    with translated():
        listed = stripe_client().v1.customers.list({"created": {"gte": int(at.timestamp())}, "limit": 100})
        for one in listed.auto_paging_iter():
            if organization := _organization_of(one):
                yield one.id, organization


def cards_of(customer_id: str) -> list[str]:
    """The payment methods that are attached to a customer, newest first. Raises as `create` does."""
    with translated():
        listed = stripe_client().v1.payment_methods.list({"customer": customer_id, "limit": 100})
        return [one.id for one in listed.auto_paging_iter()]


def invoices_of(customer_id: str) -> list[str]:
    """The invoices of a customer, newest first. Raises as `create` does."""
    with translated():
        listed = stripe_client().v1.invoices.list({"customer": customer_id, "limit": 100})
        return [one.id for one in listed.auto_paging_iter()]


def subscriptions_of(customer_id: str) -> list[str]:
    """The subscriptions of a customer that have not ended, newest first. Raises as `create` does."""
    with translated():
        listed = stripe_client().v1.subscriptions.list({"customer": customer_id, "limit": 100})
        return [one.id for one in listed.auto_paging_iter()]


def _organization_of(customer: Any) -> str | None:
    metadata = getattr(customer, "metadata", None)
    return metadata.to_dict().get("organization") if metadata else None


@dataclass(frozen=True, slots=True)
class StripeDetails:
    """A customer's details on Stripe's invoices: `tax_id` is its type, by Stripe's name, and its value."""

    name: str
    email: str | None
    address: Mapping[str, str]
    tax_id: tuple[str, str] | None
    purchase_order: str | None


def describe(customer_id: str, details: StripeDetails, *, key: str) -> None:
    """Set a customer's billing details; future invoices carry them. `key` identifies the version of the
    details: sending it again changes nothing. Raises as `create` does."""
    fields = [{"name": "PO number", "value": details.purchase_order}] if details.purchase_order else ""
    params: stripe.params.CustomerUpdateParams = {
        "name": details.name,
        "email": details.email or "",
        "address": cast(Any, dict(details.address) if any(details.address.values()) else ""),
        "invoice_settings": {"custom_fields": cast(Any, fields)},
    }
    with translated():
        client = stripe_client().v1.customers
        client.update(customer_id, params)
        # Add the new one before the old ones are removed: an invoice issued in between has at least one.
        others = client.tax_ids.list(customer_id, {"limit": 100}).data
        if details.tax_id is not None:
            kept = [one for one in others if (one.type, one.value) == details.tax_id]
            others = [one for one in others if one not in kept[:1]]
            if not kept:
                kind, value = details.tax_id
                client.tax_ids.create(
                    customer_id,
                    {"type": cast(Any, kind), "value": value},
                    # Versions go back with a restored database: another number is another request.
                    {"idempotency_key": f"tax_id:{key}:{_digest(kind, value)}"},
                )
        for one in others:
            client.tax_ids.delete(customer_id, one.id)


def _digest(*texts: str) -> str:
    return sha256("\n".join(texts).encode()).hexdigest()[:16]


def is_deleted(customer_id: str) -> bool:
    """Whether a customer was deleted at Stripe, which keeps its id. Raises as `create` does.

    https://docs.stripe.com/api/customers/delete
    """
    with translated():
        customer = stripe_client().v1.customers.retrieve(customer_id)
    return bool(getattr(customer, "deleted", False))


def default_card(customer_id: str) -> str | None:
    """The card that a customer's invoices are charged to, if there is one. Raises as `create` does."""
    with translated():
        return default_card_of(stripe_client().v1.customers.retrieve(customer_id))


def default_card_of(customer: Any) -> str | None:
    """The same for a fetched customer; None for one that was deleted, or not expanded."""
    settings = getattr(customer, "invoice_settings", None)
    return id_of(settings.default_payment_method) if settings else None


def set_default_card(customer_id: str, payment_method_id: str | None) -> None:
    """Set the card that Stripe charges invoices to, or none. Raises as `create` does.

    https://docs.stripe.com/api/customers/update#update_customer-invoice_settings-default_payment_method
    """
    chosen: stripe.params.CustomerUpdateParams = {
        "invoice_settings": {"default_payment_method": payment_method_id or ""}
    }
    with translated():
        stripe_client().v1.customers.update(customer_id, chosen)
