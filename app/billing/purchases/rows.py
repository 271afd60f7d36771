"""Finds an organization's purchases, to read or to change them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import func, select

from app.billing.purchases.times import STALE_AFTER
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import PlanSwitch, TopUp, Wallet
from app.transaction import transaction

P = TypeVar("P", TopUp, PlanSwitch)


class Rows(Generic[P]):
    """The purchases of one kind. `unknown` is raised for an id that the organization doesn't have."""

    def __init__(self, model: type[P], unknown: type[LookupError]) -> None:
        self._model: type[P] = model
        self._unknown = unknown

    def find(self, org_id: UUID, id_: UUID) -> P:
        """The organization's purchase with this id, as it is in the database now."""
        found = db.session.get(self._model, (org_id, id_), populate_existing=True)
        if found is None:
            raise self._unknown(str(id_))
        return found

    def lock(self, org_id: UUID, id_: UUID) -> P:
        """The same, locked until the transaction ends; the wallet is locked before it."""
        query = select(self._model).where(self._model.org_id == org_id, self._model.id == id_)
        found = db.session.execute(
            query.with_for_update(), execution_options={"populate_existing": True}
        ).scalar_one_or_none()
        if found is None:
            raise self._unknown(str(id_))
        return found

    @contextmanager
    def locked(self, org_id: UUID, id_: UUID) -> Iterator[tuple[Wallet, P]]:
        """A transaction that locks the wallet, then the purchase: always in this order, so that no deadlock is
        possible. Stripe is never called within it.
        """
        with transaction():
            wallet = ledger.lock(org_id)
            yield wallet, self.lock(org_id, id_)

    def find_stale(self, statuses: Sequence[StrEnum]) -> list[tuple[UUID, UUID]]:
        """Organization and id of every purchase that has been in one of the `statuses` for longer than its own job
        needs, oldest first.
        """
        model = self._model
        since = func.coalesce(model.claimed_at, model.created_at)
        query = (
            select(model.org_id, model.id)
            .where(model.status.in_(statuses), since < utc_now() - STALE_AFTER)
            .order_by(since)
        )
        return [(org_id, id_) for org_id, id_ in db.session.execute(query)]
