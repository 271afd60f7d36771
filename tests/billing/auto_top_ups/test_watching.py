"""One job for each fall, however credit flutters, and one when it runs out."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.auto_top_ups import watching
from app.billing.wallet import holds, ledger
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from tests.factories import a_card, an_organization, usd
from tests.support.auto_top_ups import switch_on


def jobs() -> int:
    db.session.rollback()
    query = db.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'top_up_automatically'")
    return int(db.session.scalar(query) or 0)


def flutter(organization: Organization, key: str, amount: str) -> None:
    holds.reserve(organization.id, key, usd(amount), at=utc_now(), lease=timedelta(minutes=5))
    db.session.commit()
    holds.release(organization.id, key, at=utc_now())
    db.session.commit()


def test_one_job_for_each_fall(app: Flask) -> None:
    organization = an_organization(credit="30")
    switch_on(organization, a_card(organization))
    for number in range(5):
        flutter(organization, f"call-{number}", "15")
    assert jobs() == 1
    flutter(organization, "all", "30")
    assert jobs() == 2, "nothing is left: a backup card may be charged now"
    watching.rearm(ledger.lock(organization.id), utc_now())
    db.session.commit()
    flutter(organization, "again", "15")
    assert jobs() == 3
    watching.disarm(ledger.lock(organization.id))
    db.session.commit()
    flutter(organization, "off", "15")
    assert jobs() == 3
