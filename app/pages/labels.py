"""What pages call movements of credit and the limits of plans, and so do the files they offer."""

from __future__ import annotations

from babel import Locale
from flask import Flask

from app.billing import catalog
from app.billing.wallet import line_details
from app.language import locale
from app.models import TransferKind, UsageGroup, card_name

_MOVEMENTS = {
    TransferKind.TOP_UP: "Top-up",
    TransferKind.REFUND: "Refund",
    TransferKind.REFUND_REVERSAL: "Refund failed",
    TransferKind.DISPUTE: "Dispute",
    TransferKind.DISPUTE_REVERSAL: "Dispute reversed",
    TransferKind.ADJUSTMENT: "Adjustment",
    TransferKind.CREDIT: "Credit",
    TransferKind.PROMOTION: "Promotional credit",
    TransferKind.EXPIRY: "Expired credit",
}
_MOVEMENTS_OF_MANY = {
    TransferKind.TOP_UP: "Top-ups",
    TransferKind.REFUND: "Refunds",
    TransferKind.DISPUTE: "Disputes",
    TransferKind.ADJUSTMENT: "Adjustments",
    TransferKind.CREDIT: "Credits",
    TransferKind.USAGE: "Usage",
    TransferKind.PROMOTION: "Promotional credit",
    TransferKind.EXPIRY: "Expired credit",
}
"""With what reverses them."""
_LIMITS = {
    "agents": "Agents",
    "phone_numbers": "Phone numbers",
    "campaigns": "Campaigns",
    "concurrent_calls": "Concurrent calls",
}


def init_app(app: Flask) -> None:
    """Give templates the labels."""
    app.add_template_filter(movement_label)
    app.add_template_filter(movements_label)
    app.add_template_filter(limit_label)
    app.add_template_filter(destination_name)
    app.add_template_filter(card_name)
    app.add_template_filter(line_details.to_read, "line_detail")


def movement_label(kind: TransferKind, group: UsageGroup | None = None) -> str:
    """What a movement of this kind is called; usage is called by its group."""
    return group.label if group else _MOVEMENTS[kind]


def movements_label(kind: TransferKind) -> str:
    """What movements are called that are of this kind, or reverse one."""
    return _MOVEMENTS_OF_MANY[kind]


def filter_labels() -> dict[str, str]:
    """The kinds that the history can be filtered by: the value and its label."""
    return {kind.value: label for kind, label in _MOVEMENTS_OF_MANY.items()}


def limit_label(resource: str) -> str:
    """What a limit is called; one that only an older version of the catalog knows is called by its key."""
    return _LIMITS.get(resource, resource)


def destination_name(key: str) -> str:
    """What a destination of calls is called: a country by its name in the reader's language; a range by its label."""
    known = catalog.current().destinations.find(key)
    if known is not None and known.label:
        return known.label
    names = Locale.parse(locale()).territories
    return names.get(key) or key
