"""Links by which people stop a kind of email themselves, without signing in (RFC 8058, RFC 2369).

A link is for one address, one organization and one kind: credit alerts, or weekly digests. Emails that have to be
sent, like receipts and news about security, have none. Which kind an email is of, its class says
(`app.notify.emails.Email.opt_out`).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from itsdangerous import BadData
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app import notify
from app.clock import utc_now
from app.extensions import db
from app.models import Mail, MailOptOut, StoppedMail
from app.notify import emails
from app.notify.mime import Written
from app.signing import serializer

_SALT = "stop emails"


class OptOutLinkError(LookupError):
    """The link is none of ours."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """Who stops which emails of which organization."""

    org_id: UUID
    address: str
    what: StoppedMail


def path_of(one: OptOut) -> str:
    """The path that stops them. It works for good: an email may be opened years later."""
    return f"/stop-alerts/{serializer(_SALT).dumps([one.org_id.hex, one.address, one.what.value])}"


def read(token: str) -> OptOut:
    """What a link stops. Raises `OptOutLinkError`."""
    try:
        org_id, address, what = serializer(_SALT).loads(token)
        return OptOut(UUID(org_id), str(address), StoppedMail(what))
    except (BadData, ValueError, TypeError) as error:
        raise OptOutLinkError from error


def url_for(mail: Mail, recipient: str) -> str | None:
    """The link for one recipient of an email; None for an email that has to be sent."""
    what = kind_of(mail)
    if what is None:
        return None
    return f"{notify.site().public_url}{path_of(OptOut(mail.org_id, recipient, what))}"


def with_link(words: Written, mail: Mail, recipient: str) -> Written:
    """An email with the link for one recipient where it says how to stop such emails."""
    url = url_for(mail, recipient)
    return words if url is None else words.stopped_at(url)


def kind_of(mail: Mail) -> StoppedMail | None:
    """Which of the kinds that can be stopped an email is of."""
    found = emails.kind(mail.kind).opt_out
    return StoppedMail(found) if found else None


def without_opted_out(mail: Mail, recipients: list[str]) -> list[str]:
    """The recipients who still want emails of this kind."""
    what = kind_of(mail)
    if what is None:
        return recipients
    query = select(MailOptOut.address).where(MailOptOut.org_id == mail.org_id, MailOptOut.what == what)
    gone = set(db.session.scalars(query))
    return [one for one in recipients if one.lower() not in gone]


def add(one: OptOut) -> bool:
    """Send the address nothing more of this kind as a billing recipient; False if that was so already. In the
    caller's transaction."""
    row = insert(MailOptOut).values(
        org_id=one.org_id, address=one.address.lower(), what=one.what, at=utc_now()
    )
    written = db.session.execute(row.on_conflict_do_nothing().returning(MailOptOut.address))
    return written.scalar() is not None


def end(one: OptOut) -> bool:
    """Send them there again, because someone there asked for it; False if nothing was stopped. In the caller's
    transaction."""
    found = db.session.get(MailOptOut, (one.org_id, one.address.lower(), one.what))
    if found is None:
        return False
    db.session.delete(found)
    db.session.flush()
    return True


def list_opted_out(org_id: UUID) -> list[tuple[str, StoppedMail]]:
    """The addresses that stopped something, and what, in their order."""
    query = select(MailOptOut.address, MailOptOut.what).where(MailOptOut.org_id == org_id)
    return [(row.address, row.what) for row in db.session.execute(query.order_by(MailOptOut.address))]
