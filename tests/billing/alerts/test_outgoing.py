"""Messages that wait are claimed one after the other, and found again when their process was killed."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.alerts import outgoing
from app.clock import utc_now
from app.extensions import db
from app.models import AlertDelivery, ChannelKind
from app.transaction import transaction
from tests.support.alerting import a_chat, an_alerted, to


def test_the_oldest_is_claimed_and_later_ones_wait_for_it(app: Flask) -> None:
    organization, _ = an_alerted(amounts=("50",))
    chat = a_chat(organization, about=("low", "under:50000000"))
    to(organization, "90", source="fall")
    to(organization, "40", source="further")
    with transaction():
        claimed = outgoing.claim_next(organization.id, chat.id)
    assert claimed is not None and claimed[1].source == "low:1"
    with transaction():
        assert outgoing.claim_next(organization.id, chat.id) is None
    assert outgoing.find_stale() == []
    for one in db.session.scalars(db.select(AlertDelivery)):
        one.next_try_at = one.sending_until = utc_now() - timedelta(minutes=3)
    db.session.commit()
    assert outgoing.find_stale() == [(organization.id, chat.id, ChannelKind.SLACK)]
    with transaction():
        again = outgoing.claim_next(organization.id, chat.id)
    assert again is not None and (again[1].source, again[1].attempts) == ("low:1", 2)


def test_the_newest_are_listed_with_their_channels(app: Flask) -> None:
    organization, _ = an_alerted()
    chat = a_chat(organization, about=("low",))
    to(organization, "90", source="fall")
    [(delivery, channel)] = outgoing.newest(5)
    assert (delivery.kind, channel.id) == ("credit_alert", chat.id)
