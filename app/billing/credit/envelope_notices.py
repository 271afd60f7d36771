"""Tells owners what became of an envelope without their doing: that its last day is over, with what came back, and
that credit was taken out of it. Each once, however often it is asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from app.billing.mail import notices
from app.billing.wallet import envelope_queries
from app.extensions import db
from app.models import Organization
from app.money import Money
from app.notify.emails import EnvelopeCut, EnvelopeEnded

_LATE = timedelta(days=3)
"""What is older isn't told any more, as with other notices (`app.billing.mail.notices`)."""


def notify(org_id: UUID, envelope_id: UUID, *, now: datetime) -> None:
    """Write what there is to tell of an envelope that ended by its day, or was cut. Doesn't commit.

    Raises `UnknownEnvelopeError`.
    """
    organization = db.session.get_one(Organization, org_id)
    envelope = envelope_queries.find(org_id, envelope_id)

    def money(micro: int) -> Money:
        return Money(micro, organization.currency)

    if envelope.cut_micro:
        cut = EnvelopeCut(
            campaign=envelope.campaign,
            taken=money(envelope.cut_micro),
            left=money(envelope.left_micro),
            until=envelope.until,
        )
        # By how much in all: what is taken after this is told again.
        notices.to_owners(org_id, cut, source=f"{envelope.id}:{envelope.cut_micro}")
    if envelope.ended_at == envelope.ends_at and envelope.ends_at > now - _LATE:
        ended = EnvelopeEnded(
            campaign=envelope.campaign,
            amount=money(envelope.amount_micro),
            spent=money(envelope.spent_micro),
            held=money(envelope.held_micro),
            returned=money(envelope.returned_micro),
            last_day=envelope.until,
        )
        notices.to_owners(org_id, ended, source=str(envelope.id))
