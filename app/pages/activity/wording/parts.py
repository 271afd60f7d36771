"""What the wordings of all subjects are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from app.billing import catalog
from app.models import AuditEvent
from app.money import Money
from app.web.formatting import money

Detail = Callable[[AuditEvent], str]


@dataclass(frozen=True, slots=True)
class ActionWording:
    """The label of an action, the key of its kind, and the text of its details."""

    kind: str
    text: str
    detail: Detail


def nothing(_: AuditEvent) -> str:
    """No details."""
    return ""


def subject(event: AuditEvent) -> str:
    """What the action was about."""
    return event.subject


def detail(name: str) -> Detail:
    """A detail by its name."""
    return lambda event: str(event.details.get(name) or "")


def paid(event: AuditEvent) -> str:
    """The amount, in the currency of the catalog, with the card if known."""
    card = event.details.get("card")
    parts = [amount(event, "amount") if event.details.get("amount") else "", f"with {card}" if card else ""]
    return " ".join(filter(None, parts))


def fields(event: AuditEvent) -> str:
    """The fields of a form that were changed."""
    named = {
        "emails": "billing email recipients",
        "line1": "address line 1",
        "line2": "address line 2",
        "tax_id": "tax ID",
        "tax_kind": "tax ID type",
    }
    names = ", ".join(named.get(one, one.replace("_", " ")) for one in event.details.get("fields") or ())
    return names[:1].upper() + names[1:]


def as_money(text: str) -> str:
    """An amount in the trail, as pages write it."""
    return money(parse_amount(text))


def amount(event: AuditEvent, name: str) -> str:
    """An amount by its name; zero where an older entry lacks it."""
    return as_money(str(event.details.get(name) or "0"))


def parse_amount(text: str) -> Money:
    """An amount in the trail: an exact decimal, in the currency of all wallets."""
    return Money(int(Decimal(text) * 1_000_000), catalog.current().currency)
