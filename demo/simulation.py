"""What the simulator can't get over the API: a token, credit like an owner's top-up, and the price list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from flask import Flask

from app.billing.catalog import versions
from app.billing.wallet import calling_state, ledger
from app.billing.wallet.ledger import Entry
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import AccountName, TransferKind
from app.models.scope import scoped_to
from app.money import Money
from app.people import organizations, tokens
from app.people.tokens import Scope
from demo.companies import ATLAS, HARBOR, PINE
from demo.simulator.campaigns import USUAL, Campaign, Organization
from demo.simulator.pricing import Price, PriceList

_LASTS = timedelta(days=30)
_INBOUND_SHARE = 25


@contextmanager
def token() -> Iterator[str]:
    """A token for the whole platform, which ends with the play."""
    made, text = tokens.create("call simulator", tuple(Scope), lasts=_LASTS)
    db.session.commit()
    try:
        yield text
    finally:
        tokens.revoke(made.id)
        db.session.commit()


def player(slug: str) -> Organization:
    """An existing organization, with its campaigns from the demo. Raises `PeopleError`."""
    found = organizations.find_organization(slug)
    teams = next((company.teams for company in (HARBOR, PINE, ATLAS) if company.slug == slug), ())
    campaigns = tuple(
        Campaign(team.campaign, team.agents, *(("calls_inbound", 1.0) if team.share < _INBOUND_SHARE else ()))
        for team in teams
    )
    return Organization(found.id, found.name, campaigns or USUAL)


def credit(app: Flask, amount: Money) -> Callable[[UUID], None]:
    """What gives an organization that much credit, from any thread."""

    def give(org_id: UUID) -> None:
        with app.app_context(), scoped_to(org_id):
            now = utc_now()
            wallet = ledger.lock(org_id)
            entry = Entry(
                kind=TransferKind.CREDIT,
                source=f"simulator:{uuid7()}",
                debit=AccountName.ADJUSTMENTS,
                credit=AccountName.WALLET,
                amount=amount,
                at=now,
                detail="Simulated credit",
            )
            ledger.post(wallet, entry)
            calling_state.reassess(wallet, now)
            db.session.commit()

    return give


def price_list(plan: str, version: str) -> PriceList:
    """What the meters of a plan cost. Raises `CatalogError` for a plan that is not in the catalog, and `ValueError`
    where a price depends on what was used before: the simulator doesn't know that."""
    rates = versions.find(version).plan(plan).rates
    tiered = [meter for meter, rate in rates.items() if len(rate.tiers) > 1]
    if tiered:
        raise ValueError(f"The prices of {', '.join(tiered)} depend on how much was used before.")
    return {meter: Price(rate.first, rate.minimum, rate.step) for meter, rate in rates.items()}
