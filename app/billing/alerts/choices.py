"""Who is told about what: each channel chooses among the levels, recovery, and the weekly digest."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, select

from app.billing import audit
from app.billing.alerts import audience, settings
from app.billing.alerts.levels import DIGEST, RECOVERED
from app.billing.alerts.naming import name_of, stored_name
from app.billing.audit import Actor
from app.billing.audit.meanwhile import ChangedMeanwhileError
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import AlertChannel, AlertChoice, Organization


class ChoicesChangedError(ChangedMeanwhileError):
    """Someone else chose something else for `channels`, by their names, than what was shown and what is wanted."""

    def __init__(self, channels: list[str]) -> None:
        super().__init__(", ".join(channels))
        self.channels = channels


def choose(
    organization: Organization,
    wanted: Mapping[UUID, frozenset[str]],
    actor: Actor,
    *,
    seen: Mapping[UUID, frozenset[str]] | None = None,
) -> int:
    """Choose what channels are told about; returns for how many that changed. A channel that isn't named stays as it
    is, and what it can't be told about is left out. Locks the wallet, in the caller's transaction.

    `seen` is what was chosen when it was shown: what wasn't touched since then stays as it is by now. Raises
    `ChoicesChangedError` where both touched it.
    """
    wallet = ledger.lock(organization.id)
    settings.ensure(wallet, utc_now())
    keys = frozenset(level.key for level in settings.list_levels(wallet)) | {RECOVERED}
    before, roles = chosen(organization.id), audience.roles_of(organization.id)
    changed, found = 0, channels_of(organization.id)
    wanted = _untangled(found, wanted, seen or {}, before)
    for channel in found:
        if channel.id not in wanted:
            continue
        possible = keys | (
            {DIGEST} if audience.gets_digest(channel, roles.get(channel.user_id)) else frozenset()
        )
        after = wanted[channel.id] & possible
        if after == before.get(channel.id, frozenset()):
            continue
        changed += 1
        db.session.execute(
            delete(AlertChoice).where(
                AlertChoice.org_id == organization.id, AlertChoice.channel_id == channel.id
            )
        )
        db.session.add_all(
            AlertChoice(org_id=organization.id, channel_id=channel.id, about=key) for key in sorted(after)
        )
        old = sorted(before.get(channel.id, ()))
        audit.record(
            organization.id,
            actor,
            "alerts.choices_changed",
            stored_name(channel),
            before=old,
            after=sorted(after),
        )
    db.session.flush()
    return changed


def _untangled(
    found: list[AlertChannel],
    wanted: Mapping[UUID, frozenset[str]],
    seen: Mapping[UUID, frozenset[str]],
    now: Mapping[UUID, frozenset[str]],
) -> dict[UUID, frozenset[str]]:
    """What is wanted, without what wasn't touched."""
    touched = {id_: about for id_, about in wanted.items() if seen.get(id_) != about}
    clashing = [
        name_of(one)
        for one in found
        if one.id in touched
        and one.id in seen
        and now.get(one.id, frozenset()) not in (seen[one.id], touched[one.id])
    ]
    if clashing:
        raise ChoicesChangedError(clashing)
    return touched


def chosen(org_id: UUID) -> dict[UUID, frozenset[str]]:
    """What each channel is told about."""
    found: dict[UUID, set[str]] = {}
    query = select(AlertChoice.channel_id, AlertChoice.about).where(AlertChoice.org_id == org_id)
    for channel_id, about in db.session.execute(query):
        found.setdefault(channel_id, set()).add(about)
    return {channel_id: frozenset(keys) for channel_id, keys in found.items()}


def channels_of(org_id: UUID) -> list[AlertChannel]:
    """All channels, the oldest first."""
    query = select(AlertChannel).where(AlertChannel.org_id == org_id).order_by(AlertChannel.id)
    return list(db.session.scalars(query))
