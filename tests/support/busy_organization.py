"""The organization of busy weeks, as its people and its platform use the product on a moved clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from flask import Flask
from sqlalchemy import text

from app.billing import hours
from app.billing.auto_top_ups import overview, settings
from app.billing.auto_top_ups.before_charging import MONTHLY_CAP
from app.billing.auto_top_ups.settings import Wanted
from app.billing.brake import answering, rows
from app.billing.usage import ingest
from app.billing.usage.events import Reported
from app.clock import utc_now
from app.extensions import db
from app.models import BrakeAnswer, CallingState, Organization, PaymentMethod, Wallet
from app.money import Money
from app.pages.auto_top_up import wording
from demo.simulator.campaigns import used_in
from tests.factories import OWNER, a_person, a_stripe_card, an_organization, give_credit, usd
from tests.support.auto_top_ups import WORDS, settings_of, the_settings, top_ups
from tests.support.braking import spent
from tests.support.busy_weeks import (
    FIVE_MINUTES,
    FRONT_DESK,
    HALF_HOUR,
    OVERSEAS,
    RECALL,
    WEEK,
    ZONE,
    Diary,
    Used,
    half_hours,
    runaway,
    usual,
)
from tests.support.moved_clock import MovedClock
from tests.support.sandbox import Sandbox, work_through

THRESHOLD, TARGET, CAP = "60", "300", 3_500
_OPENS = 8
"""The hour in which owners read their mail."""
_COST_OF_A_SECOND = {RECALL.name: 0.000288, OVERSEAS.name: 0.00346, FRONT_DESK.name: 0.000288}
"""In dollars, about: for the past before it begins."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What the page said before a charge: its sentence, with the most that it can be, and the cards in order."""

    sentence: str
    most: Money
    cards: tuple[str, ...]


@dataclass(slots=True)
class Busy:
    """The organization, what was announced before each charge, and when it was paused with a reason of its own."""

    app: Flask
    sandbox: Sandbox
    clock: MovedClock
    diary: Diary
    chance: Random
    organization: Organization
    cards: list[PaymentMethod]
    announced: dict[UUID, Announced] = field(default_factory=dict)
    unexcused: list[datetime] = field(default_factory=list)
    excused: list[datetime] = field(default_factory=list)
    is_agent_off: bool = False
    calls: int = 0

    def play(self) -> None:
        """All of it."""
        for at in half_hours(self.diary):
            self._owners_day(at)
            if self.diary.at(self.diary.card_dies) == at:
                self.sandbox.control.set_bank_answer(self.cards[0].stripe_id, "lost")
            if self.diary.at(self.diary.runs_away) <= at and not self.is_agent_off:
                self._run_away(at)
            times = 2 if at >= self.diary.at(self.diary.grows) else 1
            self._use(at, usual(at - HALF_HOUR, self.chance, times=times))

    def _run_away(self, until: datetime) -> None:
        at = until - HALF_HOUR
        while (at := at + FIVE_MINUTES) < until:
            self._use(at, runaway())

    def _use(self, at: datetime, used: list[Used]) -> None:
        """Report what was used until a time, unless calling is paused; then jobs run."""
        if not used:
            return
        self.clock.move_to(at)

        def report() -> None:
            if self._wallet().state is not CallingState.PAUSED:
                ingest.ingest(list(self._events(used)), at=utc_now())
                db.session.commit()

        self._let(report)
        if self._wallet().state is CallingState.PAUSED:
            (self.excused if self._is_excused() else self.unexcused).append(at)

    def _owners_day(self, at: datetime) -> None:
        """At eight owners answer what they were asked, and raise a cap that is used up."""
        local = at.astimezone(ZONE)
        if (local.hour, local.minute) != (_OPENS, 0):
            return
        self.clock.move_to(at)
        self.sandbox.move(self.organization.stripe_customer_id or "", at)
        hours.count(self.organization.id, now=utc_now())
        db.session.commit()
        self._let(self._answer)

    def _answer(self) -> None:
        stop = rows.find_open(self.organization.id)
        if stop is not None:
            self.is_agent_off = True
            answering.answer(self.organization, stop.id, BrakeAnswer.ONCE, OWNER)
        if settings_of(self.organization).refused_for == MONTHLY_CAP:
            self.agree(cap=settings_of(self.organization).cap_micro // 1_000_000 * 2)

    def _let(self, act: Callable[[], None]) -> None:
        """Let something happen and its jobs run, and note what was announced before each charge that follows."""
        known = {top_up.id for top_up in top_ups(self.organization)}
        act()
        announced = self._announced()
        if _has_work():
            work_through(self.app)
        for top_up in top_ups(self.organization):
            if top_up.id not in known:
                self.announced[top_up.id] = announced

    def agree(self, *, cap: int) -> None:
        """The owner agrees to auto top-up, or to another monthly cap."""
        before = the_settings(self.organization)
        cards = tuple(card.id for card in self.cards)
        version = before.version if before else 0
        wanted = Wanted(usd(THRESHOLD), usd(TARGET), usd(str(cap)), cards, version)
        settings.agree(self.organization, wanted, WORDS, OWNER)

    def _events(self, used: list[Used]) -> Iterator[Reported]:
        for one in used:
            self.calls += 1
            call = f"call {self.calls}"
            for meter, units in used_in(one.campaign.meter, one.seconds, self.chance).items():
                yield Reported(
                    0, self.organization.id, "busy", f"{call} {meter}", meter, units, utc_now(),
                    campaign=one.campaign.name, agent=one.agent, call=call,
                )  # fmt: skip

    def _wallet(self) -> Wallet:
        db.session.rollback()
        return db.session.get_one(Wallet, self.organization.id, populate_existing=True)

    def _is_excused(self) -> bool:
        """Whether credit may run out: a question isn't answered, or the cap is used up."""
        is_stopped = rows.find_open(self.organization.id) is not None
        return is_stopped or settings_of(self.organization).refused_for == MONTHLY_CAP

    def _announced(self) -> Announced:
        """What the page says now."""
        state = overview.gather(self.organization)
        assert state is not None
        assert state.next is not None
        most = min(state.next.at_a_time, state.next.left)
        cards = tuple(card.label for card in state.cards)
        return Announced(wording.next_charge(state, state.next), most, cards)


def begin(app: Flask, sandbox: Sandbox, clock: MovedClock, diary: Diary) -> Busy:
    """The organization, with eight weeks of a past like the diary's first days, a card and a backup card."""
    organization = an_organization("Busy & Co", timezone=ZONE.key)
    a_person(OWNER.name, organization=organization)
    frozen = sandbox.stripe.v1.test_helpers.test_clocks.create({"frozen_time": int(diary.begin.timestamp())})
    made = sandbox.stripe.v1.customers.create({"name": organization.name, "test_clock": frozen.id})
    organization.stripe_customer_id = made.id
    give_credit(organization, TARGET, at=diary.begin - 9 * WEEK)
    cards = [a_stripe_card(organization), a_stripe_card(organization, "pm_card_mastercard")]
    busy = Busy(app, sandbox, clock, diary, Random("busy weeks"), organization, cards)
    _remember(busy)
    busy.agree(cap=CAP)
    return busy


def _remember(busy: Busy) -> None:
    """What was spent by the hour before it begins."""
    past: dict[datetime, float] = {}
    at = busy.diary.begin - 8 * WEEK
    while (at := at + HALF_HOUR) < busy.diary.begin - 2 * timedelta(hours=1):
        hour = (at - HALF_HOUR).replace(minute=0)
        for used in usual(at - HALF_HOUR, busy.chance):
            past[hour] = past.get(hour, 0) + used.seconds * _COST_OF_A_SECOND[used.campaign.name]
    spent(busy.organization, past)


def _has_work() -> bool:
    """Whether jobs wait."""
    db.session.rollback()
    query = text("SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'todo')")
    return bool(db.session.scalar(query))
