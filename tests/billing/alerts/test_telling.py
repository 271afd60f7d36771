"""What is told: figures to those who see billing, that credit ends to others, and messages to the platform."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.alerts import telling
from app.billing.alerts.levels import Level
from app.billing.platform import endpoints
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import AlertDelivery, AlertLevelKind, ChannelKind, Mail, PlatformMessage
from app.notify import emails
from app.transaction import transaction
from tests.factories import usd
from tests.support.alerting import a_chat, a_listener, a_member, an_alerted, set_levels, to, told


def test_who_does_not_see_billing_is_told_that_credit_ends_and_no_figure(
    app: Flask, with_gateway: str
) -> None:
    organization, _ = an_alerted(amounts=("50",))
    member = a_member(organization)
    about = ("low", "under:50000000", "paused", "recovered")
    a_listener(organization, member, *about)
    a_listener(organization, member, *about, kind=ChannelKind.SMS, number="+16175550123")
    for number, balance in enumerate(("90", "40", "0", "300")):
        to(organization, balance, source=str(number))
    mine = [about for about, whom in told(organization) if whom in {member.email, "sms"}]
    assert mine == ["credit low"] * 4 + ["credit paused"] * 2 + ["credit recovered"] * 2
    mails = db.session.scalars(db.select(Mail).where(Mail.recipient == member.email)).all()
    rows = db.session.scalars(db.select(AlertDelivery)).all()
    for one in [*mails, *rows]:
        if one.kind.startswith("credit"):
            assert set(one.facts) == {"state", "path", "at"}, "nothing else, not even to read there later"


def test_a_forecast_says_when_credit_runs_out(app: Flask) -> None:
    organization, _ = an_alerted(hours=(4,))
    a_chat(organization, about=("hours:4",))
    endpoints.add("http://127.0.0.1:9/events")
    level = Level("hours:4", AlertLevelKind.FORECAST, hours=4)
    now = utc_now()
    dry_at = now + timedelta(hours=3)
    with transaction():
        telling.tell(organization, ledger.lock(organization.id), [level], [], dry_at=dry_at, at=now)
    row = db.session.scalars(db.select(AlertDelivery)).one()
    email = emails.unpack(row.kind, row.facts)
    assert (email.hours, email.dry_at, email.available) == (4, dry_at, usd("200"))  # type: ignore[attr-defined]
    message = db.session.scalars(db.select(PlatformMessage).order_by(PlatformMessage.position.desc())).first()
    assert message is not None
    assert (message.type, message.data["level"]["hours"], message.data["dry_at"]) == (
        "alert.raised",
        4,
        dry_at.isoformat(),
    )


def test_the_platform_learns_of_further_amounts(app: Flask) -> None:
    organization, _ = an_alerted(amounts=("50",))
    set_levels(organization, "100", "50")
    to(organization, "40", source="fall")
    to(organization, "200", source="rise")
    query = db.select(PlatformMessage).order_by(PlatformMessage.position)
    found = [(one.type, one.data.get("level", {}).get("under")) for one in db.session.scalars(query)]
    fifty = {"amount": "50.000000", "currency": "USD"}
    assert [one for one in found if one[0].startswith("alert")] == [
        ("alert.raised", fifty),
        ("alert.ended", fifty),
    ]
