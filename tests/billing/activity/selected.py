"""Usage with every name, over some days, added up."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from app.billing.activity import rollups
from app.models import Organization
from tests.factories import an_organization
from tests.support.metering import NOW, an_event, take

_numbers = count(1)
UNTIL = NOW + timedelta(days=60)


def a_user(**options: str) -> Organization:
    return an_organization(credit="1000", **options)


def use(organization: Organization, quantity: int = 600, *, days: int = 0, **names: str) -> str:
    """Use it so many days after the first; returns the event's id."""
    when, id_ = NOW + timedelta(days=days), f"s{next(_numbers)}"
    take(
        an_event(
            organization, id_, quantity, when=when, **({"meter": "calls_outbound_international"} | names)
        ),
        now=when,
    )
    return id_


def correct(organization: Organization, of: str, quantity: int, *, days: int = 0, meter: str) -> None:
    when = NOW + timedelta(days=days)
    corrected = an_event(
        organization,
        f"c{next(_numbers)}",
        quantity,
        meter=meter,
        when=when + timedelta(seconds=1),
        corrects=("platform", of),
    )
    take(corrected, now=when + timedelta(seconds=1))


def add_up(organization: Organization) -> None:
    rollups.roll_up(organization.id, until=UNTIL)
