"""What the wallet page shows: the balance, a top-up at one of its steps, and the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.billing import topups
from app.billing.activity import history, history_months, totals, usage_history
from app.billing.activity.filters import Filters
from app.billing.activity.history import HistoryPage
from app.billing.activity.history_months import HistoryMonth
from app.billing.activity.totals import Totals
from app.billing.activity.usage_history import UsageHistoryPage
from app.billing.alerts import views as alerts
from app.billing.alerts.views import Panel
from app.billing.cards import last_charges, one_off, paid_with, payment_methods
from app.billing.cards.last_charges import LastCharge
from app.billing.cards.paid_with import DefaultOffer
from app.billing.cards.payment_methods import CardView
from app.billing.topups import DailyLimitReachedError, daily_limits, timeline
from app.billing.topups.timeline import TopUpStory
from app.billing.wallet import balance
from app.billing.wallet.balance import BalanceView
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUp, TopUpStatus
from app.money import Money
from app.months import Month
from app.pages.limits.view import LimitsPanel, gather_panel
from app.payments import intents
from app.payments.declines import Advice, advice_for
from app.payments.errors import PaymentsError

_PAYABLE = (TopUpStatus.REVIEW, TopUpStatus.DECLINED)


@dataclass(frozen=True, slots=True)
class TopUpView:
    """A top-up at its step. `client_secret` is set only while the bank wants a confirmation.

    Its `story` begins when it is paid. `is_entered` is whether the card isn't a saved one, and `keeps_card` whether
    it will be saved. `refusal` is why it can't be paid now, where that is known before Pay is pressed. `tries` is how
    often it was tried to pay. `resumes` says that calling was paused and resumes with it, or did; `missing` is what
    is needed beyond it for that.
    """

    id: UUID
    amount: Money
    card: CardView
    is_entered: bool
    keeps_card: bool
    status: TopUpStatus
    advice: Advice | None
    client_secret: str | None
    balance_after: Money
    story: TopUpStory | None
    offer: DefaultOffer | None
    refusal: DailyLimitReachedError | None
    tries: int
    resumes: bool
    missing: Money | None

    @property
    def state(self) -> str:
        return self.status.value


@dataclass(frozen=True, slots=True)
class WalletPage:
    """`totals` are of what the filters select; None without filters, or while they are being counted. `months` are
    the history's lines by month."""

    balance: BalanceView
    history: HistoryPage | UsageHistoryPage
    months: list[HistoryMonth[Any]]
    totals: Totals | None
    cards: list[CardView]
    charges: dict[UUID, LastCharge]
    top_up: TopUpView | None
    daily: daily_limits.Usage
    limits: LimitsPanel
    alerts: Panel


def gather(
    organization: Organization,
    filters: Filters | None = None,
    *,
    before: int | None = None,
    after: int | None = None,
    month: Month | None = None,
    top_up: TopUp | None = None,
) -> WalletPage:
    """Everything on the wallet page; with a top-up, at its current step. A page of the history begins with `month` if
    no position is asked for."""
    now, daily = balance.gather(organization), daily_limits.gather(organization.id)
    wanted = filters or Filters()
    source = usage_history if wanted.is_of_usage else history
    if month is not None and before is None and after is None:
        before = source.position_after(organization, month.last)
    page = source.page(organization, wanted, before=before, after=after)
    found = totals.gather(organization, wanted) if wanted else None
    return WalletPage(
        balance=now,
        history=page,
        months=[
            month.to_the_cent(is_of_all=wanted.is_of_all)
            for month in history_months.by_month(organization, wanted, page.lines)
        ],
        totals=found.to_the_cent(Money.zero(organization.currency)) if found else None,
        cards=payment_methods.list_cards(organization),
        charges=last_charges.list_by_card(organization),
        top_up=view_of(organization, top_up, now, daily) if top_up else None,
        daily=daily,
        limits=gather_panel(organization),
        alerts=alerts.panel(organization.id),
    )


def gather_live(organization: Organization, *, top_up_id: str | None) -> WalletPage:
    """What a poll updates; an id of another organization shows no top-up."""
    try:
        top_up = topups.find(organization.id, UUID(top_up_id)) if top_up_id else None
    except (ValueError, topups.UnknownTopUpError):
        top_up = None
    return gather(organization, top_up=top_up)


def entered_card(organization: Organization, card_id: str | None) -> CardView | None:
    """A card entered for a top-up in review, to return to the form with; None for any other id."""
    try:
        method = one_off.in_review(organization, UUID(card_id or ""))
    except ValueError:
        return None
    return payment_methods.card_view(method, organization.local_day()) if method else None


def view_of(
    organization: Organization, top_up: TopUp, now: BalanceView, daily: daily_limits.Usage
) -> TopUpView:
    """The top-up as the page shows it."""
    method = db.session.get_one(PaymentMethod, (organization.id, top_up.payment_method_id))
    is_settled = top_up.status is TopUpStatus.SUCCEEDED
    nothing = Money(0, top_up.currency)
    missing = max((now.missing or nothing) - (nothing if is_settled else top_up.amount), nothing)
    return TopUpView(
        id=top_up.id,
        amount=top_up.amount,
        card=payment_methods.card_view(method, organization.local_day()),
        is_entered=not method.is_kept,
        keeps_card=top_up.keep_card,
        status=top_up.status,
        advice=advice_for(top_up.decline_code, is_entered=not method.is_kept)
        if top_up.status is TopUpStatus.DECLINED
        else None,
        client_secret=_client_secret(top_up),
        balance_after=now.available if is_settled else now.available + top_up.amount,
        story=timeline.build(top_up) if is_settled else None,
        offer=paid_with.offer_default(organization, method.id) if is_settled else None,
        refusal=daily.refusal(top_up.amount) if top_up.status in _PAYABLE else None,
        tries=top_up.attempt,
        resumes=timeline.has_resumed_calling(top_up)
        if is_settled
        else bool(now.paused_since and now.missing) and not missing,
        missing=missing or None,
    )


def _client_secret(top_up: TopUp) -> str | None:
    """What Stripe's script needs to finish the payment, fetched fresh and stored nowhere."""
    if top_up.status is not TopUpStatus.ACTION or top_up.payment_intent_id is None:
        return None
    try:
        return intents.fetch(top_up.payment_intent_id).client_secret
    except PaymentsError:
        return None
