"""Email notices to billing recipients, each once: written to the outbox together with the change itself.

A notice is written in the caller's transaction, so it exists exactly when the change does, and a job sends it
(`app.billing.mail.outbox`). The `source` of a notice identifies what it is about:

- a charge, a refund, a dispute: its id at Stripe, so the page, the webhook and the reconciliation send one notice;
- a failed payment: the charge that failed and the reason. Every failed attempt gets a notice, even one made by a
person on the page: the email is for the other recipients, and each is complete on its own. If the bank was never
asked for money (an abandoned confirmation), a second failure of the same top-up for the same reason gets none;
- a failed charge of an invoice: its id at Stripe and the number of the attempt, which only counts Stripe's own: a
person's attempts after the first get no notice;
- a change of plan: when the new plan came into force;
- a limit: its version, the window and the percentage; a request for more, its id;
- a card: the month printed on it and how many days are left, so a renewed card gets a new notice;
- an alert: its level and how often that was reached, so that a fall is told once; a digest: the Monday.

Movements of money get a notice however late they become known: the wallet changes now. Other events older than
`NOTIFY_WITHIN` (an import, the demo's past, an old failure found by the reconciliation) don't: no one can act on
them.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypedDict
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.billing import catalog
from app.billing.catalog import Plan
from app.billing.mail import recipients
from app.billing.wallet import calling_state as calling
from app.clock import utc_now
from app.extensions import db, enqueue
from app.ids import uuid7
from app.models import CallingState, Mail, MailState, Organization, PaymentMethod, TopUp, Wallet
from app.money import Money
from app.notify import emails
from app.notify.emails import Email
from app.payments import declines
from app.payments.invoices import StripeInvoice

NOTIFY_WITHIN = timedelta(days=3)


class _About(TypedDict):
    """What every email about a top-up says."""

    top_up_id: UUID
    amount: Money
    card: str
    at: datetime
    calling: emails.Calling


def charged(wallet: Wallet, top_up: TopUp, *, before: CallingState, payment: str, at: datetime) -> None:
    """A top-up was paid by `payment`, a payment intent's id. `before` is the calling state until then."""
    email = emails.Charged(
        **_about(wallet, top_up, top_up.amount, before, at), is_automatic=top_up.is_automatic
    )
    _write(top_up.org_id, email, payment, at)


def payment_failed(wallet: Wallet, top_up: TopUp, *, code: str | None, attempt: str) -> None:
    """An attempt to pay a top-up failed. `code` is the decline's; `attempt` names it, by its charge's id if there is
    one."""
    at = top_up.claimed_at or top_up.created_at
    advice = declines.english_advice(code)
    email = emails.PaymentFailed(
        **_about(wallet, top_up, top_up.amount, wallet.state, at),
        reason=advice.message,
        next_step=advice.next_step,
    )
    _write(top_up.org_id, email, f"{attempt}:{code or ''}", at)


def refunded(
    wallet: Wallet, top_up: TopUp, amount: Money, *, before: CallingState, refund: str, at: datetime
) -> None:
    """`amount` of a top-up is refunded to its card by this refund."""
    email = emails.Refunded(**_about(wallet, top_up, amount, before, at), paid=top_up.amount)
    _write(top_up.org_id, email, refund, at)


def refund_returned(
    wallet: Wallet, top_up: TopUp, amount: Money, *, before: CallingState, refund: str, at: datetime
) -> None:
    """A refund did not reach its card, and its credit was restored."""
    _write(top_up.org_id, emails.RefundReturned(**_about(wallet, top_up, amount, before, at)), refund, at)


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
    """A bank reversed `amount` of a top-up until it has decided."""
    about = _about(wallet, top_up, amount, before, at)
    _write(top_up.org_id, emails.DisputeOpened(**about, paid=top_up.amount, answer_by=answer_by), dispute, at)


def dispute_won(
    wallet: Wallet, top_up: TopUp, amount: Money, *, before: CallingState, dispute: str, at: datetime
) -> None:
    """A bank returned what it had withdrawn for a dispute."""
    _write(top_up.org_id, emails.DisputeWon(**_about(wallet, top_up, amount, before, at)), dispute, at)


def dispute_lost(wallet: Wallet, top_up: TopUp, amount: Money, *, dispute: str, at: datetime) -> None:
    """A dispute was lost: what the bank withdrew stays withdrawn. The wallet doesn't change again."""
    about = _about(wallet, top_up, amount, wallet.state, at)
    _write(top_up.org_id, emails.DisputeLost(**about), dispute, at)


def invoice_failed(
    org_id: UUID,
    invoice: StripeInvoice,
    *,
    at: datetime,
    plan: str | None = None,
    pay_by: date | None = None,
) -> None:
    """An attempt to charge an invoice failed. If it renews a plan, `plan` is its name, and it stays in force until
    the end of the day `pay_by`."""
    email = emails.InvoiceFailed(
        number=invoice.number,
        what=invoice.description,
        amount=invoice.due,
        at=at,
        next_try=invoice.next_try_at,
        plan=plan,
        pay_by=pay_by,
        taxes={tax.words: tax.amount for tax in invoice.sums.taxes if tax.amount},
    )
    _write(org_id, email, f"{invoice.id}:{invoice.attempts}", at)


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
    email = emails.PlanChanged(
        plan=after.name,
        before=before.name,
        price=after.price_by(interval) * quantity,
        interval=interval,
        reason=reason,
        at=at,
        is_adjusted=is_adjusted,
    )
    _write(org_id, email, f"{at.isoformat()}:{after.key}:{interval}", at)


def limit_reached(org_id: UUID, email: emails.LimitReached, *, source: str) -> bool:
    """A limit is near or reached; `source` names the limit, its window and the percentage. False if that was told
    before."""
    return _write(org_id, email, source, email.at)


def card_expiring(method: PaymentMethod, email: emails.CardExpiring, *, notice_days: int) -> None:
    """A card expires in `notice_days` days or fewer."""
    source = f"{method.id}:{method.exp_year}-{method.exp_month:02}:{notice_days}"
    _write(method.org_id, email, source, utc_now())


def personal(org_id: UUID, email: Email, *, to: str, source: str) -> None:
    """A notice about a person's own account, only for that person; it is in the outbox of an organization they belong
    to."""
    _write(org_id, email, source, utc_now(), recipient=to)


def to_owners(org_id: UUID, email: Email, *, source: str) -> None:
    """A notice that asks for what only owners can do: for each of them, an email of their own."""
    for address in recipients.owner_emails(org_id):
        personal(org_id, email, to=address, source=f"{source}:{address.lower()}")


def to_recipients(org_id: UUID, email: Email, *, source: str) -> None:
    """A notice for the billing recipients at the time of sending."""
    _write(org_id, email, source, utc_now())


def to_everyone(organization: Organization, email: Email, *, source: str) -> None:
    """A notice about what may be a stolen account: for each billing recipient and each owner, an email of their own.

    The person to warn about may have set the recipients, so the owners get it in any case.
    """
    for address in recipients.each_once(
        [*recipients.recipients_of(organization), *recipients.owner_emails(organization.id)]
    ):
        personal(organization.id, email, to=address, source=f"{source}:{address.lower()}")


def _about(wallet: Wallet, top_up: TopUp, amount: Money, before: CallingState, at: datetime) -> _About:
    card = db.session.get_one(PaymentMethod, (top_up.org_id, top_up.payment_method_id))
    missing = calling.missing_to_call(wallet.available, least=catalog.current().top_up.minimum)
    after = emails.Calling(
        available=wallet.available, before=before.value, after=wallet.state.value, missing=missing
    )
    return {"top_up_id": top_up.id, "amount": amount, "card": card.label, "at": at, "calling": after}


def _write(org_id: UUID, email: Email, source: str, at: datetime, *, recipient: str | None = None) -> bool:
    """Whether it is written now: the same source is written once."""
    now = utc_now()
    if now - at > NOTIFY_WITHIN:
        return False
    fresh = insert(Mail).values(
        org_id=org_id,
        id=uuid7(),
        kind=email.kind,
        source=source,
        facts=emails.pack(email),
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
    return written is not None
