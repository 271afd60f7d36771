"""The cards an organization pays with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from app.billing import audit
from app.billing.audit import Actor
from app.billing.cards import default_card, duplicates, health, lookup
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db, enqueue
from app.language import gettext
from app.models import Organization, PaymentMethod, TopUp, card_name
from app.payments import customers
from app.payments.cards import Card
from app.transaction import transaction

MOST = 50
"""The most cards that people can save, and that pages show. Stripe may report more, which are shown once others are
removed."""
_SOON = relativedelta(days=60)


class CardState(StrEnum):
    VALID = "valid"
    EXPIRES_SOON = "expires_soon"
    EXPIRED = "expired"
    NOT_WORKING = "not_working"  # its bank said that retrying is useless


class CardNotUsableError(Exception):
    """The chosen card can't be used; the message says what to do instead."""


def over_on(method: PaymentMethod) -> date:
    """The first day on which a card is expired: the month printed on it is its last."""
    return date(method.exp_year, method.exp_month, 1) + relativedelta(months=1)


def state_of(method: PaymentMethod, today: date) -> CardState:
    over = over_on(method)
    if today >= over:
        return CardState.EXPIRED
    if method.failing_since is not None:
        return CardState.NOT_WORKING
    return CardState.EXPIRES_SOON if today + _SOON >= over else CardState.VALID


def works(method: PaymentMethod, today: date) -> bool:
    """Whether a card can be expected to work."""
    return state_of(method, today) in {CardState.VALID, CardState.EXPIRES_SOON}


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as pages show it. `over_on` is the first day on which it is expired."""

    id: UUID
    brand: str
    last4: str
    label: str
    expires: str
    is_default: bool
    state: CardState
    over_on: date
    failing_since: datetime | None

    @property
    def works(self) -> bool:
        return self.state in {CardState.VALID, CardState.EXPIRES_SOON}

    @property
    def choice(self) -> str:
        """As the top-up form lists it: `Visa ending in 4242, expires 12/2028 (default)`."""
        if self.state is CardState.EXPIRED:
            shown = gettext("%(card)s, expired %(month)s", card=self.label, month=self.expires)
        elif self.state is CardState.NOT_WORKING:
            shown = gettext("%(card)s, not working: declined by its bank", card=self.label)
        else:
            shown = gettext("%(card)s, expires %(month)s", card=self.label, month=self.expires)
        return gettext("%(choice)s (default)", choice=shown) if self.is_default else shown


def card_view(method: PaymentMethod, today: date) -> CardView:
    return CardView(
        id=method.id,
        brand=method.brand_label,
        last4=method.last4,
        label=card_name(method.label),
        expires=f"{method.exp_month:02}/{method.exp_year}",
        is_default=method.is_default and method.removed_at is None,
        state=state_of(method, today),
        over_on=over_on(method),
        failing_since=method.failing_since,
    )


def list_cards(organization: Organization) -> list[CardView]:
    """The organization's cards to choose from, as pages show them, up to a limit. One statement."""
    today = organization.local_day()
    return [card_view(method, today) for method in saved(organization.id)[:MOST]]


def saved(org_id: UUID) -> list[PaymentMethod]:
    """The organization's cards, the default first, then the newest."""
    query = (
        select(PaymentMethod)
        .where(PaymentMethod.org_id == org_id, PaymentMethod.removed_at.is_(None), PaymentMethod.is_kept)
        .order_by(PaymentMethod.is_default.desc(), PaymentMethod.created_at.desc(), PaymentMethod.id.desc())
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def default_of(org_id: UUID) -> PaymentMethod | None:
    """The default card of an organization; None if it has no saved card."""
    return next((one for one in saved(org_id) if one.is_default), None)


def usable(organization: Organization, card_id: UUID, *, entered_for: TopUp | None = None) -> PaymentMethod:
    """The organization's card with this id; if it was saved again since, its current row.

    An unsaved card only pays its own top-up. A card with a final decline may be retried, because the person may know
    better; so may an expired one, because a card that its bank replaced can keep working
    (https://docs.stripe.com/payments/cards/overview#automatic-card-updates). Raises `CardNotUsableError`.
    """
    method = db.session.get(PaymentMethod, (organization.id, card_id), populate_existing=True)
    method = duplicates.latest(method) if method else None
    is_own = entered_for is not None and entered_for.payment_method_id == card_id
    if method is None or method.removed_at is not None or not (method.is_kept or is_own):
        raise CardNotUsableError(gettext("This card is no longer saved. Choose another card."))
    return method


def current_row(method: PaymentMethod) -> PaymentMethod:
    """The newest row of a card, which may have been saved again since."""
    return duplicates.latest(method)


def next_default(others: Sequence[PaymentMethod], today: date) -> PaymentMethod | None:
    """Which of the other cards, newest first, becomes the default when the current one is removed: the first that
    works.

    One that expires soon is chosen only if no other lasts longer.
    """
    order = {CardState.VALID: 0, CardState.EXPIRES_SOON: 1}
    return min(others, key=lambda one: order.get(state_of(one, today), 2), default=None)


def customer_of(organization: Organization, *, email: str | None) -> str:
    """The organization's customer at Stripe, created if it has none yet. Commits in that case."""
    if organization.stripe_customer_id is None:
        lost = len(organization.former_customer_ids)
        customer_id = customers.create(organization.id, name=organization.name, email=email, lost=lost)
        with transaction():
            organization.stripe_customer_id = customer_id
            # It doesn't have the billing details for its invoices yet.
            enqueue("tell_billing_details", org_id=str(organization.id))
    return organization.stripe_customer_id


def record_customer_deleted(
    organization: Organization, customer_id: str, actor: Actor = audit.STRIPE
) -> bool:
    """Record that a customer was deleted at Stripe, with its cards; False if it isn't the organization's.

    The next card that is added creates a new customer. Payments of the old one remain the organization's.
    """
    wallet = ledger.lock(organization.id)
    organization = db.session.get_one(Organization, organization.id, populate_existing=True)
    if organization.stripe_customer_id != customer_id:
        return False
    organization.former_customer_ids = [*organization.former_customer_ids, customer_id]
    organization.stripe_customer_id = None
    for method in saved(organization.id):
        method.removed_at, method.is_default = utc_now(), False
        audit.record(organization.id, actor, "payment_method.removed", str(method.id), card=method.label)
    wallet.version += 1
    audit.record(organization.id, actor, "customer.forgotten", customer_id)
    db.session.flush()
    return True


def record(organization: Organization, card: Card, actor: Actor) -> PaymentMethod:
    """Record a card that is attached to the organization's customer, or update it.

    The first card becomes the default, and so does one that is added while the default doesn't work. A card that is
    already saved stays one card: its current row is returned.
    """
    wallet = ledger.lock(organization.id)
    method = lookup.find(organization.id, card.stripe_id)
    if method is not None and method.removed_at is not None:
        return duplicates.latest(method)
    is_new = method is None or not method.is_kept
    if method is None:
        method = PaymentMethod(org_id=organization.id, stripe_id=card.stripe_id, created_at=card.created_at)
        db.session.add(method)
    method.is_kept = True
    _describe(method, card, actor, is_new=is_new)
    wallet.version += 1
    db.session.flush()
    if is_new:
        audit.record(organization.id, actor, "payment_method.added", str(method.id), card=method.label)
    kept = duplicates.merge(method, saved(organization.id), actor)
    _settle_default(organization, kept)
    return kept


def record_detached(org_id: UUID, stripe_id: str, actor: Actor = audit.STRIPE) -> bool:
    """Record that a card was detached at Stripe; False if it isn't one of the organization's any more.

    If it was the default, the newest other card that works becomes the default.
    """
    wallet = ledger.lock(org_id)
    method = lookup.find(org_id, stripe_id)
    if method is None or method.removed_at is not None:
        return False
    method.removed_at = utc_now()
    was_default, method.is_default = method.is_default, False
    db.session.flush()
    successor = next_default(saved(org_id), db.session.get_one(Organization, org_id).local_day())
    if was_default and successor is not None:
        default_card.set_default(successor)
    wallet.version += 1
    audit.record(org_id, actor, "payment_method.removed", str(method.id), card=method.label)
    return True


def _describe(method: PaymentMethod, card: Card, actor: Actor, *, is_new: bool) -> None:
    """Update a row from Stripe's card. A new number or expiry gives a failed card another chance."""
    before = (method.last4, method.exp_month, method.exp_year, method.fingerprint)
    method.brand, method.last4 = card.brand, card.last4
    method.exp_month, method.exp_year = card.exp_month, card.exp_year
    method.fingerprint = card.fingerprint
    if is_new or before == (card.last4, card.exp_month, card.exp_year, card.fingerprint):
        return
    health.recover(method)
    expires = f"{card.exp_month:02}/{card.exp_year}"
    audit.record(
        method.org_id, actor, "payment_method.updated", str(method.id), card=method.label, expires=expires
    )


def _settle_default(organization: Organization, newest: PaymentMethod) -> None:
    today = organization.local_day()
    current = default_of(organization.id)
    if current is None or (not works(current, today) and works(newest, today)):
        default_card.set_default(newest, instead_of=current)
