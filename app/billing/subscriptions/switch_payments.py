"""The payment that a switch waits for: how it stands, paying it with another card, giving it up."""

from __future__ import annotations

from uuid import UUID

from app import return_addresses
from app.billing import audit
from app.billing.audit import Actor
from app.billing.cards import paid_with, payment_methods
from app.billing.subscriptions import projection, replacing, switch_queries
from app.billing.subscriptions.switch_queries import FIRST_LOOK, ON_ITS_WAY, find
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db, enqueue
from app.models import Organization, PlanSwitch, SwitchStatus
from app.payments import intents, invoices, subscriptions
from app.payments.errors import NotDoneError, OutcomeUnknownError, PaymentsError, RefusedError
from app.payments.intents import Payment

_STANDS = {"requires_action": SwitchStatus.ACTION, "requires_payment_method": SwitchStatus.DECLINED}


class PaymentNotTakenError(Exception):
    """Stripe took nothing just now: the same payment can be tried again."""


def learn(organization: Organization, switch_id: UUID) -> PlanSwitch:
    """Find out how the payment of a switch stands, or what it took. Commits; without an answer it stays."""
    switch = find(organization.id, switch_id)
    if switch.invoice_id is None or not (switch.status in ON_ITS_WAY or lacks_charge(switch)):
        return switch
    try:
        intent_id = switch.payment_intent_id or invoices.payment_of(switch.invoice_id)
        if intent_id is not None:
            _note(organization, switch_id, intents.fetch(intent_id))
    except PaymentsError:
        db.session.rollback()
    return find(organization.id, switch_id)


def lacks_charge(switch: PlanSwitch) -> bool:
    """Whether a switch is made and paid, and what was charged for it is not known yet."""
    return switch.status is SwitchStatus.DONE and switch.due_micro > 0 and switch.charged_micro is None


def refresh(organization: Organization, switch_id: UUID, actor: Actor) -> PlanSwitch:
    """Ask Stripe whether a switch is made by now, and how its payment stands. Commits; without an answer it stays.

    Raises `UnknownSwitchError`.
    """
    switch = find(organization.id, switch_id)
    if switch.status not in ON_ITS_WAY:
        return learn(organization, switch_id)
    try:
        _follow(organization, actor)
    except PaymentsError:
        db.session.rollback()
    return learn(organization, switch_id)


def pay(organization: Organization, switch_id: UUID, card_id: UUID, actor: Actor) -> PlanSwitch:
    """Pay for a switch that was declined, or waits for its bank, with this card. Commits.

    A second click finds the payment begun and pays nothing. Raises `UnknownSwitchError`, `CardNotUsableError`,
    `PaymentNotTakenError`.
    """
    switch = find(organization.id, switch_id)
    if switch.status not in {SwitchStatus.ACTION, SwitchStatus.DECLINED} or switch.payment_intent_id is None:
        return switch
    card = payment_methods.usable(organization, card_id)
    before = switch.status
    attempt = _claim(organization, switch_id, card_id, actor)
    db.session.commit()
    if attempt is None:
        return find(organization.id, switch_id)
    try:
        payment = intents.pay_with(
            switch.payment_intent_id,
            card.stripe_id,
            return_url=return_addresses.plan_switch(organization.slug, switch_id),
            key=f"switch:{switch_id}:{attempt}:pay",
        )
    except OutcomeUnknownError:
        return find(organization.id, switch_id)
    except (NotDoneError, RefusedError) as error:
        _set(organization, switch_id, before)
        raise PaymentNotTakenError from error
    _note(organization, switch_id, payment)
    return refresh(organization, switch_id, actor)


def give_up(organization: Organization, switch_id: UUID, actor: Actor) -> PlanSwitch:
    """Give up a switch that was not paid: the plan before stays. If it turns out to be paid, it is made. Commits.

    Raises `UnknownSwitchError`, and what `app.payments` raises.
    """
    switch = find(organization.id, switch_id)
    if switch.status not in {SwitchStatus.ACTION, SwitchStatus.DECLINED} or switch.invoice_id is None:
        return switch
    try:
        invoices.void(switch.invoice_id)
    except RefusedError:
        # Paid meanwhile, or void already: the subscription says which.
        return refresh(organization, switch_id, actor)
    audit.record(organization.id, actor, "plan_switch.given_up", str(switch_id), plan=switch.plan)
    _follow(organization, actor)
    return find(organization.id, switch_id)


def _follow(organization: Organization, actor: Actor) -> None:
    """Bring the plan in line with the subscription as it is now. Commits."""
    row = switch_queries.subscription_of(organization)
    if row is not None and row.stripe_id is not None:
        found = replacing.settle(organization, subscriptions.fetch(row.stripe_id))
        projection.apply(organization, found, actor)
        db.session.commit()


def _note(organization: Organization, switch_id: UUID, payment: Payment) -> None:
    """Keep how a payment stands; one that was taken shows in the subscription. Commits."""
    wallet = ledger.lock(organization.id)
    switch = switch_queries.lock(organization.id, switch_id)
    if switch.status in ON_ITS_WAY or lacks_charge(switch):
        switch.payment_intent_id = payment.id
        card = paid_with.card_of(organization.id, payment)
        if card is not None:
            switch.payment_method_id = card.id
        if payment.succeeded:
            switch.charged_micro = payment.received.micro
    if switch.status in ON_ITS_WAY:
        switch.status = _STANDS.get(payment.status, SwitchStatus.SWITCHING)
        switch.decline_code = payment.decline_code if switch.status is SwitchStatus.DECLINED else None
        wallet.version += 1
    db.session.commit()


def _claim(organization: Organization, switch_id: UUID, card_id: UUID, actor: Actor) -> int | None:
    ledger.lock(organization.id)
    switch = switch_queries.lock(organization.id, switch_id)
    if switch.status not in {SwitchStatus.ACTION, SwitchStatus.DECLINED}:
        return None
    switch.status = SwitchStatus.SWITCHING
    switch.attempt += 1
    switch.claimed_at = utc_now()
    switch.payment_method_id = card_id
    audit.record(
        organization.id,
        actor,
        "plan_switch.paid_for",
        str(switch_id),
        plan=switch.plan,
        attempt=switch.attempt,
    )
    enqueue("look_after_switch", after=FIRST_LOOK, org_id=str(organization.id), switch_id=str(switch_id))
    db.session.flush()
    return switch.attempt


def _set(organization: Organization, switch_id: UUID, status: SwitchStatus) -> None:
    db.session.rollback()
    ledger.lock(organization.id)
    switch = switch_queries.lock(organization.id, switch_id)
    if switch.status is SwitchStatus.SWITCHING:
        switch.status = status
    db.session.commit()
