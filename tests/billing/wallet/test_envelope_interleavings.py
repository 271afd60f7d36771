"""Envelopes under any interleaving of money, usage, holds and settings, beside what the rows themselves add up to.

Each is a sequence of steps on an organization of its own, drawn from its seed. After each step: envelopes, holds and
available credit are what is posted; and no call of a campaign was refused for want of credit while its envelope had
some, unless it asked for more than there was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.billing.limits import Call
from app.billing.usage import ingest
from app.billing.usage.events import Reported
from app.billing.wallet import (
    calling_state,
    envelope_queries,
    envelopes,
    holds,
    ledger,
    reserve,
    status,
    verification,
)
from app.billing.wallet.envelope_terms import EnvelopeError
from app.billing.wallet.hold_prices import Price
from app.billing.wallet.hold_refusals import (
    CallingPausedError,
    HoldError,
    NotEnoughCreditError,
    ReserveKeptError,
)
from app.billing.wallet.ledger import Entry
from app.billing.wallet.reserve import Reserve
from app.extensions import db
from app.models import AccountName, TransferKind
from app.money import Money
from tests.factories import OWNER, an_organization, at
from tests.support.database import another_session, empty
from tests.support.examples import examples

EXAMPLES = examples("ENVELOPE_EXAMPLES", 40)
"""ENVELOPE_EXAMPLES=10000 looks deeper."""
FIRST = 31
"""The seed from which so few lead to all that can happen."""
STEPS = 14
A_HUNDRED = 100
CAMPAIGNS = ("Recall", "Spring", None)
TOKENS = 83_334
"""Tokens, written: about a dollar on the free plan."""

_PARTS = text("""
SELECT posted_micro, held_micro, set_aside_micro,
    (SELECT coalesce(sum(amount_micro), 0) FROM hold WHERE hold.org_id = wallet.org_id AND state = 'active') AS held,
    (SELECT coalesce(sum(amount_micro - held_micro - spent_micro - returned_micro), 0) FROM envelope
     WHERE envelope.org_id = wallet.org_id AND ended_at IS NULL) AS envelopes
FROM wallet WHERE org_id = :of""")
_ENVELOPE = text("""
SELECT amount_micro - held_micro - spent_micro - returned_micro FROM envelope
WHERE org_id = :of AND campaign = :campaign AND ended_at IS NULL AND ends_at > :at""")


@dataclass(frozen=True)
class Asked:
    """What a hold is asked for: so many micro-units, for a call in or out."""

    micro: int
    is_inbound: bool

    @property
    def content(self) -> list[list[Any]]:
        return [["test", self.micro]]

    def price(self) -> Price:
        return Price.of_credit(Money(self.micro, "USD"))


class Interleaving:
    """One organization and its steps. `seen` counts what happened, so that a test can tell that it did."""

    def __init__(self, seed: int, seen: dict[str, int]) -> None:
        self.chance = Random(seed)
        self.seen = seen
        self.now = at("2026-11-01 12:00")
        self.organization = an_organization(f"Seed {seed}", timezone="America/New_York", credit="100")
        self.id = self.organization.id
        self.keys: list[str] = []
        self.reported: list[Reported] = []

    def play(self) -> None:
        steps: tuple[tuple[int, Callable[[], None]], ...] = (
            (2, self.top_up),
            (2, self.withdraw),
            (5, self.use),
            (1, self.correct),
            (8, self.hold),
            (3, self.renew),
            (4, self.end_hold),
            (4, self.set_aside),
            (2, self.change_envelope),
            (2, self.end_envelope),
            (2, self.choose_reserve),
            (3, self.wait),
        )
        weights = [weight for weight, _ in steps]
        for _ in range(STEPS):
            step = self.chance.choices(steps, weights)[0][1]
            step()
            db.session.commit()
            self.check()
        db.session.commit()

    def check(self) -> None:
        holds.expire(self.id, at=self.now)
        db.session.commit()
        parts = db.session.execute(_PARTS, {"of": self.id}).one()
        available = ledger.lock(self.id).available.micro
        assert parts.envelopes + parts.held + available == parts.posted_micro
        assert (parts.envelopes, parts.held) == (parts.set_aside_micro, parts.held_micro)
        db.session.commit()

    def top_up(self) -> None:
        self._post(TransferKind.TOP_UP, self._micro(80), is_out=False)

    def withdraw(self) -> None:
        """A refund or a dispute, of anything up to all that was ever there."""
        self._post(TransferKind.DISPUTE, self._micro(150), is_out=True)

    def use(self) -> None:
        """Usage of a campaign or of none, with its hold, another one, or none."""
        key = self.chance.choice([None, None, *self.keys]) if self.keys else None
        campaign = self.chance.choice(CAMPAIGNS)
        if key is not None and self.chance.random() < 0.8:
            campaign = holds.find(self.id, key).campaign
        event = self._event(self.chance.randint(0, 20) * TOKENS, campaign=campaign, hold=key)
        self.reported.append(event)
        self._ingest(event)

    def correct(self) -> None:
        if self.reported:
            of = self.chance.choice(self.reported)
            self._ingest(self._event(self.chance.randint(0, 20) * TOKENS, corrects=(of.source, of.id)))

    def hold(self) -> None:
        campaign, asked = self.chance.choice(CAMPAIGNS), self._asked()
        key = f"call-{len(self.keys)}"
        left = self._left(campaign)
        wallet = ledger.lock(self.id)
        above = max(wallet.available.micro - (0 if asked.is_inbound else wallet.reserve_micro), 0)
        may = status.find(self.id, Call(campaign=campaign), at=self.now)
        assert may is not None
        try:
            holds.reserve(self.id, key, asked, at=self.now, lease=self._lease(), call=key, campaign=campaign)
        except CallingPausedError:
            self.seen["paused"] += 1
            assert left == 0
            assert wallet.available.micro <= 0
        except ReserveKeptError as error:
            self.seen["reserve"] += 1
            assert not asked.is_inbound
            assert left + above < asked.micro or (left == 0 and above == 0)
            assert error.available.micro == left + above
        except NotEnoughCreditError as error:
            self.seen["not enough"] += 1
            assert left + above < asked.micro
            assert error.available.micro == left + above
        else:
            self.keys.append(key)
            self.seen["held"] += 1
            assert left + above >= asked.micro
            assert may.may_call
            assert asked.is_inbound or may.may_call_out
            if left:
                self.seen["held of an envelope"] += 1
                assert self._left(campaign) == left - min(left, asked.micro)

    def renew(self) -> None:
        if not self.keys:
            return
        key, asked = self.chance.choice(self.keys), self._asked()
        hold = holds.find(self.id, key)
        left = self._left(hold.campaign)
        wallet = ledger.lock(self.id)
        above = max(wallet.available.micro - (0 if asked.is_inbound else wallet.reserve_micro), 0)
        before, slice_ = hold.amount_micro, hold.slice
        try:
            renewed = holds.renew(self.id, key, asked, slice=slice_ + 1, at=self.now, lease=self._lease())
        except HoldError:
            return
        if renewed.hold.slice == slice_ + 1:
            granted = renewed.hold.amount_micro - before
            self.seen["renewed"] += 1
            assert granted == min(asked.micro, left + above)

    def end_hold(self) -> None:
        if self.keys:
            end = self.chance.choice([holds.capture, holds.release])
            end(self.id, self.chance.choice(self.keys), at=self.now)

    def set_aside(self) -> None:
        campaign = self.chance.choice(CAMPAIGNS[:2])
        until = self.organization.local_day(self.now) + timedelta(days=self.chance.randint(0, 3))
        try:
            envelopes.set_aside(
                self.organization, campaign or "", Money(self._micro(60), "USD"), until, OWNER, at=self.now
            )
        except EnvelopeError:
            return
        self.seen["set aside"] += 1

    def change_envelope(self) -> None:
        found = envelope_queries.list_open(self.id, at=self.now)
        if not found:
            return
        one = self.chance.choice(found)
        least, until = one.least_micro, self.organization.local_day(self.now) + timedelta(days=1)
        amount = Money(self._micro(80), "USD")
        try:
            envelopes.change(self.organization, one.id, amount, until, OWNER, at=self.now)
        except EnvelopeError:
            return
        self.seen["changed"] += 1
        assert amount.micro >= least

    def end_envelope(self) -> None:
        found = envelope_queries.list_open(self.id, at=self.now)
        if found:
            before = ledger.lock(self.id).available.micro
            one = self.chance.choice(found)
            left = one.left_micro
            envelopes.end(self.organization, one.id, OWNER, at=self.now)
            self.seen["ended"] += 1
            assert ledger.lock(self.id).available.micro == before + left

    def choose_reserve(self) -> None:
        amount = Money(self.chance.choice([0, self._micro(30)]), "USD")
        reserve.choose(self.organization, Reserve(amount, None), OWNER, is_confirmed=True, at=self.now)

    def wait(self) -> None:
        self.now += timedelta(minutes=self.chance.choice([1, 6, 60 * 13, 60 * 40]))

    def _left(self, campaign: str | None) -> int:
        found = db.session.scalar(_ENVELOPE, {"of": self.id, "campaign": campaign, "at": self.now})
        return int(found or 0)

    def _micro(self, most: int) -> int:
        return self.chance.choice([1, self.chance.randint(1, most * 1_000_000), most * 500_000])

    def _asked(self) -> Asked:
        return Asked(self._micro(40), is_inbound=self.chance.random() < 0.3)

    def _lease(self) -> timedelta:
        return timedelta(minutes=self.chance.choice([5, 60 * 24]))

    def _event(self, quantity: int, **names: Any) -> Reported:
        number = str(self.chance.random())
        return Reported(0, self.id, "test", number, "tokens_out", quantity, self.now, **names)

    def _ingest(self, event: Reported) -> None:
        ingest.ingest([event], at=self.now)

    def _post(self, kind: TransferKind, micro: int, *, is_out: bool) -> None:
        sides = (AccountName.STRIPE, AccountName.WALLET)
        debit, credit = reversed(sides) if is_out else sides
        wallet = ledger.lock(self.id)
        source = str(self.chance.random())
        ledger.post(wallet, Entry(kind, source, debit, credit, Money(micro, "USD"), self.now))
        before = wallet.set_aside_micro
        calling_state.reassess_withdrawn(wallet, self.now, OWNER)
        self.seen["cut"] += wallet.set_aside_micro < before
        assert not (is_out and wallet.set_aside_micro and wallet.available.micro < 0), (
            "nothing uncovered is left"
        )


@pytest.fixture
def seen() -> dict[str, int]:
    names = (
        "paused",
        "reserve",
        "not enough",
        "held",
        "held of an envelope",
        "renewed",
        "set aside",
        "changed",
    )
    return dict.fromkeys((*names, "ended", "cut"), 0)


def test_envelopes_holds_and_available_credit_are_what_is_posted(app: Flask, seen: dict[str, int]) -> None:
    for number in range(EXAMPLES):
        Interleaving(FIRST + number, seen).play()
        if number % A_HUNDRED == A_HUNDRED - 1 or number == EXAMPLES - 1:
            assert verification.check() == []
            another_session()
            empty()
    assert all(seen.values()), f"something never happened: {seen}"
