"""Three organizations and their three months.

Everything is posted in the order of time, through the domain's own functions and Stripe (or its stand-in), so the
ledger check passes on it and every receipt, card and invoice opens. The same day always makes the same story.
"""

from __future__ import annotations

from sqlalchemy import select

from app.billing import catalog
from app.billing.activity import rollups
from app.billing.catalog import sales
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, Role
from app.people import accounts, organizations
from demo.companies import ATLAS, HARBOR, PEOPLE, PINE
from demo.history import alerts, limits
from demo.history.company_history import Director

PASSWORD = "paper-lantern-hill"  # noqa: S105, printed by `make run`


def load() -> bool:
    """Load the demo once; False if it is already loaded. Commits at the end, so that it is never half loaded.

    Then it is added up, for filters and comparisons.
    """
    if db.session.scalar(select(Organization.id).where(Organization.slug == HARBOR.slug)):
        return False
    list(sales.sync_prices(catalog.current()))
    directors = [Director(company) for company in (HARBOR, PINE, ATLAS)]
    for director in directors:
        director.found()
    _invite()
    for director in directors:
        director.play()
    harbor = directors[0]
    alerts.set_up(harbor.organization, harbor.low_alert, harbor.owner, harbor.now)
    limits.set_limits(harbor.organization, harbor.company)
    db.session.commit()
    for director in directors:
        rollups.roll_up(director.company.id, until=utc_now())
    return True


def _invite() -> None:
    for email, name, seats in PEOPLE:
        for slug, role in seats.items():
            organization = organizations.find_organization(slug)
            user = organizations.add_person(email, name=name, organization=organization, role=Role(role))
        accounts.set_password(user, PASSWORD)
