"""Auto top-up in a company's past: agreed to by an owner, and charged once since."""

from __future__ import annotations

from datetime import datetime

from app.billing import audit, topups
from app.billing.audit import Actor
from app.billing.auto_top_ups import monthly_cap, next_charge, settings
from app.billing.auto_top_ups.settings import Wanted
from app.billing.topups import automatic
from app.billing.wallet import ledger
from app.extensions import db
from app.models import AutoTopUpAttempt, Organization, PaymentMethod, TopUp
from app.money import Money
from app.pages.auto_top_up.wording import CONSENT
from app.payments import charging

_STEP = 50_000_000
"""Amounts that people choose are in steps of $50."""
_CAP = 1_000_000_000


def top_up(
    organization: Organization,
    cards: list[PaymentMethod],
    about: Money,
    owner: Actor,
    *,
    at: datetime,
    agreed_at: datetime,
) -> TopUp:
    """Let the owner have agreed to it, and let it have topped up by `about` so much. Commits."""
    currency = organization.currency
    posted = ledger.lock(organization.id).posted_micro
    threshold, target = ((micro // _STEP + 1) * _STEP for micro in (posted, posted + about.micro))
    chosen = tuple(card.id for card in cards[:2])
    wanted = Wanted(Money(threshold, currency), Money(target, currency), Money(_CAP, currency), chosen, 0)
    db.session.commit()
    settings.agree(organization, wanted, CONSENT, owner, at=agreed_at)
    wallet = ledger.lock(organization.id)
    month = monthly_cap.month_of(organization, at)
    amount = next_charge.gap(Money(posted, currency), wanted.target)
    made = automatic.begin(organization, wallet, amount, cards[0], month=month)
    made.created_at = made.claimed_at = at
    db.session.get_one(AutoTopUpAttempt, (made.org_id, made.id, made.attempt)).at = at
    db.session.flush()
    request = topups.requests.charge_request(
        organization, made, cards[0], str(organization.stripe_customer_id)
    )
    topups.settle(organization.id, made.id, charging.charge(request), audit.AUTO_TOP_UP, at=at)
    return made
