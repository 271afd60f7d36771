"""Top-ups: paid by card, settled into the wallet exactly once.

A top-up has one payment intent for life, created with its own id as the idempotency key and confirmed again after a
decline, so it can be charged at most once. It is settled by whichever first sees that it was paid: the page, the
webhook or the recovery job (`app.billing.topups.settlement`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.billing import audit
from app.billing.audit import Actor
from app.billing.cards import one_off, payment_methods
from app.billing.cards.one_off import EnteredCard
from app.billing.cards.payment_methods import CardNotUsableError
from app.billing.purchases import FIRST_CHECK, Outcome
from app.billing.topups import charging, daily_limits, queries, requests, settlement, unusual
from app.billing.topups.daily_limits import DailyLimitReachedError
from app.billing.topups.large import UnconfirmedError, is_large
from app.billing.topups.queries import PAYABLE
from app.clock import utc_now
from app.extensions import enqueue
from app.models import Organization, PaymentMethod, TopUp, TopUpStatus, Wallet
from app.payments import intents
from app.payments.confirmation_tokens import ConfirmationToken
from app.payments.errors import PaymentsError
from app.payments.intents import Payment
from app.transaction import decided, transaction

FINAL = frozenset({TopUpStatus.SUCCEEDED, TopUpStatus.CANCELED})


def pay(
    organization: Organization,
    top_up_id: UUID,
    chosen: UUID | EnteredCard | None,
    actor: Actor,
    *,
    is_confirmed: bool = True,
    radar_session: str | None = None,
) -> TopUp:
    """Charge the card for a top-up, unless that has already begun: a second click charges nothing.

    `chosen` None is the card of the review. `radar_session` is Stripe's snapshot of the payer's browser, if there is
    one; when the job repeats the request, it is omitted.

    Commits before Stripe is called, and after. A lost response leaves the top-up `paying`, to be settled by the job.
    Raises `UnknownTopUpError`, `UnconfirmedError` for a large one, or one that saves its card, unless `is_confirmed`,
    `DailyLimitReachedError`, `CardNotUsableError`, `NotStartedError` if nothing was charged, and what `app.payments`
    raises if an entered card can't be read.
    """
    if isinstance(chosen, EnteredCard) or organization.stripe_customer_id is None:
        # Stripe is asked first, which isn't needed for a top-up that is being paid or is done.
        top_up = queries.find(organization.id, top_up_id)
        if top_up.status not in PAYABLE:
            return top_up
    customer_id = payment_methods.customer_of(organization, email=None)
    try:
        wish = one_off.fetch(chosen) if isinstance(chosen, EnteredCard) else chosen
        with queries.locked(organization.id, top_up_id) as (wallet, top_up):
            keep = chosen.keep if isinstance(chosen, EnteredCard) else None
            if not is_confirmed and (is_large(top_up) or _saves_a_card(top_up, wish, keep)):
                # Under the lock: of many small ones at the same moment, none is the first.
                raise UnconfirmedError
            card = _claim(organization, wallet, top_up, wish, actor, keep=keep)
    except CardNotUsableError:
        # A second click, after the first one has used the card.
        top_up = queries.find(organization.id, top_up_id)
        if top_up.status in PAYABLE:
            raise
        return top_up
    except DailyLimitReachedError as refused:
        with transaction():
            unusual.limit_reached(organization, refused, actor)
        raise
    if card is None:
        return top_up
    request = requests.charge_request(organization, top_up, card, customer_id)
    return charging.charge(organization, top_up, card, replace(request, radar_session=radar_session), actor)


def _saves_a_card(top_up: TopUp, chosen: UUID | ConfirmationToken | None, keep: bool | None) -> bool:
    """Whether paying it now saves the card that was entered for it, which is a change of payment methods."""
    if top_up.status not in PAYABLE:
        return False
    return keep if keep is not None else top_up.keep_card and chosen in {None, top_up.payment_method_id}


def settle(
    org_id: UUID,
    top_up_id: UUID,
    payment: Payment,
    actor: Actor = audit.STRIPE,
    *,
    at: datetime | None = None,
) -> Outcome:
    """Apply a payment as Stripe has it to its top-up; credits the wallet once if it was paid, as of `at` or now.

    Commits. Raises `UnknownTopUpError`, and `PaymentMismatchError` if the payment is not what was asked for.
    """
    with queries.locked(org_id, top_up_id) as (wallet, top_up):
        return settlement.apply(wallet, top_up, payment, actor, at=at)


def refresh(organization: Organization, top_up_id: UUID, actor: Actor) -> TopUp:
    """Refresh an open payment from Stripe; without a response it stays as it is. Commits.

    Raises `UnknownTopUpError`.
    """
    top_up = queries.find(organization.id, top_up_id)
    if top_up.status in FINAL or top_up.payment_intent_id is None:
        return top_up
    try:
        payment = intents.fetch(top_up.payment_intent_id)
    except PaymentsError:
        return top_up
    with queries.locked(organization.id, top_up_id) as (wallet, top_up):
        settlement.apply(wallet, top_up, payment, actor)
    return top_up


def cancel(organization: Organization, top_up_id: UUID, actor: Actor) -> TopUp:
    """Cancel an unpaid top-up. If it turns out to be paid, it is credited. Commits.

    Raises `UnknownTopUpError`, and what `app.payments` raises.
    """
    with queries.locked(organization.id, top_up_id) as (wallet, top_up):
        if top_up.status in FINAL or top_up.status is TopUpStatus.PAYING:
            return top_up
        if top_up.payment_intent_id is None:
            settlement.close(wallet, top_up, actor)
            return top_up
    decided()
    payment = intents.cancel(top_up.payment_intent_id)
    with queries.locked(organization.id, top_up_id) as (wallet, top_up):
        settlement.apply(wallet, top_up, payment, actor)
    return top_up


def _card_for(
    organization: Organization, top_up: TopUp, chosen: UUID | ConfirmationToken | None
) -> PaymentMethod:
    if isinstance(chosen, ConfirmationToken):
        card = one_off.record(organization, chosen)
        one_off.check_belongs(card, top_up)
        return card
    return payment_methods.usable(organization, chosen or top_up.payment_method_id, entered_for=top_up)


def _claim(
    organization: Organization,
    wallet: Wallet,
    top_up: TopUp,
    chosen: UUID | ConfirmationToken | None,
    actor: Actor,
    *,
    keep: bool | None,
) -> PaymentMethod | None:
    """Claim the next attempt to pay a locked top-up; returns its card.

    None if it is being paid or is done, or the card had its one attempt. Raises `CardNotUsableError`, and
    `DailyLimitReachedError`: the wallet is locked, so that of many clicks at the same moment none exceeds the limit.
    """
    if top_up.status not in PAYABLE:
        return None
    card = _card_for(organization, top_up, chosen)
    is_another = card.id != top_up.payment_method_id
    if top_up.status is TopUpStatus.DECLINED and not card.is_kept and not is_another:
        return None
    daily_limits.check(top_up.org_id, top_up.amount)
    if is_another:
        one_off.retire(top_up.org_id, top_up.payment_method_id)
        top_up.keep_card = False
    if keep is not None:
        top_up.keep_card = keep
    top_up.status = TopUpStatus.PAYING
    top_up.attempt += 1
    top_up.payment_method_id = card.id
    top_up.claimed_at = utc_now()
    top_up.decline_code = None
    wallet.version += 1
    audit.record(
        top_up.org_id,
        actor,
        "top_up.paid_for",
        str(top_up.id),
        amount=str(top_up.amount.decimal),
        card=card.label,
        attempt=top_up.attempt,
    )
    unusual.judge(organization, top_up, card, actor)
    enqueue("settle_top_up", after=FIRST_CHECK, org_id=str(top_up.org_id), top_up_id=str(top_up.id))
    return card
