"""The demo's own Slack takes messages, and its mail page shows them."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.alerts import deliveries
from app.extensions import db
from app.models import ChannelKind
from tests.support.alerting import a_chat, an_alerted, to
from tests.support.browsing import Visitor, text_of


def test_it_takes_any_message(app: Flask) -> None:
    answer = app.test_client().post("/dev/chat/harbor-dental", json={"text": "x"})
    assert (answer.status_code, answer.text) == (200, "ok")


@pytest.mark.parametrize("kind", [ChannelKind.SLACK, ChannelKind.TEAMS, ChannelKind.WEBHOOK])
def test_messages_are_shown_as_they_were_sent(app: Flask, kind: ChannelKind) -> None:
    organization, _ = an_alerted()
    chat = a_chat(organization, kind=kind)
    to(organization, "40", source="fall")
    deliveries.drain(organization.id, chat.id)
    db.session.commit()
    shown = text_of(Visitor(app.test_client()).get("/dev/mail"))
    assert "Credit is under $100.00" in shown and "Waiting" in shown
    assert {"slack": '"blocks"', "teams": '"AdaptiveCard"', "webhook": '"alert.raised"'}[kind.value] in shown
