"""Levels are chosen by owners: kept, recorded, and one truth with the low-balance alert."""

from __future__ import annotations

from flask import Flask

from app.billing.alerts import judging, settings
from app.billing.platform import endpoints
from app.billing.wallet import ledger
from app.extensions import db
from app.models import AlertChoice, AuditEvent, CallingState, PlatformMessage, Wallet
from app.money import Money
from tests.factories import an_organization, usd
from tests.support.alerting import an_alerted, recipients_channel, set_levels, tell_about, to, told


def test_an_organization_begins_with_its_threshold_and_pauses(app: Flask) -> None:
    organization = an_organization(credit="60", alert="50")
    wallet = db.session.get_one(Wallet, organization.id)
    assert [(one.key, one.amount) for one in settings.list_levels(wallet)] == [
        ("low", usd("50")),
        ("paused", None),
    ]
    assert db.session.scalar(db.select(AlertChoice.about).limit(1)) is None, "reading stores nothing"


def test_the_threshold_is_that_of_the_calling_state_and_the_platforms_message(app: Flask) -> None:
    endpoints.add("http://127.0.0.1:9/events")
    organization, _ = an_alerted(credit="80", low="50")
    assert set_levels(organization, "100")
    wallet = db.session.get_one(Wallet, organization.id)
    assert (wallet.low_threshold, wallet.state) == (usd("100"), CallingState.LOW)
    judging.judge(organization.id)
    assert told(organization) == [("under 100", "recipients")]
    types = db.session.scalars(db.select(PlatformMessage.type).order_by(PlatformMessage.position)).all()
    assert types[-1] == "wallet.low"
    assert set_levels(organization, None)
    assert db.session.get_one(Wallet, organization.id).state is CallingState.ACTIVE


def test_levels_that_stay_keep_what_is_known_of_them(app: Flask) -> None:
    organization, _ = an_alerted(low=None, amounts=("50",))
    tell_about(organization, recipients_channel(organization), "under:50000000", "under:20000000")
    to(organization, "40", source="fall")
    set_levels(organization, None, "50", "20", hours=(4,))
    judging.judge(organization.id)
    assert told(organization) == [("under 50", "recipients")]
    set_levels(organization, None, "20")
    wallet = db.session.get_one(Wallet, organization.id)
    assert [one.key for one in settings.list_levels(wallet)] == ["low", "under:20000000", "paused"]
    abouts = set(db.session.scalars(db.select(AlertChoice.about)))
    assert "under:50000000" not in abouts


def test_changes_are_recorded_and_none_is_not(app: Flask) -> None:
    organization, _ = an_alerted(amounts=("50",), hours=(4,))
    assert not set_levels(organization, "100", "50", hours=(4,))
    set_levels(organization, "80", "50", "20", hours=(4, 24))
    entry = db.session.scalars(db.select(AuditEvent).order_by(AuditEvent.at.desc())).first()
    assert entry is not None and entry.action == "alerts.levels_changed"
    assert entry.details == {
        "before": {"low": "100.00", "amounts": ["50.00"], "hours": [4]},
        "after": {"low": "80.00", "amounts": ["50.00", "20.00"], "hours": [24, 4]},
    }


def test_a_level_at_the_low_balance_amount_is_the_same_level(app: Flask) -> None:
    organization, _ = an_alerted(low="50", amounts=("50",))
    wallet = ledger.lock(organization.id)
    assert [one.amount for one in settings.list_levels(wallet) if one.amount] == [Money(50_000_000, "USD")]
