"""The model beside the ledger: what each organization's balance must be, and what became of each hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from torture.checks import Database
from torture.checks.money import MICRO_PER_CENT, stayed_by_organization
from torture.journal import Journal
from torture.load.model import Model
from torture.stripe_side import StripeSide

if TYPE_CHECKING:
    from torture.stage import Company

WALLETS = "SELECT org_id::text, posted_micro, held_micro, set_aside_micro FROM wallet"
HOLDS = "SELECT org_id::text, key, state::text FROM hold WHERE org_id::text = ANY(%s)"


def check(
    database: Database, side: StripeSide, companies: Sequence[Company], model: Model, journal: Journal
) -> None:
    """Cents that stayed at Stripe less what the usage costs, by the model's own arithmetic, is the balance; and no
    hold reserves anything any more, or is in another state than was said last."""
    places = {str(company.id): place for place, company in enumerate(companies)}
    with database.connect() as connection:
        stayed = stayed_by_organization(connection, side)
        wallets = {str(row[0]): row[1:] for row in connection.execute(WALLETS).fetchall()}
        holds = {
            (places[str(org_id)], str(key)): str(state)
            for org_id, key, state in connection.execute(HOLDS, [list(places)]).fetchall()
        }
    for org_id, place in places.items():
        predicted = stayed.get(org_id, 0) * MICRO_PER_CENT - model.cost(place)
        found = int(str(wallets[org_id][0])) if org_id in wallets else 0
        if found != predicted:
            journal.found(
                "balance differs",
                f"{org_id}: {predicted} by the model, {found} in the wallet ({found - predicted:+})",
            )
    for org_id, (_, held, set_aside) in wallets.items():
        if held or set_aside:
            journal.found("left reserved", f"{org_id}: {held} held, {set_aside} set aside")
    _compare_holds(model.holds, holds, journal)
    journal.happened("check: balance predicted", times=len(places))
    journal.happened("check: acknowledged event", times=model.events)
    journal.happened("check: hold compared", times=len(model.holds))


def _compare_holds(
    said: Mapping[tuple[int, str], str], found: Mapping[tuple[int, str], str], journal: Journal
) -> None:
    for key in sorted(said.keys() | found.keys()):
        last, now = said.get(key, "missing"), found.get(key, "refused")
        # One that was said to be active was left to its lease.
        expected = "expired" if last == "active" else last
        if now != expected:
            journal.found("hold differs", f"{key[1]}: {last} was the last answer, {now} is there")
