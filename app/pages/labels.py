"""What pages call movements of credit and the limits of plans, and so do the files they offer."""

from __future__ import annotations

from babel import Locale
from flask import Flask

from app.billing import catalog
from app.billing.activity.filters import KindSet
from app.billing.wallet import line_details
from app.language import locale, marked, translated
from app.models import TransferKind, UsageGroup, card_name

_MOVEMENTS = {
    TransferKind.TOP_UP: marked("Top-up"),
    TransferKind.REFUND: marked("Refund"),
    TransferKind.REFUND_REVERSAL: marked("Refund failed"),
    TransferKind.DISPUTE: marked("Dispute"),
    TransferKind.DISPUTE_REVERSAL: marked("Dispute reversed"),
    TransferKind.ADJUSTMENT: marked("Adjustment"),
    TransferKind.CREDIT: marked("Goodwill credit"),
    TransferKind.PROMOTION: marked("Promotional credit"),
    TransferKind.EXPIRY: marked("Expired credit"),
    TransferKind.USAGE: marked("Usage"),
}
_SETS = {KindSet.MONEY_IN: marked("Money in"), KindSet.RETURNED: marked("Refunds and disputes")}
_MOVEMENTS_OF_MANY = {
    TransferKind.TOP_UP: marked("Top-ups"),
    TransferKind.REFUND: marked("Refunds"),
    TransferKind.DISPUTE: marked("Disputes"),
    TransferKind.ADJUSTMENT: marked("Adjustments"),
    TransferKind.CREDIT: marked("Goodwill credit"),
    TransferKind.USAGE: marked("Usage"),
    TransferKind.PROMOTION: marked("Promotional credit"),
    TransferKind.EXPIRY: marked("Expired credit"),
}
"""With what reverses them."""
_LIMITS = {
    "agents": marked("Agents"),
    "phone_numbers": marked("Phone numbers"),
    "campaigns": marked("Campaigns"),
    "concurrent_calls": marked("Concurrent calls"),
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
    """What a movement of this kind is called; usage is called by its group, if it is of one."""
    return group.label if group else translated(_MOVEMENTS[kind])


def movements_label(kind: TransferKind | KindSet) -> str:
    """What movements are called that are of this kind, or reverse one, or are of a set of kinds."""
    return translated(_SETS[kind] if isinstance(kind, KindSet) else _MOVEMENTS_OF_MANY[kind])


def filter_labels() -> dict[str, str]:
    """What the history can be filtered by: the value of a set or kind, and its label."""
    return {kind.value: translated(label) for kind, label in (_SETS | _MOVEMENTS_OF_MANY).items()}


def limit_label(resource: str) -> str:
    """What a limit is called; one that only an older version of the catalog knows is called by its key."""
    return translated(_LIMITS.get(resource, resource))


def destination_name(key: str) -> str:
    """What a destination of calls is called: a country by its name in the reader's language; a range by its label."""
    known = catalog.current().destinations.find(key)
    if known is not None and known.label:
        return translated(known.label)
    names = Locale.parse(locale()).territories
    return names.get(key) or key
