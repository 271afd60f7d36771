"""Which levels an organization has: stored once someone needs them, and changed by its owners."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.billing import audit
from app.billing.alerts import levels
from app.billing.alerts.levels import LOW, PAUSED, Level
from app.billing.audit import Actor, meanwhile
from app.billing.wallet import calling_state, ledger, watches
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import (
    AlertChannel,
    AlertChoice,
    AlertLevel,
    AlertLevelKind,
    ChannelKind,
    Organization,
    Wallet,
    WatchKind,
)
from app.money import Money


@dataclass(frozen=True, slots=True)
class Wanted:
    """The levels that owners choose: the low-balance alert (None: off), further amounts, and hours of a forecast."""

    low: Money | None
    amounts: tuple[Money, ...] = ()
    hours: tuple[int, ...] = ()


def list_levels(wallet: Wallet) -> list[Level]:
    """The levels of an organization, the mildest first. Without any stored yet: those that each one begins with."""
    rows = db.session.scalars(
        select(AlertLevel).where(AlertLevel.org_id == wallet.org_id),
        execution_options={"populate_existing": True},
    ).all()
    found = [levels.of_row(row, wallet) for row in rows or _first_levels(wallet.org_id)]
    return sorted(found, key=lambda level: level.severity)


def ensure(wallet: Wallet, at: datetime) -> None:
    """Store what each organization begins with, if it has none: billing recipients are told when credit is low, and
    when calling is paused. The wallet is locked."""
    if db.session.get(AlertLevel, (wallet.org_id, LOW)) is not None:
        return
    db.session.add_all(_first_levels(wallet.org_id))
    channel = AlertChannel(org_id=wallet.org_id, id=uuid7(), kind=ChannelKind.RECIPIENTS, created_at=at)
    db.session.add(channel)
    db.session.flush()
    db.session.add_all(
        AlertChoice(org_id=wallet.org_id, channel_id=channel.id, about=key) for key in (LOW, PAUSED)
    )
    db.session.flush()
    # Available credit is a whole number of micro-units: below one, calling is paused.
    nothing, one = Money.zero(wallet.currency), Money(1, wallet.currency)
    _watch(wallet, PAUSED, under=one, above=levels.recovers_at(nothing), at=at)


def set_levels(
    organization: Organization,
    wanted: Wanted,
    actor: Actor,
    *,
    seen: str | None = None,
    tells_recipients: bool = False,
) -> bool:
    """Let an owner choose the levels; whether anything changed. Locks the wallet, in the caller's transaction.

    A level that credit has reached already is told about now. Levels that stay keep what is known of them. `seen` is
    the `version_of` those that were shown. With `tells_recipients`, billing recipients are told of what is new,
    because no one is there to choose who is. Raises `ChangedMeanwhileError`.
    """
    wallet, now = ledger.lock(organization.id), utc_now()
    ensure(wallet, now)
    had = list_levels(wallet)
    before = _described(wallet, had)
    meanwhile.check(seen, _version(before))
    _set_amounts(wallet, set(wanted.amounts) - {wanted.low}, now)
    _set_hours(wallet, set(wanted.hours))
    wallet.low_threshold_micro = wanted.low.micro if wanted.low else None
    found = list_levels(wallet)
    after = _described(wallet, found)
    if after == before:
        return False
    if tells_recipients:
        _tell_recipients(organization.id, {level.key for level in found} - {level.key for level in had})
    wallet.version += 1
    calling_state.reassess(wallet, now)
    audit.record(
        organization.id, actor, "alerts.levels_changed", organization.slug, before=before, after=after
    )
    return True


def _tell_recipients(org_id: UUID, keys: set[str]) -> None:
    channel_id = db.session.scalar(
        select(AlertChannel.id).where(
            AlertChannel.org_id == org_id, AlertChannel.kind == ChannelKind.RECIPIENTS
        )
    )
    if channel_id is not None:
        db.session.add_all(
            AlertChoice(org_id=org_id, channel_id=channel_id, about=key) for key in sorted(keys)
        )
        db.session.flush()


def version_of(wallet: Wallet, found: list[Level]) -> str:
    """A word for the levels of a wallet that others don't have."""
    return _version(_described(wallet, found))


def _set_amounts(wallet: Wallet, wanted: Iterable[Money], at: datetime) -> None:
    keys = {levels.key_of_amount(amount): amount for amount in sorted(wanted)}
    known = _keys_of(wallet.org_id, AlertLevelKind.AMOUNT)
    for key in sorted(known - set(keys)):
        watches.disarm(wallet, WatchKind.ALERT, name=key)
        _remove(wallet.org_id, key)
    for key in sorted(set(keys) - known):
        amount = keys[key]
        _add(wallet.org_id, key, AlertLevelKind.AMOUNT, amount_micro=amount.micro)
        _watch(wallet, key, under=amount, above=levels.recovers_at(amount), at=at)


def _set_hours(wallet: Wallet, wanted: set[int]) -> None:
    keys = {levels.key_of_hours(hours): hours for hours in wanted}
    known = _keys_of(wallet.org_id, AlertLevelKind.FORECAST)
    for key in sorted(known - set(keys)):
        _remove(wallet.org_id, key)
    for key in sorted(set(keys) - known):
        _add(wallet.org_id, key, AlertLevelKind.FORECAST, hours=keys[key])


def _watch(wallet: Wallet, key: str, *, under: Money, above: Money, at: datetime) -> None:
    watches.arm(wallet, WatchKind.ALERT, under=under, recovers_at=above, at=at, name=key)


def _add(org_id: UUID, key: str, kind: AlertLevelKind, **limit: int) -> None:
    db.session.execute(
        insert(AlertLevel)
        .values(org_id=org_id, key=key, kind=kind, times=0, **limit)
        .on_conflict_do_nothing()
    )


def _remove(org_id: UUID, key: str) -> None:
    """Remove a level, and that anyone is told about it."""
    db.session.execute(delete(AlertChoice).where(AlertChoice.org_id == org_id, AlertChoice.about == key))
    db.session.execute(delete(AlertLevel).where(AlertLevel.org_id == org_id, AlertLevel.key == key))


def _keys_of(org_id: UUID, kind: AlertLevelKind) -> set[str]:
    return set(
        db.session.scalars(select(AlertLevel.key).where(AlertLevel.org_id == org_id, AlertLevel.kind == kind))
    )


def _first_levels(org_id: UUID) -> list[AlertLevel]:
    kinds = {LOW: AlertLevelKind.LOW, PAUSED: AlertLevelKind.PAUSED}
    return [AlertLevel(org_id=org_id, key=key, kind=kind, times=0) for key, kind in kinds.items()]


def _version(described: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()[:16]


def _described(wallet: Wallet, found: list[Level]) -> dict[str, Any]:
    """The levels as recorded in the audit trail."""
    amounts = [one.amount for one in found if one.kind is AlertLevelKind.AMOUNT and one.amount]
    return {
        "low": str(wallet.low_threshold.decimal) if wallet.low_threshold else None,
        "amounts": [str(amount.decimal) for amount in amounts],
        "hours": [one.hours for one in found if one.hours],
    }
