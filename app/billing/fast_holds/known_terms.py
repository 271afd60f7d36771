"""Which plan rates an organization's usage: read once, and used as long as the wallet's number of terms stays.

Whatever changes an organization's plan, months, zone or currency raises `wallet.terms_version` in the same
transaction, by triggers, and a version of the catalog is announced for everyone. Both are compared in the message
that locks the wallet, so there is no moment in which old terms are used.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from app.billing import catalog
from app.billing.catalog import Catalog
from app.billing.plans import terms
from app.billing.plans.terms import BillingContext
from app.database import fast
from app.database.arrays import array
from app.database.messages import FastConnection
from app.per_application import PerApplication

MOST = 20_000
"""How many organizations' terms are known at a time."""

ANNOUNCED = """
SELECT coalesce(string_agg(version || ' ' || extract(epoch FROM announced_for), ',' ORDER BY version), '')
FROM catalog_version WHERE announced_for IS NOT NULL"""
"""The announced versions of the catalog as one text, which differs when they do."""

_VERSIONS = "SELECT org_id, terms_version FROM wallet WHERE org_id = ANY(%s::uuid[])"

_known = PerApplication[dict[UUID, "KnownTerms"]]("known_terms", dict)


@dataclass(frozen=True, slots=True)
class KnownTerms:
    """An organization's billing context, and what it was read beside."""

    billing: BillingContext
    version: int
    announced: str
    catalog: Catalog

    def are_still(self, version: int, announced: str) -> bool:
        """Whether they hold where the wallet has this number, and these versions are announced."""
        return (self.version, self.announced) == (version, announced) and self.catalog is catalog.current()


def find(connection: FastConnection, org_ids: Collection[UUID], token_id: UUID) -> Mapping[UUID, KnownTerms]:
    """The terms of those organizations that exist, which may be outdated. One message for those not known yet.

    They stay as they are returned: other threads may read them again or forget them meanwhile.
    """
    known = _known.get()
    found = {org_id: terms for org_id in org_ids if (terms := known.get(org_id)) is not None}
    missing = [org_id for org_id in org_ids if org_id not in found]
    if missing:
        if len(known) + len(missing) > MOST:
            known.clear()
        fresh = _read(connection, missing, token_id)
        known.update(fresh)
        found.update(fresh)
    return found


def forget(org_id: UUID) -> None:
    """Read an organization's terms again next time."""
    _known.get().pop(org_id, None)


def _read(connection: FastConnection, org_ids: Collection[UUID], token_id: UUID) -> dict[UUID, KnownTerms]:
    current = catalog.current()
    asked = [array(list(org_ids))]
    # The numbers before what they stand for: what changes in between is found to be outdated.
    _, versions, [[text]], found = connection.send(
        fast.seeing(org_ids, token_id),
        (_VERSIONS, asked),
        (ANNOUNCED, ()),
        (terms.BILLING_CONTEXTS, asked),
    )
    contexts = terms.contexts_of(found)
    return {
        org_id: KnownTerms(contexts[org_id], version, text, current)
        for org_id, version in versions
        if org_id in contexts
    }
