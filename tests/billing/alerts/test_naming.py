"""Channels are called what people recognize, without what would let someone post there."""

from __future__ import annotations

from app.billing.alerts.naming import masked, name_of, stored_name
from app.language import speaking
from app.models import AlertChannel, ChannelKind
from tests.support.pseudo import LEFT_TO_RIGHT, speaking_pseudo


def test_names_and_masked_addresses() -> None:
    slack = AlertChannel(
        kind=ChannelKind.SLACK, name="Ops", address="https://hooks.slack.com/services/T0/B0/abcd1234"
    )
    phone = AlertChannel(kind=ChannelKind.SMS, name="", address="+16175550123")
    hook = AlertChannel(kind=ChannelKind.WEBHOOK, name="ERP", address="https://erp.example/in")
    email = AlertChannel(kind=ChannelKind.EMAIL, name="", address="")
    recipients = AlertChannel(kind=ChannelKind.RECIPIENTS, name="", address="")
    assert [(name_of(one, "kim@harbor.example"), masked(one)) for one in (slack, phone, hook)] == [
        ("Ops (Slack)", "hooks.slack.com/…1234"),
        ("+1•••0123 (text messages)", "+1•••0123"),
        ("ERP (webhook)", "https://erp.example/in"),
    ]
    assert name_of(email, "kim@harbor.example") == "kim@harbor.example"
    assert name_of(recipients) == "billing email recipients"


def test_what_is_stored_is_in_english_in_any_language() -> None:
    recipients = AlertChannel(kind=ChannelKind.RECIPIENTS, name="", address="")
    phone = AlertChannel(kind=ChannelKind.SMS, name="", address="+16175550123")
    with speaking_pseudo(), speaking(LEFT_TO_RIGHT):
        assert name_of(recipients).startswith("«")
        assert [stored_name(one) for one in (recipients, phone)] == [
            "billing email recipients",
            "+1•••0123 (text messages)",
        ]
