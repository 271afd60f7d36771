"""Cards entered for one top-up, as tests begin and pay them."""

from __future__ import annotations

from app.billing import topups
from app.billing.cards import payment_methods
from app.billing.cards.one_off import EnteredCard
from app.extensions import db
from app.models import Organization, TopUp
from tests.factories import OWNER, usd
from tests.support.sandbox import GOOD, Sandbox

CREATE = "POST /v1/payment_intents"
DECLINED = "4000000000000002"


def entered(sandbox: Sandbox, number: str = GOOD, *, keep: bool = False) -> EnteredCard:
    return EnteredCard(sandbox.enter_card(number, keep=keep), keep)


def begin(organization: Organization, card: EnteredCard, amount: str = "50") -> TopUp:
    top_up = topups.begin(organization, usd(amount), card, OWNER)
    db.session.commit()
    return top_up


def pay(organization: Organization, card: EnteredCard) -> TopUp:
    top_up = begin(organization, card)
    return topups.pay(organization, top_up.id, top_up.payment_method_id, OWNER)


def saved(organization: Organization) -> list[str]:
    """The organization's saved cards, the default marked."""
    db.session.rollback()
    found = payment_methods.saved(organization.id)
    return [f"{card.last4}{' default' if card.is_default else ''}" for card in found]


def attached(organization: Organization, sandbox: Sandbox) -> list[str]:
    """The cards that Stripe has attached to the organization's customer."""
    found = sandbox.stripe.v1.payment_methods.list({"customer": organization.stripe_customer_id or ""})
    return [method.card.last4 or "" for method in found.data if method.card]
