"""What the wordings of all subjects are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from app.billing import catalog
from app.language import gettext, listed, marked, translated
from app.models import AuditEvent, card_name
from app.money import Money
from app.web.formatting import money

Detail = Callable[[AuditEvent], str]
_FIELDS = {
    "city": marked("city"),
    "country": marked("country"),
    "emails": marked("billing email recipients"),
    "language": marked("language"),
    "legal_name": marked("legal name"),
    "line1": marked("address line 1"),
    "line2": marked("address line 2"),
    "name": marked("name"),
    "postal_code": marked("postal code"),
    "purchase_order": marked("purchase order"),
    "region": marked("region"),
    "tax_id": marked("tax ID"),
    "tax_kind": marked("tax ID type"),
}


@dataclass(frozen=True, slots=True)
class ActionWording:
    """The label of an action in English, the key of its kind, and the text of its details."""

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
    paid_with, sum_ = card(event), amount(event, "amount") if event.details.get("amount") else ""
    if not paid_with:
        return sum_
    if not sum_:
        return gettext("with %(card)s", card=paid_with)
    return gettext("%(amount)s with %(card)s", amount=sum_, card=paid_with)


def card(event: AuditEvent) -> str:
    """The card, in the reader's language: entries have its English label."""
    return card_name(str(event.details.get("card") or ""))


def fields(event: AuditEvent) -> str:
    """The fields of a form that were changed."""
    names = listed((_field(one) for one in event.details.get("fields") or ()), "unit")
    return names[:1].upper() + names[1:]


def _field(name: str) -> str:
    return translated(_FIELDS[name]) if name in _FIELDS else name.replace("_", " ")


def as_money(text: str) -> str:
    """An amount in the trail, as pages write it."""
    return money(parse_amount(text))


def amount(event: AuditEvent, name: str) -> str:
    """An amount by its name; zero where an older entry lacks it."""
    return as_money(str(event.details.get(name) or "0"))


def parse_amount(text: str) -> Money:
    """An amount in the trail: an exact decimal, in the currency of all wallets."""
    return Money(int(Decimal(text) * 1_000_000), catalog.current().currency)
