"""Plays one company's three months, day by day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from app.billing import audit, catalog, topups
from app.billing.audit import Actor
from app.billing.cards import payment_methods
from app.billing.credit import grants
from app.billing.credit.grants import Grant
from app.billing.customers import details, stripe_sync
from app.billing.plans import number_rent, resource_counts
from app.billing.topups import refunds
from app.billing.wallet import calling_state, envelopes, ledger, reserve
from app.billing.wallet.reserve import Reserve
from app.clock import utc_now
from app.extensions import db
from app.models import LotKind, Organization, PaymentMethod, Role, TopUp, User
from app.money import Money
from app.payments import cards, charging, customers
from app.payments import refunds as stripe_refunds
from app.people import organizations
from demo import samples, usage_reports
from demo.companies import PEOPLE, Company
from demo.history import auto_top_up, brake, dispute
from demo.history.calls_in_progress import calls_now
from demo.history.daily_calls import as_calls
from demo.history.daily_usage import usage_of
from demo.history.subscriber import Subscriber
from demo.usage_reports import Used

DAYS = 90
DAYS_AS_CALLS = 15
"""The last days, whose usage comes as calls that can be opened; that of earlier ones comes as totals."""
PROMOTED, PROMOTION_DAYS = 1, 6
"""How many days ago promotional credit was granted, and in how many from now it expires."""
ENVELOPE_DAYS = 5
"""How many days from now the envelope ends."""
LEFT_BEFORE, RUN_DOWN_DAYS = "130", 4
"""About how many dollars are left before an automatic top-up, after so many days without another one."""
LAST_STRETCH = 9
"""The days over which usage is adjusted so that the history ends with the company's final balance."""


class Director:
    """Creates a company and plays its days."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.zone = ZoneInfo(company.timezone)
        self.now = utc_now()
        self.today = self.now.astimezone(self.zone).date()
        latest = self.today.replace(day=company.renewal_day)
        self.latest_renewal = latest if latest <= self.today else latest - relativedelta(months=1)
        self.spent: list[int] = []
        self.to_be_refunded = self._dollars(company.refund).micro if company.refund else 0
        self.promoted = 0

    @property
    def low_alert(self) -> Money:
        """The company's low-balance alert."""
        return self._dollars(self.company.low_alert)

    def found(self) -> None:
        """Make the organization with its plan, limits, customer and cards."""
        company = self.company
        self.organization: Organization = organizations.create_organization(
            company.name,
            id_=company.id,
            slug=company.slug,
            currency=catalog.current().currency,
            timezone=company.timezone,
            low_threshold=self.low_alert,
        )
        resource_counts.set_counts(self.organization.id, company.counts)
        campaigns = [team.campaign for team in company.teams]
        resource_counts.set_names(self.organization.id, {"agents": company.agents, "campaigns": campaigns})
        self.customer_id = customers.create(self.organization.id, name=company.name, email=None)
        self.organization.stripe_customer_id = self.customer_id
        if company.billed.legal_name:
            details.save(self.organization, company.billed, 0, audit.OPERATOR)
            stripe_sync.sync_to_stripe(self.organization.id)
        wanted = ((company.lost_card,) if company.lost_card else ()) + company.cards
        self.cards = [self._card(card.token, card.months_left) for card in wanted]
        self.paying_card = self.cards[0]
        self.subscriber = Subscriber(self.organization, self.customer_id, self.paying_card.stripe_id)
        self.subscriber.begin(catalog.current().plan(company.plan), self._moment(self._first_renewal(), 7))
        db.session.flush()

    def _first_renewal(self) -> date:
        """The last day before the story on which the plan is paid."""
        begins = self.today - timedelta(days=DAYS)
        day = begins.replace(day=self.company.renewal_day)
        return day if day <= begins else day - relativedelta(months=1)

    def play(self) -> None:
        """Play all days: usage, top-ups when credit runs low, a refund, invoices, and calls in progress."""
        company = self.company
        self.owner = self._find_owner()
        for ago in range(DAYS, -1, -1):
            day = self.today - timedelta(days=ago)
            if day.day == company.renewal_day and day > self._first_renewal():
                self._renew(day)
            if ago == DAYS:
                self._top_up(self._dollars(company.top_up), self._moment(day, 8))
            elif ago > LAST_STRETCH and not self._runs_down(ago) and self._balance() < 3 * self._usual_day():
                self._top_up(self._dollars(company.top_up), self._moment(day, 9))
            elif ago == LAST_STRETCH:
                self._top_up_for_last_stretch(day)
            if company.refund and ago == 1:
                self._refund(self._dollars(company.refund), self._moment(day, 11))
            if company.promotion and ago == PROMOTED:
                self._promote(self._dollars(company.promotion), self._moment(day, 10))
            self._dispute(ago, day)
            self._use(day, ago)
            if company.was_stopped and ago == brake.STOPPED:
                at = self._moment(day, 18)
                brake.stop_and_answer(self.organization, company, self.owner, self.spent[-1], at)
            db.session.flush()
        self.subscriber.arrive()
        if company.lost_card:
            self._remove(self.cards[0])
        if company.renewal_fails:
            # With the card whose plan charge failed, so that there is a failed payment of each kind.
            self._top_up(self._dollars(company.top_up), self.now, card=self.cards[-1])
        calling_state.reassess(ledger.lock(self.organization.id), self.now)
        self._set_aside()
        db.session.flush()

    def _set_aside(self) -> None:
        """What an owner keeps for a campaign, and for what must not stop."""
        company, organization = self.company, self.organization
        if company.reserved_days:
            kept = Reserve(number_rent.rent_of(organization, company.reserved_days), company.reserved_days)
            reserve.choose(organization, kept, self.owner, is_confirmed=True)
        if company.envelope:
            until = self.today + timedelta(days=ENVELOPE_DAYS)
            campaign, amount = company.teams[0].campaign, self._dollars(company.envelope)
            envelopes.set_aside(organization, campaign, amount, until, self.owner)

    def _use(self, day: date, ago: int) -> None:
        at = self.now if ago == 0 else self._moment(day, 18)
        left = (
            self._balance() - self._dollars(self.company.ends_at).micro - self.to_be_refunded - self.promoted
        )
        if self._runs_down(ago):
            spare = self._balance() - self._dollars(LEFT_BEFORE).micro
            calm = max(self._usual_day() * (ago - LAST_STRETCH), 1)
            used = usage_of(self.company, day, scale=max(min(spare / calm, 2.5), 0.05))
        elif ago > LAST_STRETCH:
            used = usage_of(self.company, day)
        else:
            calm = max(self._usual_day() * (ago + 1), 1)
            used = usage_of(self.company, day, scale=max(min(left / calm, 2.5), 0.05))
        if ago == 0:
            used = [one for one in used if not one.meter.startswith("calls_")]
            used = self._as_calls(used, day, at) + calls_now(self.organization, self.company, self.now)
        elif ago < DAYS_AS_CALLS:
            used = self._as_calls(used, day, at)
        cost = usage_reports.record(self.organization, f"demo:{day}", used, at=at).micro
        if ago == 0 and left > cost:
            cost += self._land(day, Money(left - cost, self.organization.currency), at)
        self.spent.append(cost)

    def _land(self, day: date, amount: Money, at: datetime) -> int:
        """Today's calls, costing what is left to the balance that the story ends with."""
        units = usage_reports.units_costing(self.organization, "calls_outbound", amount)
        shares = [
            (team.campaign, agent, team.share / len(team.agents))
            for team in self.company.teams
            for agent in team.agents
        ]
        used = [
            Used("calls_outbound", round(units * share / 100), day, campaign, agent)
            for campaign, agent, share in shares
        ]
        used = self._as_calls(used, day, at)
        return usage_reports.record(self.organization, f"demo:{day}:calls", used, at=at).micro

    def _as_calls(self, used: list[Used], day: date, at: datetime) -> list[Used]:
        until = at.astimezone(self.zone).time()
        return as_calls(self.company, used, day, until=until, inbound=day < self.today)

    def _top_up(self, amount: Money, at: datetime, *, card: PaymentMethod | None = None) -> TopUp:
        card = card or self.paying_card
        top_up = topups.begin(self.organization, amount, card.id, self.owner)
        top_up.created_at = top_up.claimed_at = at
        top_up.attempt = 1
        db.session.flush()
        request = topups.requests.charge_request(self.organization, top_up, card, self.customer_id)
        topups.settle(self.organization.id, top_up.id, charging.charge(request), self.owner, at=at)
        self.last_top_up = top_up
        return top_up

    def _top_up_for_last_stretch(self, day: date) -> None:
        wanted = self._dollars(self.company.ends_at).micro + self._usual_day() * (LAST_STRETCH + 1)
        wanted += self.to_be_refunded
        fives = -(-(wanted - self._balance()) // 5_000_000)
        amount = Money(fives * 5_000_000, self.organization.currency)
        if amount < catalog.current().top_up.minimum:
            return
        if self.company.tops_up_automatically:
            agreed_at = self._moment(day - timedelta(days=RUN_DOWN_DAYS + 1), 10)
            self.last_top_up = auto_top_up.top_up(
                self.organization,
                self.cards,
                amount,
                self.owner,
                at=self._moment(day, 9),
                agreed_at=agreed_at,
            )
        else:
            self._top_up(amount, self._moment(day, 9))

    def _refund(self, amount: Money, at: datetime) -> None:
        intent = self.last_top_up.payment_intent_id or ""
        refund = stripe_refunds.create(intent, amount, key=f"demo_refund:{self.last_top_up.id}")
        refunds.apply(refund, at=at)
        self.to_be_refunded = 0

    def _promote(self, amount: Money, at: datetime) -> None:
        last_day = self.today + timedelta(days=PROMOTION_DAYS)
        wanted = Grant(LotKind.PROMOTIONAL, amount, "Thanks for a good year", "demo", last_day)
        grants.grant(self.organization, wanted, audit.OPERATOR, at=at)
        self.promoted = amount.micro

    def _dispute(self, ago: int, day: date) -> None:
        """A payment that its cardholder disputes; the bank decides some days later that it stands."""
        if self.company.disputed is None:
            return
        if ago == dispute.PAID:
            last = self.last_top_up
            card = self._card(dispute.CARD.token, dispute.CARD.months_left)
            self.disputed = self._top_up(
                self._dollars(self.company.disputed), self._moment(day, 10), card=card
            )
            self.last_top_up = last
            self._remove(card)
        elif ago == dispute.TAKEN:
            dispute.take(self.disputed, at=self._moment(day, 12))
        elif ago == dispute.GIVEN_BACK:
            dispute.give_back(self.disputed, at=self._moment(day, 15))

    def _remove(self, card: PaymentMethod) -> None:
        cards.detach(card.stripe_id)
        payment_methods.record_detached(self.organization.id, card.stripe_id)

    def _renew(self, day: date) -> None:
        company = self.company
        # At noon: the hour of the first charge moves with the clocks.
        at = self._moment(day, 12)
        if company.renewal_fails and day == self.latest_renewal:
            self.subscriber.renew_with(self.cards[-1].stripe_id, at)
        elif company.failed_once and day <= self.today - timedelta(days=60):
            self.subscriber.renew_late(at)
        else:
            self.subscriber.renew(at)

    def _card(self, token: str, months_left: int) -> PaymentMethod:
        expires = self.today + relativedelta(months=months_left)
        card = samples.attach_card(token, self.customer_id, expires=expires)
        return payment_methods.record(self.organization, card, audit.OPERATOR)

    def _find_owner(self) -> Actor:
        slug = self.company.slug
        email = next(email for email, _, seats in PEOPLE if seats.get(slug) == Role.ORG_ADMIN.value)
        return Actor(email, db.session.scalar(select(User.id).where(User.email == email)))

    def _runs_down(self, ago: int) -> bool:
        """Whether credit runs down to an automatic top-up on that day."""
        return self.company.tops_up_automatically and LAST_STRETCH < ago <= LAST_STRETCH + RUN_DOWN_DAYS

    def _usual_day(self) -> int:
        """What a day has cost of late, in micro-units; before there is a past, a part of the usual top-up."""
        recent = self.spent[-14:]
        return sum(recent) // len(recent) if recent else self._dollars(self.company.top_up).micro // 6

    def _balance(self) -> int:
        return ledger.lock(self.organization.id).posted_micro

    def _moment(self, day: date, hour: int) -> datetime:
        return min(datetime.combine(day, time(hour, 12), self.zone), self.now)

    def _dollars(self, text: str) -> Money:
        currency = catalog.current().currency
        return -Money.parse(text[1:], currency) if text.startswith("-") else Money.parse(text, currency)
