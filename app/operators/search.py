"""Finding an organization by whatever someone who asks for help has at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.errors import QueryCanceled
from sqlalchemy import Select, String, and_, func, literal, or_, select, text, tuple_
from sqlalchemy.exc import DBAPIError

from app.extensions import db
from app.models import (
    Dispute,
    Invoice,
    Membership,
    Organization,
    PaymentMethod,
    Subscription,
    TopUp,
    Transfer,
    User,
)
from app.models.scope import OrgScoped, Reason, seeing_all
from app.text import is_storable

MOST = 20
"""Organizations on a page."""
LONGEST = 254
Query = Select[*tuple[Any, ...]]
_PATIENCE = "5s"
"""How long the database may look, for each query: no index serves the middle of a name, a recipient, or a transfer's
id by itself."""
_PAST_ALL = "\U0010ffff"
"""Comes after every character of a name."""


class SearchTooSlowError(Exception):
    """It takes too long. Something more exact is found faster."""


@dataclass(frozen=True, slots=True)
class Match:
    """An organization, and what of it was looked for."""

    id: UUID
    name: str
    slug: str
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found, by name; whether there are `more`."""

    matches: list[Match]
    has_more: bool = False


@seeing_all(Reason.CONSOLE)
def find(wanted: str, *, after: UUID | None = None) -> Found:
    """Organizations by name, short name, id (ours or the platform's), someone's email address, ids at Stripe
    (customer, subscription, payment, charge, card, dispute, invoice), an invoice's number, or the id of a transfer or
    top-up; a page of at most `MOST`, which begins `after` an organization. Raises `SearchTooSlowError`."""
    wanted = wanted.strip()[:LONGEST]
    if not wanted or not is_storable(wanted):
        return Found([])
    db.session.execute(text(f"SET LOCAL statement_timeout = '{_PATIENCE}'"))
    try:
        place = _place(after) if after is not None else None
        rows = next(filter(None, (_rows(query, place) for query in queries(wanted))), [])
    except DBAPIError as error:
        if isinstance(error.orig, QueryCanceled):
            db.session.rollback()
            raise SearchTooSlowError from error
        raise
    db.session.execute(text("RESET statement_timeout"))
    return Found([Match(row.id, row.name, row.slug, row.why) for row in rows[:MOST]], len(rows) > MOST)


def _place(after: UUID) -> tuple[str, UUID] | None:
    row = db.session.execute(
        select(Organization.name_key, Organization.id).where(Organization.id == after)
    ).first()
    return (row.name_key, row.id) if row is not None else None


def _rows(query: Query, place: tuple[str, UUID] | None) -> list[Any]:
    if place is not None:
        query = query.where(tuple_(Organization.name_key, Organization.id) > tuple_(*place))
    return list(db.session.execute(query.order_by(Organization.name_key, Organization.id).limit(MOST + 1)))


def queries(wanted: str) -> Iterable[Query]:
    """What is asked, one after the other, until one of them finds something: what has an index comes first."""
    for prefix, by in IDS_AT_STRIPE.items():
        if wanted.startswith(prefix):
            return by(wanted)
    if "@" in wanted:
        return _by_address(wanted)
    try:
        return _by_id(UUID(wanted))
    except ValueError:
        return _by_text(wanted)


def _found(why: str) -> Query:
    return select(Organization.id, Organization.name, Organization.slug, literal(why).label("why"))


def _by_customer(wanted: str) -> list[Query]:
    return [
        _found("Stripe customer").where(Organization.stripe_customer_id == wanted),
        _found("Deleted Stripe customer").where(Organization.former_customer_ids.contains([wanted])),
    ]


def _whose(table: type[OrgScoped], column: Any, why: str) -> Callable[[str], list[Query]]:
    """By a column of a table of organizations' rows."""

    def by(wanted: str) -> list[Query]:
        owners = select(table.org_id).where(column == wanted)
        return [_found(why).where(Organization.id.in_(owners))]

    return by


IDS_AT_STRIPE: dict[str, Callable[[str], list[Query]]] = {
    "cus_": _by_customer,
    "pi_": _whose(TopUp, TopUp.payment_intent_id, "Payment of a top-up"),
    "ch_": _whose(TopUp, TopUp.charge_id, "Charge of a top-up"),
    "py_": _whose(TopUp, TopUp.charge_id, "Charge of a top-up"),
    "in_": _whose(Invoice, Invoice.stripe_id, "Invoice"),
    "sub_": _whose(Subscription, Subscription.stripe_id, "Subscription"),
    "pm_": _whose(PaymentMethod, PaymentMethod.stripe_id, "Saved card"),
    "dp_": _whose(Dispute, Dispute.stripe_id, "Dispute"),
    "du_": _whose(Dispute, Dispute.stripe_id, "Dispute"),
}
"""How ids at Stripe begin (https://docs.stripe.com/api)."""


def _by_address(wanted: str) -> list[Query]:
    people = (
        select(Membership.org_id)
        .join(User, User.id == Membership.user_id)
        .where(User.email_key == wanted.lower())
    )
    named = func.lower(func.array_to_string(Organization.billing_emails, " ", type_=String))
    gets_mail = (" " + named + " ").contains(f" {wanted.lower()} ", autoescape=True)
    return [
        _found("Email address").where(Organization.id.in_(people)),
        _found("Recipient of emails").where(gets_mail),
    ]


def _by_id(wanted: UUID) -> list[Query]:
    own = or_(Organization.id == wanted, Organization.external_id == str(wanted))
    top_ups = select(TopUp.org_id).where(TopUp.id == wanted)
    transfers = select(Transfer.org_id).where(Transfer.id == wanted)
    return [
        _found("Organization id").where(own),
        _found("Top-up").where(Organization.id.in_(top_ups)),
        _found("Transfer").where(Organization.id.in_(transfers)),
    ]


def _by_text(wanted: str) -> list[Query]:
    """What is exactly so, and names that begin so, by their indexes; only where there are none, names with it in the
    middle."""
    least = func.lower(wanted)
    begins = and_(Organization.name_key >= least, Organization.name_key < least.concat(_PAST_ALL))
    exactly = (Organization.slug == wanted.lower(), Organization.external_id == wanted)
    numbered = select(Invoice.org_id).where(Invoice.number == wanted)
    return [
        _found("Name").where(or_(*exactly, begins)),
        _found("Invoice").where(Organization.id.in_(numbered)),
        _found("Part of the name").where(Organization.name.icontains(wanted, autoescape=True)),
    ]
