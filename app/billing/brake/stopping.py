"""Stopping automatic charges, with one question to the owners."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import metrics
from app.billing import audit
from app.billing.brake import spenders
from app.billing.brake.band import Band
from app.billing.mail import notices
from app.billing.platform import messages
from app.extensions import db
from app.models import BrakeStop, Organization, Wallet
from app.money import Money
from app.notify.emails import AutoTopUpStopped

_HOUR = timedelta(hours=1)


def stop(organization: Organization, spent: int, band: Band, at: datetime) -> BrakeStop:
    """Stop automatic charges, and ask. The wallet is locked, and none is stopped yet; in the caller's transaction."""
    found = BrakeStop(
        org_id=organization.id,
        at=at,
        spent_micro=spent,
        usual_micro=band.usual,
        most_micro=band.most,
        is_known=band.is_known,
        spenders=[one.packed() for one in spenders.find(organization.id, at - _HOUR, at)],
    )
    db.session.add(found)
    metrics.BRAKE_STOPS.inc()
    wallet = db.session.get_one(Wallet, organization.id)
    wallet.version += 1
    db.session.flush()
    currency = organization.currency
    spent_in_hour, usual = Money(spent, currency), Money(band.usual, currency)
    audit.record(
        organization.id,
        audit.AUTO_TOP_UP,
        "auto_top_up.stopped",
        str(found.id),
        last_hour=str(spent_in_hour.rounded),
        usual=str(usual.rounded),
        most=str(Money(band.most, currency).rounded),
    )
    told = {"last_hour": spent_in_hour, "usual": usual, "available": wallet.available}
    data = {name: messages.amount(each) for name, each in told.items()}
    messages.publish(organization.id, messages.AUTO_TOP_UP_STOPPED, data, at=at)
    email = AutoTopUpStopped(
        last_hour=spent_in_hour,
        usual=usual if band.is_known else None,
        campaigns=_named(found, "campaign", currency),
        agents=_named(found, "agent", currency),
        available=wallet.available,
        at=at,
    )
    notices.to_everyone(organization, email, source=str(found.id))
    return found


def _named(found: BrakeStop, kind: str, currency: str) -> dict[str, Money]:
    return {one["name"]: Money(one["micro"], currency) for one in found.spenders if one["kind"] == kind}
