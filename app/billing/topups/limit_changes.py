"""Changing the daily limit: lowered immediately, raised after a while, and always told to owners and recipients."""

from __future__ import annotations

from uuid import UUID

from app.billing import audit
from app.billing.audit import Actor, meanwhile
from app.billing.mail import notices
from app.billing.topups import daily_limits
from app.billing.topups.daily_limits import RAISED_AFTER, LimitInForce
from app.billing.wallet import ledger, watches
from app.clock import utc_now
from app.extensions import db
from app.models import DailyLimit, Organization, Wallet, WatchKind
from app.money import Money
from app.notify.emails import DailyLimitChanged


class LimitTooHighError(ValueError):
    """The limit is above `most`, up to which owners can raise it themselves."""

    def __init__(self, most: Money) -> None:
        super().__init__(f"The daily limit is at most {most}.")
        self.most = most


def choose(
    organization: Organization, wanted: Money, actor: Actor, *, seen: str | None = None
) -> LimitInForce:
    """Let an owner choose the daily limit; zero means that no one tops up. Locks the wallet, in the caller's
    transaction.

    A lower one applies immediately and cancels a raise that hasn't taken effect; a higher one applies `RAISED_AFTER`
    from now. Raises `LimitTooHighError`, and `ChangedMeanwhileError` if `seen`, the one that was shown as text, isn't
    the one in force.
    """
    row, before = _locked(organization.id)
    meanwhile.check(seen, before.as_text)
    if wanted > before.most:
        raise LimitTooHighError(before.most)
    if wanted == (before.raised or before.limit):
        return before
    row.own_micro, row.raised_micro, row.raised_at = min(wanted, before.limit).micro, None, None
    if wanted > before.limit:
        row.raised_micro, row.raised_at = wanted.micro, utc_now() + RAISED_AFTER
    return _changed(organization, before, actor)


def allow(organization: Organization, most: Money | None, actor: Actor) -> LimitInForce:
    """Let an operator decide up to what owners can raise the limit, in place of the catalog; None: the catalog again.

    It applies immediately, as far as no owner chose a lower one. Locks the wallet; in the caller's transaction.
    """
    row, before = _locked(organization.id)
    row.operator_micro = None if most is None else most.micro
    after = _changed(organization, before, actor)
    watches.rearm(db.session.get_one(Wallet, organization.id), WatchKind.AUTO_TOP_UP, at=utc_now())
    return after


def _locked(org_id: UUID) -> tuple[DailyLimit, LimitInForce]:
    """The row, made if it isn't there, and what was in force; the wallet is locked and counted as changed."""
    wallet = ledger.lock(org_id)
    wallet.version += 1
    before = daily_limits.in_force(org_id, utc_now())
    row = db.session.get(DailyLimit, org_id)
    if row is None:
        row = DailyLimit(org_id=org_id)
        db.session.add(row)
    elif row.raised_at is not None and before.raised is None:
        row.own_micro, row.raised_micro, row.raised_at = row.raised_micro, None, None
    return row, before


def _changed(organization: Organization, before: LimitInForce, actor: Actor) -> LimitInForce:
    db.session.flush()
    now = utc_now()
    after = daily_limits.in_force(organization.id, now)
    if after == before:
        return after
    wanted, starts_at = after.raised or after.limit, after.raised_at
    audit.record(
        organization.id,
        actor,
        "daily_limit.changed",
        organization.slug,
        before=str(before.limit.decimal),
        after=str(wanted.decimal),
        starts_at=starts_at.isoformat() if starts_at else None,
    )
    email = DailyLimitChanged(
        before=before.limit,
        after=wanted,
        starts_at=starts_at,
        by=audit.display_name(actor.name),
        address=actor.address,
        at=now,
    )
    notices.to_everyone(organization, email, source=now.isoformat())
    return after
