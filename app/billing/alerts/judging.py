"""Which levels credit has reached and recovered from, and that it's told: once a fall, once a recovery.

Whether an amount is reached is decided by its watch, in the transaction that moves the credit
(`app.billing.wallet.watches`), and whether the low-balance alert is, by the calling state; each of them enqueues a
job. A forecast is looked at by a sweep. The job compares with what was told, under the wallet's lock, so that it's
the same however often it runs and how many run simultaneously: what fell and recovered in between is not told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from app.billing import forecast
from app.billing.alerts import levels, settings, telling
from app.billing.alerts.levels import PAUSED, Level
from app.billing.forecast import Dryness
from app.billing.wallet import calling_state, ledger
from app.clock import utc_now
from app.extensions import db
from app.models import AlertLevel, AlertLevelKind, Organization, Wallet, WalletWatch, WatchKind
from app.transaction import end_reading, transaction


@dataclass(frozen=True, slots=True)
class Changes:
    """The levels that were reached and those that credit has recovered from, the mildest first."""

    raised: list[Level]
    ended: list[Level]


def judge(org_id: UUID) -> Changes:
    """Tell who wants to know of levels that were reached, and of recovery. Commits. Locks the wallet."""
    organization = db.session.get_one(Organization, org_id)
    dryness = forecast.dry_at(organization)
    end_reading()
    with transaction():
        wallet, now = ledger.lock(org_id), utc_now()
        calling_state.reassess(wallet, now)
        settings.ensure(wallet, now)
        changes = compare(settings.list_levels(wallet), wallet, _fired(org_id), dryness, now)
        _record(org_id, changes, now)
        dry_at = dryness.about if dryness else None
        telling.tell(organization, wallet, changes.raised, changes.ended, dry_at=dry_at, at=now)
    return changes


def compare(
    found: list[Level], wallet: Wallet, fired: frozenset[str], dryness: Dryness | None, now: datetime
) -> Changes:
    """What is new, with the names of the `fired` watches."""
    raised, ended = [], []
    for level in found:
        is_reached = _is_reached(level, wallet, fired, dryness, now)
        if is_reached and level.raised_at is None:
            raised.append(level)
        elif not is_reached and level.raised_at is not None:
            ended.append(level)
    return Changes(raised, ended)


def _is_reached(
    level: Level, wallet: Wallet, fired: frozenset[str], dryness: Dryness | None, now: datetime
) -> bool:
    if level.kind is AlertLevelKind.LOW:
        return wallet.is_low
    if level.kind is AlertLevelKind.FORECAST:
        # By the early end of the band: who is told too late can do nothing any more.
        earliest = dryness.earliest if dryness else None
        return levels.is_short(level.hours or 0, earliest, now, was_short=level.raised_at is not None)
    if level.key == PAUSED and wallet.paused_at is None and level.raised_at is None:
        # Without a pause there was no credit yet, or there is some.
        return False
    return level.key in fired


def _fired(org_id: UUID) -> frozenset[str]:
    query = select(WalletWatch.name).where(
        WalletWatch.org_id == org_id, WalletWatch.kind == WatchKind.ALERT, WalletWatch.fired_at.is_not(None)
    )
    return frozenset(db.session.scalars(query))


def _record(org_id: UUID, changes: Changes, now: datetime) -> None:
    for found, values in (
        (changes.raised, {"raised_at": now, "times": AlertLevel.times + 1}),
        (changes.ended, {"raised_at": None}),
    ):
        if found:
            keys = [level.key for level in found]
            db.session.execute(
                update(AlertLevel)
                .where(AlertLevel.org_id == org_id, AlertLevel.key.in_(keys))
                .values(values)
                .execution_options(synchronize_session=False)
            )
