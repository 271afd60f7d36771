"""Credit that operators grant, and that may expire."""

from __future__ import annotations

from datetime import timedelta

from app.billing import audit
from app.billing.credit import grants
from app.billing.credit.grants import Grant
from app.extensions import db
from app.models import LotKind, Organization
from tests.factories import usd


def granted(
    organization: Organization,
    amount: str,
    *,
    days: int | None,
    kind: LotKind = LotKind.PROMOTIONAL,
    key: str = "offer",
) -> None:
    """Credit that can be used today and `days` days more, or always."""
    last_day = None if days is None else organization.local_day() + timedelta(days=days)
    grants.grant(organization, Grant(kind, usd(amount), "Offer", key, last_day), audit.OPERATOR)
    db.session.commit()
