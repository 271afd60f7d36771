"""The cards an organization pays with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from app.billing import audit, ledger
from app.billing.audit import Actor
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUp
from app.models.columns import utc_now
from app.payments import cards, customers
from app.payments.cards import Card, Setup

_SOON = relativedelta(days=60)


class CardState(StrEnum):
    VALID = "valid"
    EXPIRES_SOON = "expires_soon"
    EXPIRED = "expired"


class CardNotUsableError(Exception):
    """The card chosen can't pay; the message says what to choose instead."""


class SetupNotDoneError(Exception):
    """A card was not saved; the message says what to do."""


def state_of(method: PaymentMethod, today: date) -> CardState:
    """A card works until the end of the month printed on it."""
    over = date(method.exp_year, method.exp_month, 1) + relativedelta(months=1)
    if today >= over:
        return CardState.EXPIRED
    return CardState.EXPIRES_SOON if today + _SOON >= over else CardState.VALID


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as pages show it."""

    id: UUID
    brand: str
    last4: str
    label: str
    expires: str
    is_default: bool
    state: CardState

    @property
    def choice(self) -> str:
        """As the select of the top-up names it: `Visa ending in 4242, expires 12/2028 (default)`."""
        when = "expired" if self.state is CardState.EXPIRED else "expires"
        return f"{self.label}, {when} {self.expires}{' (default)' if self.is_default else ''}"


def card_view(method: PaymentMethod, today: date) -> CardView:
    return CardView(
        id=method.id,
        brand=method.brand_label,
        last4=method.last4,
        label=method.label,
        expires=f"{method.exp_month:02}/{method.exp_year}",
        is_default=method.is_default and method.removed_at is None,
        state=state_of(method, today),
    )


def list_cards(organization: Organization) -> list[CardView]:
    """The organization's cards as pages show them. One statement."""
    today = ledger.local_day_of(organization)
    return [card_view(method, today) for method in saved(organization.id)]


def saved(org_id: UUID) -> list[PaymentMethod]:
    """The organization's cards, the default first, then the newest."""
    query = (
        select(PaymentMethod)
        .where(PaymentMethod.org_id == org_id, PaymentMethod.removed_at.is_(None), PaymentMethod.is_kept)
        .order_by(PaymentMethod.is_default.desc(), PaymentMethod.created_at.desc())
    )
    return list(db.session.scalars(query))


def usable(organization: Organization, card_id: UUID, *, entered_for: TopUp | None = None) -> PaymentMethod:
    """The organization's own card of this id, if it can pay today; one that isn't kept for its own top-up alone.

    Raises `CardNotUsableError`.
    """
    method = db.session.get(PaymentMethod, (organization.id, card_id), populate_existing=True)
    is_own = entered_for is not None and entered_for.payment_method_id == card_id
    if method is None or method.removed_at is not None or not (method.is_kept or is_own):
        raise CardNotUsableError("This card is not among your saved cards any more. Choose another card.")
    if state_of(method, ledger.local_day_of(organization)) is CardState.EXPIRED:
        raise CardNotUsableError(f"{method.label} has expired. Choose another card, or add one.")
    return method


def begin_setup(organization: Organization, *, email: str | None) -> Setup:
    """Begin to save a card; makes the organization's customer at Stripe where it has none yet.

    Commits. Raises what `app.payments` raises.
    """
    return cards.begin_setup(customer_of(organization, email=email))


def customer_of(organization: Organization, *, email: str | None) -> str:
    """The organization's customer at Stripe, made where it has none yet. Commits in that case."""
    if organization.stripe_customer_id is None:
        organization.stripe_customer_id = customers.create(
            organization.id, name=organization.name, email=email
        )
        db.session.commit()
    return organization.stripe_customer_id


def finish_setup(organization: Organization, setup_intent_id: str, actor: Actor) -> PaymentMethod:
    """Save the card of a finished setup intent, as Stripe tells it. Raises `SetupNotDoneError`."""
    setup = cards.fetch_setup(setup_intent_id)
    if setup.customer_id is None or setup.customer_id != organization.stripe_customer_id:
        raise SetupNotDoneError("This card form belongs to another account. Add the card again.")
    if setup.card is None:
        raise SetupNotDoneError("The card was not saved: its bank did not confirm it. Add the card again.")
    return record(organization, setup.card, actor)


def record(organization: Organization, card: Card, actor: Actor) -> PaymentMethod:
    """Write down a card that is attached to the organization's customer. Doing it again updates it.

    The first card becomes the default.
    """
    wallet = ledger.lock(organization.id)
    query = select(PaymentMethod).where(
        PaymentMethod.org_id == organization.id, PaymentMethod.stripe_id == card.stripe_id
    )
    method = db.session.scalar(query)
    is_new = method is None or not method.is_kept
    has_default = any(one.is_default for one in saved(organization.id))
    if method is None:
        method = PaymentMethod(org_id=organization.id, stripe_id=card.stripe_id)
        db.session.add(method)
    if is_new:
        method.is_default, method.is_kept = not has_default, True
    method.brand, method.last4 = card.brand, card.last4
    method.exp_month, method.exp_year = card.exp_month, card.exp_year
    method.fingerprint = card.fingerprint
    wallet.version += 1
    db.session.flush()
    if is_new:
        audit.note(organization.id, actor, "payment_method.added", str(method.id), card=method.label)
    return method


def forget(org_id: UUID, stripe_id: str, actor: Actor = audit.STRIPE) -> bool:
    """Note that a card was detached at Stripe; False where it is not one of the organization's any more.

    Where it was the default, the newest of the others becomes it.
    """
    wallet = ledger.lock(org_id)
    query = select(PaymentMethod).where(PaymentMethod.org_id == org_id, PaymentMethod.stripe_id == stripe_id)
    method = db.session.scalar(query)
    if method is None or method.removed_at is not None:
        return False
    method.removed_at = utc_now()
    was_default, method.is_default = method.is_default, False
    db.session.flush()
    others = saved(org_id)
    if was_default and others:
        others[0].is_default = True
    wallet.version += 1
    audit.note(org_id, actor, "payment_method.removed", str(method.id), card=method.label)
    return True
