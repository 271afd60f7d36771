"""Destinations of a high class: closed until an owner opens them, once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.billing import audit, catalog
from app.billing.audit import Actor
from app.billing.catalog import Destination, DestinationClass, rate_labels, versions
from app.billing.catalog.rate_labels import RateLabel
from app.billing.limit_settings import settings
from app.billing.plans import terms
from app.clock import utc_now
from app.extensions import db
from app.models import OpenedDestination, Organization


class UnknownDestinationError(LookupError):
    """The catalog has no such destination, or it needs no opening."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A destination that was opened: by whom, and when. `class_` is None if the catalog has it no more."""

    key: str
    destination: Destination | None
    class_: DestinationClass | None
    by: str
    at: datetime


def list_closed(organization: Organization) -> list[Destination]:
    """Those of the catalog that need an owner, and that none has opened."""
    destinations = catalog.current().destinations
    opened = {row.destination for row in _rows(organization)}
    everything = [*destinations.known.values(), *([destinations.unknown] if destinations.unknown else [])]
    return [one for one in everything if destinations.class_of(one).opened_by_owner and one.key not in opened]


def list_opened(organization: Organization) -> list[Opened]:
    """Those that owners have opened, the newest first."""
    destinations = catalog.current().destinations
    found = []
    for row in _rows(organization):
        known = destinations.find(row.destination)
        class_ = destinations.class_of(known) if known else None
        found.append(
            Opened(row.destination, known, class_, audit.name_for_reader(row.opened_by), row.opened_at)
        )
    return found


def list_prices(organization: Organization, wanted: Iterable[Destination]) -> list[RateLabel]:
    """What calls to these destinations cost by the plan in force: each rate once, in their order."""
    now = utc_now()
    plan = terms.get_billing_contexts([organization.id])[organization.id].terms.plan_at(now)
    sold = versions.find(plan.version).meters
    priced_by = dict.fromkeys(one.meter for one in wanted if one.meter in plan.rates)
    return [
        rate_labels.describe(meter, sold[meter], plan.rates[meter], organization.currency)
        for meter in priced_by
    ]


def open_destination(organization: Organization, key: str, actor: Actor) -> None:
    """Open a destination; opening it again changes nothing. Locks the wallet, in the caller's transaction.

    Raises `UnknownDestinationError`.
    """
    destinations = catalog.current().destinations
    destination = destinations.find(key)
    if destination is None or not destinations.class_of(destination).opened_by_owner:
        raise UnknownDestinationError(key)
    now = utc_now()
    settings.locked(organization, now)
    if db.session.get(OpenedDestination, (organization.id, key)) is not None:
        return
    db.session.add(
        OpenedDestination(org_id=organization.id, destination=key, opened_by=actor.name, opened_at=now)
    )
    audit.record(organization.id, actor, "destination.opened", key)


def close_destination(organization: Organization, key: str, actor: Actor) -> None:
    """Close a destination again; calls in progress finish. Locks the wallet, in the caller's transaction."""
    settings.locked(organization, utc_now())
    row = db.session.get(OpenedDestination, (organization.id, key))
    if row is not None:
        db.session.delete(row)
        audit.record(organization.id, actor, "destination.closed", key)


def _rows(organization: Organization) -> list[OpenedDestination]:
    query = (
        select(OpenedDestination)
        .where(OpenedDestination.org_id == organization.id)
        .order_by(OpenedDestination.opened_at.desc(), OpenedDestination.destination)
    )
    return list(db.session.scalars(query))
