"""How an organization stands now, for someone who is on the phone with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.billing import plans
from app.billing.cards import payment_methods
from app.billing.cards.payment_methods import CardView
from app.billing.limits import LimitStanding, labels, standing
from app.billing.mail.recipients import recipients_of
from app.billing.plans import PlanView
from app.billing.wallet import balance
from app.billing.wallet.balance import BalanceView
from app.clock import utc_now
from app.extensions import db
from app.models import Dispute, Finding, Invoice, Organization, Subscription, TopUp, User
from app.people import organizations
from app.reconciliation import findings

MOST_JOBS = 20

_JOBS = text("""
    SELECT id, task_name, queue_name, status, attempts, scheduled_at FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing', 'failed') AND args->>'org_id' = :org_id
    ORDER BY (status <> 'failed'), id DESC LIMIT :limit""")


@dataclass(frozen=True, slots=True)
class Facts:
    """What an organization has. `limits` are on spend, each with whose it is. `jobs` are those that wait, run or have
    failed, failed ones first; `findings` the open ones of reconciliation that are about it."""

    organization: Organization
    balance: BalanceView
    plan: PlanView
    cards: Sequence[CardView]
    owners: Sequence[User]
    recipients: Sequence[str]
    limits: Sequence[tuple[str, LimitStanding]]
    jobs: Sequence[Any]
    findings: Sequence[Finding]


def find_organization(org_id: UUID) -> Organization | None:
    """The organization, of which the session sees nothing else."""
    return db.session.scalar(select(Organization).where(Organization.id == org_id))


def gather(organization: Organization) -> Facts:
    """How it stands. A lease or envelope that is over is recorded first, and committed."""
    return Facts(
        organization,
        balance.gather(organization).to_the_cent,
        plans.current.gather(organization),
        payment_methods.list_cards(organization),
        organizations.owners_of(organization.id),
        recipients_of(organization),
        [
            (labels.stored_label(one.subject, one.name), one)
            for one in standing.gather(organization.id, utc_now())
        ],
        db.session.execute(_JOBS, {"org_id": str(organization.id), "limit": MOST_JOBS}).all(),
        _findings(organization),
    )


def _findings(organization: Organization) -> list[Finding]:
    """Those whose object at Stripe is one of its own."""
    found = findings.list_open()
    objects = [one.object for one in found]
    if not objects:
        return []
    own = {organization.stripe_customer_id, *organization.former_customer_ids}
    for org_id, column in (
        (TopUp.org_id, TopUp.payment_intent_id),
        (TopUp.org_id, TopUp.charge_id),
        (Invoice.org_id, Invoice.stripe_id),
        (Subscription.org_id, Subscription.stripe_id),
        (Dispute.org_id, Dispute.stripe_id),
    ):
        own |= set(db.session.scalars(select(column).where(org_id == organization.id, column.in_(objects))))
    return [one for one in found if one.object in own]
