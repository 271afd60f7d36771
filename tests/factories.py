"""What tests are about, made through the domain's own functions."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from app.billing import calling, ledger
from app.billing.ledger import Entry
from app.billing.money import Money
from app.extensions import db
from app.models import AccountName, Organization, PaymentMethod, Role, TransferKind, User
from app.models.columns import utc_now
from app.people import invitations, organizations

PASSWORD = "correct horse battery"
_numbers = count(1)


def usd(text: str) -> Money:
    """`usd("12.50")`, and below zero `usd("-3")`."""
    return -Money.parse(text[1:], "USD") if text.startswith("-") else Money.parse(text, "USD")


def an_organization(name: str = "", *, timezone: str = "UTC", credit: str = "0", alert: str | None = None) -> Organization:
    """An organization, with some credit if wanted."""
    made = organizations.create_organization(
        name or f"Organization {next(_numbers)}", timezone=timezone, low_threshold=usd(alert) if alert else None
    )
    if usd(credit):
        give_credit(made, credit)
    db.session.commit()
    return made


def give_credit(organization: Organization, amount: str, *, source: str = "", at: datetime | None = None) -> None:
    """Credit out of goodwill."""
    at = at or utc_now()
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
    calling.reassess(wallet, at)
    db.session.commit()


def a_person(
    email: str = "", *, organization: Organization, role: Role = Role.ORG_ADMIN, password: str = PASSWORD, name: str = ""
) -> User:
    """Somebody with a password and a role."""
    user = organizations.add_person(
        email or f"person{next(_numbers)}@test.example", name=name, organization=organization, role=role
    )
    invitations.set_password(user, password)
    db.session.commit()
    return user


def a_card(organization: Organization, *, last4: str = "4242", year: int = 2040, default: bool = True) -> PaymentMethod:
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
