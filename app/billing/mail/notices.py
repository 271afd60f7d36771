"""What billing recipients are told by mail, each thing once: written into the outbox together with the change itself.

A notice is written in the caller's transaction, so it exists exactly when the change does, and a job sends it
(`app.billing.mail.outbox`). What counts as the same thing is its `source`:

- a charge, a refund, a dispute: Stripe's id of it, so the page, the webhook and the reconciliation tell it
  once;
- a failed payment: the charge that failed and the reason. Every attempt that fails is told, also one with a
  person in front of the page: the mail is for those who are not, and each can be read without the others.
  Where the bank was never asked for money (a confirmation given up), a second failure of the same top-up for
  the same reason is not told again;
- a failed charge of an invoice: Stripe's id of it and the number of the try, which counts Stripe's own tries
  alone: one that a person made after the first is not told again;
- a change of plan: when the other plan began to hold;
- a card: the month printed on it and how near its end is, so a renewed card is announced again.

What moves money is told however late it is learned: the wallet changes now. What counts as of longer ago than
`TOLD_WITHIN` (an import, the demo's past, an old failure found by the reconciliation) is not: no one can act on it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypedDict
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.billing import catalog
from app.billing.catalog import Plan
from app.billing.wallet import calling_state as calling
from app.clock import utc_now
from app.extensions import db, enqueue
from app.ids import uuid7
from app.models import CallingState, Mail, MailState, PaymentMethod, TopUp, Wallet
from app.money import Money
from app.notify import letters
from app.notify.letters import Letter
from app.payments import declines
from app.payments.invoices import StripeInvoice

TOLD_WITHIN = timedelta(days=3)


class _About(TypedDict):
    """What every letter about a top-up says."""

    top_up_id: UUID
    amount: Money
    card: str
    at: datetime
    calling: letters.Calling


def charged(wallet: Wallet, top_up: TopUp, *, before: CallingState, payment: str, at: datetime) -> None:
    """A top-up was paid by `payment`, a payment intent's id. `before` is the calling state until then."""
    letter = letters.Charged(**_about(wallet, top_up, top_up.amount, before, at))
    _write(top_up.org_id, letter, payment, at)


def payment_failed(wallet: Wallet, top_up: TopUp, *, code: str | None, attempt: str) -> None:
    """An attempt to pay a top-up failed. `code` is the decline's; `attempt` names it, at best by its charge's id."""
    at = top_up.claimed_at or top_up.created_at
    advice = declines.advice_for(code)
    letter = letters.PaymentFailed(
        **_about(wallet, top_up, top_up.amount, wallet.state, at),
        reason=advice.message,
        next_step=advice.next_step,
    )
    _write(top_up.org_id, letter, f"{attempt}:{code or ''}", at)


def refunded(
    wallet: Wallet, top_up: TopUp, amount: Money, *, before: CallingState, refund: str, at: datetime
) -> None:
    """`amount` of a top-up goes back to its card, by the refund of this id."""
    letter = letters.Refunded(**_about(wallet, top_up, amount, before, at), paid=top_up.amount)
    _write(top_up.org_id, letter, refund, at)


def refund_returned(
    wallet: Wallet, top_up: TopUp, amount: Money, *, before: CallingState, refund: str, at: datetime
) -> None:
    """A refund did not reach its card, and its credit came back."""
    _write(top_up.org_id, letters.RefundReturned(**_about(wallet, top_up, amount, before, at)), refund, at)


def dispute_opened(
    wallet: Wallet,
    top_up: TopUp,
    amount: Money,
    *,
    before: CallingState,
    dispute: str,
    answer_by: datetime | None,
    at: datetime,
) -> None:
    """A bank took `amount` of a top-up back until it has decided."""
    about = _about(wallet, top_up, amount, before, at)
    _write(
        top_up.org_id, letters.DisputeOpened(**about, paid=top_up.amount, answer_by=answer_by), dispute, at
    )


def dispute_won(
    wallet: Wallet, top_up: TopUp, amount: Money, *, before: CallingState, dispute: str, at: datetime
) -> None:
    """A bank gave back what it had taken for a dispute."""
    _write(top_up.org_id, letters.DisputeWon(**_about(wallet, top_up, amount, before, at)), dispute, at)


def dispute_lost(wallet: Wallet, top_up: TopUp, amount: Money, *, dispute: str, at: datetime) -> None:
    """A bank keeps for good what it had taken for a dispute. The wallet does not change again."""
    about = _about(wallet, top_up, amount, wallet.state, at)
    _write(top_up.org_id, letters.DisputeLost(**about), dispute, at)


def invoice_failed(
    org_id: UUID,
    invoice: StripeInvoice,
    *,
    at: datetime,
    plan: str | None = None,
    pay_by: date | None = None,
) -> None:
    """An attempt to charge an invoice failed. Where it renews a plan, that is named `plan`, and stays in
    force until the end of the day `pay_by`."""
    letter = letters.InvoiceFailed(
        number=invoice.number,
        what=invoice.description,
        amount=invoice.due,
        at=at,
        next_try=invoice.next_try_at,
        plan=plan,
        pay_by=pay_by,
        taxes={tax.words: tax.amount for tax in invoice.sums.taxes if tax.amount},
    )
    _write(org_id, letter, f"{invoice.id}:{invoice.attempts}", at)


def plan_changed(
    org_id: UUID,
    *,
    before: Plan,
    after: Plan,
    interval: str,
    reason: str,
    at: datetime,
    quantity: int = 1,
    is_adjusted: bool = False,
) -> None:
    """Another plan is in force from `at` on, paid `quantity` times; `is_adjusted` by discounts or taxes."""
    letter = letters.PlanChanged(
        plan=after.name,
        before=before.name,
        price=after.price_by(interval) * quantity,
        interval=interval,
        reason=reason,
        at=at,
        is_adjusted=is_adjusted,
    )
    _write(org_id, letter, f"{at.isoformat()}:{after.key}:{interval}", at)


def card_expiring(method: PaymentMethod, letter: letters.CardExpiring, *, notice_days: int) -> None:
    """A card is `notice_days` or fewer from its end."""
    source = f"{method.id}:{method.exp_year}-{method.exp_month:02}:{notice_days}"
    _write(method.org_id, letter, source, utc_now())


def personal(org_id: UUID, letter: Letter, *, to: str, source: str) -> None:
    """Something about a person's own account, for the person alone; an organization they are in keeps it for them."""
    _write(org_id, letter, source, utc_now(), recipient=to)


def _about(wallet: Wallet, top_up: TopUp, amount: Money, before: CallingState, at: datetime) -> _About:
    card = db.session.get_one(PaymentMethod, (top_up.org_id, top_up.payment_method_id))
    missing = calling.missing_to_call(wallet.available, least=catalog.current().top_up.minimum)
    after = letters.Calling(
        available=wallet.available, before=before.value, after=wallet.state.value, missing=missing
    )
    return {"top_up_id": top_up.id, "amount": amount, "card": card.label, "at": at, "calling": after}


def _write(org_id: UUID, letter: Letter, source: str, at: datetime, *, recipient: str | None = None) -> None:
    now = utc_now()
    if now - at > TOLD_WITHIN:
        return
    fresh = insert(Mail).values(
        org_id=org_id,
        id=uuid7(),
        kind=letter.kind,
        source=source,
        facts=letters.pack(letter),
        recipient=recipient,
        created_at=now,
        state=MailState.WAITING,
        next_try_at=now,
    )
    written = db.session.execute(
        fresh.on_conflict_do_nothing(index_elements=[Mail.org_id, Mail.kind, Mail.source]).returning(Mail.id)
    ).scalar()
    if written is not None:
        enqueue("send_mail", org_id=str(org_id), mail_id=str(written))
