"""The rows of auto top-up, to read."""

from __future__ import annotations

from uuid import UUID

from app.extensions import db
from app.models import AutoTopUp, AutoTopUpConsent


def find_settings(org_id: UUID) -> AutoTopUp | None:
    """The settings as they are now; None where they were never set. Certain only while the wallet is locked."""
    return db.session.get(AutoTopUp, org_id, populate_existing=True)


def consent_of(settings: AutoTopUp) -> AutoTopUpConsent:
    """What was agreed to last."""
    return db.session.get_one(AutoTopUpConsent, (settings.org_id, settings.consent_id))
