"""Top-ups: chosen and reviewed, paid by card, settled into the wallet exactly once.

A top-up has one payment intent for life, made with its own id as the idempotency key and confirmed again
after a decline, so it can be charged once at most. It is settled by whoever first learns that it was paid:
the page, the webhook or the job that looks after it (`app.billing.topups.settlement`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from app import return_addresses
from app.billing import audit, catalog
from app.billing.audit import Actor
from app.billing.cards import one_off, payment_methods, removal
from app.billing.cards.one_off import EnteredCard
from app.billing.cards.payment_methods import CardNotUsableError
from app.billing.topups import queries, settlement
from app.billing.topups.queries import find
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db, enqueue
from app.ids import uuid7
from app.models import Organization, PaymentMethod, TopUp, TopUpStatus
from app.money import Money
from app.payments import declines, intents
from app.payments.errors import DeclinedError, NotDoneError, OutcomeUnknownError, PaymentsError, RefusedError
from app.payments.intents import ChargeRequest, Payment

FIRST_LOOK = timedelta(seconds=15)
"""When the job first looks after a payment that was begun: later than a page's own answer."""

PAYABLE = frozenset({TopUpStatus.REVIEW, TopUpStatus.DECLINED})
_UNPAID = frozenset({"requires_payment_method", "requires_confirmation"})

FINAL = frozenset({TopUpStatus.SUCCEEDED, TopUpStatus.CANCELED})


class AmountOutOfRangeError(ValueError):
    """The amount is not one that can be topped up; the message names the limits."""

    def __init__(self, minimum: Money, maximum: Money) -> None:
        super().__init__("out of range")
        self.minimum, self.maximum = minimum, maximum


class PaymentNotStartedError(Exception):
    """Stripe took no payment just now and nothing was charged: the same top-up can be paid again."""


def begin(organization: Organization, amount: Money, chosen: UUID | EnteredCard, actor: Actor) -> TopUp:
    """Write down what is to be topped up and by which card, for review; nothing is charged.

    A card that was entered stands for one wish: sent again it finds that one, and with another amount it
    replaces it. Raises `AmountOutOfRangeError`, `CardNotUsableError`, and what `app.payments` raises.
    """
    limits = catalog.current().top_up
    if not limits.minimum <= amount <= limits.maximum:
        raise AmountOutOfRangeError(limits.minimum, limits.maximum)
    if isinstance(chosen, EnteredCard):
        card = one_off.write_down(organization, chosen)
    else:
        before = one_off.top_up_of(organization.id, chosen)
        card = payment_methods.usable(organization, chosen, entered_for=before)
    top_up = TopUp(
        org_id=organization.id,
        id=uuid7(),
        amount_micro=amount.micro,
        currency=amount.currency,
        payment_method_id=card.id,
        keep_card=isinstance(chosen, EnteredCard) and chosen.keep,
        created_by=actor.user_id,
    )
    if not card.is_kept:
        top_up = _instead_of_another(top_up, card, chosen, actor)
    db.session.add(top_up)
    db.session.flush()
    return top_up


def pay(
    organization: Organization,
    top_up_id: UUID,
    chosen: UUID | EnteredCard,
    actor: Actor,
    *,
    radar_session: str | None = None,
) -> TopUp:
    """Charge the card for a top-up, unless that was begun already: a second click finds it and charges
    nothing.

    `radar_session` is Stripe's snapshot of the payer's browser, if there is one; made again later by the job,
    the request goes without it.

    Commits on its own, before Stripe is asked and after. A lost answer leaves the top-up `paying`, to be
    settled by the job. Raises `UnknownTopUpError`, `CardNotUsableError`, `PaymentNotStartedError` where
    nothing was charged, and what `app.payments` raises where Stripe can't tell of a card that was entered.
    """
    top_up = find(organization.id, top_up_id)
    if top_up.status not in PAYABLE:
        return top_up
    customer_id = payment_methods.customer_of(organization, email=None)
    try:
        card = _card_for(organization, top_up, chosen)
    except CardNotUsableError:
        # A second click whose first one has used the card meanwhile.
        if find(organization.id, top_up_id).status in PAYABLE:
            raise
        return find(organization.id, top_up_id)
    keep = chosen.keep if isinstance(chosen, EnteredCard) else None
    claimed = _claim(organization, top_up_id, card, actor, keep=keep)
    db.session.commit()
    if claimed is None:
        return find(organization.id, top_up_id)
    request = charge_request(organization, claimed, card, customer_id)
    try:
        payment = charge(claimed, replace(request, radar_session=radar_session))
    except OutcomeUnknownError:
        return find(organization.id, top_up_id)
    except NotDoneError as error:
        _give_back(organization.id, top_up_id)
        raise PaymentNotStartedError from error
    except (DeclinedError, RefusedError) as error:
        settlement.refuse(organization.id, top_up_id, _why(organization, card, error))
        db.session.commit()
        return find(organization.id, top_up_id)
    settlement.apply(organization.id, top_up_id, payment, actor)
    db.session.commit()
    return find(organization.id, top_up_id)


def _why(organization: Organization, card: PaymentMethod, error: DeclinedError | RefusedError) -> str:
    """The code to keep of a decline, or of a refusal. Commits."""
    if isinstance(error, DeclinedError):
        return error.code
    # Stripe has no code for a card that was detached, nor for much else that may be wrong with a request.
    is_there = card.is_kept and not removal.is_gone(organization, card)
    return (
        declines.REFUSED
        if is_there and error.code == "invalid_request"
        else declines.code_for_refusal(error.code)
    )


def refresh(organization: Organization, top_up_id: UUID, actor: Actor) -> TopUp:
    """Ask Stripe how an open payment stands now; without an answer it stays as it is. Commits.

    Raises `UnknownTopUpError`.
    """
    top_up = find(organization.id, top_up_id)
    if top_up.status not in FINAL and top_up.payment_intent_id is not None:
        try:
            settlement.apply(organization.id, top_up_id, intents.fetch(top_up.payment_intent_id), actor)
            db.session.commit()
        except PaymentsError:
            db.session.rollback()
    return find(organization.id, top_up_id)


def cancel(organization: Organization, top_up_id: UUID, actor: Actor) -> TopUp:
    """Give up a top-up that was not paid. If it turns out to be paid, it is credited. Commits.

    Raises `UnknownTopUpError`, and what `app.payments` raises.
    """
    top_up = find(organization.id, top_up_id)
    if top_up.status in FINAL or top_up.status is TopUpStatus.PAYING:
        return top_up
    if top_up.payment_intent_id is None:
        settlement.close(organization.id, top_up_id, actor)
    else:
        payment = intents.cancel(top_up.payment_intent_id)
        settlement.apply(organization.id, top_up_id, payment, actor)
    db.session.commit()
    return find(organization.id, top_up_id)


def charge(top_up: TopUp, request: ChargeRequest) -> Payment:
    """Ask Stripe for the payment of this attempt. Raises what `app.payments.intents` raises."""
    if top_up.payment_intent_id is not None:
        return intents.charge_again(top_up.payment_intent_id, request)
    if top_up.attempt > 1:
        # An earlier attempt ended without an answer: if it made a payment intent after all, go on with that
        # one.
        made = intents.find_for_top_up(top_up.id, customer_id=request.customer_id, since=top_up.created_at)
        if made is not None:
            return intents.charge_again(made.id, request) if made.status in _UNPAID else made
    return intents.charge(request)


def charge_request(
    organization: Organization, top_up: TopUp, card: PaymentMethod, customer_id: str
) -> ChargeRequest:
    """The request of a top-up's current attempt: the same each time it is made."""
    return ChargeRequest(
        key=f"top_up:{top_up.id}:{top_up.attempt}",
        amount=top_up.amount,
        customer_id=customer_id,
        card=card.stripe_id,
        top_up_id=top_up.id,
        org_id=organization.id,
        return_url=return_addresses.top_up(organization.slug, top_up.id),
        description=f"Wallet top-up for {organization.name}",
        statement=catalog.current().top_up.statement,
        keep=top_up.keep_card,
    )


def _instead_of_another(
    top_up: TopUp, card: PaymentMethod, chosen: UUID | EnteredCard, actor: Actor
) -> TopUp:
    """The wish that a card was entered for already, where it is the same; else the new one, and that is given
    up."""
    ledger.lock(card.org_id)
    before = one_off.top_up_of(card.org_id, card.id)
    if before is None:
        return top_up
    if not before.awaits_first_try:
        raise CardNotUsableError(one_off.USED)
    if not isinstance(chosen, EnteredCard):
        top_up.keep_card = before.keep_card
    if (before.amount, before.keep_card) == (top_up.amount, top_up.keep_card):
        return before
    settlement.close(before.org_id, before.id, actor)
    return top_up


def _card_for(organization: Organization, top_up: TopUp, chosen: UUID | EnteredCard) -> PaymentMethod:
    if not isinstance(chosen, EnteredCard):
        return payment_methods.usable(organization, chosen, entered_for=top_up)
    card = one_off.write_down(organization, chosen)
    one_off.check_belongs(card, top_up)
    return card


def _claim(
    organization: Organization, top_up_id: UUID, card: PaymentMethod, actor: Actor, *, keep: bool | None
) -> TopUp | None:
    """Begin the next attempt to pay; None where the top-up is being paid or is done, or the card had its one
    try."""
    wallet = ledger.lock(organization.id)
    top_up = queries.lock(organization.id, top_up_id)
    is_another = card.id != top_up.payment_method_id
    if top_up.status not in PAYABLE:
        return None
    if top_up.status is TopUpStatus.DECLINED and not card.is_kept and not is_another:
        return None
    if is_another:
        one_off.retire(organization.id, top_up.payment_method_id)
        top_up.keep_card = False
    if keep is not None:
        top_up.keep_card = keep
    top_up.status = TopUpStatus.PAYING
    top_up.attempt += 1
    top_up.payment_method_id = card.id
    top_up.paying_since = utc_now()
    top_up.decline_code = None
    wallet.version += 1
    audit.record(
        organization.id,
        actor,
        "top_up.paid_for",
        str(top_up.id),
        amount=str(top_up.amount.decimal),
        card=card.label,
        attempt=top_up.attempt,
    )
    enqueue("settle_top_up", after=FIRST_LOOK, org_id=str(organization.id), top_up_id=str(top_up.id))
    db.session.flush()
    return top_up


def _give_back(org_id: UUID, top_up_id: UUID) -> None:
    """Stripe did nothing with the attempt: let it be paid again."""
    wallet = ledger.lock(org_id)
    top_up = queries.lock(org_id, top_up_id)
    if top_up.status is TopUpStatus.PAYING:
        top_up.status = TopUpStatus.REVIEW if top_up.payment_intent_id is None else TopUpStatus.DECLINED
        wallet.version += 1
    db.session.commit()
