"""Sends the emails in the outbox: at least once, and normally exactly once.

An email is claimed for a while, sent to one recipient after the other in the language that they read
(`app.billing.mail.languages`), and each delivery is recorded immediately. A
process that is killed between sending and recording repeats that one email rather than lose it, with the same
Message-ID. While the mail server is unavailable, sending is retried with growing delays for about four days; then the
email fails, and `flask mail list --failed` lists it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import select, update

from app import notify
from app.billing.mail import languages, opting_out, writing
from app.billing.mail.recipients import may_read, recipients_of
from app.clock import utc_now
from app.database.conditions import AGAIN_AFTER, Condition, condition_of, log_failure
from app.extensions import db, enqueue
from app.models import Mail, MailState, Organization
from app.notify import emails
from app.notify.mime import Written, message
from app.notify.transport import Connection, NullTransport, RefusedError, UnavailableError
from app.transaction import transaction

log = structlog.get_logger("billing.mail")

MAX_ATTEMPTS = 30
"""With the delays below: about four days."""

CLAIMED_FOR = timedelta(minutes=10)
"""How long an attempt may take before another process claims the email; longer than the mail server's timeouts."""

STALE_AFTER = timedelta(minutes=2)
"""How long a due email is left to its own job before the sweep recovers it."""

OVER = "Not sent: it was late, and no longer true."


class MailNotFoundError(LookupError):
    """There is no such mail in the outbox."""


def deliver(
    org_id: UUID, mail_id: UUID, *, is_over: Callable[[Mail], bool] = lambda _: False
) -> MailState | None:
    """Try to send an email if it is due; None if it is not, or another process is sending it. Commits.

    An unreachable mail server is no error: the mail waits. One that `is_over` isn't sent to those who don't have it.
    """
    with transaction():
        mail = _claim(org_id, mail_id)
        if mail is not None and is_over(mail):
            return _end_unsent(mail)
    if mail is None:
        return None
    try:
        _send(mail)
    except UnavailableError as error:
        with transaction():
            _try_later(mail, str(error))
    except Exception as error:
        # An email that can't be composed is our bug: it is kept for a release that fixes it.
        log_failure(log, "mail_not_written", error, mail=str(mail.id), kind=mail.kind)
        db.session.rollback()
        with transaction():
            mail = db.session.get_one(Mail, (org_id, mail_id), populate_existing=True)
            _try_later(mail, f"{type(error).__name__}: {error}", condition=condition_of(error))
    return mail.state


def find_stale(limit: int = 200) -> list[tuple[UUID, UUID]]:
    """Organization and id of due emails whose own job has not sent them, oldest first."""
    query = (
        select(Mail.org_id, Mail.id)
        .where(Mail.state == MailState.WAITING, Mail.next_try_at < utc_now() - STALE_AFTER)
        .order_by(Mail.next_try_at)
        .limit(limit)
    )
    return [(org_id, mail_id) for org_id, mail_id in db.session.execute(query)]


def newest(*, limit: int, failed: bool = False, org_id: UUID | None = None) -> list[Mail]:
    """The newest mails, of all organizations or one. `failed`: those that failed, or that a server rejected."""
    query = select(Mail).order_by(Mail.created_at.desc(), Mail.id.desc()).limit(limit)
    if failed:
        query = query.where((Mail.state == MailState.FAILED) | (Mail.refused != {}))
    if org_id is not None:
        query = query.where(Mail.org_id == org_id)
    return list(db.session.scalars(query))


def find(mail_id: UUID) -> Mail:
    """The mail of this id. Raises `MailNotFoundError`."""
    found = db.session.scalar(select(Mail).where(Mail.id == mail_id))
    if found is None:
        raise MailNotFoundError(str(mail_id))
    return found


def retry(mail: Mail) -> None:
    """Retry an email, also for recipients whose server rejected it; never for those who have it."""
    mail.state, mail.attempts, mail.next_try_at = MailState.WAITING, 0, utc_now()
    mail.refused = {}
    enqueue("send_mail", org_id=str(mail.org_id), mail_id=str(mail.id))
    db.session.flush()


def wait_after(attempts: int) -> timedelta:
    """How long to wait after a number of attempts: 1, 2, 4 … minutes, four hours at most."""
    return timedelta(minutes=min(2 ** (attempts - 1), 240))


def as_read(mail: Mail) -> Written:
    """The email's text as its first reader sees it."""
    reader = next(iter(mail.delivered_to or recipients(mail)), None)
    if reader is None:
        return writing.written(mail, languages.of_organization(mail.org_id))
    words = writing.written(mail, languages.of_addresses(mail.org_id, [reader])[reader])
    return opting_out.with_link(words, mail, reader)


def _claim(org_id: UUID, mail_id: UUID) -> Mail | None:
    now = utc_now()
    claim = (
        update(Mail)
        .where(
            Mail.org_id == org_id,
            Mail.id == mail_id,
            Mail.state == MailState.WAITING,
            Mail.next_try_at <= now,
        )
        .values(attempts=Mail.attempts + 1, next_try_at=now + CLAIMED_FOR)
        .returning(Mail)
    )
    return db.session.scalars(claim, execution_options={"populate_existing": True}).one_or_none()


def _send(mail: Mail) -> None:
    """Send to all remaining recipients. Raises `AwayError` if some have to be retried later."""
    with transaction():
        open_for = [
            one for one in recipients(mail) if one not in mail.delivered_to and one not in mail.refused
        ]
        spoken = languages.of_addresses(mail.org_id, open_for)
        words = {one: writing.keep(mail, spoken[one]) for one in open_for}
    later: UnavailableError | None = None
    if open_for:
        with notify.transport().connect() as connection:
            for recipient in open_for:
                try:
                    _send_to(connection, mail, words[recipient], recipient)
                except UnavailableError as error:
                    later = error
    if later is not None:
        raise later
    with transaction():
        _finish(mail)


def _send_to(connection: Connection, mail: Mail, words: Written, recipient: str) -> None:
    try:
        made = message(
            opting_out.with_link(words, mail, recipient),
            sender=notify.sender(),
            to=recipient,
            thing=str(mail.id),
            at=utc_now(),
            unsubscribe=opting_out.url_for(mail, recipient),
        )
        connection.send(made, to=recipient)
    except (RefusedError, ValueError) as error:
        # A ValueError is an address that isn't valid in a header.
        log.warning("mail_refused", mail=str(mail.id), kind=mail.kind, reason=str(error))
        with transaction():
            mail.refused = {**mail.refused, recipient: str(error)}
    else:
        with transaction():
            mail.delivered_to = [*mail.delivered_to, recipient]


def recipients(mail: Mail) -> list[str]:
    """The recipients of an email: the one person it is for, if they may still read it, or the organization's current
    billing recipients, without those who stopped emails of its kind."""
    organization = db.session.get_one(Organization, mail.org_id)
    if mail.recipient is None:
        return opting_out.without_opted_out(mail, recipients_of(organization))
    return [mail.recipient] if may_read(organization, mail.recipient, emails.kind(mail.kind).read_by) else []


def _finish(mail: Mail) -> None:
    """All recipients are done: sent if at least one has it."""
    if mail.delivered_to:
        mail.state, mail.sent_at, mail.note = MailState.SENT, utc_now(), None
        _erase_secret(mail)
        log.info("mail_sent", mail=str(mail.id), kind=mail.kind, recipients=len(mail.delivered_to))
        return
    mail.state = MailState.FAILED
    if mail.refused:
        mail.note = "Every recipient was rejected."
    # No operator has to look at the next two: they are what someone asked for.
    elif mail.recipient is not None:
        mail.note = "Its reader no longer has the role for it."
        return
    elif opting_out.kind_of(mail) is not None:
        mail.note = "Everyone has stopped emails of this kind."
        return
    else:
        mail.note = "The organization has no one to write to."
    log.error("mail_failed", mail=str(mail.id), kind=mail.kind, reason=mail.note)


def _end_unsent(mail: Mail) -> MailState:
    """It was late, and is no longer true: who has it has it, and no one else gets it."""
    log.info("mail_over", mail=str(mail.id), kind=mail.kind, recipients=len(mail.delivered_to))
    if mail.delivered_to:
        _finish(mail)
    else:
        mail.state, mail.note = MailState.FAILED, OVER
    return mail.state


def _erase_secret(mail: Mail) -> None:
    """Erase a link that grants access once it was sent. If no email leaves, it is read in the outbox, and stays."""
    email = emails.unpack(mail.kind, mail.facts)
    if email.opens is None or isinstance(notify.transport(), NullTransport):
        return
    secret = getattr(email, email.opens)
    mail.facts = {**mail.facts, email.opens: ""}
    writing.erase(mail, secret)


def _try_later(mail: Mail, reason: str, *, condition: Condition | None = None) -> None:
    """Schedule the next attempt, or give up after the last one. One that failed for a condition is no attempt."""
    mail.note = reason
    if condition is not None:
        mail.attempts -= 1
    elif mail.attempts >= MAX_ATTEMPTS:
        mail.state = MailState.FAILED
        log.error("mail_failed", mail=str(mail.id), kind=mail.kind, reason=reason)
        return
    wait = wait_after(mail.attempts) if condition is None else AGAIN_AFTER
    mail.next_try_at = utc_now() + wait
    log.warning("mail_waits", mail=str(mail.id), kind=mail.kind, attempts=mail.attempts, reason=reason)
    enqueue("send_mail", after=wait, org_id=str(mail.org_id), mail_id=str(mail.id))
