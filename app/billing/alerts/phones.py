"""Phones of people: alerts go there once a code that was sent to the number came back from who typed it.

A code has six digits, is good for ten minutes and five tries, and only its digest is stored. Another code, another
number or a removed channel ends it. How many may be sent is for callers to limit (`app.pages.alerts.code_limits`).
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete

from app import notify, signing
from app.billing import audit
from app.billing.alerts import changes, channels, outgoing
from app.billing.alerts.channels import ChannelError, UnknownChannelError
from app.billing.alerts.naming import masked as masked  # noqa: PLC0414 - also for the page
from app.billing.alerts.naming import name_of, stored_name
from app.billing.audit import Actor
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.language import gettext, speaking
from app.models import AlertChannel, ChannelKind, Organization, PhoneCode, tries
from app.notify import gsm, sms
from app.notify.webhooks import Answer

VALID_FOR = timedelta(minutes=10)
MOST_TRIES = 5
SEND_SECONDS = 6
"""How long sending a code waits for the gateway: someone waits for it."""

_SALT = "phone code"


class WrongCodeError(ValueError):
    """This isn't the code; `left` is how many tries are left."""

    def __init__(self, left: int) -> None:
        super().__init__(str(left))
        self.left = left


class CodeOverError(LookupError):
    """There is no code to try: it is too old, was tried too often, or was replaced."""


class NotAskedError(PermissionError):
    """Someone else typed the number, and confirms it."""


def issue(organization: Organization, channel_id: UUID, actor: Actor) -> str:
    """A new code for a phone that isn't confirmed, in place of any other; returns it, to be sent and shown nowhere.

    Locks the channel, in the caller's transaction. Raises `UnknownChannelError`, also where there is nothing to
    confirm, and `NotAskedError`.
    """
    channel = _locked(organization, channel_id, actor)
    row = db.session.get(PhoneCode, (organization.id, channel_id), populate_existing=True)
    code = f"{secrets.randbelow(10**6):06}"
    row = row or PhoneCode(org_id=organization.id, channel_id=channel_id)
    row.code_hash = signing.digest_of(_SALT, _signed(channel, code))
    row.failures, row.expires_at = 0, utc_now() + VALID_FOR
    db.session.add(row)
    audit.record(organization.id, actor, "alerts.phone_code_sent", stored_name(channel))
    db.session.flush()
    return code


def send(number: str, code: str, *, locale: str) -> Answer:
    """Send a code now, in the language of the phone's person. Nothing of the database is read or held meanwhile.

    The text names no organization and has nothing that anyone chose, so that no one can send words of theirs to
    strangers.
    """
    gateway, allowed = notify.sms_gateway(), notify.allowed_addresses()
    if gateway is None:
        return Answer(False, "There is no gateway for text messages.")
    return sms.send(
        gateway,
        to=number,
        text=code_text(code, locale),
        message_id=f"msg_{uuid4().hex}",
        at=utc_now(),
        allow_private=allowed.private,
        ports=allowed.ports,
        seconds=SEND_SECONDS,
    )


def code_text(code: str, locale: str) -> str:
    """What the text message with a code says."""
    minutes = VALID_FOR.seconds // 60
    with speaking(locale):
        # Translators: a text message, in which each letter beyond 160 costs money.
        text = gettext(
            "Voice Portal: %(code)s is your code to confirm this phone for credit alerts. "
            "It expires in %(minutes)s minutes. If you didn't expect it, ignore it.",
            code=code,
            minutes=minutes,
        )
    return gsm.plain(text)


def count_try(organization: Organization, channel_id: UUID) -> int | None:
    """Count a try before it is judged, in a transaction of its own; None if none is left."""
    own = (PhoneCode.org_id == organization.id, PhoneCode.channel_id == channel_id)
    return tries.count_try(PhoneCode, MOST_TRIES, *own)


def confirm(organization: Organization, channel_id: UUID, typed: str, actor: Actor, *, tried: int) -> str:
    """Let alerts go to a phone from now on, by the code that was sent there; returns how it's called. The owners are
    notified. `tried` is what `count_try` returned.

    Locks the channel, in the caller's transaction. Raises `UnknownChannelError`, `NotAskedError`, `CodeOverError` and
    `WrongCodeError`.
    """
    channel = _locked(organization, channel_id, actor)
    row = db.session.get(PhoneCode, (organization.id, channel_id), populate_existing=True)
    if row is None or row.expires_at <= utc_now():
        raise CodeOverError
    if not signing.is_digest_of(_SALT, _signed(channel, re.sub(r"[\s-]", "", typed)), row.code_hash):
        raise WrongCodeError(MOST_TRIES - tried)
    channel.confirmed_at = utc_now()
    db.session.delete(row)
    db.session.flush()
    changes.record(organization, channel, "confirmed", actor)
    return name_of(channel)


def record_wrong(channel: AlertChannel, actor: Actor) -> None:
    """Record that a wrong code was entered for a phone: `confirm` refuses one, and changes nothing. In the caller's
    transaction."""
    audit.record(channel.org_id, actor, "alerts.phone_code_wrong", stored_name(channel))


def change_number(organization: Organization, channel_id: UUID, number: str, actor: Actor) -> AlertChannel:
    """Give a phone another number, as `channels.read_number` returns it: nothing goes there before it is confirmed.

    What still waits for the number before is dropped. Locks the wallet and the channel, in the caller's transaction.
    Raises `UnknownChannelError` and `ChannelError`.
    """
    ledger.lock(organization.id)
    find(organization.id, channel_id)
    channel = outgoing.lock(organization.id, channel_id)
    if channel is None:
        raise UnknownChannelError(str(channel_id))
    if number == channel.address:
        raise ChannelError("number", gettext("This is already the number. Enter another one."))
    wanted = AlertChannel(kind=ChannelKind.SMS, user_id=channel.user_id, address=number)
    channels.check_free(organization, wanted, "number")
    changes.record(organization, channel, "number_changed", actor)
    db.session.execute(
        delete(PhoneCode).where(PhoneCode.org_id == organization.id, PhoneCode.channel_id == channel_id)
    )
    channel.address, channel.confirmed_at, channel.created_by_id = number, None, actor.user_id
    outgoing.fail_all(channel, "The number was changed.", utc_now())
    db.session.flush()
    return channel


def find(org_id: UUID, channel_id: UUID) -> AlertChannel:
    """The phone. Raises `UnknownChannelError`."""
    channel = channels.find(org_id, channel_id)
    if channel.kind is not ChannelKind.SMS:
        raise UnknownChannelError(str(channel_id))
    return channel


def find_waiting(org_id: UUID, channel_id: UUID, actor: Actor) -> AlertChannel:
    """A phone that waits for the code from `actor`. Raises `UnknownChannelError` and `NotAskedError`."""
    channel = find(org_id, channel_id)
    _check(channel, actor)
    return channel


def _locked(organization: Organization, channel_id: UUID, actor: Actor) -> AlertChannel:
    channel = outgoing.lock(organization.id, channel_id)
    if channel is None:
        raise UnknownChannelError(str(channel_id))
    _check(channel, actor)
    return channel


def _check(channel: AlertChannel, actor: Actor) -> None:
    if not channel.waits_for_code:
        raise UnknownChannelError(str(channel.id))
    if channel.created_by_id is not None and channel.created_by_id != actor.user_id:
        raise NotAskedError


def _signed(channel: AlertChannel, code: str) -> str:
    """The code of this number of this channel: no other's."""
    return f"{channel.org_id}:{channel.id}:{channel.address}:{code}"
