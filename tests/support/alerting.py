"""Organizations with alerts, and what was told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.sql import func

from app.billing.alerts import channels, choices, judging, settings
from app.billing.alerts.settings import Wanted
from app.billing.audit import Actor
from app.billing.wallet import calling_state, ledger
from app.billing.wallet.ledger import Entry
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import (
    AccountName,
    AlertChannel,
    AlertDelivery,
    ChannelKind,
    Mail,
    Organization,
    Role,
    TransferKind,
    User,
)
from app.money import Money
from app.notify import emails
from app.transaction import transaction
from tests.factories import OWNER, a_person, an_organization, usd

ALERTS = ("credit_alert", "credit_recovered", "credit_ends")
"""The kinds of emails that tell of credit."""


def an_alerted(
    *,
    credit: str = "200",
    low: str | None = "100",
    amounts: tuple[str, ...] = (),
    hours: tuple[int, ...] = (),
) -> tuple[Organization, User]:
    """An organization with levels, and its owner."""
    organization = an_organization(credit=credit, alert=low)
    owner = a_person(organization=organization, name="Dana Reed")
    set_levels(organization, low, *amounts, hours=hours)
    return organization, owner


def set_levels(
    organization: Organization, low: str | None, *amounts: str, hours: tuple[int, ...] = ()
) -> bool:
    wanted = Wanted(usd(low) if low else None, tuple(usd(one) for one in amounts), hours)
    with transaction():
        return settings.set_levels(organization, wanted, OWNER)


def actor_of(user: User) -> Actor:
    return Actor(user.email, user.id, "127.0.0.1")


def a_chat(
    organization: Organization,
    url: str = "http://127.0.0.1:9/hook",
    *,
    kind: ChannelKind = ChannelKind.SLACK,
    about: tuple[str, ...] = ("low", "paused", "recovered"),
    by: Actor = OWNER,
) -> AlertChannel:
    """A chat or a webhook that is told about something."""
    with transaction():
        channel = channels.add_webhook(organization, kind, "Billing alerts", url, by)
    tell_about(organization, channel, *about)
    return channel


def a_listener(
    organization: Organization,
    person: User,
    *about: str,
    kind: ChannelKind = ChannelKind.EMAIL,
    number: str = "",
    by: Actor = OWNER,
    is_confirmed: bool = True,
) -> AlertChannel:
    """Someone who is told about something; a phone is confirmed unless it says otherwise."""
    with transaction():
        channel = channels.add_for_person(organization, kind, person.id, by, number=number)
        if kind is ChannelKind.SMS and is_confirmed:
            channel.confirmed_at = utc_now()
    tell_about(organization, channel, *about)
    return channel


def a_waiting_phone(organization: Organization, number: str = "+16175550123") -> AlertChannel:
    """A phone that waits for its code, whether or not there is a gateway."""
    person = a_member(organization)
    phone = AlertChannel(
        org_id=organization.id,
        id=uuid7(),
        kind=ChannelKind.SMS,
        user_id=person.id,
        address=number,
        created_at=utc_now(),
    )
    db.session.add(phone)
    db.session.commit()
    return phone


def a_member(organization: Organization, name: str = "Kim Park") -> User:
    return a_person(organization=organization, role=Role.MEMBER, name=name)


def tell_about(organization: Organization, channel: AlertChannel, *about: str) -> None:
    with transaction():
        choices.choose(organization, {channel.id: frozenset(about)}, OWNER)


def recipients_channel(organization: Organization) -> AlertChannel:
    with transaction():
        settings.ensure(ledger.lock(organization.id), utc_now())
    return next(one for one in choices.channels_of(organization.id) if one.kind is ChannelKind.RECIPIENTS)


def move(organization: Organization, amount: str | Money, *, source: str) -> None:
    """Add credit, or take some: what is below zero is taken. It is no usage, which would need its events."""
    change = usd(amount) if isinstance(amount, str) else amount
    is_taken, now = change.micro < 0, utc_now()
    with transaction():
        wallet = ledger.lock(organization.id)
        entry = Entry(
            kind=TransferKind.ADJUSTMENT if is_taken else TransferKind.CREDIT,
            source=source,
            debit=AccountName.WALLET if is_taken else AccountName.ADJUSTMENTS,
            credit=AccountName.ADJUSTMENTS if is_taken else AccountName.WALLET,
            amount=abs(change),
            at=now,
        )
        ledger.post(wallet, entry)
        calling_state.reassess(wallet, now)


def to(organization: Organization, balance: str, *, source: str, judged: bool = True) -> None:
    """Let the balance be something, and judge it as the job does."""
    now = ledger.lock(organization.id).posted
    db.session.rollback()
    if usd(balance) != now:
        move(organization, usd(balance) - now, source=source)
    if judged:
        judging.judge(organization.id)


def told(organization: Organization) -> list[tuple[str, str]]:
    """Each message so far, in its order: what it's about, and to whom: an address or a kind of channel."""
    found: list[tuple[UUID, str, str]] = []
    query = db.select(Mail).where(Mail.org_id == organization.id, Mail.kind.in_(ALERTS)).order_by(Mail.id)
    found += [
        (one.id, words(one.kind, one.facts), one.recipient or "recipients")
        for one in db.session.scalars(query)
    ]
    rows = db.session.execute(
        db.select(AlertDelivery, AlertChannel)
        .join(AlertChannel, AlertChannel.id == AlertDelivery.channel_id)
        .where(AlertDelivery.org_id == organization.id)
        .order_by(AlertDelivery.id)
    )
    found += [(one.id, words(one.kind, one.facts), channel.kind.value) for one, channel in rows]
    return [(about, whom) for _, about, whom in sorted(found)]


def words(kind: str, facts: dict[str, Any]) -> str:
    """`under $50.00`, `within 4 h`, `paused`, `recovered`: what a message is about."""
    email: Any = emails.unpack(kind, facts)
    if kind == "credit_recovered":
        return "recovered"
    if kind == "credit_ends":
        return f"credit {email.state}"
    if kind != "credit_alert":
        return kind
    if email.level == "paused":
        return "paused"
    return f"within {email.hours} h" if email.hours else f"under {email.under.decimal.normalize():f}"


def jobs(task: str) -> int:
    """How many jobs of a task wait."""
    query = db.text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND task_name = :task")
    return int(db.session.execute(query, {"task": task}).scalar_one())


def alert_mails(organization: Organization) -> int:
    query = db.select(func.count()).where(Mail.org_id == organization.id, Mail.kind.in_(ALERTS))
    return int(db.session.scalar(query) or 0)
