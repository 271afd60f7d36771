"""What an operator allows one organization, in place of the settings."""

from __future__ import annotations

from app.billing import audit
from app.billing.audit import Actor
from app.billing.brake.limits import Limits, limits_of
from app.billing.brake.rows import find_own
from app.billing.wallet import ledger, watches
from app.clock import utc_now
from app.extensions import db
from app.models import Brake, Organization, WatchKind
from app.money import Money


def allow(
    organization: Organization,
    actor: Actor,
    *,
    per_hour: int | None,
    per_day: int | None,
    floor: Money | None,
) -> Limits:
    """Let so many automatic charges be made, and an hour take so much without a question; None: as the settings say.

    Locks the wallet; in the caller's transaction.
    """
    wallet = ledger.lock(organization.id)
    own = find_own(organization.id) or Brake(org_id=organization.id)
    own.charges_per_hour, own.charges_per_day = per_hour, per_day
    own.floor_micro = floor.micro if floor is not None else None
    db.session.add(own)
    wallet.version += 1
    db.session.flush()
    watches.rearm(wallet, WatchKind.AUTO_TOP_UP, at=utc_now())
    after = limits_of(organization)
    audit.record(
        organization.id,
        actor,
        "auto_top_up.brake_changed",
        str(organization.id),
        charges_per_hour=after.per_hour,
        charges_per_day=after.per_day,
        floor=str(Money(after.floor, organization.currency).rounded),
    )
    return after
