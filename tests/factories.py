"""What tests are about, made through the domain's own functions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count

from app.billing import topups
from app.billing.audit import Actor
from app.billing.cards import payment_methods
from app.billing.wallet import calling_state, ledger
from app.billing.wallet.ledger import Entry
from app.extensions import db
from app.models import AccountName, Organization, PaymentMethod, Role, TopUp, TransferKind, User
from app.money import Money
from app.people import organizations, passwords
from demo import samples
from tests.support.saved_states import walked_once

PASSWORD = "correct horse battery"
OWNER = Actor("owner@test.example", address="127.0.0.1")
_numbers = count(1)


def usd(text: str) -> Money:
    """`usd("12.50")`, and below zero `usd("-3")`."""
    return -Money.parse(text[1:], "USD") if text.startswith("-") else Money.parse(text, "USD")


def an_organization(
    name: str = "", *, timezone: str = "UTC", credit: str = "0", alert: str | None = None
) -> Organization:
    """An organization, with some credit if wanted."""
    made = organizations.create_organization(
        name or f"Organization {next(_numbers)}",
        timezone=timezone,
        low_threshold=usd(alert) if alert else None,
    )
    if usd(credit):
        give_credit(made, credit)
    db.session.commit()
    return made


def give_credit(
    organization: Organization, amount: str, *, source: str = "", at: datetime | None = None
) -> None:
    """Credit out of goodwill, long ago unless said otherwise."""
    at = at or datetime(2026, 1, 1, tzinfo=UTC)
    wallet = ledger.lock(organization.id)
    entry = Entry(
        kind=TransferKind.CREDIT,
        source=source or f"test:{next(_numbers)}",
        debit=AccountName.ADJUSTMENTS,
        credit=AccountName.WALLET,
        amount=usd(amount),
        at=at,
        detail="Welcome credit",
    )
    ledger.post(wallet, entry)
    calling_state.reassess(wallet, at)
    db.session.commit()


def a_person(
    email: str = "",
    *,
    organization: Organization,
    role: Role = Role.ORG_ADMIN,
    password: str = PASSWORD,
    name: str = "",
) -> User:
    """Someone with a password and a role."""
    user = organizations.add_person(
        email or f"person{next(_numbers)}@test.example", name=name, organization=organization, role=role
    )
    user.password_hash = passwords.hash_password(password)
    db.session.commit()
    return user


def a_card(
    organization: Organization, *, last4: str = "4242", year: int = 2040, default: bool = True
) -> PaymentMethod:
    """A card that only we know of."""
    method = PaymentMethod(
        org_id=organization.id,
        stripe_id=f"pm_test_{next(_numbers)}",
        brand="visa",
        last4=last4,
        exp_month=12,
        exp_year=year,
        is_default=default,
    )
    db.session.add(method)
    db.session.commit()
    return method


def at(text: str) -> datetime:
    """`at("2026-11-24 09:30")`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@walked_once
def a_payer(
    token: str = "pm_card_visa", *, credit: str = "0", alert: str | None = None
) -> tuple[Organization, PaymentMethod]:
    """An organization with a customer and a card at Stripe's stand-in."""
    organization = an_organization(credit=credit, alert=alert)
    return organization, a_stripe_card(organization, token)


def a_stripe_card(organization: Organization, token: str = "pm_card_visa") -> PaymentMethod:
    """One more card, made from one of Stripe's test ids."""
    customer_id = payment_methods.customer_of(organization, email=None)
    card = samples.attach_card(token, customer_id, expires=date(2040, 12, 1))
    method = payment_methods.record(organization, card, OWNER)
    db.session.commit()
    return method


@walked_once
def a_paid_top_up(token: str = "pm_card_visa") -> tuple[Organization, TopUp]:
    """An organization that has topped up $50.00 with a card made from one of Stripe's test ids."""
    organization, card = a_payer(token)
    top_up = topups.begin(organization, usd("50"), card.id, OWNER)
    return organization, topups.pay(organization, top_up.id, card.id, OWNER)
