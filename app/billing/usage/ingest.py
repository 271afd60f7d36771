"""Ingests a batch of usage: each event once, rated by its own time, charged in one transaction.

The statements are of the batch, never of an event or an organization, so a thousand events cost about as much whether
they are of one organization or of a thousand. Wallets are locked first, in order of their ids: from then on no one
else changes these organizations, and two batches can't deadlock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import msgspec

from app.billing import catalog
from app.billing.catalog import rating, versions
from app.billing.plans import terms as plan_terms
from app.billing.usage import corrections as usage_corrections
from app.billing.usage import hold_draws, keys, limit_counts, rows
from app.billing.usage.counts import TooMuchError
from app.billing.usage.events import (
    Refusal,
    Reported,
    beyond_the_wallet,
    problem_with_content,
    problem_with_time,
)
from app.billing.usage.keys import EventKey
from app.billing.usage.rater import Rater, RatingContext, RatingLine
from app.billing.usage.rows import RatedEvent
from app.billing.wallet import batches, calling_state, ledger, lots, usage_postings
from app.billing.wallet.batches import LockedWallet, Saved
from app.billing.wallet.usage_postings import UsageCharge
from app.extensions import db, driver_connection
from app.ids import uuid7
from app.models import Account, Allowance, Hold, UsageGroup, Wallet


@dataclass(slots=True)
class Receipt:
    """The result of a batch: how many events were recorded, how many were duplicates, and which were rejected.

    `costs` are micro-units by organization for newly recorded events; negative for some corrections. `unkept` are the
    positions of rejected events that were not stored.
    """

    accepted: int = 0
    duplicates: int = 0
    refused: list[Refusal] = field(default_factory=list)
    unkept: list[int] = field(default_factory=list)
    costs: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))


def ingest(events: Sequence[Reported], *, at: datetime) -> Receipt:
    """Ingest the valid events of a batch, as of `at`, in the caller's transaction; repeating it changes nothing.

    Usage is charged even if the balance becomes negative. A deadlock or a lost connection undoes everything, and the
    batch can be sent again.
    """
    receipt = Receipt()
    # These statements bypass the session: flush it first, and expire what they change afterward.
    db.session.flush()
    wallets = batches.lock_many({event.org_id for event in events})
    batch = _Batch(wallets, _contexts(wallets), receipt, at)
    fresh = batch.without_repetitions(batch.acceptable(events))
    rated = batch.charge([one for one in fresh if one.event.corrects is None])
    corrections = [one.event for one in fresh if one.event.corrects]
    changes = usage_corrections.record(corrections, batch.rater, wallets, at=at)
    receipt.refused += changes.refused
    _forget_refused(fresh, [*rated, *changes.rated])
    receipt.accepted += changes.accepted
    for org_id, cost in changes.costs.items():
        receipt.costs[org_id] += cost
    if changes.accepted:
        batch.settle_corrected(set(changes.costs))
    limit_counts.count(wallets, batch.rater.contexts, rated + changes.rated, at=at)
    batch.rater.write()
    _expire_changed()
    receipt.refused.sort(key=lambda refusal: refusal.index)
    return receipt


class _Acceptable(msgspec.Struct, frozen=True):
    """A valid event with its line, its key, and the digest of its content, which are computed once."""

    event: Reported
    key: EventKey
    content: str
    line: RatingLine


class _Batch:
    """A batch in progress, with the wallets that it has locked."""

    def __init__(
        self,
        wallets: dict[UUID, LockedWallet],
        contexts: dict[UUID, RatingContext],
        receipt: Receipt,
        at: datetime,
    ) -> None:
        self.wallets = wallets
        self.rater = Rater(contexts)
        self.receipt = receipt
        self.at = at
        self.settled = batches.settle(wallets.values(), at)

    def acceptable(self, events: Sequence[Reported]) -> list[_Acceptable]:
        """The valid events; the others are rejected."""
        found = []
        late_days = catalog.current().late_days
        for event in events:
            accepted = self._accept(event, late_days)
            if isinstance(accepted, Refusal):
                self.receipt.refused.append(accepted)
            else:
                found.append(accepted)
        return found

    def without_repetitions(self, events: list[_Acceptable]) -> list[_Acceptable]:
        """The events not yet recorded, without duplicates. Their keys are recorded."""
        first = {one.key: one for one in reversed(events)}
        # A key is kept for as long as its own event could be resent, whatever the time of the event it corrects.
        recorded = keys.record([(*key, one.content, one.event.at) for key, one in first.items()])
        if not recorded and len(first) == len(events):
            return events
        fresh = []
        for one in events:
            before = recorded.get(one.key)
            if before is None and first[one.key] is one:
                fresh.append(one)
            elif one.content == (before or first[one.key].content):
                self.receipt.duplicates += 1
            else:
                self.receipt.refused.append(_different_content(one.event))
        return fresh

    def charge(self, events: list[_Acceptable]) -> list[RatedEvent]:
        """Rate and store events, and charge their wallets: one transfer per organization and group. Returns them."""
        rated = self._rate(events)
        # Pipelined: one statement runs while the next is prepared.
        with driver_connection().pipeline():
            saved = self._write(rated)
        batches.follow_up(saved, at=self.at)
        self.receipt.accepted += len(rated)
        return rated

    def settle_corrected(self, org_ids: set[UUID]) -> None:
        """Save wallets with corrections, and settle holds whose reserved units were used by them."""
        corrected = {org_id: self.wallets[org_id] for org_id in org_ids}
        contexts = [self.rater.contexts[org_id] for org_id in corrected]
        hold_draws.draw_included(corrected, contexts, [], at=self.at)
        batches.follow_up(batches.save(corrected.values(), at=self.at), at=self.at)
        # What a correction returned to credit that has expired since is taken out again.
        for org_id in lots.expiry.find_due(self.at, among=corrected):
            calling_state.reassess(ledger.lock(org_id), self.at)

    def _write(self, rated: list[RatedEvent]) -> Saved:
        """Store the results. Returns the saved wallets that have something to follow up."""
        rows.write(rated)
        posted = {one.line.context.org_id: (one.posted_at, one.posted_on) for one in rated}
        charges = [
            UsageCharge(self.wallets[org_id], group, amount, *posted[org_id])
            for (org_id, group), amount in self._costs(rated).items()
            if amount
        ]
        usage_postings.post(charges, source=f"usage:{uuid7()}")
        hold_draws.draw(self.wallets, rated)
        hold_draws.draw_included(self.wallets, list(self.rater.contexts.values()), rated, at=self.at)
        changed = {wallet.org_id: wallet for wallet in self.settled}
        changed |= {org_id: self.wallets[org_id] for org_id in posted}
        return batches.save(changed.values(), at=self.at)

    def _rate(self, events: list[_Acceptable]) -> list[RatedEvent]:
        self.rater.read()
        posted = {context: self._posting(context) for context in self.rater.contexts.values()}
        left = {context: self._left(context) for context in self.rater.contexts.values()}
        rated = []
        for one in events:
            line, quantity = one.line, one.event.quantity
            billable = rating.billable_units(line.charged.rate, quantity)
            try:
                charge = self.rater.rate_units(line, billable, most=left[line.context])
            except TooMuchError:
                self.receipt.refused.append(beyond_the_wallet(one.event))
                continue
            left[line.context] -= charge.amount.micro
            at = one.event.at
            rated.append(RatedEvent(one.event, line, at, *posted[line.context], quantity, charge))
        return rated

    def _left(self, context: RatingContext) -> int:
        """How many micro-units usage may cost before the wallet reaches its lowest possible balance."""
        return max(self.wallets[context.org_id].posted + ledger.FURTHEST, 0)

    def _costs(self, rated: list[RatedEvent]) -> dict[tuple[UUID, UsageGroup], int]:
        """The cost of each organization's usage by group, in micro-units. Also recorded in the receipt."""
        by_line: dict[RatingLine, int] = defaultdict(int)
        for one in rated:
            by_line[one.line] += one.charge.amount.micro
        catalogs = {version: versions.find(version) for version in {line.plan.version for line in by_line}}
        costs: dict[tuple[UUID, UsageGroup], int] = defaultdict(int)
        for line, cost in by_line.items():
            costs[line.context.org_id, catalogs[line.plan.version].meters[line.meter].group] += cost
            self.receipt.costs[line.context.org_id] += cost
        return costs

    def _accept(self, event: Reported, late_days: int) -> _Acceptable | Refusal:
        context = self.rater.contexts.get(event.org_id)
        if context is None:
            return Refusal(event.index, "organization", "There is no organization with this id.")
        plan = context.terms.plan_at(event.at)
        problem = problem_with_time(event, self.at, late_days) or problem_with_content(event, plan)
        if problem is not None:
            return problem
        key = (context.name, keys.key_of(event.source, event.id))
        return _Acceptable(event, key, event.digest().hex(), context.line(event.meter, event.at, plan))

    def _posting(self, context: RatingContext) -> tuple[datetime, date]:
        """When usage of the batch is posted, and the day in the organization's time zone; it never goes backward."""
        at = ledger.own_posting_time(self.wallets[context.org_id], self.at)
        return at, context.day_of(at)


def _forget_refused(fresh: list[_Acceptable], rated: list[RatedEvent]) -> None:
    """Forget the keys of new events that were rejected after all, so that they can be sent again."""
    if len(rated) < len(fresh):
        recorded = {one.event.key for one in rated}
        keys.forget([one.key for one in fresh if one.event.key not in recorded])


def _expire_changed() -> None:
    for known in list(db.session.identity_map.values()):
        if isinstance(known, (Account, Allowance, Hold, Wallet)):
            db.session.expire(known)


def _different_content(event: Reported) -> Refusal:
    return Refusal(
        event.index,
        "id",
        f"An event {event.id[:60]!r} of this source was already accepted with different content. Use a new "
        "id, or send a correction.",
    )


def _contexts(wallets: dict[UUID, LockedWallet]) -> dict[UUID, RatingContext]:
    """Get the time zone, currency, and plans of organizations whose wallets are locked."""
    return {
        org_id: RatingContext.of(org_id, billing)
        for org_id, billing in plan_terms.get_billing_contexts(wallets).items()
    }
