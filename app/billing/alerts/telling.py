"""Tells who wants to know: emails into the outbox, other messages for their channels, in the caller's transaction.

Each channel gets one message for what happens at the same moment: of the levels that it's told about, the one that
is closest to a pause. Each is about one fall, by the level and how often it was reached.

People without a billing role are told that credit ends, and nothing else, whatever their channel.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.billing import catalog
from app.billing.alerts import audience, outgoing, stopping
from app.billing.alerts.audience import Listener
from app.billing.alerts.levels import RECOVERED, Level
from app.billing.mail import notices
from app.billing.platform import messages
from app.billing.wallet import calling_state
from app.billing.wallet.calling_state import PauseReason
from app.billing.wallet.credit import Credit
from app.models import AlertLevelKind, ChannelKind, Organization, Wallet
from app.notify.emails import CreditAlert, CreditEnds, CreditRecovered, CreditState, Email

_OWN_MESSAGES = frozenset({AlertLevelKind.LOW, AlertLevelKind.PAUSED})
"""Levels of which the platform has messages of their own, as they happen."""


@dataclass(frozen=True, slots=True)
class _News:
    """What happened to a wallet."""

    organization: Organization
    wallet: Wallet
    dry_at: datetime | None
    at: datetime


def tell(
    organization: Organization,
    wallet: Wallet,
    raised: list[Level],
    ended: list[Level],
    *,
    dry_at: datetime | None,
    at: datetime,
) -> None:
    """Tell everyone of levels that were just reached, as they were before, and of those that credit has left."""
    if not raised and not ended:
        return
    news = _News(organization, wallet, dry_at, at)
    _tell_platform(news, raised, ended)
    for listener in audience.listeners(organization):
        wanted = [level for level in raised if level.key in listener.about]
        if wanted:
            worst = wanted[-1]
            _write(news, listener, worst, _alert(news, worst), f"{worst.key}:{worst.times + 1}")
        elif ended and RECOVERED in listener.about:
            source = ",".join(f"{level.key}:{level.times}" for level in ended)
            _write(news, listener, ended[0], _recovered(news, _highest(ended)), f"{RECOVERED}:{source}")


def _write(news: _News, listener: Listener, level: Level, email: Email, source: str) -> None:
    channel, org_id = listener.channel, news.organization.id
    if not listener.sees_billing:
        path = stopping.path_of(channel)
        email = CreditEnds(state=_state(email, level), path=path, at=news.at)
    if channel.kind is ChannelKind.RECIPIENTS:
        notices.to_recipients(org_id, email, source=source)
    elif channel.kind is ChannelKind.EMAIL:
        notices.personal(org_id, email, to=listener.email, source=f"{source}:{channel.id}")
    else:
        outgoing.write(channel, email, source=source)


def _alert(news: _News, level: Level) -> CreditAlert:
    wallet, is_paused = news.wallet, level.kind is AlertLevelKind.PAUSED
    reason = calling_state.reason_of(Credit.of(wallet))
    least = catalog.current().top_up.minimum
    return CreditAlert(
        level=level.kind.value,
        available=wallet.available,
        at=news.at,
        under=level.amount,
        hours=level.hours,
        dry_at=news.dry_at,
        missing=calling_state.missing_to_call(wallet.available, least=least) if is_paused else None,
        is_reserved=reason is PauseReason.CREDIT_RESERVED,
    )


def _recovered(news: _News, level: Level) -> CreditRecovered:
    return CreditRecovered(
        level=level.kind.value,
        available=news.wallet.available,
        at=news.at,
        under=level.amount,
        hours=level.hours,
        dry_at=news.dry_at,
    )


def _state(email: Email, level: Level) -> CreditState:
    if isinstance(email, CreditRecovered):
        return "recovered"
    return "paused" if level.kind is AlertLevelKind.PAUSED else "low"


def _highest(ended: list[Level]) -> Level:
    """The largest amount that credit is above again; a forecast only where there is no amount."""
    amounts = [level for level in ended if level.amount is not None]
    return amounts[0] if amounts else ended[0]


def _tell_platform(news: _News, raised: list[Level], ended: list[Level]) -> None:
    for type_, found in ((messages.ALERT_RAISED, raised), (messages.ALERT_ENDED, ended)):
        for level in found:
            if level.kind not in _OWN_MESSAGES:
                messages.alert_changed(
                    news.organization.id,
                    type_,
                    under=level.amount,
                    hours=level.hours,
                    available=news.wallet.available,
                    dry_at=news.dry_at,
                    at=news.at,
                )
