"""Who is told about what is chosen for each channel, and recorded."""

from __future__ import annotations

from flask import Flask

from app.billing.alerts import choices
from app.extensions import db
from app.models import AuditEvent
from app.transaction import transaction
from tests.factories import OWNER
from tests.support.alerting import a_chat, an_alerted, recipients_channel


def test_only_what_there_is_can_be_chosen_and_others_stay(app: Flask) -> None:
    organization, other = an_alerted(amounts=("50",))[0], an_alerted()[0]
    chat, theirs = a_chat(organization, about=("low",)), a_chat(other, about=("low",))
    wanted = frozenset({"under:50000000", "under:1", "digest", "recovered"})
    with transaction():
        assert choices.choose(organization, {chat.id: wanted, theirs.id: frozenset()}, OWNER) == 1
    chosen = choices.chosen(organization.id)
    assert chosen[chat.id] == {"under:50000000", "recovered"}
    assert chosen[recipients_channel(organization).id] == {"low", "paused"}
    assert choices.chosen(other.id)[theirs.id] == {"low"}
    entry = db.session.scalars(db.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert entry is not None and (entry.action, entry.subject, entry.details) == (
        "alerts.choices_changed",
        "Billing alerts (Slack)",
        {"before": ["low"], "after": ["recovered", "under:50000000"]},
    )
    with transaction():
        assert choices.choose(organization, {chat.id: wanted}, OWNER) == 0
