"""Disputes of automatic charges: each ends auto top-up once, until an owner has agreed again.

Which disputes an owner knew of is written down with the consent, under the wallet's lock, and not told from times:
Stripe's are in whole seconds, and what it tells of may come late. An inquiry isn't a dispute yet.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select, update

from app.extensions import db
from app.models import AutoTopUpConsent, Dispute, TopUp


def is_disputed(org_id: UUID) -> bool:
    """Whether a cardholder disputes an automatic charge, and no owner has agreed since. The wallet is locked."""
    return bool(db.session.scalar(select(exists().where(_is_open(org_id)))))


def agree_after(consent: AutoTopUpConsent) -> None:
    """Record with which consent an owner agreed again, whatever is disputed by now. The wallet is locked."""
    db.session.execute(
        update(Dispute)
        .where(_is_open(consent.org_id))
        .values(consent_id=consent.id)
        .execution_options(synchronize_session=False)
    )


def _is_open(org_id: UUID) -> ColumnElement[bool]:
    automatic = select(TopUp.id).where(TopUp.org_id == org_id, TopUp.auto_month.is_not(None))
    return and_(
        Dispute.org_id == org_id,
        Dispute.consent_id.is_(None),
        Dispute.status.not_like("warning%"),
        Dispute.top_up_id.in_(automatic),
    )
