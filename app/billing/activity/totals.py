"""What a selection of the history adds up to, from the totals of days and the transfers since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select, text

from app.billing.activity import rollups, usage_selection
from app.billing.activity.filters import SETS, Filters, KindSet
from app.extensions import db
from app.models import Organization, TransferKind, UsageRollup, Wallet
from app.money import Money, in_and_out, parts_of

MOST = 100_000
"""So many transfers that aren't counted yet are added up for a page; with more, it says that it is counting."""

_LINES = text("""
SELECT kind, sum(lines)::bigint AS lines, sum(amount_micro)::bigint AS amount FROM (
    SELECT kind, usage_group, day, lines, amount_micro FROM history_rollup WHERE org_id = :org_id
    UNION ALL
    SELECT line.kind, coalesce(line.usage_group, ''), line.day, (transfer.seq = line.first_seq)::int,
        CASE WHEN transfer.credit = 'wallet' THEN transfer.amount_micro ELSE -transfer.amount_micro END
    FROM transfer JOIN wallet_line line ON line.org_id = transfer.org_id AND line.id = transfer.line_id
    WHERE transfer.org_id = :org_id AND transfer.seq > :after
) AS moved
WHERE (CAST(:kinds AS text[]) = '{}' OR kind = ANY(CAST(:kinds AS text[])))
    AND (:usage_group = '' OR usage_group = :usage_group)
    AND day BETWEEN coalesce(CAST(:first AS date), '-infinity') AND coalesce(CAST(:last AS date), 'infinity')
GROUP BY kind
""")


@dataclass(frozen=True, slots=True)
class Totals:
    """What a selection adds up to, signed as in the history. `calls` is None where it isn't of usage."""

    lines: int
    money_in: Money
    usage: Money
    returned: Money
    adjustments: Money
    expired: Money
    calls: int | None

    @property
    def net(self) -> Money:
        return self.money_in + self.usage + self.returned + self.adjustments + self.expired

    def to_the_cent(self, opening: Money) -> Totals:
        """In whole cents, so that they add up, and to the wallet's balance after `opening`, which is exact: as a
        statement of the same days says it (`app.billing.statements.rounding`)."""
        before, after = opening.to_smallest_unit, (opening + self.net).to_smallest_unit
        added, used = in_and_out(before, after, self.net - self.usage, -self.usage)
        others = (self.money_in, self.returned, self.adjustments, self.expired)
        money_in, returned, adjustments, expired = parts_of(added, others)
        return replace(
            self, money_in=money_in, usage=-used, returned=returned, adjustments=adjustments, expired=expired
        )


def gather(organization: Organization, filters: Filters) -> Totals | None:
    """What all lines that the filters select add up to; None while there is too much that isn't counted yet."""
    if filters.is_of_usage:
        return _of_usage(organization, filters)
    mark, newest = rollups.get_mark(organization.id), _newest(organization)
    after = mark.last_seq if mark else 0
    if newest - after > MOST:
        return None
    if filters.is_contradictory:
        return _totals(organization, {}, 0, None)
    values: dict[str, Any] = {
        "org_id": organization.id,
        "after": after,
        "kinds": [kind.value for kind in filters.kinds],
        "usage_group": filters.group or "",
        "first": filters.first_day,
        "last": filters.last_day,
    }
    rows = db.session.execute(_LINES, values).all()
    amounts = {TransferKind(row.kind): row.amount for row in rows}
    return _totals(organization, amounts, sum(row.lines for row in rows), None)


def of_kinds(organization: Organization, amounts: dict[TransferKind, int]) -> Totals:
    """Totals of amounts by kind, in micro-units, signed as in the history; lines aren't counted."""
    return _totals(organization, amounts, 0, None)


def _of_usage(organization: Organization, filters: Filters) -> Totals:
    row = UsageRollup
    query = (
        select(
            row.is_correction,
            row.meter,
            func.sum(row.amount_micro).label("amount"),
            func.sum(row.calls).label("calls"),
            func.count().label("rows"),
        )
        .where(*usage_selection.conditions(organization, filters))
        .group_by(row.is_correction, row.meter)
    )
    found = [one for one in db.session.execute(query) if usage_selection.is_in(filters, one.meter)]
    amounts = {
        kind: -sum(int(one.amount) for one in found if one.is_correction is is_correction)
        for kind, is_correction in ((TransferKind.USAGE, False), (TransferKind.ADJUSTMENT, True))
    }
    lines, calls = sum(int(one.rows) for one in found), sum(int(one.calls) for one in found)
    return _totals(organization, amounts, lines, calls)


def _totals(
    organization: Organization, amounts: dict[TransferKind, int], lines: int, calls: int | None
) -> Totals:
    def of(*kinds: TransferKind) -> Money:
        return Money(sum(amounts.get(kind, 0) for kind in kinds), organization.currency)

    return Totals(
        lines=lines,
        money_in=of(*SETS[KindSet.MONEY_IN]),
        usage=of(TransferKind.USAGE),
        returned=of(*SETS[KindSet.RETURNED]),
        adjustments=of(TransferKind.ADJUSTMENT),
        expired=of(TransferKind.EXPIRY),
        calls=calls,
    )


def _newest(organization: Organization) -> int:
    return db.session.scalars(select(Wallet.last_seq).where(Wallet.org_id == organization.id)).one()
