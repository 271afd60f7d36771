"""One step of auto top-up after the other, until nothing is left to do now.

Every step is decided under the wallet's lock (`app.billing.auto_top_ups.decisions`), and committed before Stripe is
asked. So two jobs at the same time, a job that runs again, and one that was killed between the charge and the credit
all continue where things are: nothing is charged twice.
"""

from __future__ import annotations

from uuid import UUID

from app.billing import audit, topups
from app.billing.auto_top_ups.decisions import Cancel, Charge, decide
from app.billing.cards import payment_methods
from app.billing.topups import automatic
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from app.transaction import transaction

_MOST_STEPS = 20
"""More than the cards of a try can need; the sweep continues."""


def proceed(org_id: UUID) -> None:
    """Do what auto top-up has to do now for an organization; repeating it changes nothing. Commits.

    Raises `NotStartedError` and what `app.payments` raises where Stripe was unavailable: it is to be run again.
    """
    organization = db.session.get_one(Organization, org_id)
    for _ in range(_MOST_STEPS):
        with transaction():
            wallet = ledger.lock(org_id)
            db.session.refresh(organization)
            step = decide(organization, wallet, utc_now())
        match step:
            case Charge():
                customer_id = payment_methods.customer_of(organization, email=None)
                automatic.charge(organization, step.top_up, step.card, customer_id)
            case Cancel():
                topups.cancel(organization, step.top_up.id, audit.AUTO_TOP_UP)
            case None:
                return
