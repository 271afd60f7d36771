"""Switching auto top-up off: by an owner, or by failures and disputes. Nothing else does, and only owners switch it
on again."""

from __future__ import annotations

from app.billing import audit
from app.billing.audit import Actor
from app.billing.auto_top_ups import notifying, watching
from app.billing.brake import answering
from app.billing.platform import messages
from app.clock import utc_now
from app.extensions import enqueue
from app.models import AutoTopUp, OffReason, Organization, Wallet


def switch_off(
    organization: Organization, wallet: Wallet, settings: AutoTopUp, reason: OffReason, actor: Actor
) -> None:
    """Switch it off, and notify owners and recipients. The wallet is locked; in the caller's transaction."""
    settings.is_on = False
    settings.off_reason, settings.off_at = reason, utc_now()
    settings.next_try_at = settings.refused_for = settings.refused_at = None
    settings.version += 1
    wallet.version += 1
    watching.disarm(wallet)
    answering.close(wallet, actor)
    audit.record(
        organization.id, actor, "auto_top_up.switched_off", str(settings.consent_id), reason=reason.value
    )
    messages.auto_top_up_switched(organization.id, is_on=False, reason=reason.value, at=settings.off_at)
    notifying.switched_off(organization, settings, reason, actor)
    # What was declined and is still open is canceled.
    enqueue("top_up_automatically", org_id=str(organization.id))
