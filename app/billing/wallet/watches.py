"""Watches: what begins in the very transaction that takes available credit below an amount, or back to one.

The wallet's row has the highest amount that is armed and the lowest at which a fired watch recovers, so a movement of
credit costs two comparisons, and nothing is read where no watch is. The transaction that crosses one of them
enqueues the jobs of every watch it crosses: they exist exactly when the movement does.

A watch fires once, however credit flutters, until it's armed again: by recovering, or by `rearm`. What it fires is a
job, which looks at the credit of its own moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert

from app.extensions import db, enqueue
from app.models import Wallet, WalletWatch, WatchKind
from app.money import Money


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of a kind of watch: when credit falls below it, and when it has recovered.

    Each gets the organization as `org_id`, and the watch's name as `name` if `is_named`.
    """

    fallen: str
    recovered: str | None = None
    is_named: bool = False


JOBS_OF: dict[WatchKind, Jobs] = {
    WatchKind.AUTO_TOP_UP: Jobs("top_up_automatically"),
    WatchKind.ALERT: Jobs("judge_alerts", "judge_alerts"),
}
"""What each kind enqueues."""

Amounts = tuple[int | None, int | None]
"""Of a wallet, in micro-units: the highest armed amount, and the lowest at which a fired watch recovers."""

_CROSSED = text("""
WITH fallen AS (
    UPDATE wallet_watch SET fired_at = :at
    WHERE org_id = :of AND fired_at IS NULL AND under_micro > :available RETURNING kind, name),
recovered AS (
    UPDATE wallet_watch SET fired_at = NULL
    WHERE org_id = :of AND fired_at IS NOT NULL AND recovers_micro <= :available RETURNING kind, name)
SELECT kind, name, true FROM fallen UNION ALL SELECT kind, name, false FROM recovered ORDER BY 1, 2""")

_AMOUNTS = text("""
SELECT max(under_micro) FILTER (WHERE fired_at IS NULL), min(recovers_micro) FILTER (WHERE fired_at IS NOT NULL)
FROM wallet_watch WHERE org_id = :of""")


def is_crossed(available: int, armed: int | None, recovering: int | None) -> bool:
    """Whether a wallet with this much available credit, in micro-units, has a watch to fire or to arm again."""
    return (armed is not None and available < armed) or (recovering is not None and available >= recovering)


def look(wallet: Wallet, at: datetime) -> None:
    """Fire the watches of a locked wallet that its available credit has crossed. Nothing is read where none is."""
    if is_crossed(wallet.available.micro, wallet.watch_micro, wallet.recovery_micro):
        wallet.watch_micro, wallet.recovery_micro = cross(wallet.org_id, wallet.available.micro, at)


def cross(org_id: UUID, available: int, at: datetime) -> Amounts:
    """Fire and arm the watches that this much available credit crosses, and enqueue their jobs.

    Returns the amounts that the wallet's row has to have from now on. The wallet is locked.
    """
    asked = {"of": org_id, "available": available, "at": at}
    for kind, name, has_fallen in db.session.execute(_CROSSED, asked):
        jobs = JOBS_OF[WatchKind(kind)]
        task = jobs.fallen if has_fallen else jobs.recovered
        if task is not None:
            enqueue(task, org_id=str(org_id), **({"name": name} if jobs.is_named else {}))
    return _amounts(org_id)


def arm(
    wallet: Wallet,
    kind: WatchKind,
    *,
    under: Money,
    at: datetime,
    name: str = "",
    recovers_at: Money | None = None,
) -> None:
    """Set a watch of a locked wallet, or change it. It's armed afterward, and fires now if credit is below already.

    With `recovers_at`, at least `under`, it's armed again by itself when available credit is as much; without, only
    by `rearm`.
    """
    fresh = insert(WalletWatch).values(
        org_id=wallet.org_id,
        kind=kind.value,
        name=name,
        under_micro=under.micro,
        recovers_micro=recovers_at.micro if recovers_at is not None else None,
        fired_at=None,
    )
    changed = {column: fresh.excluded[column] for column in ("under_micro", "recovers_micro", "fired_at")}
    key = [WalletWatch.org_id, WalletWatch.kind, WalletWatch.name]
    db.session.execute(fresh.on_conflict_do_update(index_elements=key, set_=changed))
    _settle(wallet, at)


def rearm(wallet: Wallet, kind: WatchKind, *, at: datetime, name: str = "") -> None:
    """Arm a watch of a locked wallet that has fired: it fires again now if credit is still below.

    Changes nothing if it is armed, or if there is none.
    """
    watch = db.session.get(WalletWatch, (wallet.org_id, kind.value, name), populate_existing=True)
    if watch is not None and watch.fired_at is not None:
        watch.fired_at = None
        _settle(wallet, at)


def disarm(wallet: Wallet, kind: WatchKind, *, name: str = "") -> None:
    """Remove a watch of a locked wallet. Without it, nothing changes."""
    db.session.execute(
        delete(WalletWatch).where(
            WalletWatch.org_id == wallet.org_id, WalletWatch.kind == kind.value, WalletWatch.name == name
        )
    )
    wallet.watch_micro, wallet.recovery_micro = _amounts(wallet.org_id)


def _settle(wallet: Wallet, at: datetime) -> None:
    """Write the amounts of a wallet whose watches have changed, and fire what its credit has crossed already."""
    db.session.flush()
    wallet.watch_micro, wallet.recovery_micro = _amounts(wallet.org_id)
    look(wallet, at)
    db.session.flush()


def _amounts(org_id: UUID) -> Amounts:
    armed, recovering = db.session.execute(_AMOUNTS, {"of": org_id}).one()
    return armed, recovering
