"""The payment that a switch waits for: its status, paying it with another card, canceling it."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from app import return_addresses
from app.billing import audit
from app.billing.audit import Actor
from app.billing.cards import paid_with, payment_methods
from app.billing.purchases import FIRST_CHECK, NotStartedError
from app.billing.subscriptions import switch_queries, sync
from app.billing.subscriptions.switch_queries import OPEN, find
from app.clock import utc_now
from app.extensions import enqueue
from app.models import Organization, PlanSwitch, SwitchStatus
from app.payments import charging, intents, invoices
from app.payments.errors import NotDoneError, OutcomeUnknownError, PaymentsError, RefusedError
from app.payments.intents import Payment
from app.payments.statuses import PaymentIntentStatus
from app.transaction import decided, transaction

_STANDS = {
    PaymentIntentStatus.REQUIRES_ACTION: SwitchStatus.ACTION,
    PaymentIntentStatus.REQUIRES_PAYMENT_METHOD: SwitchStatus.DECLINED,
}
_UNPAID = frozenset({SwitchStatus.ACTION, SwitchStatus.DECLINED})


def lacks_charge(switch: PlanSwitch) -> bool:
    """Whether a switch is made and paid, but its charge is not known yet."""
    return switch.status is SwitchStatus.DONE and switch.due_micro > 0 and switch.charged_micro is None


def refresh(organization: Organization, switch_id: UUID, actor: Actor) -> PlanSwitch:
    """Refresh a switch and its payment from Stripe; without a response it stays as it is.

    Commits. Raises `UnknownSwitchError`.
    """
    switch = find(organization.id, switch_id)
    if switch.status in OPEN:
        with suppress(PaymentsError):
            sync.refresh_plan(organization, actor)
        switch = find(organization.id, switch_id)
    return refresh_payment(organization, switch)


def refresh_payment(organization: Organization, switch: PlanSwitch) -> PlanSwitch:
    """Refresh the payment of a switch from Stripe; without a response it stays as it is. Commits."""
    if switch.invoice_id is None or not (switch.status in OPEN or lacks_charge(switch)):
        return switch
    try:
        intent_id = switch.payment_intent_id or invoices.payment_of(switch.invoice_id)
        payment = intents.fetch(intent_id) if intent_id is not None else None
    except PaymentsError:
        return find(organization.id, switch.id)
    return switch if payment is None else _apply(organization, switch.id, payment)


def pay(organization: Organization, switch_id: UUID, card_id: UUID, actor: Actor) -> PlanSwitch:
    """Pay for a switch that was declined, or is waiting for the bank, with this card. Commits.

    A second click pays nothing. Raises `UnknownSwitchError`, `CardNotUsableError`, `NotStartedError`.
    """
    with switch_queries.locked(organization.id, switch_id) as (_, switch):
        before, intent_id = switch.status, switch.payment_intent_id
        if before not in _UNPAID or intent_id is None:
            return switch
        card = payment_methods.usable(organization, card_id)
        _claim(switch, card_id, actor)
    decided()
    try:
        payment = charging.pay_with(
            intent_id,
            card.stripe_id,
            return_url=return_addresses.plan_switch(organization.slug, switch_id),
            key=f"switch:{switch_id}:{switch.attempt}:pay",
        )
    except OutcomeUnknownError:
        return find(organization.id, switch_id)
    except (NotDoneError, RefusedError) as error:
        with switch_queries.locked(organization.id, switch_id) as (_, switch):
            if switch.status is SwitchStatus.SWITCHING:
                switch.status = before
        raise NotStartedError from error
    _apply(organization, switch_id, payment)
    return refresh(organization, switch_id, actor)


def cancel(organization: Organization, switch_id: UUID, actor: Actor) -> PlanSwitch:
    """Cancel an unpaid switch: the old plan stays. If it turns out to be paid, it is made. Commits.

    Raises `UnknownSwitchError`, and what `app.payments` raises.
    """
    switch = find(organization.id, switch_id)
    if switch.status not in _UNPAID or switch.invoice_id is None:
        return switch
    decided()
    try:
        invoices.void(switch.invoice_id)
    except RefusedError:
        # Paid meanwhile, or already void: the subscription shows which.
        return refresh(organization, switch_id, actor)
    with transaction():
        audit.record(organization.id, actor, "plan_switch.given_up", str(switch_id), plan=switch.plan)
    sync.refresh_plan(organization, actor)
    return find(organization.id, switch_id)


def _apply(organization: Organization, switch_id: UUID, payment: Payment) -> PlanSwitch:
    """Store the status of a payment; a successful one shows in the subscription. Commits."""
    with switch_queries.locked(organization.id, switch_id) as (wallet, switch):
        if switch.status in OPEN or lacks_charge(switch):
            switch.payment_intent_id = payment.id
            card = paid_with.card_of(organization.id, payment)
            if card is not None:
                switch.payment_method_id = card.id
            if payment.succeeded:
                switch.charged_micro = payment.received.micro
        if switch.status in OPEN:
            switch.status = _STANDS.get(payment.status, SwitchStatus.SWITCHING)
            switch.decline_code = payment.decline_code if switch.status is SwitchStatus.DECLINED else None
            wallet.version += 1
    return switch


def _claim(switch: PlanSwitch, card_id: UUID, actor: Actor) -> None:
    """Begin the next attempt to pay for a locked switch."""
    switch.status = SwitchStatus.SWITCHING
    switch.attempt += 1
    switch.claimed_at = utc_now()
    switch.payment_method_id = card_id
    audit.record(
        switch.org_id,
        actor,
        "plan_switch.paid_for",
        str(switch.id),
        plan=switch.plan,
        attempt=switch.attempt,
    )
    enqueue("look_after_switch", after=FIRST_CHECK, org_id=str(switch.org_id), switch_id=str(switch.id))
