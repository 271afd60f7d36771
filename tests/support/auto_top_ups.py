"""Auto top-up in the domain: switched on by an owner, and what it did."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text

from app.billing import audit
from app.billing.auto_top_ups import proceeding, settings
from app.billing.auto_top_ups.settings import Wanted
from app.billing.brake import operators
from app.clock import utc_now
from app.extensions import db
from app.models import AutoTopUp, Organization, PaymentMethod, TopUp
from tests.factories import OWNER, a_payer, usd
from tests.support.metering import an_event, take

WORDS = "I authorize these charges."
DOLLAR = 83_334
"""Tokens, written: about a dollar on the free plan."""


def switch_on(
    organization: Organization,
    *cards: PaymentMethod,
    threshold: str = "20",
    target: str = "100",
    cap: str = "400",
    has_brake: bool = False,
    at: datetime | None = None,
) -> AutoTopUp:
    """An owner agrees to these settings; or to others than before. The brake stops nothing unless it's about that."""
    if not has_brake:
        let_go(organization)
    before = the_settings(organization)
    wanted = Wanted(
        threshold=usd(threshold),
        target=usd(target),
        cap=usd(cap),
        cards=tuple(card.id for card in cards),
        version=before.version if before else 0,
    )
    return settings.agree(organization, wanted, WORDS, OWNER, at=at)


def let_go(organization: Organization) -> None:
    """An operator lets the organization spend whatever it wants in an hour, and charge its cards as often."""
    operators.allow(organization, audit.OPERATOR, per_hour=1_000, per_day=1_000, floor=usd("1000000"))
    db.session.commit()


def one_with(
    token: str = "pm_card_visa", *, credit: str = "30", has_brake: bool = False
) -> tuple[Organization, PaymentMethod]:
    """An organization that has it on, with one card."""
    organization, card = a_payer(token, credit=credit)
    switch_on(organization, card, has_brake=has_brake)
    return organization, card


def use(organization: Organization, dollars: int, id: str = "e1") -> None:
    """Usage of about so much, reported now."""
    take(an_event(organization, id, dollars * DOLLAR, when=utc_now()), now=utc_now())


def look(organization: Organization) -> None:
    """What its job does."""
    db.session.rollback()
    proceeding.proceed(organization.id)


def the_settings(organization: Organization) -> AutoTopUp | None:
    """The settings as they are now."""
    db.session.rollback()
    return db.session.get(AutoTopUp, organization.id, populate_existing=True)


def settings_of(organization: Organization) -> AutoTopUp:
    """The same where they were set."""
    found = the_settings(organization)
    assert found is not None
    return found


def top_ups(organization: Organization) -> list[TopUp]:
    """Its automatic top-ups, oldest first."""
    db.session.rollback()
    query = db.select(TopUp).where(TopUp.org_id == organization.id, TopUp.auto_month.is_not(None))
    found = db.session.scalars(query.order_by(TopUp.id), execution_options={"populate_existing": True})
    return list(found)


def amounts(organization: Organization) -> list[tuple[str, str]]:
    """Their amounts and states."""
    return [(str(one.amount.decimal), one.status.value) for one in top_ups(organization)]


def let_pass(organization: Organization, hours: float) -> None:
    """Let it be so much longer ago that anything was tried, rather than later now."""
    interval = timedelta(hours=hours)
    db.session.rollback()
    for statement in (
        "UPDATE auto_top_up SET next_try_at = next_try_at - :by WHERE org_id = :org",
        "UPDATE top_up SET paying_since = paying_since - :by, created_at = created_at - :by WHERE org_id = :org",
        "UPDATE auto_top_up_attempt SET at = at - :by WHERE org_id = :org",
    ):
        db.session.execute(text(statement), {"by": interval, "org": organization.id})
    db.session.commit()
