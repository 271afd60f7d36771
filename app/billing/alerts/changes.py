"""What changes where alerts go is recorded, and emailed to every owner: news about money must not be led elsewhere
unnoticed."""

from __future__ import annotations

from app.billing import audit
from app.billing.alerts.naming import masked, stored_name
from app.billing.audit import Action, Actor
from app.billing.mail import notices
from app.clock import utc_now
from app.extensions import db
from app.models import AlertChannel, Organization
from app.notify.emails import AlertChannelChange, AlertChannelChanged

_ACTIONS: dict[AlertChannelChange, Action] = {
    "added": "alerts.channel_added",
    "removed": "alerts.channel_removed",
    "switched_on": "alerts.channel_switched_on",
    "confirmed": "alerts.phone_confirmed",
    "number_changed": "alerts.phone_changed",
}


def record(
    organization: Organization,
    channel: AlertChannel,
    change: AlertChannelChange,
    actor: Actor,
    *,
    name: str | None = None,
) -> None:
    """Record a change of a channel, and tell the owners; of a phone, not before it is confirmed. `name` is how it is
    called, where it is gone by now. In the caller's transaction."""
    now, name = utc_now(), name or stored_name(channel)
    where = masked(channel) if not channel.kind.is_email else ""
    audit.record(organization.id, actor, _ACTIONS[change], name, kind=channel.kind.value, address=where)
    if not channel.waits_for_code:
        email = AlertChannelChanged(
            change=change, channel=name, by=audit.display_name(actor.name), at=now, address=actor.address
        )
        notices.to_everyone(organization, email, source=f"{channel.id}:{now.isoformat()}")
    db.session.flush()
